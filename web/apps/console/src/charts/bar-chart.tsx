import type { ReactNode } from "react";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { colorOf, type PointChartProps } from "./data.ts";
import { Tip } from "./tip.tsx";

/** Bars over time; several series stand beside one another, or on one another where they are parts of a whole. */
export function BarPicture({
  title,
  points,
  series,
  format,
  height = 220,
  most,
  stacked = false,
}: PointChartProps & { stacked?: boolean }): ReactNode {
  return (
    <ResponsiveContainer width="100%" height={height}>
      <BarChart
        data={[...points]}
        margin={{ top: 8, right: 24, bottom: 0, left: 0 }}
        barCategoryGap="22%"
        aria-label={title}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="label" tickLine={false} axisLine={{ stroke: "var(--line)" }} minTickGap={24} tickMargin={8} />
        <YAxis width="auto" tickLine={false} axisLine={false} tickFormatter={format} domain={[0, most ?? "auto"]} />
        <Tooltip
          content={({ active, payload }) =>
            active ? <Tip point={payload[0]?.payload} series={series} format={format} /> : null
          }
          cursor={{ fill: "var(--sunken)" }}
          isAnimationActive={false}
        />
        {series.map(({ id, label }, place) => (
          <Bar
            key={id}
            name={label}
            dataKey={(point: (typeof points)[number]) => point.values[id] ?? null}
            fill={colorOf(place)}
            stroke="var(--surface)"
            strokeWidth={stacked ? 1 : 0}
            radius={stacked ? 0 : [4, 4, 0, 0]}
            maxBarSize={36}
            isAnimationActive={false}
            {...(stacked ? { stackId: "all" } : {})}
          />
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}

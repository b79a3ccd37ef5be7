import type { ReactNode, SyntheticEvent } from "react";
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { colorOf, dashOf, type PointChartProps } from "./data.ts";
import { Tip } from "./tip.tsx";

/** Lines over time, each with its interval as a band. What is not known is a gap. */
export function LinePicture({
  title,
  points,
  series,
  format,
  height = 220,
  most,
  least = 0,
  marks = [],
  ticks,
  onChoose,
}: PointChartProps): ReactNode {
  return (
    <ResponsiveContainer width="100%" height={height}>
      <ComposedChart
        data={[...points]}
        margin={{ top: 8, right: 24, bottom: 0, left: 0 }}
        aria-label={title}
        {...(onChoose === undefined
          ? {}
          : {
              className: "cursor-pointer",
              onClick: (_, event) => {
                const place = placeOf(event, points.length);
                if (place !== undefined) onChoose(place);
              },
            })}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="label"
          tickLine={false}
          axisLine={{ stroke: "var(--line)" }}
          minTickGap={24}
          tickMargin={8}
          {...(ticks === undefined ? {} : { ticks: [...ticks], interval: "equidistantPreserveStart" as const })}
        />
        <YAxis
          width="auto"
          tickLine={false}
          axisLine={false}
          tickFormatter={format}
          domain={[least, most ?? "auto"]}
          tickCount={5}
        />
        {marks.map(({ at, label }) => (
          <ReferenceLine
            key={label}
            x={at}
            stroke="var(--line-strong)"
            strokeDasharray="3 3"
            label={{
              value: label,
              position: isLate(points, at) ? "insideTopRight" : "insideTopLeft",
              fill: "var(--muted)",
              fontSize: 12,
            }}
          />
        ))}
        <Tooltip
          content={({ active, payload }) =>
            active ? <Tip point={payload[0]?.payload} series={series} format={format} /> : null
          }
          cursor={{ stroke: "var(--line-strong)" }}
          isAnimationActive={false}
        />
        {series.map(({ id }, place) => (
          <Area
            key={`${id} interval`}
            dataKey={(point: (typeof points)[number]) => point.ranges?.[id] ?? null}
            stroke="none"
            fill={colorOf(place)}
            fillOpacity={0.14}
            isAnimationActive={false}
            activeDot={false}
            tooltipType="none"
            legendType="none"
          />
        ))}
        {series.map(({ id, label }, place) => (
          <Line
            key={id}
            name={label}
            dataKey={(point: (typeof points)[number]) => point.values[id] ?? null}
            stroke={colorOf(place)}
            strokeWidth={2.25}
            strokeDasharray={dashOf(place)}
            dot={({ cx, cy, index, key }) => (
              <Dot key={key} x={cx} y={cy} shown={marked(points, id, index)} color={colorOf(place)} />
            )}
            activeDot={{ r: 5, stroke: "var(--surface)", strokeWidth: 2 }}
            isAnimationActive={false}
          />
        ))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

/**
 * The place of the point at a click. The chart itself tells the point that was pointed at last, which after a tap is another one:
 * what counts is where the click is on the grid, which is as wide as the plot.
 */
function placeOf(event: SyntheticEvent, places: number): number | undefined {
  const grid = event.currentTarget.querySelector(".recharts-cartesian-grid")?.getBoundingClientRect();
  if (grid === undefined || !(event.nativeEvent instanceof MouseEvent)) return undefined;
  const along = (event.nativeEvent.clientX - grid.left) / grid.width;
  return Math.round(Math.min(1, Math.max(0, along)) * (places - 1));
}

/** Whether a label's words have no room to its right. */
function isLate(points: PointChartProps["points"], label: string): boolean {
  return points.findIndex((point) => point.label === label) > points.length * 0.8;
}

const MOST_DOTS = 31;

/** Whether a point has a dot: all of a few, of many those that stand alone, which no line would show. */
function marked(points: PointChartProps["points"], id: string, at: number): boolean {
  const known = (place: number) => (points[place]?.values[id] ?? null) !== null;
  return known(at) && (points.length <= MOST_DOTS || !(known(at - 1) || known(at + 1)));
}

function Dot({
  x,
  y,
  shown,
  color,
}: {
  x: number | undefined;
  y: number | undefined;
  shown: boolean;
  color: string;
}): ReactNode {
  return shown ? <circle cx={x} cy={y} r={2.5} fill={color} /> : null;
}

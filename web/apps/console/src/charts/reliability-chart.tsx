import { formatNumber, formatShare, t } from "@aika/react/text";
import type { ReactNode } from "react";
import {
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
  ZAxis,
} from "recharts";

/** Answers of about the same confidence, and how many of them were right. */
export interface ReliabilityBin {
  /** The mean of what was said, 0..1. */
  confidence: number;
  /** The share that was right, with its interval. */
  right: number;
  low: number;
  high: number;
  n: number;
}

/** What was said against what came: on the diagonal, a confidence means what it says. */
export function ReliabilityPicture({
  title,
  bins,
  height = 260,
}: {
  title: string;
  bins: readonly ReliabilityBin[];
  height?: number;
}): ReactNode {
  const axis = {
    type: "number" as const,
    domain: [0, 1],
    ticks: [0, 0.25, 0.5, 0.75, 1],
    tickFormatter: (value: number) => formatShare(value),
    tickLine: false,
  };
  return (
    <ResponsiveContainer width="100%" height={height}>
      <ScatterChart margin={{ top: 8, right: 16, bottom: 18, left: 8 }} aria-label={title}>
        <CartesianGrid stroke="var(--line)" />
        <XAxis
          {...axis}
          dataKey="confidence"
          tickMargin={8}
          axisLine={{ stroke: "var(--line)" }}
          label={{ value: t("Confidence told"), position: "bottom", fill: "var(--muted)", fontSize: 12, offset: 2 }}
        />
        <YAxis {...axis} dataKey="right" width="auto" axisLine={false} />
        <ZAxis dataKey="n" range={[60, 420]} />
        <ReferenceLine
          segment={[
            { x: 0, y: 0 },
            { x: 1, y: 1 },
          ]}
          stroke="var(--line-strong)"
          strokeDasharray="5 4"
        />
        <Tooltip
          cursor={false}
          isAnimationActive={false}
          content={({ active, payload }) => <BinTip active={active} bin={payload?.[0]?.payload as ReliabilityBin} />}
        />
        {bins.map(({ confidence, low, high }) => (
          <ReferenceLine
            key={confidence}
            segment={[
              { x: confidence, y: low },
              { x: confidence, y: high },
            ]}
            stroke="var(--chart-1)"
            strokeWidth={2}
            strokeOpacity={0.55}
          />
        ))}
        <Scatter data={[...bins]} fill="var(--chart-1)" isAnimationActive={false} />
      </ScatterChart>
    </ResponsiveContainer>
  );
}

function BinTip({ active, bin }: { active: boolean; bin: ReliabilityBin | undefined }): ReactNode {
  if (!active || bin === undefined) return null;
  return (
    <div className="rounded-lg border border-line bg-raised px-3 py-2 text-[0.8125rem] shadow-float">
      <p className="font-medium">{t("Told: {share}", { share: formatShare(bin.confidence) })}</p>
      <p className="tabular">
        {t("Helpful: {share} ({low} to {high})", {
          share: formatShare(bin.right),
          low: formatShare(bin.low),
          high: formatShare(bin.high),
        })}
      </p>
      <p className="text-muted tabular">
        {t("{n, plural, one {# rating} other {{shown} ratings}}", { n: bin.n, shown: formatNumber(bin.n) })}
      </p>
    </div>
  );
}

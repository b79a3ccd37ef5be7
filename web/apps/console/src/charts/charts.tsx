import { formatNumber, formatShare, t } from "@aika/react/text";
import { Skeleton } from "@aika/react/ui";
import { lazy, type ReactNode, Suspense } from "react";
import { type ChartTable, type PointChartProps, tableOfPoints } from "./data.ts";
import { ChartFrame, Legend } from "./frame.tsx";
import type { ReliabilityBin } from "./reliability-chart.tsx";

const LinePicture = lazy(async () => ({ default: (await import("./pictures.tsx")).LinePicture }));
const BarPicture = lazy(async () => ({ default: (await import("./pictures.tsx")).BarPicture }));
const ReliabilityPicture = lazy(async () => ({ default: (await import("./pictures.tsx")).ReliabilityPicture }));

/** Lines over time. A series with `ranges` has its 95 % interval as a band. */
export function LineChart(props: PointChartProps): ReactNode {
  return (
    <PointChart {...props} shape="line">
      <LinePicture {...props} />
    </PointChart>
  );
}

/** Bars over time, those of several series beside one another. */
export function BarChart(props: PointChartProps): ReactNode {
  return (
    <PointChart {...props} shape="bar">
      <BarPicture {...props} />
    </PointChart>
  );
}

/** Bars whose series are parts of a whole. */
export function StackedBarChart(props: PointChartProps): ReactNode {
  return (
    <PointChart {...props} shape="bar">
      <BarPicture {...props} stacked />
    </PointChart>
  );
}

/** Whether a confidence means what it says: what was told against the share that was right. */
export function ReliabilityChart({
  title,
  sentence,
  bins,
  file,
  height = 260,
  level,
}: {
  title: string;
  sentence: string;
  bins: readonly ReliabilityBin[];
  file: string;
  height?: number;
  level?: 2 | 3;
}): ReactNode {
  return (
    <ChartFrame
      title={title}
      sentence={sentence}
      table={tableOfBins(bins)}
      file={file}
      {...(level === undefined ? {} : { level })}
    >
      <Picture height={height}>
        <ReliabilityPicture title={title} bins={bins} height={height} />
      </Picture>
      <p className="mt-1 text-[0.8125rem] text-muted">
        {t(
          "On the dashed line, confidence means what it says. Larger dots stand for more answers, upright lines for 95 % intervals.",
        )}
      </p>
    </ChartFrame>
  );
}

function PointChart({
  children,
  shape,
  ...props
}: PointChartProps & { children: ReactNode; shape: "line" | "bar" }): ReactNode {
  const words = {
    low: (series: string) => t("{series}, low end", { series }),
    high: (series: string) => t("{series}, high end", { series }),
    hidden: t("not shown"),
  };
  return (
    <ChartFrame
      title={props.title}
      sentence={props.sentence}
      table={tableOfPoints({ ...props, words })}
      file={props.file}
      legend={<Legend series={props.series} shape={shape} />}
      {...(props.level === undefined ? {} : { level: props.level })}
    >
      <Picture height={props.height ?? 220}>{children}</Picture>
    </ChartFrame>
  );
}

/** Keeps the picture's place until its code is here, so that nothing moves. */
function Picture({ height, children }: { height: number; children: ReactNode }): ReactNode {
  return (
    <div style={{ height }} className="min-w-0">
      <Suspense fallback={<Skeleton className="h-full rounded-xl" />}>{children}</Suspense>
    </div>
  );
}

function tableOfBins(bins: readonly ReliabilityBin[]): ChartTable {
  const share = (value: number) => ({ shown: formatShare(value, 1), value });
  return {
    columns: [
      { title: t("Confidence told"), numeric: true },
      { title: t("Share right"), numeric: true },
      { title: t("Low end"), numeric: true },
      { title: t("High end"), numeric: true },
      { title: t("Answers"), numeric: true },
    ],
    rows: bins.map((bin) => [
      share(bin.confidence),
      share(bin.right),
      share(bin.low),
      share(bin.high),
      { shown: formatNumber(bin.n), value: bin.n },
    ]),
  };
}

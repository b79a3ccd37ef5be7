import { t } from "@aika/react/text";
import type { ReactNode } from "react";
import { type ChartPoint, type ChartSeries, colorOf } from "./data.ts";

/** What is shown of the point that is pointed at, or reached with the arrow keys. */
export function Tip({
  series,
  format,
  point,
}: {
  series: readonly ChartSeries[];
  format: (value: number) => string;
  point: ChartPoint | undefined;
}): ReactNode {
  if (point === undefined) return null;
  return (
    <div className="rounded-lg border border-line bg-raised px-3 py-2 text-[0.8125rem] shadow-float">
      <p className="mb-1 font-medium">{point.title ?? point.label}</p>
      <dl className="grid grid-cols-[auto_1fr_auto] items-center gap-x-2 gap-y-0.5">
        {series.map(({ id, label }, place) => {
          const value = point.values[id];
          const range = point.ranges?.[id];
          return (
            <div key={id} className="contents">
              <svg aria-hidden="true" width="8" height="8">
                <circle cx="4" cy="4" r="4" fill={colorOf(place)} />
              </svg>
              <dt className="text-muted">{label}</dt>
              <dd className="text-right font-medium tabular">
                {value === null || value === undefined ? t("not shown") : format(value)}
                {range !== null && range !== undefined && (
                  <span className="ml-1.5 font-normal text-muted">
                    {t("({low} to {high})", { low: format(range[0]), high: format(range[1]) })}
                  </span>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}

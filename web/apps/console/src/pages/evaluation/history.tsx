import type { RunSummary } from "@aika/client";
import { formatDate, formatTime, t } from "@aika/react/text";
import type { ReactNode } from "react";
import { type ChartPoint, LineChart } from "../../charts/index.ts";
import { formatDifference, formatMeasure, mainMeasure } from "./words.ts";

/** A measure of runs of one kind on one collection, oldest first. */
export function History({ runs, measure }: { runs: readonly RunSummary[]; measure: string }): ReactNode {
  const oldest = [...runs].reverse();
  const aDay = new Set(oldest.map((run) => dayOf(run))).size <= 1;
  const points: ChartPoint[] = oldest.map((run) => {
    const found = run.systems[0]?.measures[measure];
    return {
      // Runs of one day are told apart by the time.
      label: aDay ? formatDate(run.started_at, { timeStyle: "short" }) : dayOf(run),
      title: formatTime(run.started_at),
      values: { value: found?.value ?? null },
      ranges: { value: found === undefined ? null : [found.low, found.high] },
    };
  });
  return (
    <LineChart
      title={t("{measure} over time", { measure })}
      sentence={inWords(oldest, measure)}
      points={points}
      series={[{ id: "value", label: measure }]}
      axis={t("Run")}
      format={formatMeasure}
      most={1}
      least={leastOf(points)}
      file={`aika-${measure.replaceAll(/\W+/g, "-").toLowerCase()}`}
      level={2}
    />
  );
}

function dayOf({ started_at }: RunSummary): string {
  return formatDate(started_at, { month: "short", day: "numeric" });
}

/** The axis begins below all intervals, so that small differences are seen. */
function leastOf(points: readonly ChartPoint[]): number {
  const low = Math.min(1, ...points.map(({ values, ranges }) => ranges?.value?.[0] ?? values.value ?? 1));
  return Math.max(0, Math.floor((low - 0.02) * 10) / 10);
}

function inWords(runs: readonly RunSummary[], measure: string): string {
  const last = runs.at(-1);
  const value = last?.systems[0]?.measures[measure]?.value;
  if (last === undefined || value === undefined) return t("Not measured in the last run.");
  const before = runs.at(-2)?.systems[0]?.measures[measure]?.value;
  if (before === undefined) return t("{value} in the only run.", { value: formatMeasure(value) });
  return t("{value} in the last run, {difference} from the one before. The band is the 95 % interval.", {
    value: formatMeasure(value),
    difference: formatDifference(value - before),
  });
}

/** The measures that any of these runs has, the main one first. */
export function measuresOf(runs: readonly RunSummary[]): string[] {
  const names = runs.flatMap((run) => Object.keys(run.systems[0]?.measures ?? {}));
  const main = mainMeasure(runs[0]);
  return [...new Set(main === undefined ? names : [main, ...names])];
}

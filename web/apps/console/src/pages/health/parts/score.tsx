import type { DayScoreView } from "@aika/client";
import { t } from "@aika/react/text";
import { cn } from "@aika/react/ui";
import { TrendingDown, TrendingUp } from "lucide-react";
import type { ReactNode } from "react";
import { Sparkline } from "../../../charts/index.ts";

/** A score out of 100. Color only repeats what the number says. */
export function Score({ value, className }: { value: number; className?: string }): ReactNode {
  const tone = value >= 90 ? "text-good" : value >= 70 ? "text-ink" : value >= 50 ? "text-warn" : "text-bad";
  return <span className={cn("font-semibold tabular", tone, className)}>{Math.round(value)}</span>;
}

/** How a score went over the days, as a line and as a difference. */
export function Trend({ days, width = 96 }: { days: readonly DayScoreView[]; width?: number }): ReactNode {
  const first = days[0]?.score;
  const last = days.at(-1)?.score;
  if (first === undefined || last === undefined) return null;
  const change = last - first;
  const label = t("Score in {n} days: from {first} to {last}", { n: days.length, first, last });
  return (
    <span className="inline-flex items-center gap-2">
      <Sparkline label={label} values={days.map((day) => day.score)} least={0} most={100} width={width} />
      {change === 0 ? (
        <span aria-hidden="true" className="w-11" />
      ) : (
        <span
          className={cn(
            "inline-flex w-11 items-center justify-end gap-0.5 text-xs tabular",
            change > 0 ? "text-good" : "text-bad",
          )}
        >
          {change > 0 ? (
            <TrendingUp aria-hidden="true" className="size-3.5" />
          ) : (
            <TrendingDown aria-hidden="true" className="size-3.5" />
          )}
          {change > 0 ? `+${change}` : `−${-change}`}
        </span>
      )}
    </span>
  );
}

/** The days of each name, in the order in which the server tells them. */
export function byName(days: readonly DayScoreView[]): ReadonlyMap<string, DayScoreView[]> {
  const found = new Map<string, DayScoreView[]>();
  for (const day of days) {
    const known = found.get(day.name);
    if (known === undefined) found.set(day.name, [day]);
    else known.push(day);
  }
  return found;
}

/** How many findings there are, in words. */
export function findingsWord(n: number): string {
  return t("{n, plural, =0 {no finding} one {# finding} other {# findings}}", { n });
}

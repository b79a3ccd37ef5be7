import type { InsightsReply } from "@aika/client";
import { formatNumber, formatShare, t } from "@aika/react/text";
import { Stat } from "@aika/react/ui";
import type { ReactNode } from "react";
import { formatCost, formatMilliseconds } from "./words.ts";

/** The numbers of a period that are looked at first. */
export function Summary({ board }: { board: InsightsReply }): ReactNode {
  const { totals, acceptance } = board;
  return (
    <section aria-label={t("At a glance")} className="mb-8 grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
      <Stat
        label={t("Users in the last week")}
        value={counted(board.weekly_users)}
        detail={
          board.all_users === null || board.daily_users === null
            ? t("{people} in the period", { people: formatNumber(totals.people) })
            : t("{day} on the last day, {all} ever", {
                day: counted(board.daily_users),
                all: counted(board.all_users),
              })
        }
      />
      <Stat
        label={t("Questions")}
        value={formatNumber(totals.questions)}
        detail={t("from {people, plural, one {# person} other {# people}}", { people: totals.people })}
      />
      <Stat
        label={t("Answered")}
        value={share(totals.answered.value)}
        detail={
          totals.answered.n === 0
            ? t("Nothing was asked")
            : t("{low} to {high} with 95 % certainty", {
                low: formatShare(totals.answered.low),
                high: formatShare(totals.answered.high),
              })
        }
      />
      <Stat
        label={t("Found helpful")}
        value={share(acceptance.value)}
        detail={t("{n, plural, =0 {No ratings to show} one {of # rated answer} other {of # rated answers}}", {
          n: acceptance.n,
        })}
      />
      <Stat
        label={t("Time to an answer")}
        value={totals.latency === null ? "–" : formatMilliseconds(totals.latency.p50)}
        detail={
          totals.latency === null
            ? t("Nothing was asked")
            : t("{p95} or less for 95 of 100", { p95: formatMilliseconds(totals.latency.p95) })
        }
      />
      <Stat
        label={t("Language models")}
        value={formatCost(totals.cost_usd)}
        detail={
          totals.input_tokens + totals.output_tokens === 0
            ? t("None was used: answers were extracts")
            : totals.unpriced > 0
              ? t("{n, plural, one {# question} other {# questions}} of unknown price", { n: totals.unpriced })
              : t("{tokens} tokens", { tokens: formatNumber(totals.input_tokens + totals.output_tokens) })
        }
      />
    </section>
  );
}

function counted(value: number | null): string {
  return value === null ? "–" : formatNumber(value);
}

function share(value: number | null): string {
  return value === null ? "–" : formatShare(value);
}

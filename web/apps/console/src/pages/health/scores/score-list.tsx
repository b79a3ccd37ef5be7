import type { DayScoreView, ScoresReply, ScoreView } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { cn, EmptyState } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { ChevronRight, FileText } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { byName, findingsWord, Score, Trend } from "../parts/score.tsx";
import { ScoreDetails } from "./score-details.tsx";

export type Level = ScoresReply["by"];

/** Scores, the worst first. One opens to what it is made of. */
export function ScoreList({ by, reply }: { by: Level; reply: ScoresReply }): ReactNode {
  const days = usePast(by);
  const [open, setOpen] = useState<string>();
  if (reply.scores.length === 0) {
    return (
      <EmptyState icon={<FileText />} title={t("There is nothing to score yet")}>
        {t("Scores are of documents. Add a source first, and let it sync.")}
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="divide-y overflow-hidden rounded-2xl border border-line">
        {reply.scores.map((score) => {
          const key = keyOf(score);
          return (
            <li key={key}>
              <Row
                by={by}
                score={score}
                days={days.get(score.name) ?? []}
                isOpen={open === key}
                onToggle={() => setOpen(open === key ? undefined : key)}
              />
              {open === key && <ScoreDetails by={by} score={score} />}
            </li>
          );
        })}
      </ul>
      {reply.total > reply.scores.length && (
        <p className="mt-3 text-sm text-muted">
          {t("The {shown} lowest of {total}.", { shown: reply.scores.length, total: reply.total })}
        </p>
      )}
    </>
  );
}

function Row({
  by,
  score,
  days,
  isOpen,
  onToggle,
}: {
  by: Level;
  score: ScoreView;
  days: readonly DayScoreView[];
  isOpen: boolean;
  onToggle: () => void;
}): ReactNode {
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      onClick={onToggle}
      className="flex w-full items-center gap-3 px-4 py-3 text-left transition-colors hover:bg-sunken/60 sm:gap-4 sm:px-5"
    >
      <ChevronRight
        aria-hidden="true"
        className={cn("size-4 shrink-0 text-faint transition-transform", isOpen && "rotate-90")}
      />
      <span className="min-w-0 flex-1">
        <span className="block truncate text-[0.9375rem] font-medium">{score.name || t("no owner")}</span>
        <span className="block truncate text-[0.8125rem] text-muted">{aboutOf(by, score)}</span>
      </span>
      {days.length > 0 && (
        <span className="hidden sm:block">
          <Trend days={days} />
        </span>
      )}
      <Score value={score.score} className="w-9 text-right text-lg" />
    </button>
  );
}

function aboutOf(by: Level, score: ScoreView): string {
  if (by === "document") {
    const { document } = score;
    return [document?.source, document?.owner?.name ?? t("no owner"), findingsWord(score.findings)]
      .filter(Boolean)
      .join(" · ");
  }
  const documents = t("{n, plural, one {# document} other {# documents}}", { n: score.documents });
  const gaps = score.gaps === 0 ? "" : t("{n} missing", { n: score.gaps });
  return [documents, findingsWord(score.findings - score.gaps), gaps].filter(Boolean).join(" · ");
}

function keyOf(score: ScoreView): string {
  return score.document?.id ?? score.name;
}

/** The last 30 days of all owners or sources. Documents show theirs when they are opened. */
function usePast(by: Level): ReadonlyMap<string, DayScoreView[]> {
  const aika = useAika();
  const past = useQuery({
    queryKey: ["health", "past", by],
    queryFn: async () => {
      const params = { query: { by, days: 30 } };
      return (await aika.GET("/v1/health/scores/history", { params })).data?.days ?? [];
    },
    enabled: by !== "document",
  });
  return useMemo(() => byName(past.data ?? []), [past.data]);
}

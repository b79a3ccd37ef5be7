import type { ScoreView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatDate, formatNumber, t } from "@aika/react/text";
import { Button, ErrorNote, Skeleton } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { LineChart } from "../../../charts/index.ts";
import type { Level } from "./score-list.tsx";

const DAYS = 60;

/** What a score loses, and how it went. */
export function ScoreDetails({ by, score }: { by: Level; score: ScoreView }): ReactNode {
  const document = score.document;
  return (
    <div className="grid gap-6 border-t bg-sunken/30 px-5 py-5 lg:grid-cols-2">
      <div>
        <h2 className="text-sm font-semibold">{t("What it loses")}</h2>
        {score.parts.length === 0 && <p className="mt-1 text-sm text-muted">{t("Nothing.")}</p>}
        <ul className="mt-2 flex flex-col gap-2.5">
          {score.parts.map((part) => (
            <li key={part.name} className="flex gap-3 text-sm">
              <span className="w-12 shrink-0 text-right font-medium text-bad tabular">{formatNumber(part.points)}</span>
              <span className="min-w-0">
                <span className="font-medium">{partName(part.name)}</span>
                <span className="block break-words text-muted">{part.explanation}</span>
              </span>
            </li>
          ))}
        </ul>
        <div className="mt-4 flex flex-wrap gap-2">
          {score.findings > score.gaps && by !== "document" && (
            <Button asChild size="small">
              <Link to={`/health?${by}=${encodeURIComponent(score.name)}`}>{t("Its findings")}</Link>
            </Button>
          )}
          {document !== null && (
            <Button asChild size="small">
              <Link to={`/documents/${document.id}`}>{t("The document")}</Link>
            </Button>
          )}
        </div>
      </div>
      <Past by={by} name={document?.id ?? score.name} title={score.name || t("no owner")} />
    </div>
  );
}

function Past({ by, name, title }: { by: Level; name: string; title: string }): ReactNode {
  const aika = useAika();
  const past = useQuery({
    queryKey: ["health", "past", by, name],
    queryFn: async () => {
      const params = { query: { by, name, days: DAYS } };
      return (await aika.GET("/v1/health/scores/history", { params })).data?.days ?? [];
    },
  });
  if (past.isError) return <ErrorNote error={past.error} />;
  if (past.data === undefined) return <Skeleton className="h-52" />;
  return (
    <LineChart
      level={2}
      title={t("Score of “{title}”", { title })}
      sentence={t(
        "The last {days} days, with the findings that were open on each. Reviews and ratings count as they are now.",
        {
          days: DAYS,
        },
      )}
      axis={t("Day")}
      points={past.data.map((day) => ({
        label: formatDate(day.day, { month: "short", day: "numeric", timeZone: "UTC" }),
        title: formatDate(day.day, { dateStyle: "medium", timeZone: "UTC" }),
        values: { score: day.score },
      }))}
      series={[{ id: "score", label: t("Score") }]}
      format={(value) => formatNumber(value)}
      most={100}
      height={170}
      file="scores"
    />
  );
}

/** What costs points, in the reader's language: the API names the parts in English. */
function partName(name: string): string {
  const names: Readonly<Record<string, string>> = {
    outdated: t("Out of date"),
    conflicting: t("Conflicting"),
    unsupported: t("Misread"),
    "not retrieved": t("Not found"),
    "missing documents": t("Missing documents"),
    replaced: t("Replaced"),
    "not reviewed": t("Review is due"),
    "not helpful": t("Did not help"),
  };
  return names[name] ?? name;
}

import type { GapView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatAge, t } from "@aika/react/text";
import { Button, EmptyState, ErrorNote, Loading, Page } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { CircleCheckBig, Users } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { plainQuestion } from "./finding/alike.ts";
import { AskForDocument } from "./gaps/ask-for-document.tsx";
import { HealthTabs } from "./parts/health-tabs.tsx";

const FIRST_QUESTIONS = 3;

/** Questions that no document answers, put together by what one new document would answer. */
export default function Gaps(): ReactNode {
  const aika = useAika();
  const gaps = useQuery({
    queryKey: ["health", "gaps"],
    queryFn: async () => (await aika.GET("/v1/health/gaps")).data?.gaps ?? [],
  });
  return (
    <Page
      title={t("Health")}
      lead={t("What people asked and no document answers, put together by what one new document would answer.")}
    >
      <HealthTabs />
      {gaps.isPending && <Loading rows={5} />}
      {gaps.isError && <ErrorNote error={gaps.error} retry={() => void gaps.refetch()} />}
      {gaps.data?.length === 0 && (
        <EmptyState icon={<CircleCheckBig />} title={t("No gap is yours to fill")}>
          {t(
            "A gap comes about when people ask what nothing answers. You see those that the owners of the nearest documents, you or a team of yours, could fill.",
          )}
        </EmptyState>
      )}
      {gaps.data !== undefined && gaps.data.length > 0 && (
        <ul className="flex flex-col gap-3">
          {gaps.data.map((gap) => (
            <li key={gap.name}>
              <Gap gap={gap} />
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}

function Gap({ gap }: { gap: GapView }): ReactNode {
  const [asking, setAsking] = useState(false);
  const [all, setAll] = useState(false);
  const assignees = [...new Set(gap.kept_as.map((one) => one.assignee).filter(Boolean))];
  const others = worded(gap);
  const shown = all ? others : others.slice(0, FIRST_QUESTIONS);
  return (
    <article className="rounded-2xl border border-line px-5 py-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-80">
          <h2 className="text-[0.9375rem] font-semibold break-words">{gap.name}</h2>
          <p className="mt-1 flex flex-wrap items-center gap-x-2 text-[0.8125rem] text-muted">
            <span className="inline-flex items-center gap-1 tabular">
              <Users aria-hidden="true" className="size-3.5" />
              {t("{n, plural, one {# person} other {# people}} asked", { n: gap.people })}
            </span>
            {gap.last_asked_at !== null && (
              <>
                <span aria-hidden="true">·</span>
                <span>{t("last asked {age}", { age: formatAge(gap.last_asked_at) })}</span>
              </>
            )}
            <span aria-hidden="true">·</span>
            <span>{whoCould(gap, assignees)}</span>
          </p>
          {shown.length > 0 && (
            <ul className="mt-3 flex flex-col gap-1 border-l-2 pl-3 text-sm text-muted">
              {shown.map((question) => (
                <li key={question} className="break-words">
                  {question}
                </li>
              ))}
            </ul>
          )}
          {others.length > FIRST_QUESTIONS && (
            <Button look="quiet" size="small" className="mt-2 -ml-2" onClick={() => setAll(!all)}>
              {all ? t("Show fewer") : t("Show {n} more", { n: others.length - FIRST_QUESTIONS })}
            </Button>
          )}
        </div>
        <div className="flex gap-2">
          <Button onClick={() => setAsking(true)}>
            {assignees.length > 0 ? t("Ask somebody else") : t("Ask for a document")}
          </Button>
          <Button asChild look="quiet">
            <Link to={`/health/findings/${gap.findings[0]}`}>{t("Details")}</Link>
          </Button>
        </div>
      </div>
      {asking && <AskForDocument gap={gap} onClose={() => setAsking(false)} />}
    </article>
  );
}

/** Its questions without those that differ in capitals or the end alone, of which nobody learns more. */
function worded({ name, questions }: GapView): string[] {
  const seen = new Set([plainQuestion(name)]);
  return questions.filter((question) => {
    const known = seen.has(plainQuestion(question));
    seen.add(plainQuestion(question));
    return !known;
  });
}

function whoCould(gap: GapView, assignees: readonly string[]): string {
  if (assignees.length > 0) return t("with {who}", { who: assignees.join(", ") });
  if (gap.owner === null) return t("nobody is known who could write it");
  return gap.owner.contact === null
    ? t("{owner} could write it", { owner: gap.owner.name })
    : t("{owner} could write it ({contact})", { owner: gap.owner.name, contact: gap.owner.contact });
}

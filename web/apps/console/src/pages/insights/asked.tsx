import type { AskedGapView, TopicsReply } from "@aika/client";
import { formatNumber, t } from "@aika/react/text";
import { Badge, Card, EmptyState, ErrorNote, Loading } from "@aika/react/ui";
import { MessagesSquare } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { RankedBars } from "../../charts/index.ts";
import { type Choice, useTopics } from "./use-insights.ts";

const SHOWN = 10;

/** What people ask about most, and what no document answers. */
export function AskedAbout({ choice }: { choice: Choice }): ReactNode {
  const { data, error, refetch, isPending } = useTopics(choice);
  if (error !== null) return <ErrorNote error={error} retry={refetch} />;
  if (isPending || data === undefined) return <Loading rows={6} />;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Topics reply={data} />
      <Gaps gaps={data.gaps} least={data.smallest_group} />
    </div>
  );
}

function Topics({ reply }: { reply: TopicsReply }): ReactNode {
  const shown = reply.topics.slice(0, SHOWN);
  if (shown.length === 0) {
    return (
      <EmptyState icon={<MessagesSquare />} title={t("No topic to show yet")}>
        {t("Topics show here when at least {people, plural, one {# person} other {# people}} asked about the same.", {
          people: reply.smallest_group,
        })}
      </EmptyState>
    );
  }
  return (
    <RankedBars
      title={t("Asked about most")}
      sentence={t("{n, plural, one {# topic} other {# topics}}, named by words that several people used.", {
        n: reply.topics.length,
      })}
      rows={shown.map(({ name, people, questions }) => ({
        id: name,
        label: name,
        value: people,
        detail: t("{questions, plural, one {# question} other {# questions}}", { questions }),
      }))}
      format={(value) => t("{people, plural, one {# person} other {# people}}", { people: value })}
      axis={t("Topic")}
      measure={t("People")}
      file="aika-topics"
      level={2}
    />
  );
}

function Gaps({ gaps, least }: { gaps: readonly AskedGapView[]; least: number }): ReactNode {
  return (
    <Card>
      <div className="flex items-baseline justify-between gap-3">
        <h2 className="text-[0.9375rem] font-semibold">{t("Not answered by any document")}</h2>
        <Link to="/health/gaps" className="text-sm text-accent hover:underline">
          {t("All gaps")}
        </Link>
      </div>
      {gaps.length === 0 ? (
        <p className="mt-1 text-sm text-muted">
          {t("No gap that {people, plural, one {# person} other {# people}} or more asked about is open.", {
            people: least,
          })}
        </p>
      ) : (
        <ol className="mt-3 flex flex-col divide-y divide-line">
          {gaps.slice(0, SHOWN).map((gap) => (
            <li key={gap.name} className="flex items-start justify-between gap-4 py-2.5 text-sm">
              <div className="min-w-0">
                <Link
                  to={gap.findings[0] === undefined ? "/health/gaps" : `/health/findings/${gap.findings[0]}`}
                  className="break-words hover:underline"
                >
                  {gap.name}
                </Link>
                {gap.owner !== null && (
                  <p className="text-[0.8125rem] text-muted">{t("{owner} could write it", { owner: gap.owner })}</p>
                )}
              </div>
              <Badge>
                {t("{people, plural, one {# person} other {{shown} people}}", {
                  people: gap.people,
                  shown: formatNumber(gap.people),
                })}
              </Badge>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

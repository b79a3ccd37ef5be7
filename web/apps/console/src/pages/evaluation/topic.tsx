import type { TopicTrace, TracedDocument } from "@aika/client";
import { formatShare, t } from "@aika/react/text";
import { Badge, Button, Card, ErrorNote, Loading, Page, Section } from "@aika/react/ui";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link, useParams } from "react-router";
import { BumpChart, type BumpDocument, SearchTrace, stageName } from "../../charts/index.ts";
import { useTopic } from "./use-evaluation.ts";
import { formatMeasure, topicPath } from "./words.ts";

export default function TopicPage(): ReactNode {
  const { run = "", topic = "" } = useParams();
  const { data, error, refetch, isPending } = useTopic(run, topic);
  return (
    <Page
      wide
      back={
        <>
          <Link to="/evaluation">{t("Evaluation")}</Link> › <Link to={`/evaluation/${run}`}>{run}</Link>
        </>
      }
      title={data?.topic.text ?? t("Topic")}
      lead={data === undefined ? undefined : measured(data)}
      actions={data === undefined ? undefined : <Neighbors trace={data} />}
    >
      {error !== null && <ErrorNote error={error} retry={refetch} />}
      {isPending && <Loading rows={8} />}
      {data !== undefined && <Trace key={data.topic.id} trace={data} />}
    </Page>
  );
}

function Trace({ trace }: { trace: TopicTrace }): ReactNode {
  return (
    <>
      <Told trace={trace} />
      {trace.stages.length > 0 && (
        <div className="mb-8">
          <BumpChart
            title={t("How documents moved through the stages")}
            sentence={inWords(trace)}
            stages={trace.stages.map(({ name, ranks }) => ({ id: name, label: stageName(name), ranks }))}
            documents={trace.documents.map(documentOf)}
            file={`aika-${trace.topic.id.replaceAll(/\W+/g, "-")}`}
            level={2}
          />
        </div>
      )}
      {trace.missed.length > 0 && (
        <Section title={t("Not found at all")} lead={t("Documents that answer and that no stage brought in.")}>
          <ul className="list-disc pl-5 text-sm">
            {trace.missed.map((id) => (
              <li key={id} className="break-words">
                {id}
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Now question={trace.topic.text} />
    </>
  );
}

/** The same question to this deployment as it is now, with every stage and its reasons. */
function Now({ question }: { question: string }): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    <Section
      title={t("In this deployment, now")}
      lead={t("The same question, put to the documents that are synced here, with every stage and its reasons.")}
      actions={!open && <Button onClick={() => setOpen(true)}>{t("Trace it now")}</Button>}
    >
      {open && <SearchTrace question={question} level={3} />}
    </Section>
  );
}

function Told({ trace: { told, expected } }: { trace: TopicTrace }): ReactNode {
  if (told.length === 0 && expected.length === 0) return null;
  return (
    <div className="mb-8 grid items-start gap-4 lg:grid-cols-2">
      {expected.length > 0 && (
        <Card>
          <h2 className="mb-2 text-[0.9375rem] font-semibold">{t("What a good answer says")}</h2>
          <ul className="list-disc pl-5 text-sm">
            {expected.map((one) => (
              <li key={one} className="break-words">
                {one}
              </li>
            ))}
          </ul>
        </Card>
      )}
      {told.map(({ system, text, abstained, confidence, remarks }) => (
        <Card key={system}>
          <div className="mb-2 flex items-center justify-between gap-3">
            <h2 className="text-[0.9375rem] font-semibold">{t("Answer of {system}", { system })}</h2>
            <Badge tone={abstained ? "warn" : "neutral"}>
              {abstained
                ? t("no answer")
                : t("{share} sure", { share: confidence === null ? "–" : formatShare(confidence) })}
            </Badge>
          </div>
          <p className="text-sm break-words whitespace-pre-wrap">{text}</p>
          {remarks.length > 0 && (
            <ul className="mt-2 list-disc pl-5 text-[0.8125rem] text-muted">
              {remarks.map((remark) => (
                <li key={remark}>{remark}</li>
              ))}
            </ul>
          )}
        </Card>
      ))}
    </div>
  );
}

function Neighbors({ trace: { run, previous, next } }: { trace: TopicTrace }): ReactNode {
  return (
    <nav aria-label={t("Topics")} className="flex gap-2">
      {previous !== null && (
        <Button asChild>
          <Link to={topicPath(run, previous)}>
            <ChevronLeft aria-hidden="true" />
            {t("Previous topic")}
          </Link>
        </Button>
      )}
      {next !== null && (
        <Button asChild>
          <Link to={topicPath(run, next)}>
            {t("Next topic")}
            <ChevronRight aria-hidden="true" />
          </Link>
        </Button>
      )}
    </nav>
  );
}

function documentOf({ id, title, grade, quote }: TracedDocument): BumpDocument {
  return {
    id,
    title: title === "" ? id : title,
    relevant: grade === null ? undefined : grade > 0,
    reasons: [
      ...(title === "" ? [] : [id]),
      ...(grade !== null && grade > 0 ? [t("Judged with a grade of {grade}", { grade })] : []),
      ...(quote === "" ? [] : [quote]),
    ],
  };
}

function measured({ system, topic }: TopicTrace): string {
  return Object.entries(topic.values[system] ?? {})
    .map(([name, value]) => `${name} ${formatMeasure(value)}`)
    .join(" · ");
}

function inWords({ stages, documents }: TopicTrace): string {
  const last = stages.at(-1)?.ranks ?? {};
  const ranks = documents.flatMap(({ id, grade }) => (grade !== null && grade > 0 ? [last[id] ?? Infinity] : []));
  const best = Math.min(...ranks);
  if (ranks.length === 0) return t("None of the documents here is judged to answer.");
  if (!Number.isFinite(best)) return t("Nothing that answers is in the final ranking.");
  return t(
    "The best document that answers ends at rank {best}; {n, plural, one {# document answers} other {# documents answer}}.",
    {
      best,
      n: ranks.length,
    },
  );
}

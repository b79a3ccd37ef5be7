import type { RunView, SystemView } from "@aika/client";
import { formatDuration, formatNumber, formatTime, t } from "@aika/react/text";
import { Badge, ErrorNote, Loading, Note, Page, Section, Table } from "@aika/react/ui";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { stageName } from "../../charts/index.ts";
import { TopicTable } from "./topic-table.tsx";
import { useRun } from "./use-evaluation.ts";
import { formatMeasure, kindName } from "./words.ts";

export default function RunPage(): ReactNode {
  const { run: id = "" } = useParams();
  const { data, error, refetch, isPending } = useRun(id);
  return (
    <Page
      back={<Link to="/evaluation">{t("Evaluation")}</Link>}
      title={data === undefined ? t("Run") : `${data.collection} · ${kindName(data.kind)}`}
      lead={data === undefined ? undefined : inWords(data)}
    >
      {error !== null && <ErrorNote error={error} retry={refetch} />}
      {isPending && <Loading />}
      {data !== undefined && (
        <>
          {data.notes.length > 0 && (
            <Note tone="warn" className="mb-6">
              <ul className="flex flex-col gap-1">
                {data.notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            </Note>
          )}
          <Section title={t("Measures")} lead={t("Means over the topics, with 95 % intervals.")}>
            <Systems systems={data.systems} />
          </Section>
          <Section title={t("Topics")} lead={t("Each with what the run found for it, the worst first.")}>
            <TopicTable run={data} />
          </Section>
          <Settings run={data} />
        </>
      )}
    </Page>
  );
}

function inWords({ started_at, topics, seconds, revision }: RunView): string {
  const values = {
    time: formatTime(started_at),
    topics: formatNumber(topics),
    took: formatDuration(seconds),
    revision: revision.slice(0, 8),
  };
  return revision === ""
    ? t("{time}: {topics} topics in {took}.", values)
    : t("{time}, at revision {revision}: {topics} topics in {took}.", values);
}

function Systems({ systems }: { systems: readonly SystemView[] }): ReactNode {
  const measures = [...new Set(systems.flatMap(({ measures }) => Object.keys(measures)))];
  return (
    <Table
      caption={t("Measures of each system")}
      rows={systems}
      keyOf={({ name }) => name}
      columns={[
        {
          id: "system",
          title: t("System"),
          cell: ({ name }) => (
            <span className="flex items-center gap-2 font-medium">
              {stageName(name)}
              {stageName(name) !== name && <code className="text-xs font-normal text-muted">{name}</code>}
              {name === systems[0]?.name && <Badge tone="accent">{t("as deployed")}</Badge>}
            </span>
          ),
        },
        ...measures.map((measure) => ({
          id: measure,
          title: measure,
          numeric: true,
          cell: ({ measures }: SystemView) => {
            const found = measures[measure];
            return found === undefined ? (
              "–"
            ) : (
              <>
                <span className="font-medium">{formatMeasure(found.value)}</span>
                <span className="block text-xs whitespace-nowrap text-muted">
                  {t("{low} to {high}", { low: formatMeasure(found.low), high: formatMeasure(found.high) })}
                </span>
              </>
            );
          },
        })),
        {
          id: "p50",
          title: t("Half within"),
          numeric: true,
          cell: ({ p50 }: SystemView) => (p50 === null ? "–" : formatDuration(p50 / 1000)),
        },
        {
          id: "p95",
          title: t("95 of 100 within"),
          numeric: true,
          cell: ({ p95 }: SystemView) => (p95 === null ? "–" : formatDuration(p95 / 1000)),
        },
      ]}
    />
  );
}

function Settings({ run }: { run: RunView }): ReactNode {
  const rows = [
    ...Object.entries(run.settings),
    ...Object.entries(run.versions).map(([name, version]) => [t("version of {name}", { name }), version] as const),
    ...Object.entries(run.facts).map(
      ([name, value]) => [name, formatNumber(value, { maximumFractionDigits: 2 })] as const,
    ),
  ];
  return (
    <details className="rounded-2xl border border-line bg-surface">
      <summary className="cursor-pointer px-5 py-3.5 text-sm font-medium">{t("Settings, versions and facts")}</summary>
      <dl className="grid gap-x-6 gap-y-1.5 px-5 pb-5 text-[0.8125rem] sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        {rows.map(([name, value]) => (
          <div key={name} className="flex min-w-0 justify-between gap-4 border-b py-1">
            <dt className="min-w-0 break-words text-muted">{name}</dt>
            <dd className="min-w-0 text-right font-mono break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

import type { MeasureComparisonView, RunComparisonView, RunSummary } from "@aika/client";
import { formatNumber, formatTime, t } from "@aika/react/text";
import {
  Badge,
  EmptyState,
  ErrorNote,
  Field,
  Loading,
  Note,
  Page,
  Section,
  Select,
  Table,
  type Tone,
} from "@aika/react/ui";
import { GitCompareArrows } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import { TopicChanges } from "./topic-changes.tsx";
import { useComparison, useRuns } from "./use-evaluation.ts";
import { formatChance, formatDifference, formatMeasure } from "./words.ts";

const SIGNIFICANT = 0.05;

export default function Compare(): ReactNode {
  const [query, setQuery] = useSearchParams();
  const runs = useRuns();
  const [a, b, measure] = [query.get("a"), query.get("b"), query.get("measure")];
  const { data, error, refetch, isFetching } = useComparison(a, b, measure);
  const choose = (name: string, value: string) => {
    const changed = new URLSearchParams(query);
    changed.set(name, value);
    if (name !== "measure") changed.delete("measure");
    setQuery(changed, { replace: true });
  };
  return (
    <Page
      back={<Link to="/evaluation">{t("Evaluation")}</Link>}
      title={t("Two runs side by side")}
      lead={t("What differs, by how much, and whether chance alone explains it.")}
    >
      <div className="mb-6 flex flex-wrap items-end gap-4">
        <RunChoice label={t("Before")} value={a} runs={runs.data?.runs ?? []} onChoose={(id) => choose("a", id)} />
        <RunChoice label={t("After")} value={b} runs={runs.data?.runs ?? []} onChoose={(id) => choose("b", id)} />
      </div>
      {error !== null && <ErrorNote error={error} retry={refetch} />}
      {(a === null || b === null) && (
        <EmptyState icon={<GitCompareArrows />} title={t("Choose two runs")}>
          {t("They need to be of the same kind and share topics.")}
        </EmptyState>
      )}
      {isFetching && data === undefined && <Loading />}
      {data !== undefined && <Compared compared={data} onMeasure={(name) => choose("measure", name)} />}
    </Page>
  );
}

function RunChoice({
  label,
  value,
  runs,
  onChoose,
}: {
  label: string;
  value: string | null;
  runs: readonly RunSummary[];
  onChoose: (id: string) => void;
}): ReactNode {
  return (
    <Field label={label} className="min-w-0">
      <Select
        className="w-[27rem] max-w-full font-normal"
        value={value ?? ""}
        onChange={({ target }) => onChoose(target.value)}
      >
        {value === null && <option value="">{t("Choose a run")}</option>}
        {runs.map(({ id, collection, started_at, configuration }) => (
          <option key={id} value={id}>
            {formatTime(started_at)} · {collection} · {configuration.slice(0, 6)}
          </option>
        ))}
      </Select>
    </Field>
  );
}

function Compared({
  compared,
  onMeasure,
}: {
  compared: RunComparisonView;
  onMeasure: (measure: string) => void;
}): ReactNode {
  const widest = Math.max(0.01, ...compared.measures.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]));
  return (
    <>
      {compared.notes.length > 0 && (
        <Note className="mb-6">
          <ul className="flex flex-col gap-1">
            {compared.notes.map((note) => (
              <li key={note}>{sentence(note)}</li>
            ))}
          </ul>
        </Note>
      )}
      <Section
        title={t("Measures")}
        lead={t("{n, plural, one {# topic} other {# topics}} of both runs. The p allows for looking at all measures.", {
          n: compared.topics,
        })}
      >
        <Table
          caption={t("Measures of both runs")}
          rows={compared.measures}
          keyOf={({ name }) => name}
          columns={[
            { id: "name", title: t("Measure"), cell: ({ name }) => <span className="font-medium">{name}</span> },
            { id: "before", title: t("Before"), numeric: true, cell: ({ before }) => formatMeasure(before) },
            { id: "after", title: t("After"), numeric: true, cell: ({ after }) => formatMeasure(after) },
            {
              id: "difference",
              title: t("Difference, 95 % interval"),
              cell: (one) => <Difference one={one} widest={widest} />,
            },
            { id: "p", title: "p", numeric: true, cell: ({ p_corrected }) => formatChance(p_corrected) },
            {
              id: "topics",
              title: t("Better, same, worse"),
              numeric: true,
              wideOnly: true,
              cell: ({ wins, ties, losses }) => [wins, ties, losses].map((n) => formatNumber(n)).join(" · "),
            },
            { id: "verdict", title: t("Verdict"), cell: (one) => <Verdict one={one} /> },
          ]}
        />
      </Section>
      <TopicChanges compared={compared} onMeasure={onMeasure} />
      <Section title={t("What was configured differently")}>
        {compared.settings.length === 0 ? (
          <p className="text-sm text-muted">{t("Nothing: what differs comes from documents, topics or chance.")}</p>
        ) : (
          <Table
            caption={t("Settings that differ")}
            rows={compared.settings}
            keyOf={({ name }) => name}
            columns={[
              {
                id: "name",
                title: t("Setting"),
                cell: ({ name }) => <span className="font-mono text-xs">{name}</span>,
              },
              { id: "before", title: t("Before"), cell: ({ before }) => before ?? t("not set") },
              { id: "after", title: t("After"), cell: ({ after }) => after ?? t("not set") },
            ]}
          />
        )}
      </Section>
    </>
  );
}

/** The difference with its interval on an axis around zero. */
function Difference({ one, widest }: { one: MeasureComparisonView; widest: number }): ReactNode {
  const x = (value: number) => 60 + (55 * value) / widest;
  const color =
    verdictOf(one) === "better" ? "var(--good)" : verdictOf(one) === "worse" ? "var(--bad)" : "var(--muted)";
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      <svg aria-hidden="true" width="120" height="18" className="shrink-0">
        <line x1="60" x2="60" y1="1" y2="17" stroke="var(--line-strong)" />
        <line x1={x(one.low)} x2={x(one.high)} y1="9" y2="9" stroke={color} strokeWidth="2" />
        <circle cx={x(one.difference)} cy="9" r="4" fill={color} />
      </svg>
      <span className="whitespace-nowrap tabular">
        {formatDifference(one.difference)}
        <span className="ml-2 text-xs text-muted">
          {t("{low} to {high}", { low: formatDifference(one.low), high: formatDifference(one.high) })}
        </span>
      </span>
    </span>
  );
}

function Verdict({ one }: { one: MeasureComparisonView }): ReactNode {
  const tones: Readonly<Record<ReturnType<typeof verdictOf>, Tone>> = {
    better: "good",
    worse: "bad",
    unclear: "neutral",
  };
  const words = { better: t("better"), worse: t("worse"), unclear: t("no clear difference") };
  const verdict = verdictOf(one);
  return <Badge tone={tones[verdict]}>{words[verdict]}</Badge>;
}

function verdictOf({ p_corrected, difference }: MeasureComparisonView): "better" | "worse" | "unclear" {
  if (p_corrected >= SIGNIFICANT) return "unclear";
  return difference > 0 ? "better" : "worse";
}

function sentence(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}

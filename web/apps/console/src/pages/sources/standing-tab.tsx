import type { SourceView, SyncView } from "@aika/client";
import { useAika } from "@aika/react";
import { formatAge, formatDuration, formatNumber, formatShare, formatTime, t } from "@aika/react/text";
import { Badge, type Column, EmptyState, ErrorNote, Loading, Section, Stat, Table, type Tone } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { LagChart } from "./lag-chart.tsx";
import { isRunning, lagWords } from "./source-state.ts";
import { found } from "./use-sources.ts";

/** How current a source is, now and over its last syncs. */
export function StandingTab({ source }: { source: SourceView }): ReactNode {
  return (
    <>
      <div className="mb-10 grid grid-cols-2 gap-4 lg:grid-cols-4">
        <Stat label={t("Documents")} value={formatNumber(source.documents)} detail={findableWords(source)} />
        <Stat
          label={t("Last good sync")}
          value={<span className={source.late ? "text-warn" : undefined}>{lagWords(source)}</span>}
          detail={
            source.last_success_at === null ? t("Nothing is known of it yet") : formatTime(source.last_success_at)
          }
        />
        <Stat
          label={t("Promised freshness")}
          value={source.promise_seconds === null ? t("None") : formatDuration(source.promise_seconds)}
          detail={promiseWords(source)}
        />
        <Stat
          label={t("Schedule")}
          value={
            source.refresh_seconds === null
              ? t("By hand")
              : t("Every {time}", { time: formatDuration(source.refresh_seconds) })
          }
          detail={source.refresh_seconds === null ? t("or when the source gives notice") : t("and on notice")}
        />
      </div>
      {source.managed && <History source={source} />}
    </>
  );
}

function findableWords(source: SourceView): string {
  if (source.documents === 0) return t("None yet");
  if (source.embedded >= source.documents) return t("all can be found");
  return t("{words} by words, {meaning} by meaning", {
    words: formatShare(source.findable / source.documents),
    meaning: formatShare(source.embedded / source.documents),
  });
}

function promiseWords(source: SourceView): string {
  if (source.promise_seconds === null) return t("Its owner has promised none");
  return source.late ? t("The promise is broken now") : t("at most behind the source");
}

function History({ source }: { source: SourceView }) {
  const aika = useAika();
  const { data, error, refetch } = useQuery({
    // Anew with every sync that begins or ends.
    queryKey: ["sources", source.id, "syncs", source.last_sync?.started_at, source.last_sync?.phase],
    queryFn: async ({ signal }) =>
      found(
        (
          await aika.GET("/v1/sources/{id}/syncs", {
            params: { path: { id: source.id }, query: { limit: 200 } },
            signal,
          })
        ).data,
      ).syncs,
    placeholderData: (before) => before,
  });
  if (error !== null) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  const syncs = data.map((sync, n) =>
    n === 0 && isRunning(source) && source.last_sync !== null ? source.last_sync : sync,
  );
  return (
    <>
      {syncs.filter((sync) => sync.phase === "succeeded").length > 1 && (
        <Section
          title={t("Lag over time")}
          lead={t("How far aika was behind the source. Every good sync brings it back.")}
        >
          <LagChart syncs={syncs} promise={source.promise_seconds} />
        </Section>
      )}
      <Section title={t("Last syncs")}>
        {syncs.length === 0 ? (
          <EmptyState title={t("Never synced")}>{t("Start the first sync with “Sync now”.")}</EmptyState>
        ) : (
          <Syncs syncs={syncs} />
        )}
      </Section>
    </>
  );
}

const SHOWN = 8;

function Syncs({ syncs }: { syncs: readonly SyncView[] }) {
  const [all, setAll] = useState(false);
  const columns: Column<SyncView>[] = [
    { id: "when", title: t("Began"), cell: (sync) => <When sync={sync} />, className: "whitespace-nowrap" },
    { id: "outcome", title: t("Outcome"), cell: (sync) => <Outcome sync={sync} />, className: "min-w-40" },
    { id: "took", title: t("Took"), cell: took, numeric: true, wideOnly: true },
    { id: "seen", title: t("Seen"), cell: (sync) => formatNumber(sync.seen), numeric: true },
    { id: "added", title: t("New"), cell: (sync) => formatNumber(sync.added), numeric: true },
    { id: "changed", title: t("Changed"), cell: (sync) => formatNumber(sync.changed), numeric: true, wideOnly: true },
    { id: "removed", title: t("Removed"), cell: (sync) => formatNumber(sync.removed), numeric: true, wideOnly: true },
    { id: "failed", title: t("Unreadable"), cell: (sync) => formatNumber(sync.failed), numeric: true, wideOnly: true },
  ];
  return (
    <>
      <Table
        caption={t("Last syncs")}
        columns={columns}
        rows={all ? syncs : syncs.slice(0, SHOWN)}
        keyOf={(sync) => sync.started_at}
      />
      {syncs.length > SHOWN && !all && (
        <button type="button" className="mt-3 min-h-6 text-sm text-accent hover:underline" onClick={() => setAll(true)}>
          {t("Show all {n}", { n: syncs.length })}
        </button>
      )}
    </>
  );
}

function When({ sync }: { sync: SyncView }) {
  return (
    <time dateTime={sync.started_at} title={formatTime(sync.started_at)}>
      {formatAge(sync.started_at)}
    </time>
  );
}

function took(sync: SyncView): string {
  if (sync.finished_at === null) return "–";
  return formatDuration((new Date(sync.finished_at).getTime() - new Date(sync.started_at).getTime()) / 1000);
}

function Outcome({ sync }: { sync: SyncView }) {
  const words: Record<SyncView["phase"], [string, Tone]> = {
    running: [t("Under way"), "accent"],
    succeeded: [t("Done"), "good"],
    failed: [t("Failed"), "bad"],
    refused: [t("Held back"), "warn"],
  };
  const [word, tone] = words[sync.phase];
  return (
    <div>
      <Badge tone={tone}>{word}</Badge>
      {sync.message !== "" && <p className="mt-1 max-w-md text-xs break-words text-muted">{sync.message}</p>}
    </div>
  );
}

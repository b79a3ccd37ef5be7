import type { SourceSummary } from "@aika/client";
import { formatDuration, formatNumber, formatTime, t } from "@aika/react/text";
import { type Column, cn, IconButton, Table } from "@aika/react/ui";
import { RefreshCw } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { ConnectorIcon } from "./connector-icon.tsx";
import { isRunning, lagWords, problemsOf } from "./source-state.ts";
import { StateBadge } from "./state-badge.tsx";
import { useSync } from "./use-sources.ts";

/** One row a source. */
export function SourcesTable({ sources }: { sources: readonly SourceSummary[] }): ReactNode {
  const columns: Column<SourceSummary>[] = [
    { id: "source", title: t("Source"), cell: (source) => <Name source={source} />, className: "min-w-44 max-w-md" },
    { id: "state", title: t("State"), cell: (source) => <Standing source={source} /> },
    { id: "lag", title: t("Last good sync"), cell: (source) => <Lag source={source} />, wideOnly: true },
    {
      id: "documents",
      title: t("Documents"),
      cell: (source) => formatNumber(source.documents),
      numeric: true,
      wideOnly: true,
    },
    {
      id: "problems",
      title: t("Unreadable"),
      cell: (source) => <Problems source={source} />,
      numeric: true,
      wideOnly: true,
    },
    { id: "owner", title: t("Owner"), cell: (source) => <Owner source={source} />, wideOnly: true },
  ];
  if (sources.some((source) => source.managed)) {
    columns.push({
      id: "sync",
      title: <span className="sr-only">{t("Sync")}</span>,
      cell: (source) => source.managed && <SyncButton source={source} />,
      wideOnly: true,
      className: "w-px py-2",
    });
  }
  // What is said to screen readers only must scroll along, or it makes the page wider than the screen.
  return (
    <Table caption={t("Sources")} columns={columns} rows={sources} keyOf={(source) => source.id} className="relative" />
  );
}

function Name({ source }: { source: SourceSummary }) {
  return (
    <div className="flex gap-3">
      <ConnectorIcon connector={source.connector} className="mt-0.5 size-4 shrink-0 text-faint" />
      <div className="min-w-0">
        <Link
          to={`/sources/${encodeURIComponent(source.id)}`}
          className="font-medium text-ink hover:text-accent hover:underline"
        >
          {source.id}
        </Link>
        {source.purpose !== "" && <p className="mt-0.5 line-clamp-2 text-[0.8125rem] text-muted">{source.purpose}</p>}
      </div>
    </div>
  );
}

function Standing({ source }: { source: SourceSummary }) {
  const message = source.last_sync?.phase === "failed" || source.last_sync?.phase === "refused";
  return (
    <div className="flex flex-col items-start gap-1">
      <StateBadge source={source} />
      {message && (
        <p className="line-clamp-2 max-w-60 min-w-40 text-xs text-muted" title={source.last_sync?.message}>
          {source.last_sync?.message}
        </p>
      )}
    </div>
  );
}

function Lag({ source }: { source: SourceSummary }) {
  return (
    <div className="whitespace-nowrap">
      {source.last_success_at === null ? (
        <span className="text-muted">{t("never")}</span>
      ) : (
        <time
          dateTime={source.last_success_at}
          title={formatTime(source.last_success_at)}
          className={cn(source.late && "font-medium text-warn")}
        >
          {lagWords(source)}
        </time>
      )}
      {source.promise_seconds !== null && (
        <p className="text-xs text-muted">
          {t("promised within {span}", { span: formatDuration(source.promise_seconds) })}
        </p>
      )}
    </div>
  );
}

function Problems({ source }: { source: SourceSummary }) {
  const problems = problemsOf(source);
  if (!source.managed) return null;
  if (problems === 0) return <span className="text-faint">0</span>;
  return (
    <Link to={`/sources/${encodeURIComponent(source.id)}?tab=problems`} className="font-medium text-warn underline">
      {formatNumber(problems)}
    </Link>
  );
}

function Owner({ source }: { source: SourceSummary }) {
  if (source.owner === null) return <span className="text-faint">{t("nobody")}</span>;
  return (
    <div>
      {source.owner.name}
      {source.owner.contact !== null && <p className="text-xs whitespace-nowrap text-muted">{source.owner.contact}</p>}
    </div>
  );
}

function SyncButton({ source }: { source: SourceSummary }) {
  const sync = useSync();
  const running = isRunning(source) || sync.isPending;
  return (
    <IconButton
      label={t("Sync {source} now", { source: source.id })}
      size="small"
      disabled={running}
      onClick={() => sync.mutate({ id: source.id })}
    >
      <RefreshCw aria-hidden="true" className={cn(running && "animate-spin")} />
    </IconButton>
  );
}

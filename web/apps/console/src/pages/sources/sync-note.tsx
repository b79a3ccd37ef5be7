import type { SourceView, SyncView } from "@aika/client";
import { formatNumber, t } from "@aika/react/text";
import { Button, Card, Dialog, Note } from "@aika/react/ui";
import { type ReactNode, useEffect, useState } from "react";
import { isRunning, progressOf } from "./source-state.ts";
import { ProgressBar } from "./state-badge.tsx";
import { useSync } from "./use-sources.ts";

/** What is going on right now, or why the last sync did not end well. */
export function SyncNote({ source }: { source: SourceView }): ReactNode {
  const last = source.last_sync;
  if (last === null) return null;
  if (isRunning(source)) return <Live source={source} sync={last} />;
  if (last.phase === "failed") return <Failed source={source} sync={last} />;
  if (last.phase === "refused") return <Refused source={source} sync={last} />;
  return null;
}

function Live({ source, sync }: { source: SourceView; sync: SyncView }) {
  const share = progressOf(source);
  const rate = useRate(sync);
  return (
    <Card className="mb-6 flex flex-col gap-4" aria-live="polite">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <p className="font-medium">
          {sync.expected === null
            ? t("Syncing: {seen} documents seen", { seen: formatNumber(sync.seen) })
            : t("Syncing: {seen} of about {expected} documents", {
                seen: formatNumber(sync.seen),
                expected: formatNumber(Math.max(sync.expected, sync.seen)),
              })}
        </p>
        {rate !== null && (
          <p className="text-sm text-muted tabular">
            {t("{n} a second", { n: formatNumber(rate, { maximumFractionDigits: 1 }) })}
          </p>
        )}
      </div>
      <ProgressBar share={share} label={t("Progress of the sync")} />
      <dl className="flex flex-wrap gap-x-8 gap-y-2 text-sm">
        <Count name={t("New")} value={sync.added} />
        <Count name={t("Changed")} value={sync.changed} />
        <Count name={t("Unchanged")} value={sync.unchanged} />
        <Count name={t("Removed")} value={sync.removed} />
        <Count name={t("Unreadable")} value={sync.failed} />
      </dl>
      <p className="min-h-5 truncate font-mono text-xs text-muted">
        {sync.reading !== "" && t("Reading {key}", { key: sync.reading })}
      </p>
    </Card>
  );
}

function Count({ name, value }: { name: string; value: number }) {
  return (
    <div className="flex items-baseline gap-1.5">
      <dd className="order-1 font-semibold tabular">{formatNumber(value)}</dd>
      <dt className="order-2 text-muted">{name}</dt>
    </div>
  );
}

/** Documents a second since the sync began, once that says something. */
function useRate(sync: SyncView): number | null {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = (now - new Date(sync.started_at).getTime()) / 1000;
  return seconds < 2 || sync.seen === 0 ? null : sync.seen / seconds;
}

function Failed({ source, sync }: { source: SourceView; sync: SyncView }) {
  const again = useSync();
  return (
    <Note tone="bad" className="mb-6 flex flex-wrap items-start justify-between gap-3">
      <div className="min-w-0 flex-1 basis-80">
        <p className="font-medium">{t("The last sync failed. What was read before can still be found.")}</p>
        <p className="mt-1 break-words">{sync.message}</p>
      </div>
      {source.managed && (
        <Button size="small" busy={again.isPending} onClick={() => again.mutate({ id: source.id })}>
          {t("Try again")}
        </Button>
      )}
    </Note>
  );
}

function Refused({ source, sync }: { source: SourceView; sync: SyncView }) {
  const [asking, setAsking] = useState(false);
  const again = useSync();
  const remove = () => again.mutate({ id: source.id, allowRemovals: true }, { onSuccess: () => setAsking(false) });
  return (
    <Note tone="warn" className="mb-6 flex flex-wrap items-start justify-between gap-3">
      <div className="min-w-0 flex-1 basis-80">
        <p className="font-medium">{t("Most documents seem to be gone, so none was removed.")}</p>
        <p className="mt-1 break-words">{sync.message}</p>
      </div>
      <Button size="small" look="danger" onClick={() => setAsking(true)}>
        {t("They are really gone")}
      </Button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={t("Remove what is gone?")}
        description={t(
          "The source is synced again, and every document that it does not list any more is removed from answers.",
        )}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{t("Cancel")}</Button>
            <Button look="danger" busy={again.isPending} onClick={remove}>
              {t("Sync and remove")}
            </Button>
          </>
        }
      >
        {null}
      </Dialog>
    </Note>
  );
}

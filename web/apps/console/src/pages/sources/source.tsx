import { AikaError, type SourceView } from "@aika/client";
import { t } from "@aika/react/text";
import { Badge, Button, EmptyState, ErrorNote, Loading, Page, Tabs } from "@aika/react/ui";
import { ChevronLeft, Library, RefreshCw } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { ConnectorIcon } from "./connector-icon.tsx";
import { DocumentsTab } from "./documents-tab.tsx";
import { ProblemsTab } from "./problems-tab.tsx";
import { SettingsTab } from "./settings-tab.tsx";
import { isRunning, problemsOf } from "./source-state.ts";
import { StandingTab } from "./standing-tab.tsx";
import { StateBadge } from "./state-badge.tsx";
import { SyncNote } from "./sync-note.tsx";
import { useConnectors, useSource, useSync } from "./use-sources.ts";

/** One source: how it stands, what it holds, what is wrong with it, and how it is declared. */
export default function Source(): ReactNode {
  const { id = "" } = useParams();
  const { data, error, refetch } = useSource(id);
  if (data !== undefined) return <SourcePage source={data} />;
  return (
    <Page title={id} back={<Back />}>
      {error instanceof AikaError && error.status === 404 ? (
        <EmptyState icon={<Library aria-hidden="true" />} title={t("There is no such source")}>
          {t("It may have been removed, or holds nothing that you may read.")}
        </EmptyState>
      ) : error !== null ? (
        <ErrorNote error={error} retry={() => void refetch()} />
      ) : (
        <Loading rows={6} />
      )}
    </Page>
  );
}

function Back() {
  return (
    <Link to="/sources" className="inline-flex items-center gap-1 hover:text-ink">
      <ChevronLeft aria-hidden="true" className="size-4" />
      {t("Sources")}
    </Link>
  );
}

function SourcePage({ source }: { source: SourceView }) {
  const kind = useConnectors().data?.find((one) => one.name === source.connector)?.title ?? source.connector;
  return (
    <Page
      title={source.id}
      lead={source.purpose || t("Nobody has said yet what it is for.")}
      back={<Back />}
      actions={<Actions source={source} />}
    >
      <div className="-mt-3 mb-6 flex flex-wrap items-center gap-2">
        <StateBadge source={source} />
        <Badge>
          <ConnectorIcon connector={source.connector} />
          {kind}
        </Badge>
        {source.owner !== null && (
          <span className="ml-1 text-sm text-muted">
            {t("Owned by {owner}", { owner: source.owner.name })}
            {source.owner.contact !== null && ` · ${source.owner.contact}`}
          </span>
        )}
      </div>
      <SyncNote source={source} />
      <SourceTabs source={source} />
    </Page>
  );
}

function Actions({ source }: { source: SourceView }) {
  const sync = useSync();
  const busy = isRunning(source) || sync.isPending;
  if (!source.managed) return null;
  return (
    <Button busy={busy} onClick={() => sync.mutate({ id: source.id })}>
      {!busy && <RefreshCw aria-hidden="true" />}
      {busy ? t("Syncing") : t("Sync now")}
    </Button>
  );
}

function SourceTabs({ source }: { source: SourceView }) {
  const [params, setParams] = useSearchParams();
  const problems = problemsOf(source);
  const tabs = [{ id: "standing", label: t("Status"), content: <StandingTab source={source} /> }];
  tabs.push({ id: "documents", label: t("Documents"), content: <DocumentsTab source={source} /> });
  if (source.managed) {
    tabs.push({
      id: "problems",
      label: problems > 0 ? t("Unreadable {n}", { n: problems }) : t("Unreadable"),
      content: <ProblemsTab source={source} />,
    });
    tabs.push({ id: "settings", label: t("Settings"), content: <SettingsTab source={source} /> });
  }
  const wanted = params.get("tab") ?? "standing";
  return (
    <Tabs
      label={t("Views of {source}", { source: source.id })}
      tabs={tabs}
      value={tabs.some((tab) => tab.id === wanted) ? wanted : "standing"}
      onValueChange={(tab) => setParams(tab === "standing" ? {} : { tab }, { replace: true })}
    />
  );
}

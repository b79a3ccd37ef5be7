import type { ConnectorView } from "@aika/client";
import { t } from "@aika/react/text";
import { EmptyState, ErrorNote, Loading, Page } from "@aika/react/ui";
import { ChevronLeft, ShieldAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import { useMe } from "../../shell/me.ts";
import { ConnectorCards } from "./connector-cards.tsx";
import { NewSource } from "./new-source.tsx";
import { useConnectors } from "./use-sources.ts";

/** Adding a source: choose its kind, fill in its form, look, save. */
export default function Add(): ReactNode {
  const me = useMe();
  const [params] = useSearchParams();
  const { data, error, refetch } = useConnectors();
  const wanted = params.get("connector");
  const connector = data?.find((one) => one.name === wanted);
  if (me !== undefined && !me.operator) return <NotForYou />;
  return (
    <Page
      title={connector === undefined ? t("Add a source") : t("Add: {kind}", { kind: connector.title })}
      lead={connector === undefined ? t("Choose where documents are to be read from.") : connector.summary}
      back={<Back chosen={connector} />}
      wide={connector !== undefined}
    >
      {error !== null ? (
        <ErrorNote error={error} retry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading rows={6} />
      ) : connector === undefined ? (
        <ConnectorCards connectors={data} />
      ) : (
        <NewSource key={connector.name} connector={connector} />
      )}
    </Page>
  );
}

function Back({ chosen }: { chosen: ConnectorView | undefined }) {
  return (
    <Link
      to={chosen === undefined ? "/sources" : "/sources/new"}
      className="inline-flex items-center gap-1 hover:text-ink"
    >
      <ChevronLeft aria-hidden="true" className="size-4" />
      {chosen === undefined ? t("Sources") : t("All kinds of sources")}
    </Link>
  );
}

function NotForYou() {
  return (
    <Page title={t("Add a source")} back={<Back chosen={undefined} />}>
      <EmptyState icon={<ShieldAlert aria-hidden="true" />} title={t("Operators add sources")}>
        {t("Ask whoever runs aika here, or declare one in a repository that aika looks into.")}
      </EmptyState>
    </Page>
  );
}

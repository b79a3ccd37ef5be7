import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { ErrorNote, Loading, Page } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { FindingsList } from "./list/findings-list.tsx";
import { Overview } from "./overview.tsx";
import { HealthTabs } from "./parts/health-tabs.tsx";

/** How the documents stand: by team, and finding by finding. */
export default function Health(): ReactNode {
  const aika = useAika();
  const health = useQuery({
    queryKey: ["health", "overview"],
    queryFn: async () => (await aika.GET("/v1/health")).data,
  });
  return (
    <Page
      title={t("Health")}
      lead={t("Every bad answer points at a document to mend: what is wrong with it, and whose it is.")}
    >
      <HealthTabs />
      {health.isPending && <Loading rows={5} />}
      {health.isError && <ErrorNote error={health.error} retry={() => void health.refetch()} />}
      {health.data !== undefined && (
        <>
          <Overview health={health.data} />
          <FindingsList health={health.data} />
        </>
      )}
    </Page>
  );
}

import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { ErrorNote, Loading, Page, Segmented } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useSearchParams } from "react-router";
import { HealthTabs } from "./parts/health-tabs.tsx";
import { type Level, ScoreList } from "./scores/score-list.tsx";

const MOST = 100;

/** How healthy documents are: by team, by source, and one by one, each with what it loses and how it went. */
export default function Scores(): ReactNode {
  const aika = useAika();
  const [query, setQuery] = useSearchParams();
  const chosen = query.get("by");
  const by: Level = chosen === "source" || chosen === "document" ? chosen : "owner";
  const scores = useQuery({
    queryKey: ["health", "scores", by, MOST],
    queryFn: async () => {
      const params = { query: { by, limit: MOST, days: 0 } };
      return (await aika.GET("/v1/health/scores", { params })).data;
    },
  });
  return (
    <Page
      title={t("Health")}
      lead={t(
        "100, less what speaks against a document: findings, a review that is due, answers that did not help. A team's score is the mean of its documents'.",
      )}
    >
      <HealthTabs />
      <Segmented<Level>
        label={t("What is scored")}
        className="mb-4"
        value={by}
        onValueChange={(level) => setQuery(level === "owner" ? {} : { by: level })}
        choices={[
          { value: "owner", label: t("Teams") },
          { value: "source", label: t("Sources") },
          { value: "document", label: t("Documents") },
        ]}
      />
      {scores.isPending && <Loading rows={6} />}
      {scores.isError && <ErrorNote error={scores.error} retry={() => void scores.refetch()} />}
      {scores.data !== undefined && <ScoreList key={by} by={by} reply={scores.data} />}
    </Page>
  );
}

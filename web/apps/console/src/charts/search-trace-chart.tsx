import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { ErrorNote, Loading } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { BumpChart } from "./bump-chart.tsx";
import { traceOfSearch } from "./search-trace.ts";

const HITS = 12;

/** How what is found for a question moves through the stages now, of what the reader may read. */
export function SearchTrace({
  question,
  assistant,
  sources,
  level,
}: {
  question: string;
  assistant?: string;
  sources?: readonly string[];
  level?: 2 | 3;
}): ReactNode {
  const aika = useAika();
  const body = {
    query: question,
    k: HITS,
    explain: true,
    ...(assistant === undefined ? {} : { assistant }),
    ...(sources === undefined ? {} : { sources: [...sources] }),
  };
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ["search", "trace", body],
    queryFn: async () => (await aika.POST("/v1/search", { body })).data,
  });
  if (error !== null) return <ErrorNote error={error} retry={refetch} />;
  if (isPending || data === undefined) return <Loading rows={6} />;
  const { stages, documents } = traceOfSearch(data.hits);
  if (documents.length === 0) return <p className="text-sm text-muted">{t("Nothing is found for it.")}</p>;
  return (
    <BumpChart
      title={t("How passages moved through the stages")}
      sentence={t("Searched as “{query}”. Passages that a stage took out are not shown.", { query: data.query })}
      stages={stages}
      documents={documents}
      file="aika-trace"
      {...(level === undefined ? {} : { level })}
    />
  );
}

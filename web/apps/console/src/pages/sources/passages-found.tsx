import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { EmptyState, ErrorNote, Loading } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { Link } from "react-router";
import { plainWords } from "./plain.ts";
import { found } from "./use-sources.ts";

const PAUSE = 250;

/** The passages of a source that fit words best, as answers would find them. */
export function PassagesFound({ source, words }: { source: string; words: string }): ReactNode {
  const aika = useAika();
  const wanted = usePaused(words);
  const { data, error, refetch, isLoading } = useQuery({
    queryKey: ["sources", source, "passages", wanted],
    queryFn: async ({ signal }) =>
      found(
        (await aika.POST("/v1/search", { body: { query: wanted, k: 20, sources: [source], explain: false }, signal }))
          .data,
      ).hits,
    enabled: wanted !== "",
    placeholderData: (before) => before,
  });
  if (wanted === "") {
    return (
      <EmptyState title={t("Look inside the documents")}>
        {t("The passages appear that answers would be written from, the best first.")}
      </EmptyState>
    );
  }
  if (error !== null) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (isLoading || data === undefined) return <Loading rows={5} />;
  if (data.length === 0) return <EmptyState title={t("No passage fits")}>{t("Try other words.")}</EmptyState>;
  return (
    <ol className="flex flex-col divide-y rounded-2xl border">
      {data.map((hit) => (
        <li key={hit.chunk_id} className="px-5 py-4">
          <Link
            to={`/documents/${hit.document.id}?chunk=${encodeURIComponent(hit.chunk_id)}`}
            className="font-medium hover:text-accent hover:underline"
          >
            {hit.document.title}
          </Link>
          {hit.heading_path.length > 0 && <p className="mt-0.5 text-xs text-muted">{hit.heading_path.join(" › ")}</p>}
          <p className="mt-1.5 line-clamp-3 text-sm text-muted">{plainWords(hit.text)}</p>
        </li>
      ))}
    </ol>
  );
}

/** A value once it has not changed for a moment: typing asks the server once. */
function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}

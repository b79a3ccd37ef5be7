import type { CitationView, HitView, PassageView } from "@aika/client";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useAika } from "../provider.tsx";

/** Where to look: the exact span of a citation, or the words of what came nearest. */
export interface Place {
  readonly key: string;
  readonly document: CitationView["document"];
  readonly start: number;
  readonly end: number;
  readonly quote: string;
  readonly url: string | null;
  readonly marker: number | null;
}

const LONGEST_QUOTE = 4000;
const AROUND = 2500;

export function placeOfCitation(citation: CitationView): Place {
  const { document, start, end, quote, url, marker } = citation;
  return { key: `${document.id}:${start}-${end}`, document, start, end, quote, url, marker };
}

export function placeOfHit(hit: HitView): Place {
  const { document, text, url, chunk_id } = hit;
  return { key: chunk_id, document, start: 0, end: 0, quote: text, url, marker: null };
}

export function usePassage(place: Place): UseQueryResult<PassageView> {
  const aika = useAika();
  return useQuery({
    queryKey: ["documents", place.document.id, "passage", place.start, place.end, place.quote.slice(0, 200)],
    queryFn: async ({ signal }) => {
      const quote = place.quote.slice(0, LONGEST_QUOTE);
      const { data } = await aika.GET("/v1/documents/{id}/passage", {
        params: {
          path: { id: place.document.id },
          query: { start: place.start, end: place.end, around: AROUND, ...(quote ? { quote } : {}) },
        },
        signal,
      });
      if (data === undefined) throw new Error("the passage came without a body");
      return data;
    },
    staleTime: 60_000,
  });
}

import type { StandingView } from "@aika/client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useAika } from "../provider.tsx";

const NONE: ReadonlyMap<string, StandingView> = new Map();
const MOST = 50;

/** How far documents can be relied on now, by their ids. Empty until it is known, and where it cannot be. */
export function useStandings(documents: readonly string[]): ReadonlyMap<string, StandingView> {
  const aika = useAika();
  const ids = [...new Set(documents)].sort().slice(0, MOST);
  const { data } = useQuery({
    queryKey: ["documents", "standings", ids],
    queryFn: async ({ signal }) => {
      const reply = await aika.GET("/v1/standings", { params: { query: { document: ids } }, signal });
      return reply.data?.standings ?? [];
    },
    enabled: ids.length > 0,
    staleTime: 300_000,
    retry: false,
  });
  return useMemo(
    () => (data === undefined ? NONE : new Map(data.map((standing) => [standing.document.id, standing]))),
    [data],
  );
}

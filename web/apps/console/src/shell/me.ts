import type { MeView } from "@aika/client";
import { useAika } from "@aika/react";
import { useQuery } from "@tanstack/react-query";

/** Who uses the app, and what they may do; `undefined` until the server said it. */
export function useMe(): MeView | undefined {
  const aika = useAika();
  const { data } = useQuery({
    queryKey: ["me"],
    queryFn: async () => (await aika.GET("/v1/me")).data,
    staleTime: 5 * 60_000,
    retry: false,
  });
  return data;
}

/** Whether they manage sources, or everything. */
export function isSteward(me: MeView | undefined): boolean {
  return me !== undefined && (me.roles.includes("admin") || me.roles.includes("owner"));
}

import type { ConnectorView, SourceSettingsView, SourceSummary, SourceView } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { toast, toastError } from "@aika/react/ui";
import {
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { isRunning } from "./source-state.ts";

const QUICK = 1_200;
const CALM = 20_000;

/** All sources; asked for often while one of them syncs. */
export function useSources(): UseQueryResult<SourceSummary[]> {
  const aika = useAika();
  return useQuery({
    queryKey: ["sources"],
    queryFn: async ({ signal }) => (await aika.GET("/v1/sources", { signal })).data ?? [],
    refetchInterval: ({ state }) => (state.data?.some(isRunning) ? QUICK : CALM),
  });
}

export function useSource(id: string): UseQueryResult<SourceView> {
  const aika = useAika();
  return useQuery({
    queryKey: ["sources", id],
    queryFn: async ({ signal }) =>
      found((await aika.GET("/v1/sources/{id}", { params: { path: { id } }, signal })).data),
    refetchInterval: ({ state }) => (state.data !== undefined && isRunning(state.data) ? QUICK : CALM),
  });
}

/** How a source is declared, for those who manage it. */
export function useSourceSettings(id: string, enabled: boolean): UseQueryResult<SourceSettingsView> {
  const aika = useAika();
  return useQuery({
    queryKey: ["sources", id, "settings"],
    queryFn: async ({ signal }) =>
      found((await aika.GET("/v1/sources/{id}/settings", { params: { path: { id } }, signal })).data),
    enabled,
  });
}

export function useConnectors(): UseQueryResult<ConnectorView[]> {
  const aika = useAika();
  return useQuery({
    queryKey: ["sources", "-connectors"],
    queryFn: async ({ signal }) => (await aika.GET("/v1/connectors", { signal })).data ?? [],
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Start bringing sources up to date. */
export function useSync(): UseMutationResult<void, Error, { id: string; allowRemovals?: boolean }> {
  const aika = useAika();
  const queries = useQueryClient();
  return useMutation<void, Error, { id: string; allowRemovals?: boolean }>({
    mutationFn: async ({ id, allowRemovals = false }) => {
      await aika.POST("/v1/sources/{id}/sync", {
        params: { path: { id } },
        body: { allow_removals: allowRemovals },
      });
    },
    onSuccess: (_, { id }) => {
      toast(t("Syncing {source}", { source: id }));
      // The job begins a moment after it was accepted.
      for (const wait of [150, 900]) setTimeout(() => queries.invalidateQueries({ queryKey: ["sources"] }), wait);
    },
    onError: toastError,
  });
}

export function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("the reply came without a body");
  return value;
}

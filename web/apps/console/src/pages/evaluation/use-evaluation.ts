import type { RunComparisonView, RunsReply, RunView, StartedRun, StartedRuns, TopicTrace } from "@aika/client";
import { useAika } from "@aika/react";
import {
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";

const POLL_MS = 1500;

export function useRuns(): UseQueryResult<RunsReply | undefined> {
  const aika = useAika();
  return useQuery({
    queryKey: ["evaluation", "runs"],
    queryFn: async () => (await aika.GET("/v1/evaluation/runs")).data,
  });
}

export function useRun(id: string): UseQueryResult<RunView | undefined> {
  const aika = useAika();
  return useQuery({
    queryKey: ["evaluation", "run", id],
    queryFn: async () => (await aika.GET("/v1/evaluation/runs/{id}", { params: { path: { id } } })).data,
  });
}

export function useTopic(id: string, topic: string): UseQueryResult<TopicTrace | undefined> {
  const aika = useAika();
  return useQuery({
    queryKey: ["evaluation", "topic", id, topic],
    queryFn: async () =>
      (await aika.GET("/v1/evaluation/runs/{id}/topics/{topic}", { params: { path: { id, topic } } })).data,
  });
}

export function useComparison(
  a: string | null,
  b: string | null,
  measure: string | null,
): UseQueryResult<RunComparisonView | undefined> {
  const aika = useAika();
  return useQuery({
    queryKey: ["evaluation", "compare", a, b, measure],
    enabled: a !== null && b !== null,
    queryFn: async () =>
      (
        await aika.GET("/v1/evaluation/compare", {
          params: { query: { a: a ?? "", b: b ?? "", ...(measure === null ? {} : { measure }) } },
        })
      ).data,
  });
}

/** What can be started and what was; asked again and again while something runs, and the runs with it when it ends. */
export function useStarted(): UseQueryResult<StartedRuns | undefined> {
  const aika = useAika();
  const cache = useQueryClient();
  return useQuery({
    queryKey: ["evaluation", "started"],
    queryFn: async () => {
      const before = cache.getQueryData<StartedRuns>(["evaluation", "started"]);
      const found = (await aika.GET("/v1/evaluation/started")).data;
      if (running(before) > running(found)) void cache.invalidateQueries({ queryKey: ["evaluation", "runs"] });
      return found;
    },
    refetchInterval: ({ state }) => (running(state.data) > 0 ? POLL_MS : false),
  });
}

export function useStart(): UseMutationResult<
  StartedRun | undefined,
  Error,
  { collection: string; changes: string[] }
> {
  const aika = useAika();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (body) => (await aika.POST("/v1/evaluation/runs", { body })).data,
    onSuccess: async () => cache.invalidateQueries({ queryKey: ["evaluation", "started"] }),
  });
}

function running(found: StartedRuns | undefined): number {
  return found?.started.filter(({ state }) => state === "running").length ?? 0;
}

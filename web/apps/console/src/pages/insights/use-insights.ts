import type { AdoptionReply, InsightsReply, TopicsReply } from "@aika/client";
import { useAika } from "@aika/react";
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";

export type Division = "assistant" | "source" | "team" | "surface";

/** What the page shows. */
export interface Choice {
  weeks: number;
  interval: "day" | "week";
  /** One part of what is asked, or everything. */
  only: { division: Division; name: string } | null;
}

function query({ weeks, only }: Choice): Record<string, string | number> {
  return { weeks, ...(only === null ? {} : { [only.division]: only.name }) };
}

export function useInsights(choice: Choice): UseQueryResult<InsightsReply | undefined> {
  const aika = useAika();
  return useQuery({
    queryKey: ["insights", "board", choice],
    queryFn: async () =>
      (await aika.GET("/v1/insights", { params: { query: { ...query(choice), interval: choice.interval } } })).data,
    placeholderData: keepPreviousData,
  });
}

export function useTopics(choice: Choice): UseQueryResult<TopicsReply | undefined> {
  const aika = useAika();
  return useQuery({
    queryKey: ["insights", "topics", choice.weeks, choice.only],
    queryFn: async () => (await aika.GET("/v1/insights/topics", { params: { query: query(choice) } })).data,
    placeholderData: keepPreviousData,
  });
}

export function useAdoption(enabled: boolean): UseQueryResult<AdoptionReply | undefined> {
  const aika = useAika();
  return useQuery({
    queryKey: ["insights", "adoption"],
    queryFn: async () => (await aika.GET("/v1/insights/adoption")).data,
    enabled,
  });
}

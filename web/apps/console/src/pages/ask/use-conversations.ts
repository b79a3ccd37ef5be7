import type { ConversationChange, ConversationSummary } from "@aika/client";
import { useAika, useOpenConversations } from "@aika/react";
import { toastError } from "@aika/react/ui";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

const KEY = ["conversations", "list"];
const PAGE = 40;

/** One's conversations, the pinned ones first, with those in which all words of a search occur. */
export function useConversations(search: string) {
  const aika = useAika();
  const queries = useQueryClient();
  const open = useOpenConversations();
  useEffect(() => open.onChanged(() => void queries.invalidateQueries({ queryKey: KEY })), [open, queries]);
  const query = useInfiniteQuery({
    queryKey: [...KEY, search],
    queryFn: async ({ pageParam, signal }) => {
      const asked = { limit: PAGE, ...(search ? { q: search } : {}), ...(pageParam ? { cursor: pageParam } : {}) };
      return (await aika.GET("/v1/conversations", { params: { query: asked }, signal })).data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page?.next ?? null,
    placeholderData: (before) => before,
  });
  const conversations: readonly ConversationSummary[] =
    query.data?.pages.flatMap((page) => page?.conversations ?? []) ?? [];
  return { ...query, conversations };
}

/** Changing and deleting a conversation. */
export function useConversationChanges(id: string) {
  const aika = useAika();
  const queries = useQueryClient();
  const open = useOpenConversations();
  const params = { path: { id } };
  const refreshed = () => queries.invalidateQueries({ queryKey: KEY });
  const change = useMutation({
    mutationFn: (body: ConversationChange) => aika.PATCH("/v1/conversations/{id}", { params, body }),
    onSuccess: () => Promise.all([refreshed(), open.of(id).load()]),
    onError: toastError,
  });
  const remove = useMutation({
    mutationFn: () => aika.DELETE("/v1/conversations/{id}", { params }),
    onSuccess: () => {
      open.forget(id);
      return refreshed();
    },
    onError: toastError,
  });
  return { change, remove };
}

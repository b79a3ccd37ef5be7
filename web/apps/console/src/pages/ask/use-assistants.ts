import type { AssistantSummary } from "@aika/client";
import { type Asking, useAika } from "@aika/react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";

/** The assistants that may be asked; undefined until they are known. */
export function useAssistants(): readonly AssistantSummary[] | undefined {
  const aika = useAika();
  const { data } = useQuery({
    queryKey: ["assistants", "askable"],
    queryFn: async () => (await aika.GET("/v1/assistants")).data ?? [],
    staleTime: 60_000,
  });
  return data;
}

/**
 * Whom questions go to: what was chosen on this page, else the conversation's assistant, else the one named in the address.
 * Null is none of them: all documents.
 */
export function useChosenAssistant(conversation: Asking): [string | null, (id: string | null) => void] {
  const [search] = useSearchParams();
  const [chosen, choose] = useState<{ id: string | null; conversation: string | null } | null>(null);
  if (chosen !== null && (chosen.conversation === conversation.id || chosen.conversation === null)) {
    return [chosen.id, (id) => choose({ id, conversation: conversation.id })];
  }
  const given = conversation.assistant ?? (conversation.id === null ? search.get("assistant") : null);
  return [given, (id) => choose({ id, conversation: conversation.id })];
}

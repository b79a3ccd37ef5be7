import type { Aika, FindingSummary } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { toast } from "@aika/react/ui";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";

/** What is done about a finding, with the words that belong to it: whom, why, or what was done. */
export interface Change {
  action: "accept" | "assign" | "dismiss" | "resolve";
  text: string;
}

type Changeable = Pick<FindingSummary, "id" | "version">;

/** Change a finding as it was seen: somebody else's change in between is a conflict, and shows first. */
export function useChange(finding: Changeable, onDone: () => void): UseMutationResult<void, Error, Change> {
  const aika = useAika();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: Change) => sendChange(aika, finding, change),
    onSuccess: (_, change) => {
      toast(doneWords(change.action));
      onDone();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["health"] }),
  });
}

/** Send one change of a finding. */
export async function sendChange(aika: Aika, { id, version }: Changeable, { action, text }: Change): Promise<void> {
  const params = { path: { id }, header: { "if-match": `"${version}"` } };
  switch (action) {
    case "accept":
      await aika.POST("/v1/findings/{id}/accept", { params, body: { assignee: text } });
      return;
    case "assign":
      await aika.POST("/v1/findings/{id}/assign", { params, body: { assignee: text } });
      return;
    case "dismiss":
      await aika.POST("/v1/findings/{id}/dismiss", { params, body: { reason: text } });
      return;
    case "resolve":
      await aika.POST("/v1/findings/{id}/resolve", { params, body: { note: text } });
  }
}

function doneWords(action: Change["action"]): string {
  switch (action) {
    case "accept":
      return t("Accepted.");
    case "assign":
      return t("Assigned.");
    case "dismiss":
      return t("Dismissed. It does not come back.");
    case "resolve":
      return t("Resolved.");
  }
}

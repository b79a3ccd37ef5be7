/** How assistants are laid out: whose they are, and which fit what is typed. */

import type { AssistantSummary } from "@aika/client";
import { t } from "@aika/react/text";

export type Shelf = "all" | "own" | "group" | "public" | "others";

const LEVELS: readonly Shelf[] = ["own", "group", "public", "others"];

/** Return the shelves that hold something, with how many. Those of others are there for administrators alone. */
export function shelves(
  assistants: readonly AssistantSummary[],
): readonly { id: Shelf; label: string; count: number }[] {
  const labels: Readonly<Record<Shelf, string>> = {
    all: t("All"),
    own: t("Yours"),
    group: t("Your groups’"),
    public: t("Everyone’s"),
    others: t("Others’"),
  };
  const counted = LEVELS.map((id) => ({ id, label: labels[id], count: fitting(assistants, id, "").length }));
  return [{ id: "all", label: labels.all, count: assistants.length }, ...counted.filter(({ count }) => count > 0)];
}

/** Return those of a shelf in which every typed word occurs. */
export function fitting(
  assistants: readonly AssistantSummary[],
  shelf: Shelf,
  typed: string,
): readonly AssistantSummary[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return assistants.filter((assistant) => {
    if (shelf !== "all" && (assistant.level ?? "others") !== shelf) return false;
    const { name, purpose, owner, knowledge, examples } = assistant;
    const text = [name, purpose, owner, ...(knowledge.sources ?? []), ...(knowledge.tags ?? []), ...examples]
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

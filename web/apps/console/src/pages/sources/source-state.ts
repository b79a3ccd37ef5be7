import type { SourceSummary } from "@aika/client";
import { formatAge, t } from "@aika/react/text";
import type { Tone } from "@aika/react/ui";

export type State = "syncing" | "failing" | "held" | "late" | "new" | "current";

/** The filters of the list, in the order in which they are offered. */
export type Wanted = "all" | "attention" | "syncing";

export function isRunning(source: SourceSummary): boolean {
  return source.last_sync?.phase === "running";
}

/** How a source stands, the most pressing first. */
export function stateOf(source: SourceSummary): State {
  const last = source.last_sync;
  if (last?.phase === "running") return "syncing";
  if (last?.phase === "failed") return "failing";
  if (last?.phase === "refused") return "held";
  if (source.late) return "late";
  return source.last_success_at === null ? "new" : "current";
}

/** Documents that the last sync could not take in. */
export function problemsOf(source: SourceSummary): number {
  return source.last_sync?.phase === "running" ? 0 : (source.last_sync?.failed ?? 0);
}

export function needsAttention(source: SourceSummary): boolean {
  return ["failing", "held", "late"].includes(stateOf(source)) || problemsOf(source) > 0;
}

export function stateWord(state: State): string {
  switch (state) {
    case "syncing":
      return t("Syncing");
    case "failing":
      return t("Failing");
    case "held":
      return t("Held back");
    case "late":
      return t("Late");
    case "new":
      return t("Not synced yet");
    case "current":
      return t("Current");
  }
}

export const STATE_TONES: Readonly<Record<State, Tone>> = {
  syncing: "accent",
  failing: "bad",
  held: "warn",
  late: "warn",
  new: "neutral",
  current: "good",
};

/** When a source was brought up to date last. */
export function lagWords(source: SourceSummary): string {
  return source.last_success_at === null ? t("never") : formatAge(source.last_success_at);
}

/** The share of a sync that is done, where that can be told. */
export function progressOf(source: SourceSummary): number | null {
  const last = source.last_sync;
  if (last === null || !last.expected) return null;
  return Math.min(0.99, last.seen / last.expected);
}

export function matches(source: SourceSummary, words: string): boolean {
  const text = [source.id, source.purpose, source.owner?.name, source.owner?.contact, source.connector].join(" ");
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
}

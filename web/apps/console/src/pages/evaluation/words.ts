import type { RunSummary } from "@aika/client";
import { formatNumber, t } from "@aika/react/text";

/** A measure's value: three places tell runs apart. */
export function formatMeasure(value: number): string {
  return formatNumber(value, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
}

/** A difference, with its sign. */
export function formatDifference(value: number): string {
  return formatNumber(value, { minimumFractionDigits: 3, maximumFractionDigits: 3, signDisplay: "exceptZero" });
}

/** What a run measured. */
export function kindName(kind: RunSummary["kind"]): string {
  return { retrieval: t("Retrieval"), answers: t("Answers"), confidence: t("Confidence") }[kind];
}

/** The place of a topic's trace. */
export function topicPath(run: string, topic: string): string {
  return `/evaluation/${encodeURIComponent(run)}/${encodeURIComponent(topic)}`;
}

/** The measure that a run is looked at by first. */
export function mainMeasure(run: RunSummary | undefined): string | undefined {
  return Object.keys(run?.systems[0]?.measures ?? {})[0];
}

/** A probability, as small as it is. */
export function formatChance(p: number): string {
  return p < 0.001 ? t("less than 0.001") : formatNumber(p, { maximumFractionDigits: 3 });
}

import type { HitView } from "@aika/client";
import { t } from "@aika/react/text";
import type { BumpDocument, BumpStage } from "./bump-data.ts";
import { stageName } from "./stage-names.ts";

const FIRST = ["lexical", "dense", "fused"];

/** The stages of a search with `explain`, and its hits as what moved through them. */
export function traceOfSearch(hits: readonly HitView[]): { stages: BumpStage[]; documents: BumpDocument[] } {
  const rankings = FIRST.filter((name) => hits.some((hit) => hit.explanation?.places?.[name] !== undefined));
  const moved = stagesInOrder(hits);
  const ranks: Record<string, Record<string, number>> = Object.fromEntries(
    [...rankings, ...moved, "final"].map((name) => [name, {}]),
  );
  const note = (stage: string, id: string, rank: number | null | undefined) => {
    const of = ranks[stage];
    if (of !== undefined && rank !== null && rank !== undefined) of[id] = rank;
  };
  hits.forEach((hit, at) => {
    const id = hit.chunk_id;
    for (const name of rankings) note(name, id, hit.explanation?.places?.[name]?.rank);
    // A stage that says nothing of a hit left it where it was.
    let current: number | null | undefined = hit.explanation?.places?.fused?.rank;
    for (const name of moved) {
      const move = hit.explanation?.moves?.find(({ stage }) => stage === name);
      current = move === undefined ? current : move.rank_after;
      note(name, id, current);
    }
    note("final", id, at + 1);
  });
  return {
    stages: Object.entries(ranks).map(([id, ranks]) => ({ id, label: stageName(id), ranks })),
    documents: hits.map(documentOf),
  };
}

function documentOf(hit: HitView): BumpDocument {
  const heading = hit.heading_path?.at(-1);
  const terms = hit.explanation?.matched_terms ?? [];
  const reasons = (hit.explanation?.moves ?? []).map(({ stage, rank_before, rank_after, reason }) =>
    t("{stage}: from {before} to {after}, {reason}", {
      stage: stageName(stage),
      before: rank_before ?? "–",
      after: rank_after ?? "–",
      reason,
    }),
  );
  return {
    id: hit.chunk_id,
    title: heading === undefined ? hit.document.title : `${hit.document.title} › ${heading}`,
    href: `/documents/${hit.document.id}`,
    reasons: terms.length === 0 ? reasons : [t("Has the words {words}", { words: terms.join(", ") }), ...reasons],
  };
}

/** The stages that moved a hit, in the order in which they work: each hit names some of them in that order. */
function stagesInOrder(hits: readonly HitView[]): string[] {
  const orders = hits.map((hit) => (hit.explanation?.moves ?? []).map(({ stage }) => stage));
  const names = [...new Set(orders.flat())];
  const before = (one: string, other: string) =>
    orders.some((order) => order.includes(one) && order.includes(other) && order.indexOf(one) < order.indexOf(other));
  return names.sort((one, other) => (before(one, other) ? -1 : before(other, one) ? 1 : 0));
}

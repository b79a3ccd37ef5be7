/**
 * What a pair of thresholds would have come to, counted on a replay: the same arithmetic as `aika.goalie.thresholds`, here so that
 * a slider answers at once. The server's own row for the file's thresholds is what it is tested against.
 */

import type { ReachedView, ReplayView } from "@aika/client";

const NORMAL_95 = 1.959963984540054;

export interface Share {
  count: number;
  of: number;
  low: number;
  high: number;
}

export interface Precision {
  value: number;
  low: number;
  high: number;
}

export interface Row {
  answered: Share;
  proposed: Share;
  skipped: Share;
  agreement: Share;
  precision: Precision | null;
  proposedAgreement: Share;
  proposedPrecision: Precision | null;
}

type Counted = Pick<ReplayView, "curve" | "replayed" | "people" | "others">;

/** The row of two thresholds, in hundredths. */
export function rowOf(replay: Counted, medium: number, high: number): Row {
  const from = reached(replay.curve, high);
  const shown = reached(replay.curve, Math.min(medium, high));
  const total = replay.replayed;
  const agreement = share(from.agreeing, from.compared);
  const proposedAgreement = share(shown.agreeing - from.agreeing, shown.compared - from.compared);
  return {
    answered: share(from.count, total),
    proposed: share(shown.count - from.count, total),
    skipped: share(total - shown.count, total),
    agreement,
    precision: precisionOf(agreement, replay),
    proposedAgreement,
    proposedPrecision: precisionOf(proposedAgreement, replay),
  };
}

/** A count of a total with its 95 % interval (Wilson, JASA 1927). */
export function share(count: number, of: number): Share {
  if (of === 0) return { count, of, low: 0, high: 1 };
  const part = count / of;
  const squared = NORMAL_95 ** 2;
  const middle = (part + squared / (2 * of)) / (1 + squared / of);
  const half = (NORMAL_95 * Math.sqrt((part * (1 - part)) / of + squared / (4 * of ** 2))) / (1 + squared / of);
  return { count, of, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * How often answers agree with people's, where 1 is as often as two people's do (Rogan and Gladen, American Journal of
 * Epidemiology 1978). The interval takes the worst of both; `null` where the measure tells nothing.
 */
export function precisionOf(found: Share, { people, others }: Pick<Counted, "people" | "others">): Precision | null {
  if (found.of === 0 || people.of === 0 || others.of === 0) return null;
  const noise = others.count / others.of;
  if (people.low <= noise) return null;
  const middle = Math.max(people.count / people.of, noise);
  return {
    value: part(found.count / found.of - noise, middle - noise),
    low: part(found.low - noise, people.high - noise),
    high: part(found.high - noise, people.low - noise),
  };
}

function part(number: number, of: number): number {
  return of <= 0 ? 1 : Math.min(1, Math.max(0, number / of));
}

function reached(curve: readonly ReachedView[], threshold: number): ReachedView {
  return curve[Math.round(threshold * 100)] ?? { threshold, count: 0, compared: 0, agreeing: 0 };
}

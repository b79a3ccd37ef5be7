import type { SyncView } from "@aika/client";

export interface LagPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Seconds. */
  readonly lag: number;
}

/** How far behind its source aika was: growing by a second a second, and back to how long a sync took after each good one. */
export function lagOver(syncs: readonly SyncView[], now: number): LagPoint[] {
  const good = syncs
    .filter((sync) => sync.phase === "succeeded" && sync.finished_at !== null)
    .map((sync) => ({ began: Date.parse(sync.started_at), ended: Date.parse(sync.finished_at ?? "") }))
    .sort((one, other) => one.ended - other.ended);
  const points: LagPoint[] = [];
  let read: number | null = null;
  for (const { began, ended } of good) {
    if (read !== null) points.push({ at: ended, lag: (ended - read) / 1000 });
    points.push({ at: ended, lag: (ended - began) / 1000 });
    read = began;
  }
  if (read !== null && now > read) points.push({ at: now, lag: (now - read) / 1000 });
  return points;
}

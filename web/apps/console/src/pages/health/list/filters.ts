import type { FindingSummary } from "@aika/client";

export type FindingState = FindingSummary["state"];
export type FindingKind = FindingSummary["kind"];

/** Which findings are shown. It lives in the address, so that a list can be sent to somebody. */
export interface Filters {
  states: readonly FindingState[];
  kind: FindingKind | "";
  owner: string;
  source: string;
  /** Found longer ago than so many days. */
  age: number;
  mine: boolean;
}

const OPEN: readonly FindingState[] = ["open", "accepted"];
const DONE: readonly FindingState[] = ["dismissed", "resolved"];

export function filtersOf(query: URLSearchParams): Filters {
  return {
    states: query.get("state") === "done" ? DONE : OPEN,
    kind: (query.get("kind") ?? "") as FindingKind | "",
    owner: query.get("owner") ?? "",
    source: query.get("source") ?? "",
    age: Number(query.get("age") ?? 0) || 0,
    mine: query.get("mine") === "1",
  };
}

/** The query of the API that these filters are. */
export function asked(filters: Filters, limit: number, offset: number) {
  return {
    state: [...filters.states],
    kind: filters.kind === "" ? ALL_BUT_GAPS : [filters.kind],
    ...(filters.owner === "" ? {} : { owner: filters.owner }),
    ...(filters.source === "" ? {} : { source: filters.source }),
    ...(filters.age === 0 ? {} : { older_than_days: filters.age }),
    ...(filters.mine ? { mine: true } : {}),
    limit,
    offset,
  };
}

// Gaps have a page of their own, where they are put together anew.
const ALL_BUT_GAPS: FindingKind[] = ["outdated", "conflicting", "unsupported", "not retrieved"];

/** The address with one filter changed; an empty value leaves it out. */
export function changed(query: URLSearchParams, name: string, value: string): URLSearchParams {
  const next = new URLSearchParams(query);
  if (value === "") next.delete(name);
  else next.set(name, value);
  return next;
}

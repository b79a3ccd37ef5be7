import type { SourceSummary } from "@aika/client";
import { describe, expect, it } from "vitest";
import { matches, needsAttention, problemsOf, progressOf, stateOf } from "./source-state.ts";

type Sync = NonNullable<SourceSummary["last_sync"]>;

const SYNC: Sync = {
  phase: "succeeded",
  started_at: "2026-11-22T10:00:00Z",
  finished_at: "2026-11-22T10:01:00Z",
  seen: 10,
  added: 0,
  changed: 0,
  unchanged: 10,
  removed: 0,
  failed: 0,
  expected: null,
  message: "",
  reading: "",
};

function source(more: Partial<SourceSummary> = {}, sync: Partial<Sync> | null = {}): SourceSummary {
  return {
    id: "handbook",
    connector: "filesystem",
    purpose: "How we work",
    owner: { name: "People", contact: "#ask-people", found_in: null },
    documents: 10,
    chunks: 20,
    findable: 10,
    embedded: 10,
    last_sync: sync === null ? null : { ...SYNC, ...sync },
    last_success_at: "2026-11-22T10:01:00Z",
    lag_seconds: 60,
    refresh_seconds: null,
    promise_seconds: null,
    late: false,
    managed: true,
    ...more,
  };
}

describe("a source's state", () => {
  it("is what presses most", () => {
    expect(stateOf(source({ late: true }, { phase: "running" }))).toBe("syncing");
    expect(stateOf(source({ late: true }, { phase: "failed" }))).toBe("failing");
    expect(stateOf(source({ late: true }))).toBe("late");
    expect(stateOf(source({ last_success_at: null }, null))).toBe("new");
    expect(stateOf(source())).toBe("current");
  });

  it("needs attention where documents could not be read, though it is current", () => {
    expect(needsAttention(source({}, { failed: 2 }))).toBe(true);
    expect(needsAttention(source())).toBe(false);
  });

  it("tells no problems before a sync ended", () => {
    expect(problemsOf(source({}, { phase: "running", failed: 2 }))).toBe(0);
  });

  it("is never told to be done before it is", () => {
    expect(progressOf(source({}, { phase: "running", seen: 12, expected: 10 }))).toBe(0.99);
    expect(progressOf(source({}, { phase: "running", expected: null }))).toBe(null);
  });
});

it("is found by words of its name, purpose and owner", () => {
  expect(matches(source(), "HAND people")).toBe(true);
  expect(matches(source(), "payments")).toBe(false);
});

import type { AssistantSummary } from "@aika/client";
import { expect, test } from "vitest";
import { fitting, shelves } from "./shelves.ts";

const KNOWLEDGE = { sources: null, kinds: null, owners: null, tags: null, paths: null, status: null, audience: null };

function assistant(name: string, more: Partial<AssistantSummary> = {}): AssistantSummary {
  return {
    id: name,
    name,
    purpose: "",
    greeting: "",
    examples: [],
    owner: "local",
    visibility: "private",
    level: "own",
    reference: name,
    knowledge: { ...KNOWLEDGE, excluding: [], topic: false },
    editable: true,
    version: 1,
    fault: null,
    created_at: null,
    changed_at: null,
    ...more,
  };
}

const ALL = [
  assistant("Payments", { purpose: "For refunds" }),
  assistant("iOS", { level: "public" }),
  assistant("Theirs", { level: null }),
];

test("shelves are counted, and empty ones are left out", () => {
  expect(shelves(ALL).map(({ id, count }) => [id, count])).toEqual([
    ["all", 3],
    ["own", 1],
    ["public", 1],
    ["others", 1],
  ]);
});

test("every typed word has to occur", () => {
  expect(fitting(ALL, "all", "refunds PAY").map((one) => one.name)).toEqual(["Payments"]);
  expect(fitting(ALL, "public", "refunds")).toEqual([]);
});

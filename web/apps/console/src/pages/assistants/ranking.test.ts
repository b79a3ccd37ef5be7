import { expect, test } from "vitest";
import { halfLife, simpleRule, withHalfLife, withoutRule, withRule } from "./ranking.ts";

const SUPERSEDED = { name: "what decisions replaced", applies_to: { status: ["superseded"] }, factor: 0.3 };
const ENDORSED = { name: "endorsed", endorsed: true, factor: 2 };

test("a rule about one word is shown, and one that says more is left to the YAML", () => {
  expect(simpleRule(SUPERSEDED)).toEqual({ field: "status", word: "superseded", factor: 0.3 });
  expect(simpleRule(ENDORSED)).toBeNull();
  expect(simpleRule({ name: "two", applies_to: { sources: ["a", "b"] }, factor: 2 })).toBeNull();
  expect(simpleRule({ name: "all", factor: 2 })).toBeNull();
  expect(simpleRule("nonsense")).toBeNull();
});

test("a rule that somebody named keeps its name, and one of the form's is called after what it does", () => {
  const lower = { field: "status", word: "superseded", factor: 0.2 } as const;

  expect(withRule([SUPERSEDED, ENDORSED], 0, lower)).toEqual([{ ...SUPERSEDED, factor: 0.2 }, ENDORSED]);
  const added = withRule([ENDORSED], 1, { field: "sources", word: "handbook", factor: 1.5 });
  expect(added).toEqual([ENDORSED, { name: "handbook higher", applies_to: { sources: ["handbook"] }, factor: 1.5 }]);
  expect(withRule(added as [], 1, { field: "sources", word: "code", factor: 0.5 })).toEqual([
    ENDORSED,
    { name: "code lower", applies_to: { sources: ["code"] }, factor: 0.5 },
  ]);
});

test("age is one rule, set and taken away beside the others", () => {
  const aged = withHalfLife([ENDORSED], "180d") as [];

  expect(aged.map(halfLife)).toEqual([null, "180d"]);
  expect(withHalfLife(aged, "90d")).toEqual([ENDORSED, { name: "newer first", decay: { half_life: "90d" } }]);
  expect(withHalfLife(aged, "")).toEqual([ENDORSED]);
  expect(halfLife({ name: "slow", decay: { half_life: "90d", floor: 0.2 } })).toBeNull();
  expect(withoutRule([ENDORSED], 0)).toBeNull();
});

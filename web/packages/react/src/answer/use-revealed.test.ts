import { expect, test } from "vitest";
import { nextLength } from "./use-revealed.ts";

test("what waits appears faster the more of it there is, and never too much", () => {
  expect(nextLength(0, 700)).toBe(100);
  expect(nextLength(698, 700)).toBe(700);
  expect(nextLength(5, 6)).toBe(6);
});

test("a text that became shorter is shown as it is", () => {
  expect(nextLength(50, 20)).toBe(20);
});

import { expect, test } from "vitest";
import { unitSpan } from "./offsets.ts";

test("offsets in characters are the same in units without rare characters", () => {
  expect(unitSpan("plain text", 6, 10)).toEqual({ start: 6, end: 10 });
});

test("characters that take two units are counted as one", () => {
  const text = "a \u{1F680}\u{1F680} rocket here";
  const start = [..."a \u{1F680}\u{1F680} "].length;

  const span = unitSpan(text, start, start + "rocket".length);

  expect(text.slice(span.start, span.end)).toBe("rocket");
});

test("a span that reaches to the end ends there", () => {
  const text = "\u{1F680} end";

  expect(text.slice(unitSpan(text, 2, 5).start)).toBe("end");
});

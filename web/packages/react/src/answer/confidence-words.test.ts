import type { ChatCompletion, SignalView } from "@aika/client";
import { expect, test } from "vitest";
import { confidenceInTen, confidenceReasons, confidenceSentence } from "./confidence-words.ts";

const signal = (name: string, contribution: number): SignalView => ({
  name,
  value: 1,
  contribution,
  explanation: `${name}.`,
});

function made(
  band: "low" | "medium" | "high",
  documents: readonly string[],
  signals: readonly SignalView[] = [],
): ChatCompletion {
  return {
    origin: "generated",
    citations: documents.map((id, at) => ({ marker: at + 1, document: { id, modified_at: "2026-10-01T00:00:00Z" } })),
    confidence: { value: 0.83, band, signals },
  } as unknown as ChatCompletion;
}

test("documents that agree are counted once each", () => {
  expect(confidenceSentence(made("high", ["a", "b", "a"]))).toBe("Likely right: two current documents say so.");
  expect(confidenceSentence(made("high", ["a"]))).toBe("Likely right: one current document says so.");
});

test("disagreement weighs more than agreement", () => {
  expect(confidenceSentence(made("high", ["a"], [signal("contradicted", -0.6)]))).toContain("documents disagree");
});

test("a replaced document is said to be replaced", () => {
  expect(confidenceSentence(made("medium", ["a"], [signal("superseded", -0.4)]))).toBe(
    "Possibly right, but a document behind it has been replaced.",
  );
});

test("an answer that is unsure says to check", () => {
  expect(confidenceSentence(made("low", ["a", "b"]))).toBe(
    "Unsure: two documents come close. Check before you rely on this.",
  );
});

test("reasons are told by how far they moved the confidence, on both sides", () => {
  const { for: speaking, against } = confidenceReasons(
    made("high", ["a"], [signal("small", 0.2), signal("none", 0.01), signal("large", 0.9), signal("contra", -0.3)]),
  );

  expect(speaking.map((one) => one.name)).toEqual(["large", "small"]);
  expect(against.map((one) => one.name)).toEqual(["contra"]);
});

test("the number is told as how many answers of ten help", () => {
  expect(confidenceInTen(made("high", ["a"]))).toBe("Of ten answers like this one, about 8 help.");
});

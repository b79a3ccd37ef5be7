import type { BrokenQuestionView } from "@aika/client";
import { expect, test } from "vitest";
import { alike } from "./alike.ts";

test("a question that was asked again is there once, with how often and the last time", () => {
  const found = alike([
    made("How do I park?", "2026-05-01"),
    made("Who pays?", "2026-05-02"),
    made("how do I park", "2026-05-03"),
  ]);

  expect(found.map(({ question, times }) => [question.text, question.asked_at, times])).toEqual([
    ["how do I park", "2026-05-03", 2],
    ["Who pays?", "2026-05-02", 1],
  ]);
});

test("what went wrong otherwise stays apart, and everybody's words are kept", () => {
  const found = alike([
    { ...made("How do I park?", "2026-05-01"), words: "At the harbor." },
    { ...made("How do I park?", "2026-05-02"), words: "With a trailer." },
    { ...made("How do I park?", "2026-05-03"), cause: "rejected" },
  ]);

  expect(found.map(({ times, words }) => [times, words])).toEqual([
    [2, ["At the harbor.", "With a trailer."]],
    [1, []],
  ]);
});

function made(text: string, asked_at: string): BrokenQuestionView {
  return { text, asked_at, cause: "unanswered", passes: false, words: "" };
}

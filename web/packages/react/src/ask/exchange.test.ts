import type { ChatCompletion, ChatEvent, ConversationView } from "@aika/client";
import { expect, test } from "vitest";
import { begun, fromConversation, isUnderWay, moved, replaced } from "./exchange.ts";

const completion = (id: string) => ({ id, text: "done", conversation_id: "c" }) as ChatCompletion;

const STREAM: readonly ChatEvent[] = [
  { type: "started", answer_id: "a", conversation_id: "c", title: "T", question: "Q", replaces: null },
  { type: "retrieved", conversation_id: "c", question: "Q", hits: [] },
  { type: "delta", text: "do", anew: false },
  { type: "delta", text: "ne", anew: false },
  { type: "completed", completion: completion("a") },
];

const after = (count: number) =>
  STREAM.slice(0, count).reduce((exchange, event, at) => moved(exchange, event, at + 1), begun("k", "Q", "now"));

test("an answer is found, written and done", () => {
  expect([1, 2, 3, 5].map((count) => after(count).phase)).toEqual(["sent", "found", "writing", "done"]);
  expect(after(4).draft).toBe("done");
  expect(after(5).completion?.id).toBe("a");
});

test("a draft that begins anew takes back what was written", () => {
  expect(moved(after(4), { type: "delta", text: "Other", anew: true }, 5).draft).toBe("Other");
});

test("what is sent again after a reconnection is not written twice", () => {
  const twice = STREAM.slice(0, 4).reduce((exchange, event, at) => moved(exchange, event, at + 1), after(4));

  expect(twice.draft).toBe("done");
});

test("a failure ends it with the server's words", () => {
  const failed = moved(
    after(3),
    {
      type: "failed",
      problem: { type: "about:blank", title: "Too slow", status: 503, detail: "Later.", errors: [], candidates: [] },
    },
    4,
  );

  expect(failed.phase).toBe("failed");
  expect(failed.trouble).toEqual({ title: "Too slow", detail: "Later." });
  expect(isUnderWay(failed)).toBe(false);
});

test("an edited question takes the place of the old one, which stays as an earlier version", () => {
  const first = { ...after(5), key: "first" };
  const second = { ...begun("second", "Q2", "now"), phase: "done" as const };

  const [only, ...rest] = replaced([first, second], begun("new", "Q edited", "now"), "first");

  expect(rest).toEqual([]);
  expect(only?.question).toBe("Q edited");
  expect(only?.replaces).toBe("a");
  expect(only?.earlier.map((version) => version.question)).toEqual(["Q"]);
});

test("trying again what failed takes the place that the failed one was to take", () => {
  const failed = { ...begun("failed", "Q", "now"), phase: "failed" as const, replaces: "kept" };

  const [only] = replaced([failed], begun("again", "Q", "now"), "failed");

  expect(only?.replaces).toBe("kept");
});

test("an answer under way stands where it will stay", () => {
  const turn = (id: string) => ({
    question: id,
    asked_at: "now",
    completion: completion(id),
    earlier: [],
    told_owner_at: null,
    rating: null,
  });
  const view = {
    turns: [turn("one"), turn("two")],
    under_way: { answer_id: "three", question: "edited", asked_at: "now", replaces: "two" },
  } as unknown as ConversationView;

  const shown = fromConversation(view);

  expect(shown.map((exchange) => [exchange.question, isUnderWay(exchange)])).toEqual([
    ["one", false],
    ["edited", true],
  ]);
});

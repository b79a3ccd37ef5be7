import type { ChatCompletion } from "@aika/client";
import { expect, test } from "vitest";
import { moved, type Trial, tried } from "./trial.ts";

const EFFECT = { documents: 1, readable: 2, sources: [], sample: [], topic: false };

async function steps(reply: () => Promise<Response>): Promise<readonly Trial[]> {
  const { createAika } = await import("@aika/client");
  const seen: Trial[] = [];
  const aika = createAika({ baseUrl: "http://aika.test", fetch: reply });
  await tried(aika, { yaml: "", question: "Why?" }, new AbortController().signal, (trial) => seen.push(trial));
  return seen;
}

test("a trial tells the filter's effect before any word of the answer", async () => {
  const events = [
    { type: "effect", effect: EFFECT },
    { type: "delta", text: "Well", anew: false },
    { type: "delta", text: "Be", anew: true },
    { type: "delta", text: "cause", anew: false },
  ];
  const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");

  const seen = await steps(async () => new Response(body, { headers: { "Content-Type": "text/event-stream" } }));

  expect(seen.map((trial) => [trial.effect?.documents, trial.exchange.draft])).toEqual([
    [undefined, ""],
    [1, ""],
    [1, "Well"],
    [1, "Be"],
    [1, "Because"],
  ]);
});

test("what the server refuses is told in its words", async () => {
  const problem = { title: "Invalid request", status: 422, detail: "line 2: model: …" };

  const seen = await steps(async () => new Response(JSON.stringify(problem), { status: 422 }));

  expect(seen.at(-1)?.exchange).toMatchObject({ phase: "failed", trouble: { detail: "line 2: model: …" } });
});

test("the outcome takes the place of what was streamed", () => {
  const trial: Trial = { exchange: { draft: "Be" } as Trial["exchange"], effect: null };
  const completion = { id: "a" } as ChatCompletion;

  expect(moved(trial, { type: "completed", completion }).exchange).toMatchObject({ phase: "done", completion });
});

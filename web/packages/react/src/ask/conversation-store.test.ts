import { createAika } from "@aika/client";
import { expect, test } from "vitest";
import { ConversationStore } from "./conversation-store.ts";
import { isSignedOut } from "./troubles.ts";

const STARTED = event(1, {
  type: "started",
  answer_id: "a",
  conversation_id: "c",
  title: "T",
  question: "Q",
  replaces: null,
});
const DELTA = event(2, { type: "delta", text: "half" });
const REST = event(3, { type: "delta", text: " whole" });
const COMPLETED = event(4, { type: "completed", completion: { id: "a", text: "half whole", conversation_id: "c" } });

function event(id: number, data: object): string {
  return `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Answers requests one after the other; a stream that ends early is a dropped connection. */
function served(...replies: (() => Response)[]) {
  const asked: { method: string; url: string; body: string }[] = [];
  const fetch = async (input: RequestInfo | URL) => {
    const request = input as Request;
    asked.push({ method: request.method, url: request.url, body: await request.clone().text() });
    const reply = replies.shift();
    if (reply === undefined) throw new TypeError("connection refused");
    return reply();
  };
  const aika = createAika({ baseUrl: "http://aika.test", fetch: fetch as typeof globalThis.fetch });
  return { store: new ConversationStore({ aika, waits: [0, 0, 0] }), asked };
}

const stream =
  (...parts: string[]) =>
  () =>
    new Response(parts.join(""), { headers: { "content-type": "text/event-stream" } });
const problem = (status: number, detail: string) => () =>
  Response.json({ title: "No", status, detail }, { status, headers: { "content-type": "application/problem+json" } });

test("a question is asked, and its conversation known by its id", async () => {
  const { store, asked } = served(stream(STARTED, DELTA, REST, COMPLETED));

  await store.ask({ question: "Q", assistant: "x" });

  expect(store.snapshot().id).toBe("c");
  expect(store.snapshot().exchanges[0]?.phase).toBe("done");
  expect(JSON.parse(asked[0]?.body ?? "{}")).toMatchObject({ stream: true, assistant: "x" });
});

test("who was signed out meanwhile is told to sign in, before a question and in the middle of an answer", async () => {
  const before = served(problem(401, "this server needs an API key"));
  const within = served(stream(STARTED, DELTA), problem(401, "no"), problem(401, "no"));

  await before.store.ask({ question: "Q" });
  await within.store.ask({ question: "Q" });

  for (const { store } of [before, within]) {
    const { trouble } = store.snapshot().exchanges[0] ?? {};
    expect(trouble && isSignedOut(trouble)).toBe(true);
    expect(trouble?.title).toBe("You have been signed out");
  }
  expect(before.store.snapshot().exchanges[0]?.question).toBe("Q");
  expect(within.store.snapshot().exchanges[0]?.draft).toBe("half");
});

test("who has too many answers under way is told so", async () => {
  const { store } = served(problem(429, "you have 8 answers under way"));

  await store.ask({ question: "Q" });

  expect(store.snapshot().exchanges[0]?.trouble).toEqual({
    title: "One thing after the other",
    detail: "you have 8 answers under way",
  });
});

test("a dropped connection is picked up after the last event that arrived", async () => {
  const { store, asked } = served(stream(STARTED, DELTA), stream(REST, COMPLETED));

  await store.ask({ question: "Q" });

  expect(asked[1]?.url).toContain("/v1/answers/a/events?after=2");
  expect(store.snapshot().exchanges[0]).toMatchObject({ phase: "done", draft: "half whole", reconnecting: false });
});

test("an answer that is no longer held is read from the conversation", async () => {
  const turn = { question: "Q", asked_at: "now", completion: { id: "a", text: "half whole" }, earlier: [] };
  const { store } = served(stream(STARTED, DELTA), problem(404, "gone"), () =>
    Response.json({ id: "c", turns: [turn] }),
  );

  await store.ask({ question: "Q" });

  expect(store.snapshot().exchanges[0]).toMatchObject({ phase: "done", completion: { text: "half whole" } });
});

test("a connection that stays away is said to be lost, and can be picked up by hand", async () => {
  const replies: (() => Response)[] = [stream(STARTED, DELTA)];
  const { store, asked } = served(...replies);

  await store.ask({ question: "Q" });

  const lost = store.snapshot().exchanges[0];
  expect(lost).toMatchObject({ phase: "lost", draft: "half" });
  expect(lost?.trouble?.title).toBe("The connection was lost");
  expect(asked.filter((one) => one.url.includes("/events")).length).toBe(3);
  expect(store.busy).toBe(false);
});

test("a refusal is told in the server's words, and what was asked stays", async () => {
  const { store } = served(problem(422, "the question is too long"));

  await store.ask({ question: "Q" });

  expect(store.snapshot().exchanges[0]).toMatchObject({
    phase: "failed",
    question: "Q",
    trouble: { detail: "the question is too long" },
  });
});

test("a stream that cannot be read ends in words, and not in waiting", async () => {
  const { store } = served(stream(STARTED, "data: not json\n\n"));

  await store.ask({ question: "Q" });

  expect(store.snapshot().exchanges[0]).toMatchObject({
    phase: "failed",
    trouble: { title: "The answer cannot be read" },
  });
});

test("trying again names the kept answer whose place it takes", async () => {
  const { store, asked } = served(stream(STARTED, DELTA, REST, COMPLETED), stream(STARTED, DELTA, REST, COMPLETED));
  await store.ask({ question: "Q" });

  await store.ask({ question: "Q edited", instead: store.snapshot().exchanges[0]?.key ?? null });

  expect(JSON.parse(asked[1]?.body ?? "{}")).toMatchObject({ replaces: "a", conversation_id: "c" });
  expect(store.snapshot().exchanges).toHaveLength(1);
  expect(store.snapshot().exchanges[0]?.earlier).toHaveLength(1);
});

test("a second question waits for the first: it is not sent in between", async () => {
  const { store, asked } = served(stream(STARTED, DELTA, REST, COMPLETED));

  await Promise.all([store.ask({ question: "one" }), store.ask({ question: "two" })]);

  expect(asked).toHaveLength(1);
});

import type { AssistantCheckReply, AssistantCheckRequest } from "@aika/client";
import { expect, test, vi } from "vitest";
import { DraftStore } from "./draft-store.ts";

const reply = (yaml: string, values: AssistantCheckReply["values"] = {}): AssistantCheckReply => ({
  yaml,
  values,
  unreadable: [],
  problems: [],
  valid: true,
  effect: null,
  knowledge: null,
});

test("what is typed in the form is written into the YAML by the server", async () => {
  const check = vi.fn(async (request: AssistantCheckRequest) => reply("name: A\n", request.changes ?? {}));
  const store = new DraftStore(check, { yaml: "" });

  store.set("name", "A");
  const state = await store.settle();

  expect(check).toHaveBeenCalledWith({ yaml: "", changes: { name: "A" }, id: null });
  expect(state).toMatchObject({ yaml: "name: A\n", values: { name: "A" }, changed: true, checking: false });
});

test("a reply that typing has overtaken changes nothing, and what was typed is sent again", async () => {
  const replies: ((reply: AssistantCheckReply) => void)[] = [];
  const check = vi.fn((_: AssistantCheckRequest) => new Promise<AssistantCheckReply>((done) => replies.push(done)));
  const store = new DraftStore(check);

  store.set("name", "A");
  const settled = store.settle();
  store.set("name", "AB");
  replies[0]?.(reply("name: A\n", { name: "A" }));
  await vi.waitFor(() => expect(replies.length).toBe(2));

  expect(store.snapshot().values).toEqual({ name: "AB" });
  expect(check.mock.lastCall?.[0]).toMatchObject({ yaml: "", changes: { name: "AB" } });
  replies[1]?.(reply("name: AB\n", { name: "AB" }));
  await settled;
  expect(store.snapshot()).toMatchObject({ yaml: "name: AB\n", checking: false });
});

test("a draft is unchanged once it is saved", async () => {
  const store = new DraftStore(async (request) => reply(request.yaml ?? ""), { yaml: "name: A\n" });

  store.write("name: B\n");
  await store.settle();
  expect(store.snapshot().changed).toBe(true);

  store.saved("name: B\n");
  expect(store.snapshot().changed).toBe(false);
});

import { AikaError } from "@aika/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GRACE_MS, Outbox, type Posted, type Verdict } from "./outbox.ts";

const accepted: Verdict = { goalie: "help", id: "a", question: "How?", ruling: "accept", text: "", reason: "" };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a verdict is sent when the time to take it back is over", async () => {
  const send = vi.fn(async () => undefined);
  const outbox = new Outbox(send);

  outbox.add(accepted);
  expect(send).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(GRACE_MS);

  expect(send).toHaveBeenCalledTimes(1);
  expect(outbox.current()[0]?.progress).toBe("sent");
});

test("a verdict that was taken back is never sent", async () => {
  const send = vi.fn(async () => undefined);
  const outbox = new Outbox(send);

  outbox.add(accepted);
  expect(outbox.undo()?.id).toBe("a");
  await vi.advanceTimersByTimeAsync(2 * GRACE_MS);

  expect(send).not.toHaveBeenCalled();
  expect(outbox.current()).toEqual([]);
});

test("leaving the page sends what waits, once", async () => {
  const send = vi.fn(async () => undefined);
  const outbox = new Outbox(send);

  outbox.add(accepted);
  outbox.flush();
  await vi.advanceTimersByTimeAsync(2 * GRACE_MS);

  expect(send).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: "a" }), true);
});

test("who was slower is told so, and does not try again", async () => {
  const told: Posted[] = [];
  const outbox = new Outbox(
    async () => Promise.reject(new AikaError(409, "Conflict", "Petra was first")),
    (posted) => told.push(posted),
  );

  outbox.add(accepted);
  await vi.advanceTimersByTimeAsync(GRACE_MS);

  expect(told[0]).toMatchObject({ progress: "failed", conflict: true, problem: "Petra was first" });
});

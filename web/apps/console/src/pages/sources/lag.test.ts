import type { SyncView } from "@aika/client";
import { expect, it } from "vitest";
import { lagOver } from "./lag.ts";

function sync(minute: number, phase: SyncView["phase"] = "succeeded"): SyncView {
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22, 10, minute, seconds)).toISOString();
  const counts = { seen: 1, added: 0, changed: 0, unchanged: 1, removed: 0, failed: 0, expected: null };
  return { phase, started_at: at(0), finished_at: at(30), message: "", reading: "", ...counts };
}

it("grows until a good sync brings it back, and a failed one changes nothing", () => {
  const now = Date.UTC(2026, 10, 22, 10, 30, 0);
  const lags = lagOver([sync(20), sync(15, "failed"), sync(10)], now).map((point) => point.lag);

  expect(lags).toEqual([30, 630, 30, 600]);
});

it("is nothing before the first good sync", () => {
  expect(lagOver([sync(10, "failed")], Date.now())).toEqual([]);
});

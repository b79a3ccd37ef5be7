import { expect, test } from "vitest";
import { withNearer } from "./pair.ts";

test("the nearer of the two thresholds moves", () => {
  expect(withNearer({ medium: 0.2, high: 0.8 }, 0.3)).toEqual({ medium: 0.3, high: 0.8 });
  expect(withNearer({ medium: 0.2, high: 0.8 }, 0.7)).toEqual({ medium: 0.2, high: 0.7 });
  expect(withNearer({ medium: 0.2, high: 0.8 }, 0.95)).toEqual({ medium: 0.2, high: 0.95 });
});

test("two that lie on one another part to the side that was chosen", () => {
  expect(withNearer({ medium: 0.5, high: 0.5 }, 0.9)).toEqual({ medium: 0.5, high: 0.9 });
  expect(withNearer({ medium: 0.5, high: 0.5 }, 0.1)).toEqual({ medium: 0.1, high: 0.5 });
});

import { expect, test } from "vitest";
import { precisionOf, rowOf, share } from "./counting.ts";

const people = share(113, 333);
const others = share(23, 336);

test("a share has the interval that the server gives it", () => {
  const found = share(60, 340);

  expect(found.low).toBeCloseTo(0.1396289245889338, 6);
  expect(found.high).toBeCloseTo(0.2205413099261823, 6);
});

test("precision is what is left when the measure's mistakes are taken out", () => {
  const found = precisionOf(share(12, 45), { people, others });

  expect(found?.value).toBeCloseTo(0.7317232505, 6);
  expect(found?.low).toBeCloseTo(0.2820662768, 6);
  expect(found?.high).toBe(1);
});

test("where people are not seen to agree, nothing is said of precision", () => {
  expect(precisionOf(share(12, 45), { people: share(5, 100), others: share(10, 100) })).toBeNull();
});

test("what lies between the thresholds is proposed, what lies below is left alone", () => {
  const curve = Array.from({ length: 101 }, (_, at) => ({
    threshold: at / 100,
    count: 100 - at,
    compared: 100 - at,
    agreeing: Math.round((100 - at) / 2),
  }));

  const row = rowOf({ curve, replayed: 120, people, others }, 0.4, 0.8);

  expect([row.answered.count, row.proposed.count, row.skipped.count]).toEqual([20, 40, 60]);
  expect([row.proposedAgreement.count, row.proposedAgreement.of]).toEqual([20, 40]);
});

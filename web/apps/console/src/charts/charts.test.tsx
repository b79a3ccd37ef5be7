import type { HitView } from "@aika/client";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { type BumpStage, curveOf, inFinalOrder, spotsOf } from "./bump-data.ts";
import { csvOf } from "./data.ts";
import { ChartFrame } from "./frame.tsx";
import { traceOfSearch } from "./search-trace.ts";

const cell = (value: string | number | null) => ({ shown: String(value), value });

test("a cell of the CSV is never a formula, and holds commas and quotes", () => {
  const table = {
    columns: [
      { title: "Topic", numeric: false },
      { title: "People", numeric: true },
    ],
    rows: [
      [cell("=cmd()"), cell(5)],
      [cell('say "hi", all'), cell(null)],
    ],
  };

  expect(csvOf(table)).toBe('Topic,People\r\n\'=cmd(),5\r\n"say ""hi"", all",\r\n');
});

test("a chart's numbers are shown as a table on demand", async () => {
  const table = { columns: [{ title: "Week", numeric: false }], rows: [[cell("Nov 2")]] };
  render(
    <ChartFrame title="Questions" sentence="More than before." table={table} file="questions">
      <p>picture</p>
    </ChartFrame>,
  );

  await userEvent.click(screen.getByRole("button", { name: "Numbers of “Questions”" }));
  await userEvent.click(screen.getByRole("menuitem", { name: "Show as table" }));

  expect(screen.getByRole("rowheader", { name: "Nov 2" })).toBeDefined();
  expect(screen.queryByText("picture")).toBeNull();
});

const stages: BumpStage[] = [
  { id: "lexical", label: "Words", ranks: { a: 1, b: 40 } },
  { id: "dense", label: "Meaning", ranks: { b: 2 } },
  { id: "final", label: "Final", ranks: { b: 1, a: 2 } },
];

test("what stands lower than the picture reaches is in its last row, with its rank", () => {
  expect(spotsOf("b", stages, 10)[0]).toEqual({ column: 0, rank: 40, row: 10 });
});

test("a stage that does not have a document interrupts its line", () => {
  const curve = curveOf(
    spotsOf("a", stages, 10),
    (column) => column,
    (row) => row,
  );

  expect(curve).toBe("M0.0 0.0M2.0 1.0");
});

test("documents stand in the order of the last stage", () => {
  const documents = [
    { id: "a", title: "A" },
    { id: "c", title: "C" },
    { id: "b", title: "B" },
  ];

  expect(inFinalOrder(documents, stages).map(({ id }) => id)).toEqual(["b", "a", "c"]);
});

test("a stage that says nothing of a hit left it where it was", () => {
  const move = (stage: string, rank_before: number, rank_after: number) => ({
    stage,
    rank_before,
    rank_after,
    reason: "",
  });
  const hit = (id: string, fused: number, moves: ReturnType<typeof move>[]): HitView =>
    ({
      chunk_id: id,
      document: { id: `doc-${id}`, title: id },
      explanation: { places: { fused: { rank: fused, score: 1 } }, matched_terms: [], moves },
    }) as unknown as HitView;
  const trace = traceOfSearch([
    hit("a", 2, [move("route", 2, 1)]),
    hit("b", 1, [move("route", 1, 2), move("rules", 2, 2)]),
  ]);

  expect(trace.stages.map(({ id }) => id)).toEqual(["fused", "route", "rules", "final"]);
  expect(trace.stages[2]?.ranks).toEqual({ a: 1, b: 2 });
});

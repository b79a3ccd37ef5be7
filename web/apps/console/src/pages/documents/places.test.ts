import { describe, expect, it } from "vitest";
import { cutter, lengthOf, piecesOf, wantedPassage } from "./places.ts";

const CHUNKS = [
  { id: "a", position: 0, start: 2, end: 5, heading_path: [] },
  { id: "b", position: 1, start: 7, end: 9, heading_path: ["Two"] },
];

describe("a passage in an address", () => {
  const wanted = (search: string) => wantedPassage(new URLSearchParams(search), CHUNKS, 10);

  it("is a span, or a chunk by its id or number", () => {
    expect(wanted("passage=3-8")).toEqual({ start: 3, end: 8 });
    expect(wanted("passage=3-80")).toEqual({ start: 3, end: 10 });
    expect(wanted("chunk=b")).toMatchObject({ start: 7, end: 9 });
    expect(wanted("chunk=1")).toMatchObject({ start: 2, end: 5 });
  });

  it("is nothing where it makes no sense", () => {
    for (const search of ["", "passage=8-3", "passage=x", "chunk=9", "passage=20-30"])
      expect(wanted(search)).toBeNull();
  });
});

it("counts characters as the server does", () => {
  expect(cutter("a😀bc")({ start: 2, end: 3 })).toBe("b");
  expect(lengthOf("a😀bc")).toBe(4);
});

it("leaves no part of the text out", () => {
  const spans = piecesOf(CHUNKS, 10).map((piece) =>
    piece.kind === "chunk" ? piece.chunk.id : [piece.start, piece.end],
  );

  expect(spans).toEqual([[0, 2], "a", [5, 7], "b", [9, 10]]);
});

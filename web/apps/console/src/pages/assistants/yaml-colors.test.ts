import { expect, test } from "vitest";
import { coloredLine } from "./yaml-colors.ts";

const kinds = (line: string) => coloredLine(line).map((piece) => [piece.kind, piece.text]);

test("keys, values and comments are told apart", () => {
  expect(kinds("  sources: [a, b] # ours")).toEqual([
    ["mark", "  "],
    ["key", "sources"],
    ["mark", ":"],
    ["plain", " [a, b] "],
    ["comment", "# ours"],
  ]);
  expect(kinds("  - name: x")).toEqual([
    ["mark", "  - "],
    ["key", "name"],
    ["mark", ":"],
    ["plain", " x"],
  ]);
});

test.each(["purpose: 'a # b'", "https://x.example", "", "   ", '- paths: ["**/*.md"]', "a: b: c"])(
  "the pieces of %j are the line",
  (line) => {
    expect(
      coloredLine(line)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(line);
  },
);

test("a number sign in quotes is no comment", () => {
  expect(kinds("purpose: 'a # b'").at(-1)).toEqual(["plain", " 'a # b'"]);
});

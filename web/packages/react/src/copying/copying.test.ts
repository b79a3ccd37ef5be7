import type { ChatCompletion } from "@aika/client";
import { expect, test } from "vitest";
import { markdownWithSources, plainText } from "./answer-text.ts";
import { csvOf } from "./csv.ts";

test("plain text has the words, and neither markup nor footnotes", () => {
  const text = "## Steps\n\n1. **Merge** it [1].\n- See [docs](https://a.example/x) [2][3]\n\n```sh\nmake [1]\n```";

  expect(plainText(text)).toBe("Steps\n\n1. Merge it.\n• See docs (https://a.example/x)\n\nmake [1]");
});

test("a table's cells become columns in plain text", () => {
  expect(plainText("| a | b |\n|---|--:|\n| 1 | 2 |")).toBe("a\tb\n1\t2");
});

test("names with underscores and products stay as they are", () => {
  expect(plainText("Set max_open_files to 2 * 3 * 4")).toBe("Set max_open_files to 2 * 3 * 4");
});

test("Markdown takes its sources along, with title, place and quote", () => {
  const completion = {
    text: "Ten percent [1].",
    citations: [
      {
        marker: 1,
        quote: "sends 10 %\nof the traffic",
        url: "https://docs.example.com/a#b",
        document: {
          title: "Release [draft]",
          source: "handbook",
          owner: { name: "team-platform", contact: null, found_in: null },
          modified_at: "2026-09-30T12:00:00Z",
          url: null,
        },
      },
    ],
  } as unknown as ChatCompletion;

  expect(markdownWithSources(completion)).toBe(
    "Ten percent [1].\n\n**Sources**\n\n" +
      "1. [Release \\[draft\\]](<https://docs.example.com/a#b>) (handbook, team-platform, changed Sep 30, 2026): “sends 10 % of the traffic”\n",
  );
});

test("a source whose address is no web page is named without a link", () => {
  const completion = {
    text: "x [1]",
    citations: [
      {
        marker: 1,
        quote: "q",
        url: "javascript:alert(1)",
        document: { title: "T", source: "s", owner: null, modified_at: null },
      },
    ],
  } as unknown as ChatCompletion;

  expect(markdownWithSources(completion)).toContain("1. T (s): “q”");
});

test("cells with separators are quoted, and formulas are text", () => {
  expect(csvOf([["a,b", 'say "hi"', "=1+1", "-5", "+49 30", "@cmd"]])).toBe(
    '"a,b","say ""hi""",\'=1+1,-5,+49 30,\'@cmd\r\n',
  );
});

const HOSTILE = [
  "=HYPERLINK(A1)",
  "+1+cmd|' /C calc'!A0",
  "-2+3+cmd|' /C calc'!A0",
  "@SUM(1+1)",
  "\t=1+1",
  "\r=1+1",
  "\n=1+1",
  "  =1+1",
  "＝1+1",
  "－1+cmd",
];

test.each(HOSTILE)("a cell that begins with %j is no formula", (text) => {
  const [cell] = cellsOf(csvOf([[text]]), ",");

  expect(cell?.startsWith("'")).toBe(true);
  expect(cell?.replaceAll("'", "")).toBe(text.replaceAll("'", ""));
});

test.each(["who; =1+1", "who;\t=1+1", "who\n=1+1", "who\r\n@SUM(1)"])(
  "nor is what follows in %j where semicolons separate cells",
  (text) => {
    const cells = csvOf([[5, text]]).split(/[;\t\r\n]/);

    expect(cells.filter((cell) => /^\s*[=+\-@]/.test(cell))).toEqual([]);
  },
);

test("numbers stay numbers, and what is not known is empty", () => {
  expect(csvOf([[-5, 0.25, null, "-1,234.5", "+12 %"]])).toBe('-5,0.25,,"-1,234.5",+12 %\r\n');
});

/** The cells of one row, as a spreadsheet reads them. */
function cellsOf(row: string, separator: string): string[] {
  const cells = row.slice(0, -2).match(new RegExp(`"(?:[^"]|"")*"|[^${separator}]+`, "g")) ?? [];
  return cells.map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
}

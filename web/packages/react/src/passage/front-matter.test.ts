import { expect, test } from "vitest";
import { frontMatterLength } from "./front-matter.ts";

test.each([
  ["---\ntitle: A\ntags:\n  - x\n- y\n---\n\n# Text", "# Text"],
  ["title: A\nowner: team\n---\n\nText", "Text"],
  ["# Title\n\nkey: value\n---\n", "# Title\n\nkey: value\n---\n"],
  ["A heading: of Markdown\nmore text\n---\n", "A heading: of Markdown\nmore text\n---\n"],
  ["", ""],
  // Lines that could be matched in many ways would take longer than anybody waits.
  [`${" ".repeat(60)}\n`.repeat(60), `${" ".repeat(60)}\n`.repeat(60)],
])("what follows the front matter of %j is the text", (text, rest) => {
  expect(text.slice(frontMatterLength(text))).toBe(rest);
});

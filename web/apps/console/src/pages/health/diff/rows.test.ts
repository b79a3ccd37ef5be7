import { applyPatch } from "diff";
import { expect, test } from "vitest";
import { editOf, hunksOf, isPatchable, patchOf } from "./rows.ts";

const TEXT = "# Refunds\n\nClaims are taken within 14 days.\n\nWithin 14 days means calendar days.\n";
const SUGGESTION = { before: "14 days", after: "30 days" };

test("the words nearest to the evidence are changed, and no others", () => {
  const edit = editOf(SUGGESTION, TEXT, TEXT.lastIndexOf("14 days"));

  expect(edit.after).toContain("Claims are taken within 14 days.");
  expect(edit.after).toContain("Within 30 days means calendar days.");
});

test("a row says which words of a line differ", () => {
  const changed = hunksOf(editOf(SUGGESTION, TEXT, 0))
    .flat()
    .filter((row) => row.kind === "changed");

  expect(changed).toHaveLength(1);
  expect(changed[0]?.before).toMatchObject({ number: 3 });
  expect(changed[0]?.before?.parts.filter((part) => part.changed).map((part) => part.text)).toEqual(["14"]);
  expect(changed[0]?.after?.parts.filter((part) => part.changed).map((part) => part.text)).toEqual(["30"]);
});

test("the patch makes of the document what is suggested", () => {
  const edit = editOf(SUGGESTION, TEXT, 0);

  expect(applyPatch(TEXT, patchOf(edit, "handbook/refunds.md"))).toBe(edit.after);
  expect(patchOf(edit, "handbook/refunds.md")).toContain("--- a/handbook/refunds.md");
});

test("what is not in the document any more is shown by itself, and is no patch", () => {
  expect(editOf(SUGGESTION, "Something else.")).toEqual({ before: "14 days", after: "30 days", whole: false });
});

test("what is to be added comes at the end", () => {
  expect(editOf({ before: "", after: "New words." }, TEXT).after.endsWith("calendar days.\n\nNew words.\n")).toBe(true);
});

test("only files of plain text are patched", () => {
  expect(["handbook/refunds.md", "api/v1.yaml", "office/policy.docx", "12345"].map(isPatchable)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

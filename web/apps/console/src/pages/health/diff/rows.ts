/** A suggested edit as rows of a diff: lines beside each other, with the words that differ. */

import { createTwoFilesPatch, diffWordsWithSpace, structuredPatch } from "diff";

const CONTEXT_LINES = 3;
/** Files whose text aika reads out of something else. */
const CONVERTED = new Set([
  "doc",
  "docx",
  "htm",
  "html",
  "ipynb",
  "odp",
  "ods",
  "odt",
  "pdf",
  "ppt",
  "pptx",
  "xls",
  "xlsx",
]);

export interface Part {
  text: string;
  changed: boolean;
}

export interface Line {
  number: number;
  parts: readonly Part[];
}

/** A line before and after. Equal lines are context; where one is missing, the other one was added or removed. */
export interface DiffRow {
  kind: "same" | "changed";
  before: Line | null;
  after: Line | null;
}

export interface Edit {
  /** The document's text now and with the edit. */
  before: string;
  after: string;
  /** Whether both are of the whole document: then a patch of them fits its file. */
  whole: boolean;
}

/** The edit in the document's text. Where the text is not known or holds the words no more, of the words alone. */
export function editOf(suggestion: { before: string; after: string }, text: string | undefined, near = 0): Edit {
  const { before, after } = suggestion;
  if (text === undefined) return { before, after, whole: false };
  if (before === "") return { before: text, after: `${text.replace(/\n*$/, "\n\n")}${after}\n`, whole: true };
  const at = nearest(text, before, near);
  if (at < 0) return { before, after, whole: false };
  return { before: text, after: text.slice(0, at) + after + text.slice(at + before.length), whole: true };
}

/** The parts of the text that change, each with a few lines around it. */
export function hunksOf(edit: Edit): DiffRow[][] {
  const { hunks } = structuredPatch("", "", ended(edit.before), ended(edit.after), "", "", { context: CONTEXT_LINES });
  return hunks.map((hunk) => rowsOf(hunk.lines, hunk.oldStart, hunk.newStart));
}

/** The edit as a patch that `git apply` and `patch -p1` take. */
export function patchOf(edit: Edit, path: string): string {
  return createTwoFilesPatch(`a/${path}`, `b/${path}`, ended(edit.before), ended(edit.after), "", "", {
    context: CONTEXT_LINES,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
}

/** Whether a document is a file of plain text, so that a patch of what aika holds of it fits. */
export function isPatchable(key: string): boolean {
  const end = /\.(\w{1,10})$/.exec(key)?.[1]?.toLowerCase();
  return end !== undefined && !CONVERTED.has(end);
}

function rowsOf(lines: readonly string[], oldStart: number, newStart: number): DiffRow[] {
  const rows: DiffRow[] = [];
  let [left, right] = [oldStart, newStart];
  let removed: string[] = [];
  let added: string[] = [];
  const settle = () => {
    rows.push(...changedRows(removed, added, left, right));
    left += removed.length;
    right += added.length;
    [removed, added] = [[], []];
  };
  for (const line of lines) {
    const text = line.slice(1);
    if (line.startsWith("-")) removed.push(text);
    else if (line.startsWith("+")) added.push(text);
    else if (line.startsWith(" ")) {
      settle();
      const parts = [{ text, changed: false }];
      rows.push({ kind: "same", before: { number: left++, parts }, after: { number: right++, parts } });
    }
  }
  settle();
  return rows;
}

function changedRows(removed: readonly string[], added: readonly string[], left: number, right: number): DiffRow[] {
  return Array.from({ length: Math.max(removed.length, added.length) }, (_, at) => {
    const [before, after] = [removed[at], added[at]];
    const [old, fresh] = before !== undefined && after !== undefined ? wordParts(before, after) : [null, null];
    return {
      kind: "changed",
      before: before === undefined ? null : { number: left + at, parts: old ?? [{ text: before, changed: true }] },
      after: after === undefined ? null : { number: right + at, parts: fresh ?? [{ text: after, changed: true }] },
    };
  });
}

function wordParts(before: string, after: string): [Part[], Part[]] {
  const changes = diffWordsWithSpace(before, after);
  const side = (skip: "added" | "removed") =>
    changes.filter((one) => !one[skip]).map((one) => ({ text: one.value, changed: one.added || one.removed }));
  return [side("added"), side("removed")];
}

function nearest(text: string, words: string, near: number): number {
  let best = -1;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    if (best < 0 || Math.abs(at - near) < Math.abs(best - near)) best = at;
  }
  return best;
}

function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

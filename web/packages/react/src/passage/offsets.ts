/** Places in a document's text: the API counts characters as Python does, JavaScript counts UTF-16 units. */

import type { Span } from "../markdown/passage-plugin.ts";

const ASTRAL = /[\u{10000}-\u{10ffff}]/u;

/** Returns the span in UTF-16 units of one given in characters (code points). */
export function unitSpan(text: string, start: number, end: number): Span {
  if (!ASTRAL.test(text)) return { start, end };
  let units = 0;
  let characters = 0;
  let from = text.length;
  for (const character of text) {
    if (characters === start) from = units;
    if (characters === end) return { start: from, end: units };
    units += character.length;
    characters += 1;
  }
  return { start: from, end: text.length };
}

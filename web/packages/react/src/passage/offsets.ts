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

export interface Excerpt {
  readonly text: string;
  readonly span: Span;
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

/** Returns the part of a long text around a span, cut where paragraphs end, with the span's place in that part. */
export function excerptAround(text: string, span: Span, reach: number): Excerpt {
  if (text.length <= 2 * reach) return { text, span, cutBefore: false, cutAfter: false };
  const from = paragraphStart(text, Math.max(0, span.start - reach));
  const to = paragraphEnd(text, Math.min(text.length, span.end + reach));
  return {
    text: text.slice(from, to),
    span: { start: span.start - from, end: span.end - from },
    cutBefore: from > 0,
    cutAfter: to < text.length,
  };
}

function paragraphStart(text: string, near: number): number {
  if (near === 0) return 0;
  const at = text.lastIndexOf("\n\n", near);
  return at < 0 ? 0 : at + 2;
}

function paragraphEnd(text: string, near: number): number {
  const at = text.indexOf("\n\n", near);
  return at < 0 ? text.length : at;
}

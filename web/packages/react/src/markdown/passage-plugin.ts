/** Marks a span of a document's Markdown in what is rendered from it. */

import type { Element, Nodes, Parents, Root, RootContent, Text } from "hast";
import type { Plugin } from "unified";

export interface Span {
  /** Offsets into the Markdown, in UTF-16 units; the end is exclusive. */
  readonly start: number;
  readonly end: number;
}

export const rehypePassage: Plugin<[Span], Root> = (span) => (tree) => {
  mark(tree, span);
};

function mark(parent: Parents, span: Span): void {
  const children: Nodes[] = [];
  for (const child of parent.children) {
    const from = child.position?.start.offset;
    const to = child.position?.end.offset;
    const outside = from !== undefined && to !== undefined && (to <= span.start || from >= span.end);
    if (child.type === "text" && !outside && from !== undefined && to !== undefined) {
      children.push(...split(child, from, to, span));
      continue;
    }
    if (child.type === "element" && !outside) {
      if (isUnmapped(child)) wrapWhole(child);
      else mark(child, span);
    }
    children.push(child);
  }
  parent.children = children as RootContent[];
}

/** Code and formulas are drawn by components that take the whole, so they are marked as a whole. */
function isUnmapped(element: Element): boolean {
  return element.tagName === "pre" || (element.tagName === "code" && element.position === undefined);
}

function wrapWhole(element: Element): void {
  element.properties.dataPassage = "";
}

function split(text: Text, from: number, to: number, span: Span): Nodes[] {
  // Escapes and entities are longer in the source than as text: then offsets inside do not fit, and all of it is marked.
  if (to - from !== text.value.length) return [marked(text.value)];
  const start = Math.max(0, span.start - from);
  const end = Math.min(text.value.length, span.end - from);
  const parts: Nodes[] = [];
  if (start > 0) parts.push({ type: "text", value: text.value.slice(0, start) });
  if (text.value.slice(start, end).trim()) parts.push(marked(text.value.slice(start, end)));
  else parts.push({ type: "text", value: text.value.slice(start, end) });
  if (end < text.value.length) parts.push({ type: "text", value: text.value.slice(end) });
  return parts;
}

function marked(value: string): Element {
  return { type: "element", tagName: "mark", properties: { dataPassage: "" }, children: [{ type: "text", value }] };
}

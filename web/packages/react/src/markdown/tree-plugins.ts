/**
 * Steps on the parsed Markdown of an answer, before anything of it becomes an element.
 *
 * Raw HTML never becomes markup: it is shown as the text that it is. Footnote markers become `cite` elements, which are
 * the only way for one to appear: Markdown has no syntax for them.
 */

import type { Nodes, Parent, PhrasingContent, Root, RootContent, Text } from "mdast";
import type { Plugin } from "unified";

const MARKER = /\[(\d{1,3})\]/g;
const LINE_BREAK = /^<br\s*\/?>$/i;

/** Turns HTML into text, and references to definitions and footnotes of Markdown into what they look like. */
export const remarkNothingHidden: Plugin<[{ id: string }], Root> = () => (tree) => {
  rewrite(tree, shown);
};

/** Turns `[3]` in running text into an element that shows where the sentence stands. */
export const remarkCitations: Plugin<[{ id: string }], Root> = () => (tree) => {
  rewrite(tree, (node) => (node.type === "text" ? cited(node) : null));
};

function rewrite(parent: Parent, change: (node: Nodes, parent: Parent) => readonly Nodes[] | null): void {
  const children: Nodes[] = [];
  for (const child of parent.children as Nodes[]) {
    const replaced = change(child, parent);
    if (replaced !== null) {
      children.push(...replaced);
      continue;
    }
    if ("children" in child && child.type !== "link") rewrite(child, change);
    else if (child.type === "link")
      rewrite(child, (node, above) => (node.type === "text" ? null : change(node, above)));
    children.push(child);
  }
  parent.children = children as RootContent[];
}

function shown(node: Nodes, parent: Parent): readonly Nodes[] | null {
  switch (node.type) {
    case "html": {
      if (LINE_BREAK.test(node.value.trim())) return [{ type: "break" }];
      const text: Text = { type: "text", value: node.value };
      return isFlow(parent) ? [{ type: "paragraph", children: [text] }] : [text];
    }
    case "linkReference": {
      const label = node.label ?? node.identifier;
      if (/^\d{1,3}$/.test(label)) return [{ type: "text", value: `[${label}]` }];
      rewrite(node, shown);
      return node.children;
    }
    case "imageReference":
      return [{ type: "text", value: node.alt ?? "" }];
    case "footnoteReference":
      return [{ type: "text", value: `[^${node.label ?? node.identifier}]` }];
    case "footnoteDefinition":
      rewrite(node, shown);
      return node.children;
    case "definition": {
      const text: Text = { type: "text", value: `[${node.label ?? node.identifier}]: ${node.url}` };
      return [{ type: "paragraph", children: [text] }];
    }
    default:
      return null;
  }
}

function isFlow(parent: Parent): boolean {
  return ["root", "blockquote", "listItem", "footnoteDefinition"].includes(parent.type);
}

function cited(text: Text): readonly PhrasingContent[] | null {
  const parts: PhrasingContent[] = [];
  let at = 0;
  for (const match of text.value.matchAll(MARKER)) {
    // The space before a marker would let it begin a line on its own.
    const before = text.value.slice(at, match.index).replace(/ $/, "\u00a0");
    if (before) parts.push({ type: "text", value: before });
    parts.push(markerNode(Number(match[1])));
    at = match.index + match[0].length;
  }
  if (at === 0) return null;
  const rest = text.value.slice(at);
  return rest ? [...parts, { type: "text", value: rest }] : parts;
}

function markerNode(marker: number): Text {
  const shownAs = `[${marker}]`;
  return {
    type: "text",
    value: shownAs,
    data: { hName: "cite", hProperties: { dataMarker: marker }, hChildren: [{ type: "text", value: shownAs }] },
  };
}

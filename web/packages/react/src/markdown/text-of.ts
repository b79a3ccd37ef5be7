import type { Nodes } from "hast";

/** Returns the text in a tree of elements, without any markup. */
export function textOf(node: Nodes): string {
  if (node.type === "text") return node.value;
  if (!("children" in node)) return "";
  return node.children.map(textOf).join("");
}

/**
 * Stands in for `rehype-raw`, which streamdown names and we never use: Markdown's raw HTML is shown as text.
 * It keeps a whole HTML parser out of the pages, and makes a use by mistake fail.
 */
export default function rehypeRaw(): never {
  throw new Error("raw HTML in Markdown is never parsed");
}

/**
 * Stands in for `rehype-raw`, `rehype-sanitize` and `rehype-harden`, which streamdown names and we never use: Markdown's raw
 * HTML is shown as text, and never becomes elements that would have to be cleaned.
 * It keeps a whole HTML parser out of the pages, and makes a use by mistake fail.
 */
export default function rehypeRaw(): never {
  throw new Error("raw HTML in Markdown is never parsed");
}

export { rehypeRaw as harden };

/** Streamdown extends it when it begins. */
export const defaultSchema = {};

/** Markdown as the words that it says, for a line or two of an excerpt. */
export function plainWords(text: string): string {
  return text
    .replace(/^---\s[\s\S]*?\s---\s/, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/```\w*|[`*|]|^#{1,6}\s|\s#{1,6}\s|-{3,}/gm, " ")
    .replace(/\s+/g, " ")
    .trim();
}

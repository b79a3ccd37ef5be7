/** The block of facts that many documents begin with, between lines of dashes. */

// The first line of dashes may be missing: an excerpt begins with whole blocks, and the line is a block of its own.
// Each alternative begins with other characters and can match a line in one way only, so that no text takes long.
const FRONT_MATTER = /^(?:---[ \t]*\n+)?((?:[A-Za-z_][\w .-]*:[^\n]*\n|[ \t][^\n]*\n|- [^\n]*\n)+)---[ \t]*(?:\n+|$)/;

/** Returns how much of a text's beginning is its front matter, in UTF-16 units; 0 where it has none. */
export function frontMatterLength(text: string): number {
  return FRONT_MATTER.exec(text)?.[0].length ?? 0;
}

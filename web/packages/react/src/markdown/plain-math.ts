/**
 * Formulas as models write them, brought to the one form that the Markdown parser takes: `$$…$$`.
 *
 * `\(…\)` and `\[…\]` always mean a formula. A single dollar often means money or a variable of a shell, so `$…$` counts
 * only where it hugs its content and the content looks like mathematics.
 */

const CODE =
  /(^|\n)[ \t]*(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:\n[ \t]*\2[`~]*[ \t]*(?=\n|$)|$)|(`+)(?!`)[\s\S]*?[^`]\3(?!`)/g;
const DISPLAY = /\\\[([\s\S]+?)\\\]/g;
const INLINE = /\\\(([\s\S]+?)\\\)/g;
const DOLLARS = /(?<![\\$\w])\$(?![\s$])([^$\n]{1,200}?)(?<![\s\\])\$(?![$\w])/g;
const MATHEMATICAL = /[\\^_={}<>+]|^[A-Za-z]$|^[A-Za-z]\([a-z]\)$/;

export function withPlainMath(markdown: string): string {
  if (!/[$]|\\[([]/.test(markdown)) return markdown;
  let done = "";
  let at = 0;
  for (const code of markdown.matchAll(CODE)) {
    done += outsideCode(markdown.slice(at, code.index)) + code[0];
    at = code.index + code[0].length;
  }
  return done + outsideCode(markdown.slice(at));
}

function outsideCode(text: string): string {
  return text
    .replace(DISPLAY, (_, formula: string) => `\n$$\n${formula.trim()}\n$$\n`)
    .replace(INLINE, (_, formula: string) => `$$${formula.trim()}$$`)
    .replace(DOLLARS, (whole, formula: string) => (MATHEMATICAL.test(formula) ? `$$${formula}$$` : whole));
}

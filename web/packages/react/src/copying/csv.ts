/** Tables as CSV (RFC 4180). What people wrote stays text in a spreadsheet, and is never run there as a formula. */

// Where spreadsheets separate cells by semicolons, as in much of Europe, they do so within our quotes too: then what follows
// a semicolon or a new line begins a cell. The wide forms are formulas to spreadsheets in Japanese.
const FORMULA = /(^|[;\t\r\n])([^\S\t\r\n]*[=+\-@＝＋－＠])/g;
/** Spreadsheets leave these out at the beginning, and look at what comes after them. */
const BLANK = /^[\t\r\n]/;
const NUMBER = /^[+-]?[\d.,\s]+%?$/;

/** The rows as a file. Numbers, those in texts included, stay numbers. */
export function csvOf(rows: readonly (readonly (string | number | null)[])[]): string {
  return `${rows.map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;
}

function field(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = NUMBER.test(value) ? value : guarded(value);
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function guarded(text: string): string {
  const safe = text.replaceAll(FORMULA, "$1'$2");
  return BLANK.test(safe) ? `'${safe}` : safe;
}

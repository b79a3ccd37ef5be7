/** The colors of YAML: enough to see keys, words and comments apart. It judges nothing; the server does. */

export interface Colored {
  readonly text: string;
  readonly kind: "key" | "comment" | "mark" | "plain";
}

const KEY = /^(\s*(?:- )*)((?:"[^"]*"|'[^']*'|[^\s#:'"[\]{},-][^#:]*?))(:)(?=\s|$)/;
const COMMENT = /(^|\s)#.*$/;

/** Return a line in pieces that together are the line. */
export function coloredLine(line: string): readonly Colored[] {
  const key = KEY.exec(line);
  const [whole = "", before = "", name = "", colon = ""] = key ?? [];
  const pieces: Colored[] = [
    { text: before, kind: "mark" },
    { text: name, kind: "key" },
    { text: colon, kind: "mark" },
  ];
  const rest = line.slice(whole.length);
  const comment = COMMENT.exec(withoutQuotes(rest));
  const at = comment === null ? rest.length : comment.index + (comment[1]?.length ?? 0);
  pieces.push({ text: rest.slice(0, at), kind: "plain" }, { text: rest.slice(at), kind: "comment" });
  return pieces.filter((piece) => piece.text !== "");
}

/** Return the line with what stands in quotes blanked, so that a number sign in it is no comment. */
function withoutQuotes(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, (quoted) => "_".repeat(quoted.length));
}

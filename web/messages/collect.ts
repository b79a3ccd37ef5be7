/**
 * Collects what people read: every literal in `t("…")` and `<T message="…">`, into apps/console/messages/en.json for translators.
 * Finds as well what would escape translation: words in JSX that do not go through them.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

const HERE = join(import.meta.dirname, "..");
const CATALOG = join(HERE, "apps/console/messages/en.json");
const SPOKEN = new Set([
  "label",
  "title",
  "placeholder",
  "alt",
  "aria-label",
  "text",
  "lead",
  "help",
  "heading",
  "description",
]);
const WORDS = /\p{L}{2}/u;
// The product's name is the same in every language.
const NAMES = new Set(["aika"]);

export interface Collected {
  messages: Set<string>;
  /** `file:line: what` of words that are not translated, and of messages that cannot be collected. */
  problems: string[];
}

export function collect(): Collected {
  const found: Collected = { messages: new Set(), problems: [] };
  for (const root of ["packages/react/src", "apps/console/src"]) {
    for (const name of readdirSync(join(HERE, root), { recursive: true, encoding: "utf8" }).sort()) {
      if (!/\.tsx?$/.test(name) || name.includes(".test.")) continue;
      const path = join(HERE, root, name);
      const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
      visit(file, file, found);
    }
  }
  return found;
}

export function catalogOf(messages: ReadonlySet<string>): string {
  const sorted = [...messages].sort();
  return `${JSON.stringify(Object.fromEntries(sorted.map((message) => [message, message])), null, 2)}\n`;
}

function visit(node: ts.Node, file: ts.SourceFile, found: Collected): void {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "t") {
    take(node.arguments[0], node, file, found);
  } else if (ts.isJsxText(node) && WORDS.test(node.text) && !NAMES.has(node.text.trim())) {
    report(node, file, found, `not translated: ${node.text.trim()}`);
  } else if (ts.isJsxAttribute(node) && node.initializer !== undefined) {
    const name = node.name.getText(file);
    const element = node.parent.parent.tagName.getText(file);
    if (name === "message" && element === "T") take(literalOf(node.initializer), node, file, found);
    else if (SPOKEN.has(name) && ts.isStringLiteral(node.initializer) && WORDS.test(node.initializer.text)) {
      report(node, file, found, `not translated: ${name}="${node.initializer.text}"`);
    }
  }
  ts.forEachChild(node, (child) => visit(child, file, found));
}

function literalOf(initializer: ts.JsxAttributeValue): ts.Expression | undefined {
  return ts.isJsxExpression(initializer) ? initializer.expression : (initializer as ts.StringLiteral);
}

function take(argument: ts.Expression | undefined, node: ts.Node, file: ts.SourceFile, found: Collected): void {
  if (argument !== undefined && ts.isStringLiteralLike(argument)) found.messages.add(argument.text);
  else if (argument !== undefined && ts.isConditionalExpression(argument)) {
    take(argument.whenTrue, node, file, found);
    take(argument.whenFalse, node, file, found);
  } else report(node, file, found, "the message must be a literal, so that it can be collected");
}

function report(node: ts.Node, file: ts.SourceFile, found: Collected, what: string): void {
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  found.problems.push(`${relative(HERE, file.fileName)}:${line + 1}: ${what}`);
}

if (import.meta.main) {
  const { messages, problems } = collect();
  writeFileSync(CATALOG, catalogOf(messages));
  process.stdout.write(`${messages.size} messages\n${problems.map((problem) => `${problem}\n`).join("")}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

import { Fragment, type ReactNode } from "react";
import { fill, type Piece, read } from "./message.ts";

/** Translations by English message. What is not in it is shown in English. */
export type Catalog = Readonly<Record<string, string>>;

type Value = string | number | boolean | Date | null | undefined;
type Part = ReactNode | ((children: ReactNode[]) => ReactNode);

let locale = "en";
let catalog: Catalog = {};
let known = new Map<string, readonly Piece[]>();

/** Show everything in another language from now on; call it before the first rendering. */
export function speak(language: string, translations: Catalog): void {
  locale = language;
  catalog = translations;
  known = new Map();
}

/** The language in use, as a BCP 47 tag. */
export function language(): string {
  return locale;
}

/**
 * The text of an English message in the reader's language. The message is ICU MessageFormat:
 * `t("{count, plural, one {# source} other {# sources}}", { count })`. Pass it as a literal, so that it can be collected.
 */
export function t(message: string, values: Readonly<Record<string, Value>> = {}): string {
  return fill(piecesOf(message), values, locale).join("");
}

/** The same with elements in it: `<T message="Ask <who>{name}</who>" values={{ name, who: (text) => <b>{text}</b> }} />`. */
export function T({ message, values = {} }: { message: string; values?: Readonly<Record<string, Part>> }): ReactNode {
  const parts = fill(piecesOf(message), values, locale) as ReactNode[];
  return parts.map((part, at) => <Fragment key={at}>{part}</Fragment>);
}

function piecesOf(message: string): readonly Piece[] {
  const found = known.get(message);
  if (found !== undefined) return found;
  const made = read(catalog[message] ?? message);
  known.set(message, made);
  return made;
}

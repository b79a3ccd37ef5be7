import { IntlMessageFormat } from "intl-messageformat";
import { Fragment, type ReactNode } from "react";

/** Translations by English message. What is not in it is shown in English. */
export type Catalog = Readonly<Record<string, string>>;

type Value = string | number | boolean | Date | null | undefined;
type Part = ReactNode | ((children: ReactNode[]) => ReactNode);

let locale = "en";
let catalog: Catalog = {};
let compiled = new Map<string, IntlMessageFormat>();

/** Show everything in another language from now on; call it before the first rendering. */
export function speak(language: string, translations: Catalog): void {
  locale = language;
  catalog = translations;
  compiled = new Map();
}

/** The language in use, as a BCP 47 tag. */
export function language(): string {
  return locale;
}

/**
 * The text of an English message in the reader's language. The message is ICU MessageFormat:
 * `t("{count, plural, one {# source} other {# sources}}", { count })`. Pass it as a literal, so that it can be collected.
 */
export function t(message: string, values?: Readonly<Record<string, Value>>): string {
  const text = messageOf(message).format(values);
  return Array.isArray(text) ? text.join("") : String(text);
}

/** The same with elements in it: `<T message="Ask <who>{name}</who>" values={{ name, who: (text) => <b>{text}</b> }} />`. */
export function T({ message, values }: { message: string; values?: Readonly<Record<string, Part>> }): ReactNode {
  const parts = messageOf(message).format<ReactNode>(values as Record<string, ReactNode>);
  return Array.isArray(parts) ? parts.map((part, at) => <Fragment key={at}>{part}</Fragment>) : parts;
}

function messageOf(message: string): IntlMessageFormat {
  const known = compiled.get(message);
  if (known !== undefined) return known;
  const made = new IntlMessageFormat(catalog[message] ?? message, locale);
  compiled.set(message, made);
  return made;
}

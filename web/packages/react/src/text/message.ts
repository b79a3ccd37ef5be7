/**
 * ICU MessageFormat, as much of it as our messages use: values, plural, selectordinal and select with `#`, tags, quotes.
 * Messages are read when they are first shown, so that reading them has to be quick: most have nothing in them but words.
 */

/** A piece of a message that was read. */
export type Piece = string | ValueOf | Tagged | Choice;

interface ValueOf {
  readonly kind: "value";
  readonly name: string;
}

interface Tagged {
  readonly kind: "tag";
  readonly name: string;
  readonly pieces: readonly Piece[];
}

interface Choice {
  readonly kind: "plural" | "selectordinal" | "select";
  readonly name: string;
  readonly offset: number;
  readonly options: ReadonlyMap<string, readonly Piece[]>;
}

/** What stands for a value or the inside of a tag; text comes out as it is. */
export type Filled = unknown;

const SPECIAL = /[{}<'#]/;
/** Inside of the options of a plural: the number that is counted. */
const COUNTED: ValueOf = { kind: "value", name: "#" };

/** Read a message. Throws a SyntaxError where it is not well-formed, or wants what is not supported. */
export function read(message: string): readonly Piece[] {
  return SPECIAL.test(message) ? new Reader(message).whole() : [message];
}

/** Fill in values. Functions are called with the inside of the tag of their name. */
export function fill(
  pieces: readonly Piece[],
  values: Readonly<Record<string, unknown>>,
  locale: string,
  counted?: number,
): Filled[] {
  const found: Filled[] = [];
  for (const piece of pieces) {
    if (typeof piece === "string") add(found, piece);
    else if (piece === COUNTED) add(found, numbersOf(locale).format(counted ?? 0));
    else if (piece.kind === "value") add(found, shown(givenFor(piece.name, values)));
    else if (piece.kind === "tag") {
      const wrap = givenFor(piece.name, values);
      if (typeof wrap !== "function") throw new TypeError(`<${piece.name}> needs a function in the message's values`);
      add(found, wrap(fill(piece.pieces, values, locale, counted)));
    } else for (const part of chosen(piece, values, locale, counted)) add(found, part);
  }
  return found;
}

function chosen(choice: Choice, values: Readonly<Record<string, unknown>>, locale: string, counted?: number): Filled[] {
  const value = givenFor(choice.name, values);
  const { options } = choice;
  if (choice.kind === "select") {
    return fill(options.get(String(value)) ?? options.get("other") ?? [], values, locale, counted);
  }
  const count = Number(value);
  const type = choice.kind === "plural" ? "cardinal" : "ordinal";
  const option =
    options.get(`=${count}`) ??
    options.get(pluralsOf(locale, type).select(count - choice.offset)) ??
    options.get("other");
  return fill(option ?? [], values, locale, count - choice.offset);
}

// Making one takes as long as a hundred uses of it.
const numbers = new Map<string, Intl.NumberFormat>();
const plurals = new Map<string, Intl.PluralRules>();

function numbersOf(locale: string): Intl.NumberFormat {
  const found = numbers.get(locale) ?? new Intl.NumberFormat(locale);
  numbers.set(locale, found);
  return found;
}

function pluralsOf(locale: string, type: Intl.PluralRuleType): Intl.PluralRules {
  const found = plurals.get(`${locale} ${type}`) ?? new Intl.PluralRules(locale, { type });
  plurals.set(`${locale} ${type}`, found);
  return found;
}

function givenFor(name: string, values: Readonly<Record<string, unknown>>): unknown {
  if (!(name in values)) throw new TypeError(`the message needs a value for ${name}`);
  return values[name];
}

function shown(value: unknown): unknown {
  if (value === null || value === undefined || value === false) return "";
  return typeof value === "number" ? String(value) : value;
}

/** Text that follows text is one text, so that what has no elements in it is one text. */
function add(found: Filled[], part: Filled): void {
  const last = found.at(-1);
  if (typeof part === "string" && typeof last === "string") found[found.length - 1] = last + part;
  else if (part !== "") found.push(part);
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Piece[] {
    const pieces = this.#pieces(false, null);
    if (this.#at < this.#text.length) throw this.#wrong("a brace or a tag is closed that was not opened");
    return pieces;
  }

  /** Up to the brace or the tag that closes what is being read. */
  #pieces(counting: boolean, tag: string | null): Piece[] {
    const found: Piece[] = [];
    let text = "";
    const flush = () => {
      if (text !== "") found.push(text);
      text = "";
    };
    while (this.#at < this.#text.length) {
      const letter = this.#text[this.#at];
      if (letter === "}" || (letter === "<" && this.#text[this.#at + 1] === "/")) break;
      const opened = letter === "<" ? this.#match(/<([a-zA-Z][\w.-]*)>/y) : null;
      if (letter === "{") {
        flush();
        found.push(this.#argument());
      } else if (opened !== null) {
        flush();
        found.push(this.#tagged(opened, counting));
      } else if (letter === "#" && counting) {
        flush();
        found.push(COUNTED);
        this.#at++;
      } else text += letter === "'" ? this.#quoted(counting) : this.#letter();
    }
    flush();
    if (tag !== null && this.#match(new RegExp(`</(${tag})>`, "y")) === null)
      throw this.#wrong(`<${tag}> is not closed`);
    return found;
  }

  #letter(): string {
    return this.#text[this.#at++] ?? "";
  }

  /** A quote doubled is a quote; one before what would mean something keeps that as it is, up to the next. */
  #quoted(counting: boolean): string {
    this.#at++;
    const next = this.#text[this.#at] ?? "";
    if (next === "'") return this.#letter();
    if (!"{}<>".includes(next || "x") && !(next === "#" && counting)) return "'";
    const inside = this.#match(/((?:[^']|'')*)(?:'|$)/y) ?? "";
    return inside.replaceAll("''", "'");
  }

  #tagged(name: string, counting: boolean): Tagged {
    return { kind: "tag", name, pieces: this.#pieces(counting, name) };
  }

  #argument(): Piece {
    const name = this.#match(/\{\s*([^\s,{}<>'#]+)\s*/y);
    if (name === null) throw this.#wrong("a value has no name");
    if (this.#match(/(\})/y) !== null) return { kind: "value", name };
    const kind = this.#match(/,\s*(plural|selectordinal|select)\s*,\s*/y);
    if (kind !== "plural" && kind !== "selectordinal" && kind !== "select") {
      throw this.#wrong(
        "what follows a value's name is plural, selectordinal or select; format numbers and dates before",
      );
    }
    const offset = kind === "select" ? 0 : Number(this.#match(/offset:\s*(\d+)\s*/y) ?? 0);
    return { kind, name, offset, options: this.#options(kind !== "select") };
  }

  #options(counting: boolean): ReadonlyMap<string, readonly Piece[]> {
    const options = new Map<string, readonly Piece[]>();
    while (this.#match(/(\})/y) === null) {
      const name = this.#match(counting ? /(=\d+|[a-z]+)\s*\{/y : /([^\s{}]+)\s*\{/y);
      if (name === null) throw this.#wrong("an option has a name and its text between braces");
      options.set(name, this.#pieces(counting, null));
      if (this.#match(/(\})\s*/y) === null) throw this.#wrong("a brace is not closed");
    }
    if (!options.has("other")) throw this.#wrong("there is no option 'other'");
    return options;
  }

  /** The first group of what stands here, passing it; null where it does not stand here. */
  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[1] ?? "";
  }

  #wrong(what: string): SyntaxError {
    return new SyntaxError(`${what}, at ${this.#at} in: ${this.#text}`);
  }
}

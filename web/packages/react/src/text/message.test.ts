import { IntlMessageFormat } from "intl-messageformat";
import { expect, test } from "vitest";
import { fill, type Piece, read } from "./message.ts";

const CATALOGS = import.meta.glob<Record<string, string>>("../../../../apps/console/messages/*.json", {
  import: "default",
  eager: true,
});
const MESSAGES = Object.values(CATALOGS).flatMap((catalog) => Object.values(catalog));
const OF_ICU = [
  "It's {name}'s",
  "Braces '{like these}' and '''quotes'''",
  "{n, plural, offset:1 =0 {nobody} =1 {{name}} one {{name} and # other} other {{name} and # others}}",
  "{n, plural, other {a hash '#', and #}}",
  "{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}} of {name}",
  "{name, select, Ada {she} other {they}} <b>asked <i>{n, plural, one {once} other {# times}}</i></b>",
  "1 < 2 and 3 > 2, <b></b># {  name  }",
  "{n, plural, one {{name, select, other {# in one}}} other {<b>#</b>}}",
];

/** The names of what a message wants: of its values, and of its tags. */
function namesOf(pieces: readonly Piece[]): { values: string[]; tags: string[] } {
  const found = { values: ["name"], tags: ["b"] };
  for (const piece of pieces) {
    if (typeof piece === "string") continue;
    (piece.kind === "tag" ? found.tags : found.values).push(piece.name);
    const inside =
      piece.kind === "tag" ? piece.pieces : piece.kind === "value" ? [] : [...piece.options.values()].flat();
    const deeper = namesOf(inside);
    found.values.push(...deeper.values);
    found.tags.push(...deeper.tags);
  }
  return found;
}

test.each([...OF_ICU, ...MESSAGES.filter((message) => /[{}<'#]/.test(message))])(
  "says what FormatJS says: %s",
  (message) => {
    const { values, tags } = namesOf(read(message));

    for (const locale of ["en", "de", "ar", "pl"]) {
      for (const value of [0, 1, 2, 3, 5, 21, 1234, 1.5, "Ada", "none"]) {
        const given = {
          ...Object.fromEntries(values.map((name) => [name, value])),
          ...Object.fromEntries(tags.map((name) => [name, (inside: unknown[]) => `[${name} ${inside.join("")}]`])),
        };
        const counts = message.includes(", plural") || message.includes(", selectordinal");
        // Both want numbers there; what they say to other things is nobody's concern.
        if (counts && typeof value === "string") continue;
        const theirs = new IntlMessageFormat(message, locale).format(given);

        expect(fill(read(message), given, locale).join("")).toBe(
          Array.isArray(theirs) ? theirs.join("") : String(theirs),
        );
      }
    }
  },
);

test.each([
  "{name",
  "name}",
  "{n, plural, one {#}}",
  "{n, plural, one # other {#}}",
  "<b>{name}",
  "{name}</b>",
  "{n, number}",
  "{at, date, short}",
  "{}",
])("is refused, with the place: %s", (message) => {
  expect(() => read(message)).toThrow(/, at \d+ in: /);
});

test("a value that was forgotten is an error, and one that is nothing is nothing", () => {
  expect(() => fill(read("Ask {name}"), {}, "en")).toThrow("a value for name");
  expect(fill(read("Ask {name}."), { name: null }, "en")).toEqual(["Ask ."]);
});

test("an element stays what it is between texts", () => {
  const who = { element: true };

  expect(fill(read("Ask {who}, {name}"), { who, name: "Ada" }, "en")).toEqual(["Ask ", who, ", Ada"]);
});

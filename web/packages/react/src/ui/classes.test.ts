import { twMerge } from "tailwind-merge";
import { expect, test } from "vitest";
import { propertyOf } from "./class-properties.ts";
import { cn } from "./classes.ts";

const SOURCES = import.meta.glob<string>(
  ["../../../../packages/react/src/**/*.tsx", "../../../../apps/console/src/**/*.tsx", "!**/*.test.tsx"],
  { query: "?raw", import: "default", eager: true },
);
// tailwind-merge takes our own shadow for a color and does not know our animations; `filter` is a word here.
const OTHERWISE = /^(?:shadow-float|animate-|filter$)/;

/** Every class of the sources without its modifiers; of those that differ in a number only, one. */
function classes(): string[] {
  const found = new Map<string, string>();
  for (const source of Object.values(SOURCES)) {
    for (const [, text = ""] of source.matchAll(/["`]([^"`\n]+)["`]/g)) {
      const words = text.split(/\s+/).filter((word) => /^[-a-z0-9:[\]().%/_,&>*=!]+$/.test(word));
      for (const word of words.map(plain)) found.set(word.replace(/(?<=[-[])\d+(?:\.\d+)?(?=\W|$)/g, "1"), word);
    }
  }
  return [...found.values()].filter((one) => /[a-z]/.test(one) && !OTHERWISE.test(one));
}

function plain(word: string): string {
  const start = word.replace(/\[[^\]]*\]|\([^)]*\)/g, (part) => "_".repeat(part.length)).lastIndexOf(":") + 1;
  return word.slice(start);
}

test("of two classes the same ones stay as tailwind-merge keeps, for the classes in the sources", () => {
  const all = classes();
  // One for each property, and each with itself: whatever sets a property meets all of them.
  const ones = new Map(all.map((one) => [propertyOf(one) ?? "", one]));
  const pairs = all.flatMap((one) => [
    [one, one],
    ...[...ones.values()].flatMap((other) => [
      [one, other],
      [other, one],
    ]),
  ]);

  const different = pairs.map((pair) => pair.join(" ")).filter((list) => cn(list) !== twMerge(list));

  expect(ones.size).toBeGreaterThan(80);
  expect(different, "class-properties.ts has to learn of these").toEqual([]);
}, 60_000);

test("a class holds against those with other modifiers", () => {
  expect(cn("h-9 sm:h-10 hover:bg-sunken", "h-11 bg-ink")).toBe("sm:h-10 hover:bg-sunken h-11 bg-ink");
  expect(cn("sm:h-9", "sm:h-10")).toBe("sm:h-10");
  expect(cn("[&_svg]:size-4", "[&_svg]:size-5")).toBe("[&_svg]:size-5");
});

test("an important class is overridden by an important one only", () => {
  expect(cn("pt-0!", "pt-4")).toBe("pt-0! pt-4");
  expect(cn("pt-0!", "pt-4!")).toBe("pt-4!");
});

test("what is not a class of ours stays", () => {
  expect(cn("aika-prose", false, undefined, "aika-prose tabular")).toBe("aika-prose aika-prose tabular");
});

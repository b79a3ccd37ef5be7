import { type ClassValue, clsx } from "clsx";
import { NARROWER, propertyOf } from "./class-properties.ts";

const merged = new Map<string, string>();

/** Join class names; of two that set the same property the later one wins. */
export function cn(...classes: ClassValue[]): string {
  return lastWins(clsx(classes));
}

/** Leave out of a class list what later classes of it override, under the same modifiers. */
export function lastWins(list: string): string {
  const known = merged.get(list);
  if (known !== undefined) return known;
  const found = withoutOverridden(list.trim().split(/\s+/)).join(" ");
  merged.set(list, found);
  return found;
}

function withoutOverridden(classes: readonly string[]): string[] {
  const overridden = new Set<string>();
  const kept = classes.toReversed().filter((one) => {
    const { condition, name } = taken(one);
    const property = propertyOf(name);
    if (property === undefined) return true;
    if (overridden.has(condition + property)) return false;
    for (const also of [property, ...(NARROWER[property] ?? [])]) overridden.add(condition + also);
    return true;
  });
  return kept.reverse();
}

/** A class apart from what it holds under (`sm:hover:`), and from the mark of the important ones. */
function taken(one: string): { condition: string; name: string } {
  let depth = 0;
  let start = 0;
  for (let at = 0; at < one.length; at++) {
    const letter = one[at];
    if (letter === "[" || letter === "(") depth++;
    else if (letter === "]" || letter === ")") depth--;
    else if (letter === ":" && depth === 0) start = at + 1;
  }
  const important = one.endsWith("!");
  return {
    condition: `${one.slice(0, start)}${important ? "!" : ""}`,
    name: important ? one.slice(start, -1) : one.slice(start),
  };
}

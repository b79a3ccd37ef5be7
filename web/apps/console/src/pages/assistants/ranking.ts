/** The ranking rules of an assistant that a form can show: one source, kind or status higher or lower, and newer before older. */

import type { JsonValue } from "@aika/client";
import { mappingOf, textOf, wordsOf } from "./words.ts";

export const FIELDS = ["sources", "kinds", "status"] as const;
export type RankedField = (typeof FIELDS)[number];

/** How much higher or lower the form offers. */
export const FACTORS = [2, 1.5, 0.5, 0.2] as const;

export interface SimpleRule {
  readonly field: RankedField;
  readonly word: string;
  readonly factor: number;
}

type Rules = readonly JsonValue[];

export function rulesOf(value: JsonValue | undefined): Rules {
  return Array.isArray(value) ? value : [];
}

/** What a rule says, where the form can say it; null for any other rule. */
export function simpleRule(rule: JsonValue): SimpleRule | null {
  const { name: _, applies_to, factor, ...more } = mappingOf(rule);
  const entries = Object.entries(mappingOf(applies_to));
  const [field, words] = entries[0] ?? ["", null];
  const [word, ...others] = wordsOf(words) ?? [];
  if (Object.keys(more).length > 0 || entries.length !== 1 || typeof factor !== "number") return null;
  if (!isField(field) || word === undefined || others.length > 0) return null;
  return { field, word, factor };
}

/** After how long a document counts half, where a rule says nothing else; null for any other rule. */
export function halfLife(rule: JsonValue): string | null {
  const { name: _, decay, ...more } = mappingOf(rule);
  const { half_life, ...rest } = mappingOf(decay);
  return Object.keys(more).length === 0 && Object.keys(rest).length === 0 ? textOf(half_life) || null : null;
}

/** The rules with one of them said anew, under the name that it has where somebody gave it one. */
export function withRule(rules: Rules, at: number, simple: SimpleRule): JsonValue {
  const before = rules[at];
  const old = before === undefined ? null : simpleRule(before);
  const name = before === undefined ? "" : textOf(mappingOf(before).name);
  const given = old !== null && name !== "" && name !== ownName(old) ? name : ownName(simple);
  const rule = { name: given, applies_to: { [simple.field]: [simple.word] }, factor: simple.factor };
  return before === undefined ? [...rules, rule] : rules.map((one, place) => (place === at ? rule : one));
}

export function withoutRule(rules: Rules, at: number): JsonValue {
  const left = rules.filter((_, place) => place !== at);
  return left.length === 0 ? null : left;
}

/** The rules with newer documents before older ones, or without that. */
export function withHalfLife(rules: Rules, value: string): JsonValue {
  const left = rules.filter((rule) => halfLife(rule) === null);
  const next = value === "" ? left : [...left, { name: "newer first", decay: { half_life: value } }];
  return next.length === 0 ? null : next;
}

/** A name that a rule gives itself: it is shown where the rule changed a ranking. */
function ownName({ word, factor }: SimpleRule): string {
  return `${word} ${factor > 1 ? "higher" : "lower"}`;
}

function isField(field: string): field is RankedField {
  return (FIELDS as readonly string[]).includes(field);
}

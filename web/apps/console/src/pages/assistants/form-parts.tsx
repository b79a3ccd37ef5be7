import type { AssistantFormView, DraftProblemView, JsonValue } from "@aika/client";
import { t } from "@aika/react/text";
import type { ReactNode } from "react";
import type { Values } from "./draft-store.ts";

/** What every part of the form is given. */
export interface FormProps {
  readonly values: Values;
  readonly unreadable: readonly string[];
  readonly problems: readonly DraftProblemView[];
  readonly choices: AssistantFormView;
  readonly onChange: (key: string, value: JsonValue) => void;
}

/** Return what is wrong with a value, in words, where something is. */
export function problemOf(props: FormProps, ...place: string[]): string | undefined {
  const found = props.problems.find((problem) => place.every((step, at) => problem.place[at] === step));
  return found === undefined || found.doubt ? undefined : found.message;
}

/** A part of the form under its own heading. */
export function FormPart({ title, lead, children }: { title: string; lead?: string; children: ReactNode }): ReactNode {
  return (
    <section className="border-b border-line py-7 first:pt-0 last:border-0">
      <h2 className="text-base font-semibold">{title}</h2>
      {lead !== undefined && <p className="mt-1 mb-4 max-w-xl text-sm text-muted">{lead}</p>}
      <div className={lead === undefined ? "mt-4 flex flex-col gap-5" : "flex flex-col gap-5"}>{children}</div>
    </section>
  );
}

/** Says that a value is wrong in the YAML, in the place of what would change it. */
export function OnlyInYaml(): ReactNode {
  return (
    <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm">
      {t("What the YAML says here cannot be shown as a form. Mend it there first.")}
    </p>
  );
}

/** A list of words as JSON, `null` where it is left open. */
export function listValue(words: readonly string[] | null): JsonValue {
  return words === null ? null : [...words];
}

/** A mapping without what is left open; `null` where nothing is left. */
export function pruned(values: Readonly<Record<string, JsonValue>>): JsonValue {
  const kept = Object.entries(values).filter(
    ([, value]) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0),
  );
  return kept.length === 0 ? null : Object.fromEntries(kept);
}

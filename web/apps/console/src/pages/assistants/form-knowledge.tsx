import type { CountedView, JsonValue } from "@aika/client";
import { t } from "@aika/react/text";
import { Field } from "@aika/react/ui";
import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { FormPart, type FormProps, listValue, OnlyInYaml, problemOf, pruned } from "./form-parts.tsx";
import { Chips, Lines, Tokens } from "./tokens.tsx";
import { mappingOf, wordsOf } from "./words.ts";

const MORE = ["paths", "tags", "owners", "status", "audience"] as const;

/** What an assistant may know, of what the asker may read. */
export function FormKnowledge({ children, ...props }: FormProps & { children?: ReactNode }): ReactNode {
  const { values, choices, onChange } = props;
  const knowledge = mappingOf(values.knowledge);
  const change = (key: string, value: JsonValue) => onChange("knowledge", pruned({ ...knowledge, [key]: value }));
  return (
    <FormPart
      title={t("What it may know")}
      lead={t(
        "Of what the asker may read. It never shows anybody more than that. Choose nothing to leave a thing open.",
      )}
    >
      {props.unreadable.includes("knowledge") ? (
        <OnlyInYaml />
      ) : (
        <>
          <Part label={t("Sources")} problem={problemOf(props, "knowledge", "sources")}>
            <Chips
              label={t("Sources")}
              choices={choices.sources.map(({ id, purpose, documents }) => ({
                value: id,
                count: documents,
                help: purpose,
              }))}
              chosen={wordsOf(knowledge.sources)}
              onChange={(chosen) => change("sources", listValue(chosen))}
            />
          </Part>
          <Part label={t("Kinds of documents")} problem={problemOf(props, "knowledge", "kinds")}>
            <Chips
              label={t("Kinds of documents")}
              choices={choices.kinds.map(({ value, documents }) => ({ value, count: documents }))}
              chosen={wordsOf(knowledge.kinds)}
              onChange={(chosen) => change("kinds", listValue(chosen))}
            />
          </Part>
          <MoreFilters {...props} knowledge={knowledge} onFilter={change} />
        </>
      )}
      <Topic {...props} />
      {children}
    </FormPart>
  );
}

function MoreFilters({
  choices,
  knowledge,
  onFilter,
}: FormProps & {
  knowledge: Readonly<Record<string, JsonValue>>;
  onFilter: (key: string, value: JsonValue) => void;
}): ReactNode {
  const words = {
    paths: [t("Paths"), t("Patterns over a document’s path in its source, such as **/runbooks/*.md"), []],
    tags: [t("Tags"), t("Tags or labels that documents have."), choices.tags],
    owners: [t("Owners"), t("Names or contacts of owners."), choices.owners],
    status: [t("Status"), t("What documents say of their standing, such as accepted."), choices.status],
    audience: [t("Audience"), t("For whom documents say they are written."), choices.audience],
  } as const;
  // As it was at first: what one opened stays open while one takes the last word out of it.
  const [inUse] = useState(() => MORE.some((key) => knowledge[key] !== undefined) || knowledge.excluding !== undefined);
  return (
    <details open={inUse} className="group">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1.5 rounded-md text-sm font-medium text-muted hover:text-ink">
        <ChevronRight aria-hidden="true" className="size-4 transition-transform group-open:rotate-90" />
        {t("More filters")}
      </summary>
      <div className="mt-4 grid gap-5 sm:grid-cols-2">
        {MORE.map((key) => (
          <Field key={key} label={words[key][0]} help={words[key][1]}>
            <Tokens
              words={wordsOf(knowledge[key]) ?? []}
              suggestions={words[key][2].map((counted: CountedView) => counted.value)}
              onChange={(chosen) => onFilter(key, listValue(chosen.length === 0 ? null : chosen))}
            />
          </Field>
        ))}
        <Excluded knowledge={knowledge} onFilter={onFilter} />
      </div>
    </details>
  );
}

/** Paths that are left out. Exceptions of other kinds are written in the YAML, and stay as they are. */
function Excluded({
  knowledge,
  onFilter,
}: {
  knowledge: Readonly<Record<string, JsonValue>>;
  onFilter: (key: string, value: JsonValue) => void;
}): ReactNode {
  const given = knowledge.excluding;
  const exceptions = Array.isArray(given) ? given : [];
  const isPaths = (one: JsonValue) => Object.keys(mappingOf(one)).join() === "paths";
  const paths = exceptions.filter(isPaths).flatMap((one) => [...(wordsOf(mappingOf(one).paths) ?? [])]);
  const others = exceptions.filter((one) => !isPaths(one));
  return (
    <Field
      label={t("Leave out")}
      help={
        others.length === 0
          ? t("Patterns over paths that it shall not know.")
          : t(
              "Patterns over paths. {n, plural, one {One more exception is} other {# more exceptions are}} in the YAML.",
              {
                n: others.length,
              },
            )
      }
    >
      <Tokens
        words={paths}
        onChange={(chosen) => onFilter("excluding", chosen.length === 0 ? others : [{ paths: [...chosen] }, ...others])}
      />
    </Field>
  );
}

/** Examples of what belongs to the assistant: it then knows what is near to them. */
function Topic(props: FormProps): ReactNode {
  const { values, onChange, unreadable } = props;
  const topic = mappingOf(values.topic);
  const [inUse] = useState(() => values.topic !== undefined);
  const change = (key: string, words: readonly string[]) =>
    onChange("topic", pruned({ ...topic, [key]: listValue(words) }));
  return (
    <details open={inUse} className="group">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1.5 rounded-md text-sm font-medium text-muted hover:text-ink">
        <ChevronRight aria-hidden="true" className="size-4 transition-transform group-open:rotate-90" />
        {t("Narrow it to a topic by examples")}
      </summary>
      <div className="mt-4 flex flex-col gap-5">
        {unreadable.includes("topic") && <OnlyInYaml />}
        <Part
          label={t("Questions of the topic")}
          help={t("It then knows the documents that are near to these in meaning.")}
          problem={problemOf(props, "topic")}
        >
          <Lines
            lines={wordsOf(topic.questions) ?? []}
            label={t("Question of the topic")}
            placeholder={t("Add a question")}
            most={50}
            onChange={(lines) => change("questions", lines)}
          />
        </Part>
        <Part label={t("Documents of the topic")} help={t("Each as SOURCE/KEY, such as handbook/refunds.md.")}>
          <Lines
            lines={wordsOf(topic.documents) ?? []}
            label={t("Document of the topic")}
            placeholder={t("Add a document")}
            most={50}
            onChange={(lines) => change("documents", lines)}
          />
        </Part>
      </div>
    </details>
  );
}

function Part({
  label,
  help,
  problem,
  children,
}: {
  label: string;
  help?: string;
  problem?: string | undefined;
  children: ReactNode;
}): ReactNode {
  return (
    <div>
      <h3 className="mb-2 text-sm font-medium">{label}</h3>
      {children}
      {help !== undefined && <p className="mt-1.5 text-[0.8125rem] text-muted">{help}</p>}
      {problem !== undefined && <p className="mt-1.5 text-[0.8125rem] font-medium text-bad">{problem}</p>}
    </div>
  );
}

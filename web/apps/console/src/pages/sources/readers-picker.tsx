import { t } from "@aika/react/text";
import { Field } from "@aika/react/ui";
import { type ReactNode, useId } from "react";
import { PrincipalsInput } from "./principals-input.tsx";

type Choice = "everyone" | "some" | "source";

/** Who may read documents whose readers the connector cannot tell. */
export function ReadersPicker({
  readers,
  onChange,
  knowsReaders,
  problem,
  disabled = false,
}: {
  readers: readonly string[] | null;
  onChange: (readers: readonly string[] | null) => void;
  knowsReaders: boolean;
  problem?: string | undefined;
  disabled?: boolean;
}): ReactNode {
  const name = useId();
  const choice = choiceOf(readers);
  const choices: { value: Choice; label: string; help: string; readers: readonly string[] | null }[] = [
    {
      value: "source",
      label: knowsReaders ? t("Whoever may read it there") : t("Nobody, unless a document says who"),
      help: knowsReaders
        ? t("The source tells who may read each document. What it does not tell of, nobody may.")
        : t("This kind of source does not tell who may read. Nothing can be found until you say it."),
      readers: null,
    },
    {
      value: "everyone",
      label: t("Everyone in the company"),
      help: knowsReaders
        ? t("Only for documents of which the source does not tell who may read them.")
        : t("Whoever may use aika finds these documents."),
      readers: ["everyone"],
    },
    {
      value: "some",
      label: t("Certain people and groups"),
      help: t("Nobody else finds these documents, or learns that they exist."),
      readers: choice === "some" ? readers : [""],
    },
  ];
  return (
    <fieldset disabled={disabled} className="flex flex-col gap-2.5">
      <legend className="mb-1.5 text-sm font-medium">{t("Who may read it")}</legend>
      {choices.map((one) => (
        <label
          key={one.value}
          className="flex cursor-pointer items-start gap-3 rounded-xl border px-4 py-3 has-checked:border-accent has-checked:bg-accent-soft/40"
        >
          <input
            type="radio"
            name={name}
            className="mt-1 size-4 shrink-0 accent-(--accent)"
            checked={choice === one.value}
            onChange={() => onChange(one.readers)}
          />
          <span className="text-sm">
            <span className="font-medium">{one.label}</span>
            <span className="block text-[0.8125rem] text-muted">{one.help}</span>
          </span>
        </label>
      ))}
      {choice === "some" && (
        <Field label={t("People and groups")} help={t("A person by e-mail address, a group by its name.")}>
          <PrincipalsInput value={readers ?? []} onChange={onChange} disabled={disabled} />
        </Field>
      )}
      {problem !== undefined && <p className="text-[0.8125rem] font-medium text-bad">{problem}</p>}
    </fieldset>
  );
}

function choiceOf(readers: readonly string[] | null): Choice {
  if (readers === null) return "source";
  return readers.length === 1 && readers[0] === "everyone" ? "everyone" : "some";
}

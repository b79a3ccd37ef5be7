import { t } from "@aika/react/text";
import { cn, Field, Select } from "@aika/react/ui";
import { Globe, Lock, UsersRound } from "lucide-react";
import { type ReactNode, useId } from "react";
import { FormPart, type FormProps, listValue, problemOf } from "./form-parts.tsx";
import { Tokens } from "./tokens.tsx";
import { nameOf, textOf, wordsOf } from "./words.ts";

const PICTURES = { private: Lock, group: UsersRound, public: Globe } as const;
type Visibility = keyof typeof PICTURES;

/** Who may use an assistant, and who may change it. */
export function FormSharing(props: FormProps): ReactNode {
  const { values, choices, onChange } = props;
  const groups = wordsOf(values.groups) ?? [];
  const given = textOf(values.visibility);
  const chosen: Visibility = isVisibility(given) ? given : groups.length > 0 ? "group" : "private";
  const choose = (visibility: Visibility) => {
    onChange("visibility", visibility);
    if (visibility !== "group") onChange("groups", null);
  };
  const words: Readonly<Record<Visibility, readonly [string, string]>> = {
    private: [t("Only me"), t("Nobody else finds it, and its link opens for nobody.")],
    group: [t("Some groups"), t("Everyone in them finds it, asks it, and sees what it may know.")],
    public: [t("Everyone"), t("Whoever asks still reads only what they may read.")],
  };
  const name = useId();
  return (
    <FormPart title={t("Who may use it")}>
      <fieldset>
        <legend className="sr-only">{t("Who may use it")}</legend>
        <div className="grid gap-2 sm:grid-cols-3">
          {(Object.keys(words) as Visibility[]).map((visibility) => {
            const Picture = PICTURES[visibility];
            return (
              <label
                key={visibility}
                className={cn(
                  "flex cursor-pointer flex-col gap-1 rounded-xl border p-3.5 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent",
                  chosen === visibility ? "border-accent bg-accent-soft" : "border-line hover:border-line-strong",
                )}
              >
                <input
                  type="radio"
                  name={name}
                  className="sr-only"
                  checked={chosen === visibility}
                  onChange={() => choose(visibility)}
                />
                <span className="flex items-center gap-2 text-sm font-medium">
                  <Picture aria-hidden="true" className="size-4" />
                  {words[visibility][0]}
                </span>
                <span className="text-[0.8125rem] text-muted">{words[visibility][1]}</span>
              </label>
            );
          })}
        </div>
      </fieldset>
      {chosen === "group" && (
        <Field
          label={t("Groups")}
          help={
            choices.anyone
              ? t("Groups such as group:payments, or people by their e-mail address.")
              : t("Groups that you are in. Administrators can name others, and people.")
          }
          problem={problemOf(props, "groups") ?? problemOf(props, "visibility")}
        >
          <Tokens
            words={groups}
            suggestions={choices.groups}
            placeholder={choices.groups[0] ?? "group:payments"}
            onChange={(chosen) => onChange("groups", listValue(chosen))}
          />
        </Field>
      )}
      <Owner {...props} />
    </FormPart>
  );
}

function Owner(props: FormProps): ReactNode {
  const { values, choices, onChange } = props;
  const owner = textOf(values.owner);
  if (choices.groups.length === 0 && owner === "") return null;
  const known = owner === "" || choices.groups.includes(owner);
  return (
    <Field
      label={t("Who may change it")}
      help={t("Its owner, everyone in the group that owns it, and administrators.")}
      problem={problemOf(props, "owner")}
    >
      <Select value={owner} onChange={(event) => onChange("owner", event.target.value)}>
        <option value="">{t("Only me")}</option>
        {choices.groups.map((group) => (
          <option key={group} value={group}>
            {t("Everyone in {group}", { group: nameOf(group) })}
          </option>
        ))}
        {!known && <option value={owner}>{nameOf(owner)}</option>}
      </Select>
    </Field>
  );
}

function isVisibility(text: string): text is Visibility {
  return text in PICTURES;
}

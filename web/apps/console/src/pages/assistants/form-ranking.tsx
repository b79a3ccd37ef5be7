import type { AssistantFormView, JsonValue } from "@aika/client";
import { formatNumber, t } from "@aika/react/text";
import { Button, Field, IconButton, Select } from "@aika/react/ui";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { FormPart, type FormProps, OnlyInYaml, problemOf } from "./form-parts.tsx";
import {
  FACTORS,
  FIELDS,
  halfLife,
  type RankedField,
  rulesOf,
  type SimpleRule,
  simpleRule,
  withHalfLife,
  withoutRule,
  withRule,
} from "./ranking.ts";
import { mappingOf, textOf } from "./words.ts";

const HALF_LIVES = ["90d", "180d", "365d"] as const;

/** What comes first among what an assistant finds. Rules that say more are kept, and are written in the YAML. */
export function FormRanking(props: FormProps): ReactNode {
  const { values, choices, onChange } = props;
  const rules = rulesOf(values.rules);
  const change = (next: JsonValue) => onChange("rules", next);
  const next = nextRule(choices, rules);
  return (
    <FormPart title={t("What comes first")} lead={t("Of what it finds. It changes the order, and hides nothing.")}>
      {props.unreadable.includes("rules") ? (
        <OnlyInYaml />
      ) : (
        <>
          <Newer rules={rules} onChange={change} />
          {rules.length > 0 && (
            <ul className="flex flex-col gap-2" aria-label={t("Ranking rules")}>
              {rules.map((rule, at) => {
                const simple = simpleRule(rule);
                if (simple === null) return halfLife(rule) === null ? <Other key={at} rule={rule} /> : null;
                return (
                  <Rule
                    key={at}
                    rule={simple}
                    choices={choices}
                    onChange={(changed) => change(withRule(rules, at, changed))}
                    onRemove={() => change(withoutRule(rules, at))}
                  />
                );
              })}
            </ul>
          )}
          {problemOf(props, "rules") !== undefined && (
            <p className="text-[0.8125rem] font-medium text-bad">{problemOf(props, "rules")}</p>
          )}
          {next !== null && (
            <Button size="small" className="w-fit" onClick={() => change(withRule(rules, rules.length, next))}>
              <Plus aria-hidden="true" />
              {t("Rank something higher or lower")}
            </Button>
          )}
        </>
      )}
    </FormPart>
  );
}

function Newer({ rules, onChange }: { rules: readonly JsonValue[]; onChange: (next: JsonValue) => void }): ReactNode {
  const now = rules.map(halfLife).find((value) => value !== null) ?? "";
  const words = new Map<string, string>([
    ["", t("Age does not matter")],
    ["90d", t("Newer first: half after three months")],
    ["180d", t("Newer first: half after six months")],
    ["365d", t("Newer first: half after a year")],
  ]);
  const known = ["", ...HALF_LIVES].includes(now);
  return (
    <Field label={t("Age of documents")} help={t("How soon an older document loses weight against a newer one.")}>
      <Select value={now} onChange={(event) => onChange(withHalfLife(rules, event.target.value))}>
        {[...words].map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
        {!known && <option value={now}>{t("Newer first: half after {time}", { time: now })}</option>}
      </Select>
    </Field>
  );
}

function Rule({
  rule,
  choices,
  onChange,
  onRemove,
}: {
  rule: SimpleRule;
  choices: AssistantFormView;
  onChange: (rule: SimpleRule) => void;
  onRemove: () => void;
}): ReactNode {
  const known = FACTORS.some((factor) => factor === rule.factor);
  const chosen = `${rule.field}:${rule.word}`;
  const groups = FIELDS.map((field) => ({ field, words: wordsFor(choices, field) }));
  const listed = groups.some(({ field, words }) => field === rule.field && words.includes(rule.word));
  return (
    <li className="flex items-center gap-2">
      <Select
        aria-label={t("Documents of the rule")}
        className="min-w-0 flex-1"
        value={chosen}
        onChange={(event) => {
          const [field, ...word] = event.target.value.split(":");
          onChange({ ...rule, field: field as RankedField, word: word.join(":") });
        }}
      >
        {!listed && <option value={chosen}>{rule.word}</option>}
        {groups.map(({ field, words }) => (
          <optgroup key={field} label={fieldWords(field)}>
            {words.map((word) => (
              <option key={word} value={`${field}:${word}`}>
                {word}
              </option>
            ))}
          </optgroup>
        ))}
      </Select>
      <Select
        aria-label={t("How much higher or lower")}
        className="w-36 shrink-0"
        value={rule.factor}
        onChange={(event) => onChange({ ...rule, factor: Number(event.target.value) })}
      >
        {FACTORS.map((factor) => (
          <option key={factor} value={factor}>
            {factorWords(factor)}
          </option>
        ))}
        {!known && <option value={rule.factor}>{t("Times {factor}", { factor: formatNumber(rule.factor) })}</option>}
      </Select>
      <IconButton label={t("Remove the rule for {word}", { word: rule.word })} size="small" onClick={onRemove}>
        <X aria-hidden="true" />
      </IconButton>
    </li>
  );
}

/** A rule that says more than the form can. */
function Other({ rule }: { rule: JsonValue }): ReactNode {
  return (
    <li className="flex items-center justify-between gap-3 rounded-lg bg-sunken px-3 py-2 text-sm">
      <span className="truncate">{textOf(mappingOf(rule).name) || t("A rule without a name")}</span>
      <span className="shrink-0 text-xs text-muted">{t("in the YAML")}</span>
    </li>
  );
}

/** The next source that has no rule yet, or else a kind of document. */
function nextRule(choices: AssistantFormView, rules: readonly JsonValue[]): SimpleRule | null {
  const ruled = new Set(rules.map(simpleRule).map((rule) => (rule === null ? "" : `${rule.field}:${rule.word}`)));
  for (const field of FIELDS) {
    const word = wordsFor(choices, field).find((one) => !ruled.has(`${field}:${one}`));
    if (word !== undefined) return { field, word, factor: 1.5 };
  }
  return null;
}

function wordsFor(choices: AssistantFormView, field: RankedField): readonly string[] {
  if (field === "sources") return choices.sources.map((source) => source.id);
  return choices[field].map((counted) => counted.value);
}

function fieldWords(field: RankedField): string {
  if (field === "sources") return t("Sources");
  return field === "kinds" ? t("Kinds of documents") : t("Status");
}

function factorWords(factor: (typeof FACTORS)[number]): string {
  switch (factor) {
    case 2:
      return t("Much higher");
    case 1.5:
      return t("Higher");
    case 0.5:
      return t("Lower");
    case 0.2:
      return t("Much lower");
  }
}

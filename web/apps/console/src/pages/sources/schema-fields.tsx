import { t } from "@aika/react/text";
import { Checkbox, Field, Input, Select, Textarea } from "@aika/react/ui";
import { type ReactNode, useState } from "react";
import { isRecord, type Json, type OptionField, type Values } from "./schema.ts";
import { SecretInput } from "./secret-input.tsx";

interface FieldsProps {
  readonly fields: readonly OptionField[];
  readonly values: Values;
  readonly onChange: (values: Values) => void;
  /** By the field's path: `options.url`. */
  readonly problems: ReadonlyMap<string, string>;
  readonly path: string;
  readonly disabled?: boolean;
}

/** The controls of a schema's fields. */
export function SchemaFields({ fields, values, onChange, problems, path, disabled = false }: FieldsProps): ReactNode {
  return fields.map((field) => (
    <OptionControl
      key={field.name}
      field={field}
      value={values[field.name]}
      onChange={(value) => onChange({ ...values, [field.name]: value })}
      problems={problems}
      path={`${path}.${field.name}`}
      disabled={disabled}
    />
  ));
}

interface ControlProps {
  readonly field: OptionField;
  readonly value: Json | undefined;
  readonly onChange: (value: Json) => void;
  readonly problems: ReadonlyMap<string, string>;
  readonly path: string;
  readonly disabled: boolean;
}

function OptionControl(props: ControlProps): ReactNode {
  const { field, path, problems } = props;
  if (field.shape.kind === "switch") return <OptionSwitch {...props} />;
  if (field.shape.kind === "group") return <OptionGroup {...props} fields={field.shape.fields} />;
  if (field.shape.kind === "list" && field.shape.choices !== null) {
    return <OptionChoices {...props} choices={field.shape.choices} />;
  }
  return (
    <Field label={field.label} help={field.help} problem={problemAt(problems, path)}>
      <OptionInput {...props} />
    </Field>
  );
}

function OptionInput({ field, value, onChange, disabled }: ControlProps): ReactNode {
  const { shape, initial } = field;
  const text = typeof value === "string" || typeof value === "number" ? String(value) : "";
  const standard = typeof initial === "string" || typeof initial === "number" ? String(initial) : undefined;
  switch (shape.kind) {
    case "secret":
      return <SecretInput value={text} onChange={onChange} disabled={disabled} />;
    case "number":
      return (
        <Input
          type="number"
          inputMode={shape.whole ? "numeric" : "decimal"}
          step={shape.whole ? 1 : "any"}
          {...(shape.least === null ? {} : { min: shape.least })}
          value={text}
          placeholder={standard}
          disabled={disabled}
          onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}
        />
      );
    case "choice":
      return (
        <Select value={text || (standard ?? "")} disabled={disabled} onChange={(event) => onChange(event.target.value)}>
          {standard === undefined && <option value="">{t("By itself")}</option>}
          {shape.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </Select>
      );
    case "list":
      return <Lines value={value} onChange={onChange} disabled={disabled} />;
    case "pairs":
      return <Pairs value={value} onChange={onChange} disabled={disabled} />;
    default:
      return (
        <Input
          value={text}
          placeholder={standard ?? (shape.kind === "text" ? shape.placeholder : undefined)}
          disabled={disabled}
          spellCheck={false}
          autoComplete="off"
          className={shape.kind === "path" ? "font-mono text-[0.8125rem]" : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}

function OptionSwitch({ field, value, onChange, disabled }: ControlProps): ReactNode {
  const on = typeof value === "boolean" ? value : field.initial === true;
  return (
    <Checkbox
      label={<span className="font-medium">{field.label}</span>}
      help={field.help}
      checked={on}
      disabled={disabled}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}

function OptionChoices({
  field,
  value,
  onChange,
  disabled,
  choices,
}: ControlProps & { choices: readonly string[] }): ReactNode {
  const given = value ?? field.initial;
  const chosen = Array.isArray(given) ? given : [];
  const toggle = (choice: string, on: boolean) =>
    onChange(choices.filter((one) => (one === choice ? on : chosen.includes(one))));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="text-sm font-medium">{field.label}</legend>
      <p className="text-[0.8125rem] text-muted">{field.help}</p>
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        {choices.map((choice) => (
          <Checkbox
            key={choice}
            label={choice.replaceAll("_", " ")}
            checked={chosen.includes(choice)}
            disabled={disabled}
            onChange={(event) => toggle(choice, event.target.checked)}
          />
        ))}
      </div>
    </fieldset>
  );
}

function OptionGroup({
  field,
  fields,
  value,
  onChange,
  problems,
  path,
  disabled,
}: ControlProps & { fields: readonly OptionField[] }): ReactNode {
  return (
    <details className="rounded-xl border px-4 py-3" open={isRecord(value) && Object.keys(value).length > 0}>
      <summary className="cursor-pointer text-sm font-medium">{field.label}</summary>
      <p className="mt-1 mb-4 text-[0.8125rem] text-muted">{field.help}</p>
      <div className="flex flex-col gap-5">
        <SchemaFields
          fields={fields}
          values={isRecord(value) ? value : {}}
          onChange={onChange}
          problems={problems}
          path={path}
          disabled={disabled}
        />
      </div>
    </details>
  );
}

/** One entry a line. */
function Lines({
  value,
  onChange,
  disabled,
}: {
  value: Json | undefined;
  onChange: (value: Json) => void;
  disabled: boolean;
}) {
  const lines = Array.isArray(value) ? value.map(String) : [];
  return (
    <Textarea
      value={lines.join("\n")}
      rows={Math.min(8, Math.max(2, lines.length + 1))}
      placeholder={t("One a line")}
      disabled={disabled}
      spellCheck={false}
      className="min-h-14 font-mono text-[0.8125rem]"
      onChange={(event) => onChange(event.target.value === "" ? [] : event.target.value.split("\n"))}
    />
  );
}

/** One `name: value` a line. What is typed stays as it is until it makes pairs. */
function Pairs({
  value,
  onChange,
  disabled,
}: {
  value: Json | undefined;
  onChange: (value: Json) => void;
  disabled: boolean;
}) {
  const [text, setText] = useState(() =>
    Object.entries(isRecord(value) ? value : {})
      .map(([name, one]) => `${name}: ${String(one)}`)
      .join("\n"),
  );
  const read = (typed: string) => {
    setText(typed);
    const lines = typed.split("\n").map((line) => line.split(/:\s*(.*)/, 2));
    onChange(
      Object.fromEntries(lines.filter(([name]) => name?.trim()).map(([name, one]) => [name?.trim() ?? "", one ?? ""])),
    );
  };
  return (
    <Textarea
      value={text}
      rows={3}
      placeholder={t("name: value, one a line")}
      disabled={disabled}
      spellCheck={false}
      className="min-h-14 font-mono text-[0.8125rem]"
      onChange={(event) => read(event.target.value)}
    />
  );
}

/** The problem of a field, or of something inside it: one of a list's entries. */
function problemAt(problems: ReadonlyMap<string, string>, path: string): string | undefined {
  for (const [place, message] of problems) {
    if (place === path || place.startsWith(`${path}.`)) return message;
  }
  return undefined;
}

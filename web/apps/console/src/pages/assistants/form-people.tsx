import { t } from "@aika/react/text";
import { Field, Input, Textarea } from "@aika/react/ui";
import type { ReactNode } from "react";
import { FormPart, type FormProps, listValue, problemOf } from "./form-parts.tsx";
import { Lines } from "./tokens.tsx";
import { textOf, wordsOf } from "./words.ts";

/** What people see of an assistant before they ask it. */
export function FormPeople(props: FormProps): ReactNode {
  const { values, onChange } = props;
  const text = (key: string) => ({
    value: textOf(values[key]),
    onChange: (event: { target: { value: string } }) => onChange(key, event.target.value),
  });
  return (
    <FormPart title={t("What people see")}>
      <Field label={t("Name")} help={t("What people call it, in any case.")} problem={problemOf(props, "name")}>
        <Input {...text("name")} placeholder={t("Payments")} maxLength={80} autoComplete="off" />
      </Field>
      <Field
        label={t("Purpose")}
        optional
        help={t("One sentence that helps people choose it.")}
        problem={problemOf(props, "purpose")}
      >
        <Input
          {...text("purpose")}
          placeholder={t("For everyone who takes payments or pays out.")}
          maxLength={1000}
          autoComplete="off"
        />
      </Field>
      <Field
        label={t("Greeting")}
        optional
        help={t("What it says before the first question.")}
        problem={problemOf(props, "greeting")}
      >
        <Textarea {...text("greeting")} rows={2} maxLength={1000} className="min-h-16" />
      </Field>
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium">
          {t("Example questions")}
          <span className="ml-1.5 font-normal text-faint">{t("(optional)")}</span>
        </legend>
        <Lines
          lines={wordsOf(values.examples) ?? []}
          label={t("Example question")}
          placeholder={t("Add a question that it is good at")}
          most={12}
          onChange={(lines) => onChange("examples", listValue(lines))}
        />
      </fieldset>
    </FormPart>
  );
}

import { formatNumber, t } from "@aika/react/text";
import { Field, Input, Select, Textarea } from "@aika/react/ui";
import type { ReactNode } from "react";
import { FormPart, type FormProps, problemOf } from "./form-parts.tsx";
import { textOf } from "./words.ts";

const MAX_INSTRUCTIONS = 4000;

/** How an assistant answers. */
export function FormAnswers(props: FormProps): ReactNode {
  const { values, choices, onChange } = props;
  const instructions = textOf(values.instructions);
  return (
    <FormPart title={t("How it answers")}>
      <Field
        label={t("Instructions")}
        optional
        help={t("Tone, language, focus: {n} of {most} characters. Without a language model they change nothing.", {
          n: formatNumber(instructions.length),
          most: formatNumber(MAX_INSTRUCTIONS),
        })}
        problem={problemOf(props, "instructions")}
      >
        <Textarea
          value={instructions}
          rows={5}
          placeholder={t("You speak with engineers. Name the command first, then what to watch.")}
          onChange={(event) => onChange("instructions", event.target.value)}
        />
      </Field>
      {choices.models.length > 0 && (
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label={t("Model")} help={t("Who writes the answers.")} problem={problemOf(props, "model")}>
            <Select value={textOf(values.model)} onChange={(event) => onChange("model", event.target.value)}>
              <option value="">{t("The usual one")}</option>
              {choices.models.map((model) => (
                <option key={model}>{model}</option>
              ))}
            </Select>
          </Field>
          <Field
            label={t("Temperature")}
            optional
            help={t("0 is the most predictable, 2 the least.")}
            problem={problemOf(props, "temperature")}
          >
            <Input
              type="number"
              min={0}
              max={2}
              step={0.1}
              value={typeof values.temperature === "number" ? values.temperature : ""}
              onChange={(event) =>
                onChange("temperature", event.target.value === "" ? null : Number(event.target.value))
              }
            />
          </Field>
        </div>
      )}
    </FormPart>
  );
}

import { AikaError, type FieldProblemView } from "@aika/client";
import { t } from "@aika/react/text";
import { labelOf } from "./schema.ts";

/** A field's name as the form has it: `options.api_url` is "API URL". */
export function fieldLabel(field: string): string {
  if (field === "id") return t("Name");
  return labelOf(field.replace(/^options\./, "").replaceAll(".", " › "));
}

/** A message that is to be read after the field's name, as a sentence. */
export function asSentence(label: string, message: string): string {
  if (/^(is|must|has|does|needs?)\b/.test(message)) return `${label} ${message}`;
  return message.charAt(0).toUpperCase() + message.slice(1);
}

/** The problems by the field that they are shown at; the first of each counts. */
export function problemMap(problems: readonly FieldProblemView[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { field, message } of problems)
    if (!found.has(field)) found.set(field, asSentence(fieldLabel(field), message));
  return found;
}

/** The problems of a form that was refused when it was saved, from the reply's list of `field: message`. */
export function problemsOf(error: unknown): Map<string, string> {
  if (!(error instanceof AikaError)) return new Map();
  const told = (error.problem?.errors ?? []).map((line) => {
    const [, field = "", message = line] = /^([\w.]+): (.*)$/s.exec(line) ?? [];
    return { field, message };
  });
  return problemMap(told);
}

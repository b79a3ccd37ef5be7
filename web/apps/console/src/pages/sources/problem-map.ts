import { AikaError, type FieldProblemView } from "@aika/client";

/** The problems by the field that they are shown at; the first of each counts. */
export function problemMap(problems: readonly FieldProblemView[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { field, message } of problems) if (!found.has(field)) found.set(field, message);
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

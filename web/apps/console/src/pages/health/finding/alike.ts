import type { BrokenQuestionView } from "@aika/client";

/** A question that was asked in the same words, with the same outcome, once or several times. */
export interface AlikeQuestions {
  key: string;
  /** The one that was asked last. */
  question: BrokenQuestionView;
  times: number;
  /** What their askers wrote to the owner. */
  words: readonly string[];
}

/** Put questions together that differ in capitals and punctuation at the end alone, in the order of the first of each. */
export function alike(questions: readonly BrokenQuestionView[]): AlikeQuestions[] {
  const found = new Map<string, AlikeQuestions>();
  for (const question of questions) {
    const key = [plainQuestion(question.text), question.cause, question.passes].join("\n");
    const known = found.get(key);
    const words = question.words.trim() === "" ? [] : [question.words.trim()];
    const newer = known === undefined || question.asked_at > known.question.asked_at;
    found.set(key, {
      key,
      question: newer ? question : known.question,
      times: (known?.times ?? 0) + 1,
      words: [...new Set([...(known?.words ?? []), ...words])],
    });
  }
  return [...found.values()];
}

/** A question as it is told from others: without capitals, and without what ends it. */
export function plainQuestion(text: string): string {
  return text.toLocaleLowerCase().replace(/[\s?.!]+$/, "");
}

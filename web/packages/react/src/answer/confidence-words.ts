/** How sure aika is, as a sentence: what speaks for the answer, and what against it. */

import type { ChatCompletion, SignalView } from "@aika/client";
import { t } from "../text/index.ts";

const NOTICEABLE = 0.05;
const SHOWN = 4;

export interface ConfidenceReasons {
  readonly against: readonly SignalView[];
  readonly for: readonly SignalView[];
}

/** Returns one sentence such as "Likely right: two current documents say so." */
export function confidenceSentence(completion: ChatCompletion): string {
  if (completion.origin === "general") {
    return t("From the language model's general knowledge: none of your documents says so.");
  }
  const n = documentsOf(completion);
  const { band } = completion.confidence;
  if (speaksAgainst(completion, "contradicted")) return disagreeing(band);
  if (speaksAgainst(completion, "superseded")) return replaced(band);
  if (speaksAgainst(completion, "age")) return aged(band, n);
  return agreeing(band, n, isDated(completion));
}

type Band = ChatCompletion["confidence"]["band"];

function disagreeing(band: Band): string {
  if (band === "high") return t("Likely right, though documents disagree. Compare the sources.");
  if (band === "medium") return t("Possibly right, but documents disagree. Compare the sources.");
  return t("Unsure: documents disagree. Compare the sources before you rely on this.");
}

function replaced(band: Band): string {
  if (band === "high") return t("Likely right, though a document behind it has been replaced.");
  if (band === "medium") return t("Possibly right, but a document behind it has been replaced.");
  return t("Unsure: a document behind it has been replaced. Check before you rely on this.");
}

function aged(band: Band, n: number): string {
  if (band === "high") {
    return t(
      "Likely right: {n, plural, one {one document says so, though an old one} other {# documents say so, though not all are recent}}.",
      { n },
    );
  }
  if (band === "medium") {
    return t(
      "Possibly right, but {n, plural, one {the document behind it is old} other {a document behind it is old}}.",
      { n },
    );
  }
  return t(
    "Unsure: {n, plural, one {the document behind it is old} other {a document behind it is old}}. Check before you rely on this.",
    { n },
  );
}

function agreeing(band: Band, n: number, dated: boolean): string {
  if (band === "high" && dated) {
    return t(
      "Likely right: {n, plural, =1 {one current document says so} =2 {two current documents say so} =3 {three current documents say so} other {# current documents say so}}.",
      { n },
    );
  }
  if (band === "high") {
    return t(
      "Likely right: {n, plural, =1 {one document says so} =2 {two documents say so} =3 {three documents say so} other {# documents say so}}.",
      { n },
    );
  }
  if (band === "medium") {
    return t(
      "Possibly right: {n, plural, =1 {one document points to it} =2 {two documents point to it} other {# documents point to it}}. Worth a look at the {n, plural, one {source} other {sources}}.",
      { n },
    );
  }
  return t(
    "Unsure: {n, plural, =1 {one document comes close} =2 {two documents come close} other {# documents come close}}. Check before you rely on this.",
    { n },
  );
}

/** Returns what moved the confidence noticeably, the strongest first. */
export function confidenceReasons(completion: ChatCompletion): ConfidenceReasons {
  const strongest = [...completion.confidence.signals]
    .filter((signal) => Math.abs(signal.contribution) >= NOTICEABLE && signal.explanation !== "")
    .sort((one, other) => Math.abs(other.contribution) - Math.abs(one.contribution));
  return {
    for: strongest.filter((signal) => signal.contribution > 0).slice(0, SHOWN),
    against: strongest.filter((signal) => signal.contribution < 0).slice(0, SHOWN),
  };
}

/** Returns what the number means: "Of ten answers like this one, about eight help." */
export function confidenceInTen(completion: ChatCompletion): string {
  const n = Math.round(completion.confidence.value * 10);
  if (n >= 10) return t("Nearly all answers like this one help.");
  if (n <= 0) return t("Hardly any answer like this one helps.");
  return t("Of ten answers like this one, about {n, plural, one {one helps} other {# help}}.", { n });
}

function documentsOf(completion: ChatCompletion): number {
  return new Set(completion.citations.map((citation) => citation.document.id)).size;
}

function speaksAgainst(completion: ChatCompletion, name: string): boolean {
  return completion.confidence.signals.some((signal) => signal.name === name && signal.contribution <= -NOTICEABLE);
}

function isDated(completion: ChatCompletion): boolean {
  const { citations } = completion;
  return citations.length > 0 && citations.every((citation) => citation.document.modified_at !== null);
}

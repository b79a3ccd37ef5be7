import type { AssistantRequest } from "@aika/client";
import { Answer, isUnderWay, useAika, Working } from "@aika/react";
import { formatDate, t } from "@aika/react/text";
import { Badge, Button, ErrorNote, Input, Section, Select } from "@aika/react/ui";
import { Camera, Play, Square } from "lucide-react";
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { DraftState, DraftStore } from "./draft-store.ts";
import { FilterEffect } from "./filter-effect.tsx";
import { type Trial, tried } from "./trial.ts";

/** Something to hold the draft against. */
export interface Version {
  readonly id: string;
  readonly label: string;
  readonly yaml: string;
}

type Side = "draft" | "other";

/** Ask the draft, and beside it what it is compared with, the same question. Nothing of it is kept. */
export function TryPanel({
  store,
  state,
  saved,
}: {
  store: DraftStore;
  state: DraftState;
  saved: Version | null;
}): ReactNode {
  const [kept, setKept] = useState<readonly Version[]>([]);
  const [against, setAgainst] = useState<string>("");
  const [question, setQuestion] = useState("");
  const trials = useTrials();
  const versions = [...(saved === null ? [] : [saved]), ...kept];
  const other = versions.find((version) => version.id === against) ?? null;
  const keep = async () => {
    const { yaml } = await store.settle();
    const version = {
      id: `kept-${kept.length}`,
      label: t("Draft of {time}", { time: formatDate(Date.now(), { timeStyle: "short" }) }),
      yaml,
    };
    setKept([...kept, version]);
    setAgainst(version.id);
  };
  const ask = async (text: string) => {
    setQuestion(text);
    const { yaml } = await store.settle();
    trials.ask(text, other === null ? { draft: yaml } : { draft: yaml, other: other.yaml });
  };
  return (
    <Section
      title={t("Try it")}
      lead={t(
        "Ask the draft before you save it. Keep a draft to compare two answers side by side. Nothing asked here is kept.",
      )}
      className="mt-4 border-t border-line pt-8"
    >
      <form
        className="flex flex-wrap items-center gap-2"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (question.trim() !== "") void ask(question.trim());
        }}
      >
        <div className="min-w-60 flex-1">
          <Input
            value={question}
            aria-label={t("Question to try")}
            placeholder={t("How do I roll back a release?")}
            onChange={(event) => setQuestion(event.target.value)}
          />
        </div>
        {trials.busy ? (
          <Button onClick={trials.stop}>
            <Square aria-hidden="true" />
            {t("Stop")}
          </Button>
        ) : (
          <Button type="submit" look="primary" disabled={question.trim() === ""}>
            <Play aria-hidden="true" />
            {t("Try")}
          </Button>
        )}
        <Select
          value={other?.id ?? ""}
          aria-label={t("Compare with")}
          onChange={(event) => setAgainst(event.target.value)}
          className="w-56"
        >
          <option value="">{t("Compare with nothing")}</option>
          {versions.map((version) => (
            <option key={version.id} value={version.id}>
              {version.label}
            </option>
          ))}
        </Select>
        <Button look="quiet" onClick={() => void keep()}>
          <Camera aria-hidden="true" />
          {t("Keep this draft to compare")}
        </Button>
      </form>
      <Examples values={state.values.examples} onAsk={(text) => void ask(text)} />
      <div className={other === null ? "mt-5" : "mt-5 grid gap-5 lg:grid-cols-2"}>
        {other !== null && <Side label={other.label} trial={trials.of("other")} />}
        <Side label={t("This draft")} accent trial={trials.of("draft")} hidden={other === null} />
      </div>
    </Section>
  );
}

function Examples({
  values,
  onAsk,
}: {
  values: AssistantRequest["knowledge"] | unknown;
  onAsk: (question: string) => void;
}): ReactNode {
  const questions = Array.isArray(values) ? values.filter((one): one is string => typeof one === "string") : [];
  if (questions.length === 0) return null;
  return (
    <ul className="mt-3 flex flex-wrap gap-1.5" aria-label={t("Example questions")}>
      {questions.slice(0, 4).map((example) => (
        <li key={example}>
          <button
            type="button"
            onClick={() => onAsk(example)}
            className="min-h-8 rounded-full border border-line px-3 py-1 text-left text-[0.8125rem] text-muted hover:border-line-strong hover:text-ink"
          >
            {example}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Side({
  label,
  trial,
  accent = false,
  hidden = false,
}: {
  label: string;
  trial: Trial | undefined;
  accent?: boolean;
  /** Whether the heading is for screen readers only: there is no other side to tell it from. */
  hidden?: boolean;
}): ReactNode {
  if (trial === undefined) {
    return hidden ? null : (
      <div className="rounded-2xl border border-dashed border-line p-5">
        <Badge tone={accent ? "accent" : "neutral"}>{label}</Badge>
        <p className="mt-3 text-sm text-muted">{t("Its answer will be here.")}</p>
      </div>
    );
  }
  const { exchange, effect } = trial;
  return (
    <section aria-label={label} className="min-w-0 rounded-2xl border border-line bg-surface p-5">
      <h3 className={hidden ? "sr-only" : "mb-4"}>
        <Badge tone={accent ? "accent" : "neutral"}>{label}</Badge>
      </h3>
      <div aria-busy={isUnderWay(exchange)}>
        {(exchange.completion !== null || exchange.draft !== "") && (
          <Answer completion={exchange.completion} draft={exchange.draft} hits={exchange.hits} />
        )}
        {isUnderWay(exchange) && <Working exchange={exchange} />}
        {exchange.trouble !== null && <ErrorNote error={exchange.trouble.detail} />}
      </div>
      {effect !== null && (
        <details className="mt-5 border-t border-line pt-3">
          <summary className="cursor-pointer text-[0.8125rem] text-muted hover:text-ink">
            {t("{n, plural, =0 {No document} one {One document} other {# documents}} to answer from", {
              n: effect.documents,
            })}
          </summary>
          <div className="mt-3">
            <FilterEffect effect={effect} />
          </div>
        </details>
      )}
    </section>
  );
}

function useTrials() {
  const aika = useAika();
  const [trials, setTrials] = useState<Readonly<Partial<Record<Side, Trial>>>>({});
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const ask = (question: string, drafts: Readonly<Partial<Record<Side, string>>>) => {
    running.current?.abort();
    const round = new AbortController();
    running.current = round;
    setTrials({});
    for (const [side, yaml] of Object.entries(drafts)) {
      void tried(aika, { yaml, question }, round.signal, (trial) => {
        if (!round.signal.aborted) setTrials((before) => ({ ...before, [side]: trial }));
      });
    }
  };
  const stop = () => {
    running.current?.abort();
    setTrials({});
  };
  return {
    ask,
    stop,
    of: (side: Side) => trials[side],
    busy: Object.values(trials).some((trial) => isUnderWay(trial.exchange)),
  };
}

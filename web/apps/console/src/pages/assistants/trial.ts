/** One question to a draft, and what has come of it so far. */

import { type Aika, AikaError, type AssistantTryEvent, type FilterEffectView, streamed } from "@aika/client";
import type { Exchange } from "@aika/react";

export interface Trial {
  readonly exchange: Exchange;
  readonly effect: FilterEffectView | null;
}

/** Ask a draft. `onMove` is called with every step; the last one is done or failed. */
export async function tried(
  aika: Aika,
  asked: { yaml: string; question: string },
  signal: AbortSignal,
  onMove: (trial: Trial) => void,
): Promise<void> {
  let trial: Trial = { exchange: begun(asked.question), effect: null };
  const move = (next: Trial) => {
    trial = next;
    onMove(next);
  };
  onMove(trial);
  try {
    const { response } = await aika.POST("/v1/assistants/try", {
      body: { ...asked, stream: true },
      parseAs: "stream",
      signal,
    });
    for await (const { event } of streamed<AssistantTryEvent>(response)) move(moved(trial, event));
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof AikaError)) throw error;
    move(failed(trial, error.title, error.message));
  }
}

export function moved(trial: Trial, event: AssistantTryEvent): Trial {
  const { exchange } = trial;
  switch (event.type) {
    case "effect":
      return { ...trial, effect: event.effect };
    case "retrieved":
      return { ...trial, exchange: { ...exchange, phase: "found", hits: event.hits } };
    case "delta":
      return {
        ...trial,
        exchange: { ...exchange, phase: "writing", draft: event.anew ? event.text : exchange.draft + event.text },
      };
    case "completed":
      return { ...trial, exchange: { ...exchange, phase: "done", completion: event.completion } };
    case "failed":
      return failed(trial, event.problem.title, event.problem.detail);
    default:
      return trial;
  }
}

function failed(trial: Trial, title: string, detail: string): Trial {
  return { ...trial, exchange: { ...trial.exchange, phase: "failed", trouble: { title, detail } } };
}

function begun(question: string): Exchange {
  return {
    key: "trial",
    question,
    askedAt: new Date().toISOString(),
    phase: "sent",
    reconnecting: false,
    stopping: false,
    answerId: null,
    after: 0,
    hits: [],
    draft: "",
    completion: null,
    trouble: null,
    earlier: [],
    replaces: null,
    rating: null,
    toldOwnerAt: null,
  };
}

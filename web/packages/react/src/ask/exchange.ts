/** One question with what came of it, and how events of the stream move it on. */

import type { ChatCompletion, ChatEvent, ConversationView, EarlierVersion, HitView, TurnView } from "@aika/client";

export interface Trouble {
  readonly title: string;
  readonly detail: string;
}

/** Where a question stands: `sent`, then `found` once passages are known, `writing` at the first word, then one of the last three. */
export type Phase = "sent" | "found" | "writing" | "done" | "failed" | "lost";

export interface Exchange {
  readonly key: string;
  readonly question: string;
  readonly askedAt: string;
  readonly phase: Phase;
  readonly reconnecting: boolean;
  readonly stopping: boolean;
  /** Null until the server has taken the question on. */
  readonly answerId: string | null;
  /** How many events of the stream have arrived, to go on after them. */
  readonly after: number;
  readonly hits: readonly HitView[];
  readonly draft: string;
  readonly completion: ChatCompletion | null;
  readonly trouble: Trouble | null;
  readonly earlier: readonly EarlierVersion[];
  /** The kept answer whose place this one takes. */
  readonly replaces: string | null;
  readonly rating: "helpful" | "not_helpful" | null;
  readonly toldOwnerAt: string | null;
}

export function begun(key: string, question: string, askedAt: string): Exchange {
  return {
    key,
    question,
    askedAt,
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

export function isUnderWay(exchange: Exchange): boolean {
  return exchange.phase === "sent" || exchange.phase === "found" || exchange.phase === "writing";
}

/** Returns the exchange after an event. `number` is the event's place in its stream, from 1. */
export function moved(exchange: Exchange, event: ChatEvent, number: number): Exchange {
  if (number <= exchange.after) return exchange; // sent again after a reconnection
  const next = { ...exchange, after: number, reconnecting: false };
  switch (event.type) {
    case "started":
      return { ...next, answerId: event.answer_id };
    case "retrieved":
      return { ...next, phase: "found", hits: event.hits };
    case "delta":
      return { ...next, phase: "writing", draft: event.anew ? event.text : exchange.draft + event.text };
    case "completed":
      return { ...next, phase: "done", stopping: false, answerId: event.completion.id, completion: event.completion };
    case "failed":
      return {
        ...next,
        phase: "failed",
        stopping: false,
        trouble: { title: event.problem.title, detail: event.problem.detail },
      };
  }
}

/** Returns the finished exchange of a turn that the server keeps. */
export function fromTurn(turn: TurnView): Exchange {
  return {
    ...begun(turn.completion.id, turn.question, turn.asked_at),
    phase: "done",
    answerId: turn.completion.id,
    completion: turn.completion,
    earlier: turn.earlier,
    rating: turn.rating,
    toldOwnerAt: turn.told_owner_at,
  };
}

/** Returns what a conversation shows: its turns, and the answer under way in the place of the one that it replaces. */
export function fromConversation(view: ConversationView): readonly Exchange[] {
  const done = view.turns.map(fromTurn);
  const running = view.under_way;
  if (!running) return done;
  const again = { ...begun(running.answer_id, running.question, running.asked_at), answerId: running.answer_id };
  const old = done.find((exchange) => exchange.answerId === running.replaces);
  return replaced(done, again, old?.key ?? null);
}

/** Returns the exchanges with a new one at the end, or in place of the one with this key and of all after that. */
export function replaced(exchanges: readonly Exchange[], added: Exchange, key: string | null): readonly Exchange[] {
  const at = key === null ? -1 : exchanges.findIndex((exchange) => exchange.key === key);
  const old = exchanges[at];
  if (old === undefined) return [...exchanges, added];
  // What failed was never kept: then the new one takes the place that the failed one was to take.
  const replaces = old.completion?.id ?? old.replaces;
  return [...exchanges.slice(0, at), { ...added, replaces, earlier: versionsWith(old) }];
}

function versionsWith(old: Exchange): readonly EarlierVersion[] {
  if (old.completion === null) return old.earlier;
  return [...old.earlier, { question: old.question, asked_at: old.askedAt, completion: old.completion }];
}

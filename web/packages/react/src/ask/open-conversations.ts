import type { Aika } from "@aika/client";
import { useMemo, useSyncExternalStore } from "react";
import { useAika } from "../provider.tsx";
import { type ConversationState, ConversationStore } from "./conversation-store.ts";

/** The conversations that a page has open. They go on while their reader looks elsewhere. */
export class OpenConversations {
  readonly #aika: Aika;
  readonly #open = new Map<string, ConversationStore>();
  readonly #listeners = new Set<() => void>();

  constructor(aika: Aika) {
    this.#aika = aika;
  }

  /** Returns a conversation that nothing was asked in. It is found by its id as soon as it has one. */
  fresh(): ConversationStore {
    return this.#made(null);
  }

  of(id: string): ConversationStore {
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    const made = this.#made(id);
    this.#open.set(id, made);
    return made;
  }

  forget(id: string): void {
    this.#open.delete(id);
  }

  /** Calls back when something was asked or answered anywhere; returns how to stop that. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #made(id: string | null): ConversationStore {
    const changed = () => {
      for (const listener of this.#listeners) listener();
    };
    const started = (store: ConversationStore) => {
      const given = store.snapshot().id;
      if (given !== null) this.#open.set(given, store);
      changed();
    };
    return new ConversationStore({ aika: this.#aika, onStarted: started, onChanged: changed }, id);
  }
}

const byApi = new WeakMap<Aika, OpenConversations>();

/** The open conversations of the API given by the `AikaProvider` above. */
export function useOpenConversations(): OpenConversations {
  const aika = useAika();
  let open = byApi.get(aika);
  if (open === undefined) {
    open = new OpenConversations(aika);
    byApi.set(aika, open);
  }
  return open;
}

export interface Asking extends ConversationState {
  readonly busy: boolean;
  readonly store: ConversationStore;
}

/** A conversation as it is now; the component renders again when it moves on. */
export function useConversation(store: ConversationStore): Asking {
  const state = useSyncExternalStore(store.subscribe, store.snapshot, store.snapshot);
  return useMemo(() => ({ ...state, busy: store.busy, store }), [state, store]);
}

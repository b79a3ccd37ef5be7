import { useMemo, useState } from "react";
import { useAika } from "../provider.tsx";
import { ConversationStore } from "./conversation-store.ts";
import { type Asking, useConversation } from "./open-conversations.ts";

export interface Ask extends Asking {
  /** Puts a question to the conversation. */
  readonly ask: (question: string) => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Begins a new conversation. */
  readonly clear: () => void;
}

/**
 * A conversation for one component: `const { ask, exchanges } = useAsk()`.
 *
 * With `assistant` questions go to that assistant, named or by its id.
 */
export function useAsk(options: { assistant?: string; sources?: readonly string[] } = {}): Ask {
  const aika = useAika();
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is a new conversation
  const store = useMemo(() => new ConversationStore({ aika }), [aika, round]);
  const conversation = useConversation(store);
  const { assistant, sources } = options;
  return useMemo(
    () => ({
      ...conversation,
      ask: (question: string) =>
        store.ask({ question, ...(assistant ? { assistant } : {}), ...(sources ? { sources } : {}) }),
      stop: () => store.stop(),
      clear: () => setRound((before) => before + 1),
    }),
    [conversation, store, assistant, sources],
  );
}

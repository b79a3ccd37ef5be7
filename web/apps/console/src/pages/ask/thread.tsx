import type { CitationView, HitView, StandingView } from "@aika/client";
import type { Asking, Exchange } from "@aika/react";
import { t } from "@aika/react/text";
import {
  AssistantRuntimeProvider,
  MessagePrimitive,
  type ThreadMessageLike,
  ThreadPrimitive,
  useAuiState,
  useExternalStoreRuntime,
} from "@assistant-ui/react";
import { ArrowDown } from "lucide-react";
import { createContext, type ReactNode, type UIEvent, use, useEffect, useMemo, useState } from "react";
import { AnswerView } from "./answer-view.tsx";
import type { Opened } from "./conversation.tsx";
import { QuestionView } from "./question-view.tsx";

export interface ThreadProps {
  readonly conversation: Asking;
  readonly assistant: string | null;
  readonly standings: ReadonlyMap<string, StandingView>;
  readonly opened: Opened | null;
  readonly onOpenCitation: (answerId: string, citations: readonly CitationView[], marker: number) => void;
  readonly onOpenHit: (answerId: string, hit: HitView) => void;
}

/** One side of an exchange, as assistant-ui counts messages. */
interface Side {
  readonly role: "user" | "assistant";
  readonly exchange: Exchange;
}

/** As far from the end as counts as there, in pixels. */
const NEAR_END = 24;

const ThreadContext = createContext<ThreadProps | null>(null);

/** The questions and answers of a conversation, scrolled as its reader wants it. */
export function Thread(props: ThreadProps): ReactNode {
  const { conversation } = props;
  const { exchanges, store, busy } = conversation;
  const sides = useMemo<Side[]>(
    () =>
      exchanges.flatMap((exchange) => [
        { role: "user" as const, exchange },
        { role: "assistant" as const, exchange },
      ]),
    [exchanges],
  );
  const runtime = useExternalStoreRuntime<Side>({
    messages: sides,
    isRunning: busy,
    convertMessage: messageOf,
    onNew: async (message) => {
      const part = message.content[0];
      if (part?.type === "text") await store.ask({ question: part.text, assistant: props.assistant });
    },
    onCancel: () => store.stop(),
  });
  const [following, follow] = useFollowing(busy);
  return (
    <ThreadContext value={props}>
      <AssistantRuntimeProvider runtime={runtime}>
        <ThreadPrimitive.Root className="relative flex min-h-0 flex-1 flex-col">
          <ThreadPrimitive.Viewport
            turnAnchor="top"
            autoScroll={following}
            scrollToBottomOnInitialize={!store.begunHere}
            onWheel={follow}
            onTouchMove={follow}
            onKeyUp={follow}
            className="relative min-h-0 flex-1 overflow-y-auto px-4 pt-6 pb-10 sm:px-6 [scrollbar-gutter:stable_both-edges]"
          >
            <div className="mx-auto w-full max-w-[46rem]">
              <ThreadPrimitive.Messages>{() => <Message />}</ThreadPrimitive.Messages>
            </div>
          </ThreadPrimitive.Viewport>
          <ThreadPrimitive.ScrollToBottom
            aria-label={t("To the end")}
            className="absolute bottom-3 left-1/2 flex size-9 -translate-x-1/2 items-center justify-center rounded-full border border-line bg-raised shadow-float disabled:hidden"
          >
            <ArrowDown aria-hidden className="size-4" />
          </ThreadPrimitive.ScrollToBottom>
        </ThreadPrimitive.Root>
      </AssistantRuntimeProvider>
    </ThreadContext>
  );
}

/**
 * Whether the end is followed while an answer is written: once its reader has gone there. Otherwise the question stays at
 * the top and the answer grows below it, so that one can read from its beginning.
 */
function useFollowing(busy: boolean): [boolean, (event: UIEvent<HTMLElement>) => void] {
  const [following, setFollowing] = useState(false);
  useEffect(() => {
    if (!busy) setFollowing(false);
  }, [busy]);
  const follow = (event: UIEvent<HTMLElement>) => {
    const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
    const atEnd = scrollHeight > clientHeight + 1 && scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (busy && atEnd !== following) setFollowing(atEnd);
  };
  return [following, follow];
}

function messageOf({ role, exchange }: Side): ThreadMessageLike {
  const text = role === "user" ? exchange.question : (exchange.completion?.text ?? exchange.draft);
  return {
    id: `${exchange.key}-${role}`,
    role,
    content: [{ type: "text", text }],
    createdAt: new Date(exchange.askedAt),
    metadata: { custom: { exchange } },
  };
}

function Message() {
  const props = use(ThreadContext);
  const exchange = useAuiState((state) => state.message.metadata.custom.exchange as Exchange | undefined);
  const role = useAuiState((state) => state.message.role);
  if (props === null || exchange === undefined) return null;
  const isLast = props.conversation.exchanges.at(-1)?.key === exchange.key;
  return (
    <MessagePrimitive.Root className={role === "user" ? "pb-5 not-first:pt-8" : "pb-2"}>
      {role === "user" ? (
        <QuestionView exchange={exchange} isLast={isLast} thread={props} />
      ) : (
        <AnswerView exchange={exchange} isLast={isLast} thread={props} />
      )}
    </MessagePrimitive.Root>
  );
}

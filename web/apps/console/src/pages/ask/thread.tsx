import type { CitationView, HitView, StandingView } from "@aika/client";
import { type Asking, type Exchange, isUnderWay } from "@aika/react";
import { t } from "@aika/react/text";
import {
  AuiConfig,
  AuiProvider,
  ExternalThread,
  type ExternalThreadMessage,
  MessagePrimitive,
  ThreadPrimitive,
  useAuiState,
} from "@assistant-ui/react";
import { ArrowDown } from "lucide-react";
import { createContext, type ReactNode, type UIEvent, use, useEffect, useMemo, useRef, useState } from "react";
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

/** As far from the end as counts as there, in pixels. */
const NEAR_END = 24;

const ThreadContext = createContext<ThreadProps | null>(null);

/** The questions and answers of a conversation, scrolled as its reader wants it. */
export function Thread(props: ThreadProps): ReactNode {
  const { conversation } = props;
  const { exchanges, store, busy } = conversation;
  const messages = useMemo(() => exchanges.flatMap((exchange) => [asked(exchange), answered(exchange)]), [exchanges]);
  const config = AuiConfig({
    thread: ExternalThread({ messages, isRunning: busy, onCancel: () => void store.stop() }),
  });
  const [following, follow] = useFollowing(busy);
  return (
    <ThreadContext value={props}>
      <AuiProvider extends={null} config={config}>
        <ThreadPrimitive.Root className="relative flex min-h-0 flex-1 flex-col">
          <ThreadPrimitive.Viewport
            autoScroll={following}
            scrollToBottomOnRunStart={false}
            scrollToBottomOnInitialize={!store.begunHere}
            onWheel={follow}
            onTouchMove={follow}
            onKeyUp={follow}
            className="relative min-h-0 flex-1 overflow-y-auto px-4 pt-6 pb-10 [container-type:size] [scrollbar-gutter:stable_both-edges] sm:px-6"
          >
            <div className="mx-auto w-full max-w-[46rem]">
              <ThreadPrimitive.Messages>{() => <Message />}</ThreadPrimitive.Messages>
            </div>
            <div className="pointer-events-none sticky -bottom-6 flex h-0 items-end justify-center">
              <ThreadPrimitive.ScrollToBottom
                aria-label={t("To the end")}
                className="pointer-events-auto flex size-9 items-center justify-center rounded-full border border-line bg-raised shadow-float disabled:hidden"
              >
                <ArrowDown aria-hidden className="size-4" />
              </ThreadPrimitive.ScrollToBottom>
            </div>
          </ThreadPrimitive.Viewport>
        </ThreadPrimitive.Root>
      </AuiProvider>
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

// The two sides of an exchange as messages of assistant-ui: what is shown of them comes from the exchange itself.

function asked(exchange: Exchange): ExternalThreadMessage {
  return {
    id: `${exchange.key}-asked`,
    role: "user",
    createdAt: new Date(exchange.askedAt),
    content: [{ type: "text", text: exchange.question }],
    attachments: [],
    metadata: { custom: { exchange } },
  };
}

function answered(exchange: Exchange): ExternalThreadMessage {
  return {
    id: `${exchange.key}-answered`,
    role: "assistant",
    createdAt: new Date(exchange.askedAt),
    content: [{ type: "text", text: exchange.completion?.text ?? exchange.draft }],
    status: isUnderWay(exchange) ? { type: "running" } : { type: "complete", reason: "stop" },
    metadata: { unstable_state: null, unstable_annotations: [], unstable_data: [], steps: [], custom: { exchange } },
  };
}

function Message() {
  const props = use(ThreadContext);
  const exchange = useAuiState((state) => state.message.metadata.custom.exchange as Exchange | undefined);
  const role = useAuiState((state) => state.message.role);
  if (props === null || exchange === undefined) return null;
  const isLast = props.conversation.exchanges.at(-1)?.key === exchange.key;
  if (role === "user") {
    return (
      <MessagePrimitive.Root className="pb-5 not-first:pt-8">
        <AtTop when={isLast && isUnderWay(exchange)} />
        <QuestionView exchange={exchange} isLast={isLast} thread={props} />
      </MessagePrimitive.Root>
    );
  }
  return (
    // The last answer is as high as what is in view, so that its question can stand at the top from the beginning.
    <MessagePrimitive.Root className={isLast ? "min-h-[calc(100cqh-4.5rem)]" : "pb-2"}>
      <AnswerView exchange={exchange} isLast={isLast} thread={props} />
    </MessagePrimitive.Root>
  );
}

/** Brings the question that was just asked to the top, where its answer grows below it. */
function AtTop({ when }: { when: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!when) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    place.current?.parentElement?.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
  }, [when]);
  return <span ref={place} hidden />;
}

import { useConversation, useOpenConversations } from "@aika/react";
import { t } from "@aika/react/text";
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useRef } from "react";
import { useLocation, useNavigate, useParams, useSearchParams } from "react-router";
import { Composer } from "./composer.tsx";
import { loadConversation, loadOnFirstUse } from "./conversation-loading.ts";
import { NewQuestion } from "./new-question.tsx";
import { useChosenAssistant } from "./use-assistants.ts";
import { useTitle } from "./use-title.ts";

// What shows answers is not needed to ask: the composer is there before it.
const Conversation = lazy(loadConversation);

/** A new question, or a conversation: `/`, `/?q=…`, `/c/:id`. */
export default function Ask(): ReactNode {
  const { id } = useParams();
  const { key } = useLocation();
  const open = useOpenConversations();
  // A visit to `/` begins anew each time; a conversation is the same wherever one comes from.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key of the location stands for the visit
  const store = useMemo(() => (id === undefined ? open.fresh() : open.of(id)), [id, open, id === undefined ? key : ""]);
  const conversation = useConversation(store);
  const [assistant, chooseAssistant] = useChosenAssistant(conversation);
  const input = useRef<HTMLTextAreaElement>(null);
  useTitle(conversation.title ?? t("New question"));
  useFollowedAddress(conversation.id);
  useAskedByLink((question) => void store.ask({ question, assistant }));
  useEffect(() => {
    // What was begun on this page is known here, and newer than what could be read.
    if (id !== undefined && !(store.begunHere && store.snapshot().exchanges.length > 0)) void store.load();
  }, [id, store]);
  useEffect(() => loadOnFirstUse(), []);

  const composer = (
    <Composer
      key={id ?? "new"}
      ref={input}
      draftKey={id ?? "new"}
      busy={conversation.busy}
      begun={conversation.exchanges.length > 0}
      assistant={assistant}
      onAssistant={chooseAssistant}
      onAsk={(question) => void store.ask({ question, assistant })}
      onStop={() => void store.stop()}
    />
  );
  if (id === undefined && conversation.exchanges.length === 0) {
    return (
      <NewQuestion
        assistant={assistant}
        composer={composer}
        onAsk={(question) => void store.ask({ question, assistant })}
      />
    );
  }
  return (
    <Suspense fallback={<div className="flex h-full flex-col justify-end">{composer}</div>}>
      <Conversation conversation={conversation} assistant={assistant} composer={composer} />
    </Suspense>
  );
}

/** Gives a conversation its address as soon as it has an id. */
function useFollowedAddress(id: string | null): void {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  useEffect(() => {
    if (id !== null && pathname === "/") void navigate(`/c/${id}`, { replace: true });
  }, [id, pathname, navigate]);
}

/** Asks what stands in `/?q=…` at once, and once. */
function useAskedByLink(ask: (question: string) => void): void {
  const [search] = useSearchParams();
  const { key } = useLocation();
  const asked = useRef<string | null>(null);
  const question = search.get("q")?.trim() ?? "";
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (!question || asked.current === key) return;
    asked.current = key;
    latest.current(question);
  }, [question, key]);
}

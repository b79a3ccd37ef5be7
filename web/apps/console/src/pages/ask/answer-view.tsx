import type { ChatCompletion } from "@aika/client";
import { Answer, type Exchange, isSignedOut, isUnderWay, type Told, useAika, Working } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, toast, toastError } from "@aika/react/ui";
import { CircleAlert, LogIn, RotateCcw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { signInPlace } from "../../shell/signing-in.ts";
import { AnswerActions } from "./answer-actions.tsx";
import { draftOf, keepDraft } from "./drafts.ts";
import { FollowUps } from "./follow-ups.tsx";
import type { ThreadProps } from "./thread.tsx";

export interface AnswerViewProps {
  readonly exchange: Exchange;
  readonly isLast: boolean;
  readonly thread: ThreadProps;
}

/** What came of a question: on its way, an answer, an abstention, or what went wrong. */
export function AnswerView({ exchange, isLast, thread }: AnswerViewProps): ReactNode {
  const [version, setVersion] = useState<number | null>(null);
  const earlier = version === null ? undefined : exchange.earlier[version];
  const completion = earlier?.completion ?? exchange.completion;
  return (
    <section aria-label={t("Answer")} className="flex flex-col gap-4" aria-busy={isUnderWay(exchange)}>
      <p className="sr-only" role="status">
        {isLast ? heard(exchange) : ""}
      </p>
      <Shown
        key={version ?? "latest"}
        completion={completion}
        exchange={exchange}
        thread={thread}
        old={earlier !== undefined}
      >
        {completion !== null && (
          <AnswerActions
            exchange={exchange}
            completion={completion}
            thread={thread}
            version={version}
            onVersion={setVersion}
          />
        )}
        {isLast && exchange.phase === "done" && exchange.answerId !== null && (
          <FollowUps
            answerId={exchange.answerId}
            onAsk={(question) => void thread.conversation.store.ask({ question, assistant: thread.assistant })}
          />
        )}
      </Shown>
      {isUnderWay(exchange) && <Working exchange={exchange} />}
      {exchange.trouble !== null && <Trouble exchange={exchange} thread={thread} />}
    </section>
  );
}

function Shown({
  completion,
  exchange,
  thread,
  old,
  children,
}: {
  completion: ChatCompletion | null;
  exchange: Exchange;
  thread: ThreadProps;
  old: boolean;
  children: ReactNode;
}) {
  const id = completion?.id ?? "";
  const tell = useTelling(id, thread);
  const { opened } = thread;
  const isOpen = opened !== null && opened.answerId === id;
  return (
    <Answer
      completion={completion}
      draft={exchange.draft}
      hits={exchange.hits}
      standings={thread.standings}
      open={isOpen ? opened.place.marker : null}
      onOpen={(marker) => thread.onOpenCitation(id, completion?.citations ?? [], marker)}
      openHit={isOpen ? opened.place.key : null}
      onOpenHit={(hit) => thread.onOpenHit(id, hit)}
      toldOwnerAt={exchange.toldOwnerAt}
      {...(old ? {} : { onTell: tell })}
    >
      {children}
    </Answer>
  );
}

function useTelling(answerId: string, thread: ThreadProps) {
  const aika = useAika();
  return async (told: Told) => {
    try {
      const { data } = await aika.POST("/v1/answers/{id}/tell-owner", {
        params: { path: { id: answerId } },
        body: { words: told.words, document: told.document, with_name: told.withName },
      });
      if (data === undefined) return;
      thread.conversation.store.note(answerId, { toldOwnerAt: data.told_at });
      toast(
        data.owner === null ? t("The administrators were told.") : t("{name} was told.", { name: data.owner.name }),
      );
    } catch (error) {
      toastError(error);
      throw error;
    }
  };
}

function Trouble({ exchange, thread }: { exchange: Exchange; thread: ThreadProps }) {
  const { store } = thread.conversation;
  const { trouble } = exchange;
  if (trouble === null) return null;
  const lost = exchange.phase === "lost";
  const again = () => {
    if (lost) void store.reconnect(exchange.key);
    else void store.ask({ question: exchange.question, assistant: thread.assistant, instead: exchange.key });
  };
  return (
    <div role="alert" className="flex items-start gap-3 rounded-xl bg-bad-soft px-4 py-3 text-sm">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <p className="min-w-0 flex-1">
        <span className="font-medium">{trouble.title}</span>
        {trouble.detail && <span className="block text-muted">{trouble.detail}</span>}
      </p>
      {isSignedOut(trouble) ? (
        <SignInAgain unasked={exchange.answerId === null ? exchange.question : null} thread={thread} />
      ) : (
        <Button size="small" onClick={again}>
          <RotateCcw aria-hidden />
          {lost ? t("Reconnect") : t("Try again")}
        </Button>
      )}
    </div>
  );
}

/** A question that was not taken on stands where questions are written when one comes back. */
function SignInAgain({ unasked, thread }: { unasked: string | null; thread: ThreadProps }) {
  const key = thread.conversation.id ?? "new";
  useEffect(() => {
    // Later, because the composer keeps what it holds itself when it comes with this, which is nothing.
    const timer = setTimeout(() => unasked !== null && draftOf(key) === "" && keepDraft(key, unasked));
    return () => clearTimeout(timer);
  }, [key, unasked]);
  return (
    <Button size="small" look="primary" onClick={() => location.assign(signInPlace(location, true))}>
      <LogIn aria-hidden />
      {t("Sign in")}
    </Button>
  );
}

function heard(exchange: Exchange): string {
  if (exchange.phase === "done" && exchange.completion?.outcome === "abstention") return t("No answer was found");
  if (exchange.phase === "done") return t("The answer is here");
  if (exchange.phase === "failed" || exchange.phase === "lost") return "";
  return exchange.phase === "sent" ? t("Searching your documents") : t("Writing the answer");
}

import type { ChatCompletion } from "@aika/client";
import {
  copyText,
  type Exchange,
  FeedbackButtons,
  markdownWithSources,
  plainText,
  type Said,
  useAika,
} from "@aika/react";
import { formatTime, formatWhen, t } from "@aika/react/text";
import { IconButton, Menu, MenuItem, toast, toastError } from "@aika/react/ui";
import { Check, ChevronLeft, ChevronRight, Copy, RotateCcw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { ThreadProps } from "./thread.tsx";

export interface AnswerActionsProps {
  readonly exchange: Exchange;
  readonly completion: ChatCompletion;
  readonly thread: ThreadProps;
  /** Which earlier version is shown; null for the latest. */
  readonly version: number | null;
  readonly onVersion: (version: number | null) => void;
}

/** What can be done with an answer: take it along, say what it was worth, try again, look at earlier versions. */
export function AnswerActions({ exchange, completion, thread, version, onVersion }: AnswerActionsProps): ReactNode {
  const say = useSaying(completion, thread);
  const { store, busy } = thread.conversation;
  const latest = version === null;
  return (
    <div className="-ml-2 flex flex-wrap items-center gap-0.5">
      <CopyMenu completion={completion} />
      {latest && <FeedbackButtons rating={exchange.rating} onSay={say} />}
      {latest && !busy && (
        <IconButton
          label={t("Try again")}
          size="small"
          onClick={() =>
            void store.ask({ question: exchange.question, assistant: thread.assistant, instead: exchange.key })
          }
        >
          <RotateCcw aria-hidden />
        </IconButton>
      )}
      {exchange.earlier.length > 0 && <Versions exchange={exchange} version={version} onVersion={onVersion} />}
      <span className="ml-auto text-xs text-faint">
        <time dateTime={completion.created_at} title={formatTime(completion.created_at)}>
          {formatWhen(completion.created_at)}
        </time>
        {completion.usage !== null && <span> · {completion.usage.model}</span>}
      </span>
    </div>
  );
}

function CopyMenu({ completion }: { completion: ChatCompletion }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (text: string) => copyText(text).then(() => setCopied(true), toastError);
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={copied ? t("Copied") : t("Copy")}
          title={t("Copy")}
          className="inline-flex size-8 items-center justify-center rounded-lg text-muted transition-colors hover:bg-sunken hover:text-ink [&_svg]:size-4"
        >
          {copied ? <Check aria-hidden className="text-good" /> : <Copy aria-hidden />}
        </button>
      }
    >
      <MenuItem onSelect={() => void copy(plainText(completion.text))}>{t("Copy as text")}</MenuItem>
      <MenuItem onSelect={() => void copy(markdownWithSources(completion))}>
        {t("Copy as Markdown with sources")}
      </MenuItem>
    </Menu>
  );
}

function Versions({ exchange, version, onVersion }: Pick<AnswerActionsProps, "exchange" | "version" | "onVersion">) {
  const count = exchange.earlier.length + 1;
  const at = version ?? count - 1;
  const go = (to: number) => onVersion(to >= count - 1 ? null : to);
  return (
    <span className="ml-1 inline-flex items-center">
      <IconButton label={t("Earlier version")} size="small" disabled={at === 0} onClick={() => go(at - 1)}>
        <ChevronLeft aria-hidden />
      </IconButton>
      <span className="tabular text-xs text-muted" aria-live="polite">
        {t("{at} of {count}", { at: at + 1, count })}
      </span>
      <IconButton label={t("Later version")} size="small" disabled={at === count - 1} onClick={() => go(at + 1)}>
        <ChevronRight aria-hidden />
      </IconButton>
    </span>
  );
}

function useSaying(completion: ChatCompletion, thread: ThreadProps) {
  const aika = useAika();
  return async (said: Said) => {
    const { store } = thread.conversation;
    try {
      store.note(completion.id, { rating: said.rating });
      await aika.POST("/v1/answers/{id}/feedback", {
        params: { path: { id: completion.id } },
        body: { rating: said.rating, comment: said.comment, reasons: [...said.reasons], reply: "" },
      });
      if (said.rating === "helpful" || said.comment || said.reasons.length > 0) toast(t("Thank you. It was noted."));
    } catch (error) {
      store.note(completion.id, { rating: null });
      toastError(error);
    }
  };
}

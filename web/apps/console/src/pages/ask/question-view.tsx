import type { Exchange } from "@aika/react";
import { t } from "@aika/react/text";
import { Button, IconButton } from "@aika/react/ui";
import { Pencil } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useState } from "react";
import type { ThreadProps } from "./thread.tsx";

export interface QuestionViewProps {
  readonly exchange: Exchange;
  readonly isLast: boolean;
  readonly thread: ThreadProps;
}

/** A question as it was put. It can be changed and put again, in place. */
export function QuestionView({ exchange, isLast, thread }: QuestionViewProps): ReactNode {
  const [editing, setEditing] = useState(false);
  const { store, busy } = thread.conversation;
  const editable = !busy && exchange.answerId !== null;
  useEffect(() => {
    if (!isLast || !editable) return;
    const edit = () => setEditing(true);
    addEventListener("aika:edit-last", edit);
    return () => removeEventListener("aika:edit-last", edit);
  }, [isLast, editable]);
  if (editing) {
    return (
      <Editor
        question={exchange.question}
        onCancel={() => setEditing(false)}
        onSend={(question) => {
          setEditing(false);
          void store.ask({ question, assistant: thread.assistant, instead: exchange.key });
        }}
      />
    );
  }
  return (
    <div className="group flex items-start justify-end gap-1">
      {editable && (
        <IconButton
          label={t("Edit the question")}
          size="small"
          className="mt-1 opacity-0 transition-opacity group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
          onClick={() => setEditing(true)}
        >
          <Pencil aria-hidden />
        </IconButton>
      )}
      <h2 className="max-w-[85%] rounded-2xl rounded-br-md bg-sunken px-4 py-2.5 text-base leading-relaxed break-words whitespace-pre-wrap">
        <span className="sr-only">{t("You asked:")} </span>
        {exchange.question}
      </h2>
    </div>
  );
}

function Editor({
  question,
  onCancel,
  onSend,
}: {
  question: string;
  onCancel: () => void;
  onSend: (question: string) => void;
}) {
  const [text, setText] = useState(question);
  const ready = text.trim() !== "";
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      onCancel();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      if (ready) onSend(text.trim());
    }
  };
  return (
    <form
      className="rounded-2xl border border-line-strong bg-surface p-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSend(text.trim());
      }}
    >
      <textarea
        // biome-ignore lint/a11y/noAutofocus: it was opened to write in
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        onFocus={(event) => event.target.setSelectionRange(event.target.value.length, event.target.value.length)}
        aria-label={t("Edit the question")}
        className="block field-sizing-content max-h-[40dvh] w-full resize-none bg-transparent px-2 py-1.5 text-base leading-relaxed outline-none"
      />
      <div className="flex items-center justify-end gap-2">
        <span className="mr-auto pl-2 text-xs text-faint">{t("What followed is put aside.")}</span>
        <Button size="small" look="quiet" onClick={onCancel}>
          {t("Cancel")}
        </Button>
        <Button size="small" look="primary" type="submit" disabled={!ready}>
          {t("Ask again")}
        </Button>
      </div>
    </form>
  );
}

import { t } from "@aika/react/text";
import { cn, useSingleKeys } from "@aika/react/ui";
import { ArrowUp, Square } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { AssistantPicker } from "./assistant-picker.tsx";
import { draftOf, keepDraft } from "./drafts.ts";

export interface ComposerProps {
  readonly ref?: Ref<HTMLTextAreaElement>;
  readonly draftKey: string;
  readonly busy: boolean;
  /** Whether something was asked in this conversation already. */
  readonly begun: boolean;
  readonly assistant: string | null;
  readonly onAssistant: (id: string | null) => void;
  readonly onAsk: (question: string) => void;
  readonly onStop: () => void;
}

/** Where questions are written. Enter asks, Shift+Enter begins a line, Esc stops the answer, `/` comes here from anywhere. */
export function Composer({
  ref,
  draftKey,
  busy,
  begun,
  assistant,
  onAssistant,
  onAsk,
  onStop,
}: ComposerProps): ReactNode {
  const [text, setText] = useState(() => draftOf(draftKey));
  const input = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => input.current as HTMLTextAreaElement, []);
  useEffect(() => keepDraft(draftKey, text), [draftKey, text]);
  useSingleKeys({ "/": () => input.current?.focus() });
  useStopOnEscape(busy, onStop);
  const ready = text.trim() !== "" && !busy;
  const send = () => {
    if (!ready) return;
    onAsk(text.trim());
    setText("");
    keepDraft(draftKey, "");
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While a word is being composed in another script, Enter belongs to that.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === "ArrowUp" && text === "") {
      event.preventDefault();
      dispatchEvent(new CustomEvent("aika:edit-last"));
    }
  };
  return (
    <form
      className="rounded-3xl border border-line bg-surface shadow-float transition-colors focus-within:border-line-strong/60"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={input}
        // biome-ignore lint/a11y/noAutofocus: asking is what this page is for
        autoFocus
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        aria-label={t("Your question")}
        placeholder={begun ? t("Ask a follow-up") : t("Ask your company's documents")}
        enterKeyHint="send"
        className="block field-sizing-content max-h-[40dvh] min-h-14 w-full resize-none bg-transparent px-5 pt-4 pb-1 text-base leading-relaxed outline-none placeholder:text-faint"
      />
      <div className="flex items-center gap-2 px-2.5 pb-2.5">
        <AssistantPicker chosen={assistant} onChoose={onAssistant} />
        <span className="flex-1" />
        <span className="hidden text-xs text-faint sm:inline">{text !== "" && t("Shift+Enter for a new line")}</span>
        <SendOrStop busy={busy} ready={ready} onStop={onStop} />
      </div>
    </form>
  );
}

function SendOrStop({ busy, ready, onStop }: { busy: boolean; ready: boolean; onStop: () => void }) {
  const look = "flex size-9 shrink-0 items-center justify-center rounded-full transition-colors";
  if (busy) {
    return (
      <button
        type="button"
        onClick={onStop}
        aria-label={t("Stop")}
        title={t("Stop (Esc)")}
        className={cn(look, "bg-ink text-canvas")}
      >
        <Square aria-hidden className="size-3.5 fill-current" />
      </button>
    );
  }
  return (
    <button
      type="submit"
      disabled={!ready}
      aria-label={t("Ask")}
      title={t("Ask (Enter)")}
      className={cn(look, ready ? "bg-accent text-on-accent hover:bg-accent-strong" : "bg-sunken text-faint")}
    >
      <ArrowUp aria-hidden className="size-4.5" />
    </button>
  );
}

function useStopOnEscape(busy: boolean, onStop: () => void): void {
  const stop = useRef(onStop);
  stop.current = onStop;
  useEffect(() => {
    if (!busy) return;
    const onKey = (event: globalThis.KeyboardEvent) => {
      // What lies over the page closes first.
      if (
        event.key === "Escape" &&
        !event.defaultPrevented &&
        document.querySelector("[role=dialog],[role=menu]") === null
      ) {
        stop.current();
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [busy]);
}

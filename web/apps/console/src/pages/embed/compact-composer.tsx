import { t } from "@aika/react/text";
import { cn } from "@aika/react/ui";
import { ArrowUp, Square } from "lucide-react";
import { type FormEvent, type KeyboardEvent, type ReactNode, type Ref, useState } from "react";

/** Where a question is written. Enter asks, Shift+Enter begins a line. */
export function CompactComposer({
  ref,
  busy,
  onAsk,
  onStop,
}: {
  ref: Ref<HTMLTextAreaElement>;
  busy: boolean;
  onAsk: (question: string) => void;
  onStop: () => void;
}): ReactNode {
  const [text, setText] = useState("");
  const ready = text.trim() !== "" && !busy;
  const ask = () => {
    if (!ready) return;
    onAsk(text.trim());
    setText("");
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    ask();
  };
  return (
    <form
      className="m-3 flex items-end gap-2 rounded-2xl border border-line-strong/70 bg-surface p-1.5 pl-3.5 focus-within:border-accent focus-within:outline-2 focus-within:outline-accent/40"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        ask();
      }}
    >
      <textarea
        ref={ref}
        value={text}
        rows={1}
        aria-label={t("Question")}
        placeholder={t("Ask a question")}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKey}
        className="max-h-32 min-h-9 flex-1 resize-none bg-transparent py-1.5 text-[0.9375rem] leading-6 outline-none field-sizing-content placeholder:text-faint"
      />
      <button
        type={busy ? "button" : "submit"}
        onClick={busy ? onStop : undefined}
        disabled={!busy && !ready}
        aria-label={busy ? t("Stop") : t("Ask")}
        className={cn(
          "flex size-9 shrink-0 items-center justify-center rounded-full",
          busy
            ? "bg-ink text-canvas"
            : ready
              ? "bg-accent text-on-accent hover:bg-accent-strong"
              : "bg-sunken text-faint",
        )}
      >
        {busy ? (
          <Square aria-hidden="true" className="size-3.5 fill-current" />
        ) : (
          <ArrowUp aria-hidden="true" className="size-4.5" />
        )}
      </button>
    </form>
  );
}

import { ThumbsDown, ThumbsUp } from "lucide-react";
import { type ReactNode, useState } from "react";
import { t } from "../text/index.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { cn } from "../ui/classes.ts";
import { Textarea } from "../ui/fields.tsx";
import { Popover } from "../ui/overlays.tsx";

export type Rating = "helpful" | "not_helpful";

export interface Said {
  readonly rating: Rating;
  readonly reasons: readonly string[];
  readonly comment: string;
}

/** Reasons as the server counts them, with the words for them. The words are made at each call, in the reader's language. */
function reasonsToChoose(): readonly (readonly [string, string])[] {
  return [
    ["outdated", t("It is outdated")],
    ["incomplete", t("Something is missing")],
    ["beside", t("It answers another question")],
    ["confusing", t("It is hard to follow")],
    ["rejected", t("It is wrong, and I know better")],
  ];
}

/** Thumbs. A thumb down asks why, and takes "never mind" for an answer. */
export function FeedbackButtons({
  rating,
  onSay,
}: {
  rating: Rating | null;
  onSay: (said: Said) => Promise<void>;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const helped = () => void onSay({ rating: "helpful", reasons: [], comment: "" });
  const opened = (now: boolean) => {
    setOpen(now);
    // What is meant is said by the thumb; reasons are extra.
    if (now && rating !== "not_helpful") void onSay({ rating: "not_helpful", reasons: [], comment: "" });
  };
  return (
    <>
      <IconButton label={t("This helped")} size="small" onClick={helped} aria-pressed={rating === "helpful"}>
        <ThumbsUp aria-hidden className={cn(rating === "helpful" && "fill-current text-good")} />
      </IconButton>
      <Popover
        label={t("What was wrong with it?")}
        open={open}
        onOpenChange={opened}
        trigger={
          <button
            type="button"
            aria-label={t("This did not help")}
            title={t("This did not help")}
            aria-pressed={rating === "not_helpful"}
            className="inline-flex size-8 items-center justify-center rounded-lg text-muted transition-colors hover:bg-sunken hover:text-ink [&_svg]:size-4"
          >
            <ThumbsDown aria-hidden className={cn(rating === "not_helpful" && "fill-current text-bad")} />
          </button>
        }
      >
        <WhyNot
          onSay={async (said) => {
            await onSay(said);
            setOpen(false);
          }}
        />
      </Popover>
    </>
  );
}

function WhyNot({ onSay }: { onSay: (said: Said) => Promise<void> }) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [comment, setComment] = useState("");
  const [busy, setBusy] = useState(false);
  const toggle = (reason: string) =>
    setChosen(chosen.includes(reason) ? chosen.filter((one) => one !== reason) : [...chosen, reason]);
  const send = () => {
    setBusy(true);
    void onSay({ rating: "not_helpful", reasons: chosen, comment: comment.trim() }).finally(() => setBusy(false));
  };
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <fieldset>
        <legend className="font-medium">{t("What was wrong with it?")}</legend>
        <div className="mt-2.5 flex flex-wrap gap-1.5">
          {reasonsToChoose().map(([reason, words]) => (
            <button
              key={reason}
              type="button"
              aria-pressed={chosen.includes(reason)}
              onClick={() => toggle(reason)}
              className={cn(
                "min-h-8 rounded-full border px-3 py-1 text-[0.8125rem] transition-colors",
                chosen.includes(reason) ? "border-accent bg-accent-soft text-accent" : "border-line hover:bg-sunken",
              )}
            >
              {words}
            </button>
          ))}
        </div>
      </fieldset>
      <Textarea
        value={comment}
        onChange={(event) => setComment(event.target.value)}
        maxLength={4000}
        rows={3}
        aria-label={t("In your own words")}
        placeholder={t("What would have been right? (optional)")}
      />
      <Button type="submit" look="primary" size="small" busy={busy} className="self-end">
        {t("Send")}
      </Button>
    </form>
  );
}

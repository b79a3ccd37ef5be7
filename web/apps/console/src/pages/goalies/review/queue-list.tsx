import type { QueuedCase } from "@aika/client";
import { formatAge, formatShare, t } from "@aika/react/text";
import { cn, IconButton, Kbd } from "@aika/react/ui";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";

interface ListProps {
  cases: readonly QueuedCase[];
  open: string;
  onOpen: (id: string) => void;
}

/** What waits, the longest waiting first. On a phone only how many, with the way to the next and the last one. */
export function QueueList({ cases, open, onOpen }: ListProps): ReactNode {
  return (
    <>
      <Pager cases={cases} open={open} onOpen={onOpen} />
      <div className="hidden lg:sticky lg:top-6 lg:block">
        <ul
          aria-label={t("Waiting proposals")}
          className="flex max-h-[calc(100dvh-17.5rem)] flex-col gap-0.5 overflow-y-auto"
        >
          {cases.map((one) => (
            <li key={one.id}>
              <Row queued={one} isOpen={one.id === open} onOpen={() => onOpen(one.id)} />
            </li>
          ))}
        </ul>
        <Keys />
      </div>
    </>
  );
}

function Row({ queued, isOpen, onOpen }: { queued: QueuedCase; isOpen: boolean; onOpen: () => void }): ReactNode {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isOpen) button.current?.scrollIntoView({ block: "nearest" });
  }, [isOpen]);
  return (
    <button
      ref={button}
      type="button"
      aria-current={isOpen || undefined}
      onClick={onOpen}
      className={cn(
        "w-full rounded-xl px-3 py-2.5 text-left transition-colors hover:bg-sunken/70",
        isOpen && "bg-sunken hover:bg-sunken",
      )}
    >
      <span className="flex items-baseline justify-between gap-2 text-[0.8125rem] text-muted">
        <span className="truncate">{channelName(queued.channel)}</span>
        <span className="shrink-0 tabular">{formatShare(queued.confidence)}</span>
      </span>
      <span className={cn("mt-0.5 line-clamp-2 text-sm", isOpen ? "font-medium text-ink" : "text-ink")}>
        {queued.question}
      </span>
      {queued.asked_at !== null && <span className="text-[0.8125rem] text-muted">{formatAge(queued.asked_at)}</span>}
    </button>
  );
}

function Pager({ cases, open, onOpen }: ListProps): ReactNode {
  const at = cases.findIndex((one) => one.id === open);
  const to = (step: number) => {
    const next = cases[at + step];
    if (next !== undefined) onOpen(next.id);
  };
  return (
    <div className="flex items-center justify-between lg:hidden">
      <p className="text-sm text-muted tabular">{t("{at} of {all} waiting", { at: at + 1, all: cases.length })}</p>
      <div className="flex gap-1">
        <IconButton label={t("Previous")} disabled={at <= 0} onClick={() => to(-1)}>
          <ChevronLeft aria-hidden="true" />
        </IconButton>
        <IconButton label={t("Next")} disabled={at >= cases.length - 1} onClick={() => to(1)}>
          <ChevronRight aria-hidden="true" />
        </IconButton>
      </div>
    </div>
  );
}

function Keys(): ReactNode {
  const keys: readonly [string, string][] = [
    ["j", t("next")],
    ["k", t("previous")],
    ["a", t("accept")],
    ["e", t("edit")],
    ["r", t("reject")],
    ["u", t("undo")],
    ["o", t("open in Slack")],
  ];
  return (
    <ul aria-label={t("Keys")} className="mt-5 flex flex-wrap gap-x-4 gap-y-1.5 border-t px-3 pt-4 text-xs text-muted">
      {keys.map(([key, does]) => (
        <li key={key} className="flex items-center gap-1.5">
          <Kbd keys={key} />
          {does}
        </li>
      ))}
    </ul>
  );
}

/** A channel as people call it: `#payments-help`, or its id where that is all the file says. */
export function channelName(channel: string): string {
  return /^[CG][A-Z0-9]{6,}$/.test(channel) ? channel : `#${channel}`;
}

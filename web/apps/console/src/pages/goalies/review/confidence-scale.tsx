import type { QueuedCase } from "@aika/client";
import { formatShare, t } from "@aika/react/text";
import { cn } from "@aika/react/ui";
import type { ReactNode } from "react";

/** Where the confidence stands between the goalie's thresholds, and why it was not posted right away. */
export function ConfidenceScale({ queued }: { queued: QueuedCase }): ReactNode {
  const { confidence, medium, high, reason } = queued;
  return (
    <div className="border-t px-5 py-4">
      <h3 className="text-[0.8125rem] font-medium text-muted">{t("Why it was not posted by itself")}</h3>
      <p className="mt-1 text-sm">
        {reason === ""
          ? t("It is {sure} sure that this helps. By itself it answers from {high} on.", {
              sure: formatShare(confidence),
              high: formatShare(high),
            })
          : t("It is {sure} sure that this helps, and {reason}.", { sure: formatShare(confidence), reason })}
      </p>
      <div aria-hidden="true" className="relative mt-3 h-6">
        <div className="absolute inset-x-0 top-1 h-1.5 overflow-hidden rounded-full bg-sunken">
          <Band from={medium} to={high} className="bg-accent/25" />
          <Band from={high} to={1} className="bg-good/35" />
        </div>
        <Tick at={medium} label={t("proposes")} />
        <Tick at={high} label={t("answers")} end={high > 0.8} />
        <span
          className="absolute top-0 size-3.5 -translate-x-1/2 rounded-full border-2 border-surface bg-accent"
          style={{ left: `${confidence * 100}%` }}
        />
      </div>
    </div>
  );
}

function Band({ from, to, className }: { from: number; to: number; className: string }): ReactNode {
  return (
    <span
      className={cn("absolute inset-y-0", className)}
      style={{ left: `${from * 100}%`, width: `${Math.max(0, to - from) * 100}%` }}
    />
  );
}

function Tick({ at, label, end = false }: { at: number; label: string; end?: boolean }): ReactNode {
  return (
    <span
      className={cn("absolute top-3.5 text-[0.6875rem] text-muted", end && "-translate-x-full")}
      style={{ left: `${at * 100}%` }}
    >
      {label}
    </span>
  );
}

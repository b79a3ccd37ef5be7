import type { SourceSummary } from "@aika/client";
import { formatShare } from "@aika/react/text";
import { Badge, cn, Spinner } from "@aika/react/ui";
import { CircleAlert, CircleCheck, CircleDashed, Clock, ShieldAlert } from "lucide-react";
import type { ReactNode } from "react";
import { progressOf, STATE_TONES, type State, stateOf, stateWord } from "./source-state.ts";

const ICONS: Readonly<Record<State, ReactNode>> = {
  syncing: <Spinner className="[&>span]:size-3 [&>span]:border-[1.5px]" />,
  failing: <CircleAlert aria-hidden="true" />,
  held: <ShieldAlert aria-hidden="true" />,
  late: <Clock aria-hidden="true" />,
  new: <CircleDashed aria-hidden="true" />,
  current: <CircleCheck aria-hidden="true" />,
};

/** How a source stands, in a word. */
export function StateBadge({ source, className }: { source: SourceSummary; className?: string }): ReactNode {
  const state = stateOf(source);
  const share = state === "syncing" ? progressOf(source) : null;
  return (
    <Badge tone={STATE_TONES[state]} className={cn("tabular", className)}>
      {ICONS[state]}
      {stateWord(state)}
      {share !== null && ` ${formatShare(share)}`}
    </Badge>
  );
}

/** How far something is; without a share it only moves. */
export function ProgressBar({ share, label }: { share: number | null; label: string }): ReactNode {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share === null ? {} : { "aria-valuenow": Math.round(share * 100) })}
      className="h-1.5 w-full overflow-hidden rounded-full bg-sunken"
    >
      <div
        className={cn(
          "h-full rounded-full bg-accent transition-[width] duration-700",
          share === null && "w-1/3 animate-pulse",
        )}
        {...(share === null ? {} : { style: { width: `${share * 100}%` } })}
      />
    </div>
  );
}

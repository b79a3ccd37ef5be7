import { t } from "@aika/react/text";
import { Button, Kbd, Spinner } from "@aika/react/ui";
import { type ReactNode, useEffect, useState } from "react";
import type { Posted } from "./outbox.ts";

/** What was decided and is not sent yet, with the way back. */
export function OutboxBar({ posted, onUndo }: { posted: readonly Posted[]; onUndo: () => void }): ReactNode {
  const last = posted.filter((one) => one.progress === "waiting" || one.progress === "sending").at(-1);
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 top-14 z-30 flex lg:top-4 justify-center px-4"
    >
      {last !== undefined && (
        <div className="pointer-events-auto flex max-w-xl min-w-0 animate-appear items-center gap-3 rounded-xl border border-line bg-raised py-2 pr-2 pl-4 text-sm shadow-float">
          <Said posted={last} />
          {last.progress === "waiting" ? (
            <Button size="small" onClick={onUndo}>
              {t("Undo")}
              <Kbd keys="u" />
            </Button>
          ) : (
            <Spinner label={t("Sending")} className="mx-3" />
          )}
        </div>
      )}
    </div>
  );
}

function Said({ posted }: { posted: Posted }): ReactNode {
  const left = useSecondsLeft(posted.due);
  const rejected = posted.ruling === "reject";
  return (
    <span className="min-w-0">
      <span className="block truncate font-medium">{posted.question}</span>
      <span className="text-muted">
        {posted.progress === "sending"
          ? t("Sending your decision…")
          : rejected
            ? t("Rejected. Counts in {left} s.", { left })
            : t("{ruling, select, edit {Edited} other {Accepted}}. Posted in the channel in {left} s.", {
                ruling: posted.ruling,
                left,
              })}
      </span>
    </span>
  );
}

function useSecondsLeft(due: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  return Math.max(1, Math.ceil((due - now) / 1000));
}

import type { Aika } from "@aika/client";
import { useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { toast, toastError } from "@aika/react/ui";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { Outbox, type Posted, type Verdict } from "./outbox.ts";

const outbox = new Outbox(async () => undefined);

/** The verdicts of this window, and what to do with them. They go on when the page is left for another one of the app. */
export function useVerdicts(): { posted: readonly Posted[]; outbox: Outbox } {
  const aika = useAika();
  const queries = useQueryClient();
  useEffect(() => {
    outbox.connect(
      (verdict, leaving) => send(aika, verdict, leaving),
      (posted) => {
        tell(posted);
        void queries.invalidateQueries({ queryKey: ["goalies"] }).then(() => outbox.forget(posted.id));
      },
    );
    const leave = () => outbox.flush();
    addEventListener("pagehide", leave);
    return () => removeEventListener("pagehide", leave);
  }, [aika, queries]);
  return { posted: useSyncExternalStore(outbox.subscribe, outbox.current), outbox };
}

async function send(aika: Aika, verdict: Verdict, leaving: boolean): Promise<void> {
  await aika.POST("/v1/goalies/{name}/cases/{case}/verdict", {
    params: { path: { name: verdict.goalie, case: verdict.id } },
    body: { ruling: verdict.ruling, text: verdict.text, reason: verdict.reason },
    // The browser finishes it although the page is gone.
    keepalive: leaving,
  });
}

function tell(posted: Posted): void {
  if (posted.progress === "sent") return;
  if (posted.conflict) toast(t("Your decision did not count: {why}.", { why: posted.problem }), { tone: "bad" });
  else toastError(new Error(t("It is back in the queue, as it could not be sent: {why}", { why: posted.problem })));
}

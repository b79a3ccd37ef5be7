import { t } from "@aika/react/text";
import { Note } from "@aika/react/ui";
import type { ReactNode } from "react";
import type { Problem } from "./asked.ts";

/** Why one is not signed in, and what to do. Details are in the server's log. */
export function ProblemNote({ problem, provider }: { problem: Problem; provider: string }): ReactNode {
  const words: Record<Problem, [string, string]> = {
    expired: [
      t("That took too long, or began in another browser"),
      t("Nothing is lost. Sign in once more, in this browser."),
    ],
    refused: [
      t("{provider} did not let you in", { provider }),
      t("Sign in once more. If it goes on, ask whoever looks after {provider} whether you may use aika.", { provider }),
    ],
    unverified: [
      t("{provider} does not vouch for your e-mail address", { provider }),
      t("aika knows people by verified addresses. Verify yours there, or ask your administrator."),
    ],
    "not-allowed": [
      t("You may not use this aika"),
      t("It is for some people of the company only. Ask your administrator to be added."),
    ],
    provider: [
      t("aika and {provider} do not understand each other", { provider }),
      t("Somebody has to look at this: the reason is in aika's log. Please tell your administrator."),
    ],
    unreachable: [t("{provider} cannot be reached", { provider }), t("Try again in a minute.")],
  };
  const [title, remedy] = words[problem];
  return (
    <Note tone={problem === "expired" ? "neutral" : "bad"}>
      <div role="alert">
        <p className="font-medium">{title}</p>
        <p className="mt-0.5 text-muted">{remedy}</p>
      </div>
    </Note>
  );
}

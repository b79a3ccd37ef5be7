import type { ReplayView } from "@aika/client";
import { formatAge, formatDate, formatShare, formatTime, t } from "@aika/react/text";
import { CopyButton } from "@aika/react/ui";
import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";

/** What the numbers are from, and how far they can be trusted. */
export function Basis({ replay, command }: { replay: ReplayView; command: string }): ReactNode {
  const { people, others } = replay;
  return (
    <div className="text-sm text-muted">
      <p>
        <span title={formatTime(replay.ran_at)}>{t("Replayed {age}", { age: formatAge(replay.ran_at) })}</span>
        {": "}
        {t("{replayed} questions of #{channel}", { replayed: replay.replayed, channel: replay.channel })}
        {replay.first_at !== null &&
          replay.last_at !== null &&
          t(", {first} to {last}", { first: formatDate(replay.first_at), last: formatDate(replay.last_at) })}
        {t(", asked again of {knowledge}. People had answered {answered}.", {
          knowledge: knowledgeOf(replay),
          answered: replay.answered_by_people,
        })}
      </p>
      <details className="group mt-1">
        <summary className="inline-flex cursor-pointer items-center gap-1 rounded py-0.5 text-ink">
          {t("How to read this")}
          <ChevronDown aria-hidden="true" className="size-3.5 transition-transform group-open:rotate-180" />
        </summary>
        <div className="mt-2 flex max-w-3xl flex-col gap-2 rounded-xl bg-sunken px-4 py-3">
          <p>
            {t(
              "Nobody labels what a right answer is in chat, so answers are compared with what people wrote. 100 % means: they agree with people's as often as two people's answers to one question do, which is in {people} of cases. Answers to the most similar other question agree in {others}.",
              {
                people: formatShare(people.count / Math.max(1, people.of)),
                others: formatShare(others.count / Math.max(1, others.of)),
              },
            )}{" "}
            {replay.pairs === 0 &&
              t(
                "Both were measured in other channels, as this one has too few questions that several people answered.",
              )}
          </p>
          <p>{t("Documents change, and so does what it knows. Replay again after larger changes:")}</p>
          <Command command={command} />
        </div>
      </details>
    </div>
  );
}

/** A command to run in a terminal. */
export function Command({ command }: { command: string }): ReactNode {
  return (
    <div className="flex items-center gap-2 rounded-lg border border-line bg-surface py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 py-1 font-mono text-[0.8125rem] break-words text-ink">{command}</code>
      <CopyButton text={command} label={t("Copy the command")} />
    </div>
  );
}

function knowledgeOf(replay: ReplayView): string {
  if (replay.knowledge === "current") return t("what is synced");
  if (replay.knowledge === "older") return t("the channel's older half");
  return t("a folder of documents");
}

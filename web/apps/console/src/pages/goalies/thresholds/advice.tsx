import type { ReplayView } from "@aika/client";
import { formatShare, t } from "@aika/react/text";
import { Button, Card, Segmented } from "@aika/react/ui";
import type { ReactNode } from "react";
import type { Pair } from "./pair.ts";

const WANTED = ["0.8", "0.9", "0.95"] as const;

/** Which thresholds to take for a wanted precision: chosen on one half of the questions, told from the other half. */
export function Advice({
  replay,
  precision,
  onPrecision,
  onTake,
}: {
  replay: ReplayView;
  precision: number;
  onPrecision: (precision: number) => void;
  onTake: (pair: Pair) => void;
}): ReactNode {
  const { recommended } = replay;
  const { high, medium, reported } = recommended;
  return (
    <Card>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-base font-semibold">{t("What to take")}</h2>
        <Segmented
          label={t("Wanted precision of what it answers by itself")}
          value={String(precision)}
          onValueChange={(chosen) => onPrecision(Number(chosen))}
          choices={WANTED.map((value) => ({ value, label: formatShare(Number(value)) }))}
        />
      </div>
      {high === null ? (
        <p className="mt-3 text-sm">{t("None can be recommended: {reason}.", { reason: recommended.reason })}</p>
      ) : (
        <>
          <p className="mt-3 text-sm">
            {t("From {high} on, at least {wanted} of what it answers is as good as a person's answer.", {
              high: formatShare(high),
              wanted: formatShare(recommended.precision),
            })}{" "}
            {reported?.precision != null &&
              t(
                "On questions that this was not chosen on, it is {value} ({low} to {top}), and it answers {answered}.",
                {
                  value: formatShare(reported.precision.value),
                  low: formatShare(reported.precision.low),
                  top: formatShare(reported.precision.high),
                  answered: formatShare(
                    reported.answered.of === 0 ? 0 : reported.answered.count / reported.answered.of,
                  ),
                },
              )}{" "}
            {medium === null
              ? t("Too few answers lie below to say from where proposals are worth it.")
              : t("Proposals are worth showing from {medium} on.", { medium: formatShare(medium) })}
          </p>
          <Button className="mt-4" onClick={() => onTake({ high, medium: medium ?? high })}>
            {t("Set the sliders to these")}
          </Button>
        </>
      )}
    </Card>
  );
}

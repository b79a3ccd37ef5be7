import type { InsightsReply } from "@aika/client";
import { formatNumber, formatShare, t } from "@aika/react/text";
import { EmptyState } from "@aika/react/ui";
import { ThumbsUp } from "lucide-react";
import type { ReactNode } from "react";
import { ReliabilityChart } from "../../charts/index.ts";

/** Whether aika is as sure as it should be: confidence told against answers that people found helpful. */
export function Trust({ board }: { board: InsightsReply }): ReactNode {
  if (board.reliability.length === 0) {
    return (
      <EmptyState icon={<ThumbsUp />} title={t("No ratings to hold confidence against yet")}>
        {t(
          "When people say whether answers helped, it shows here whether a confidence of 80 % is right 80 times of 100.",
        )}
      </EmptyState>
    );
  }
  return (
    <ReliabilityChart
      title={t("Does confidence mean what it says?")}
      sentence={inWords(board)}
      bins={board.reliability.map(({ confidence, helpful }) => ({
        confidence,
        right: helpful.value ?? 0,
        low: helpful.low,
        high: helpful.high,
        n: helpful.n,
      }))}
      file="aika-confidence"
      height={300}
      level={2}
    />
  );
}

function inWords({ reliability, calibration_error, acceptance }: InsightsReply): string {
  const over = reliability.filter(({ confidence, helpful }) => confidence > helpful.high).length;
  const under = reliability.filter(({ confidence, helpful }) => confidence < helpful.low).length;
  const off = t("On average, confidence is {error} away from the share found helpful ({n} ratings).", {
    error: formatShare(calibration_error ?? 0, 1),
    n: formatNumber(acceptance.n),
  });
  if (over > under) return t("aika is surer than it should be. {off}", { off });
  if (under > over) return t("aika is less sure than it could be. {off}", { off });
  return t("Confidence agrees with what people say, as far as so many ratings can tell. {off}", { off });
}

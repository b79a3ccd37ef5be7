import type { ReplayView } from "@aika/client";
import { formatShare, t } from "@aika/react/text";
import { type ReactNode, useMemo } from "react";
import { type ChartPoint, LineChart } from "../../../charts/index.ts";
import { precisionOf, share } from "./counting.ts";
import type { Pair } from "./sliders.tsx";

/** How much is answered from each confidence on, and how good that is: the one falls as the other rises. */
export function Curve({ replay, pair }: { replay: ReplayView; pair: Pair }): ReactNode {
  const points = useMemo(() => pointsOf(replay), [replay]);
  return (
    <LineChart
      level={2}
      title={t("What answering from a confidence on would have come to")}
      sentence={t(
        "The more it may answer, the more it answers wrongly. The band is the 95 % interval; where too few answers can be compared, there is none.",
      )}
      axis={t("Threshold")}
      points={points}
      series={[
        { id: "answered", label: t("Questions it answers") },
        { id: "precision", label: t("As good as a person's answer") },
      ]}
      format={(value) => formatShare(value)}
      most={1}
      height={260}
      file="thresholds"
      marks={[
        { at: formatShare(pair.medium), label: t("proposes") },
        { at: formatShare(pair.high), label: t("answers") },
      ]}
    />
  );
}

function pointsOf(replay: ReplayView): ChartPoint[] {
  return replay.curve.map((one) => {
    const answered = share(one.count, replay.replayed);
    const precision = one.compared < replay.least ? null : precisionOf(share(one.agreeing, one.compared), replay);
    return {
      label: formatShare(one.threshold),
      title: t("From {threshold} on", { threshold: formatShare(one.threshold) }),
      values: { answered: one.count / Math.max(1, replay.replayed), precision: precision?.value ?? null },
      ranges: {
        answered: [answered.low, answered.high],
        precision: precision === null ? null : [precision.low, precision.high],
      },
    };
  });
}

import type { ReplayView } from "@aika/client";
import { formatShare, t } from "@aika/react/text";
import { type ReactNode, useMemo } from "react";
import { type ChartPoint, LineChart } from "../../../charts/index.ts";
import { precisionOf, share } from "./counting.ts";
import { type Pair, withNearer } from "./pair.ts";

const TENTHS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** How much is answered from each confidence on, and how good that is: the one falls as the other rises. */
export function Curve({
  replay,
  pair,
  onChange,
}: {
  replay: ReplayView;
  pair: Pair;
  onChange: (pair: Pair) => void;
}): ReactNode {
  const points = useMemo(() => pointsOf(replay), [replay]);
  return (
    <LineChart
      level={2}
      title={t("What answering from a confidence on would have come to")}
      sentence={t(
        "The more it may answer, the more it answers wrongly. The band is the 95 % interval; where too few answers can be compared, there is none. A click moves the nearer threshold there.",
      )}
      axis={t("Threshold")}
      ticks={TENTHS.map((tenth) => formatShare(tenth))}
      onChoose={(place) => {
        const chosen = replay.curve[place]?.threshold;
        if (chosen !== undefined) onChange(withNearer(pair, chosen));
      }}
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

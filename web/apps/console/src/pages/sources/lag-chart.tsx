import type { SyncView } from "@aika/client";
import { formatDuration, formatTime, t } from "@aika/react/text";
import type { ReactNode } from "react";
import { type LagPoint, lagOver } from "./lag.ts";

const WIDTH = 1000;
const HEIGHT = 160;

/** The lag over the remembered syncs, with the promise as a line. The table below has the numbers. */
export function LagChart({ syncs, promise }: { syncs: readonly SyncView[]; promise: number | null }): ReactNode {
  const points = lagOver(syncs, Date.now());
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || last.at <= first.at) return null;
  const longest = Math.max(...points.map((point) => point.lag));
  const top = Math.max(longest, promise === null ? 0 : Math.min(promise, longest * 3)) * 1.08;
  const place = ({ at, lag }: LagPoint) =>
    `${(((at - first.at) / (last.at - first.at)) * WIDTH).toFixed(1)},${(HEIGHT - (lag / top) * HEIGHT).toFixed(1)}`;
  const line = points.map(place).join(" L");
  const promised = promise !== null && promise <= top ? HEIGHT - (promise / top) * HEIGHT : null;
  return (
    <figure className="rounded-2xl border px-5 pt-4 pb-3">
      <div className="flex justify-between text-xs text-muted tabular">
        <span>{formatDuration(top)}</span>
        {promise !== null && (
          <span className="flex items-center gap-1.5">
            <span aria-hidden="true" className="w-4 border-t-2 border-dashed border-warn" />
            {t("promised: {span}", { span: formatDuration(promise) })}
          </span>
        )}
      </div>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("Lag between {from} and {to}: {longest} at most", {
          from: formatTime(first.at),
          to: formatTime(last.at),
          longest: formatDuration(longest),
        })}
        className="mt-1 h-36 w-full overflow-visible"
      >
        <path d={`M0,${HEIGHT} L${line} L${WIDTH},${HEIGHT} Z`} className="fill-accent/12" />
        <path
          d={`M${line}`}
          fill="none"
          className="stroke-accent"
          strokeWidth={1.75}
          vectorEffect="non-scaling-stroke"
        />
        {promised !== null && (
          <line
            x1={0}
            x2={WIDTH}
            y1={promised}
            y2={promised}
            className="stroke-warn"
            strokeWidth={1.5}
            strokeDasharray="5 4"
            vectorEffect="non-scaling-stroke"
          />
        )}
        <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} className="stroke-line" vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption className="mt-2 flex justify-between text-xs text-muted">
        <span>{formatTime(first.at)}</span>
        <span>{t("now")}</span>
      </figcaption>
    </figure>
  );
}

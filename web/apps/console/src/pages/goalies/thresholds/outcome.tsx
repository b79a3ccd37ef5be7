import type { ReplayView } from "@aika/client";
import { formatShare, t } from "@aika/react/text";
import { Card, cn } from "@aika/react/ui";
import type { ReactNode } from "react";
import { type Precision, rowOf, type Share } from "./counting.ts";
import type { Pair } from "./pair.ts";

/** What would have happened at these thresholds, in numbers and in sentences. */
export function Outcome({ replay, pair }: { replay: ReplayView; pair: Pair }): ReactNode {
  const row = rowOf(replay, pair.medium, pair.high);
  const parts = [
    { id: "answered", label: t("answered by itself"), share: row.answered, className: "bg-good" },
    { id: "proposed", label: t("proposed to humans"), share: row.proposed, className: "bg-accent" },
    { id: "skipped", label: t("left to people"), share: row.skipped, className: "bg-line-strong/50" },
  ];
  return (
    <Card aria-live="polite">
      <h2 className="text-base font-semibold">{t("What would have happened")}</h2>
      <div aria-hidden="true" className="mt-4 flex h-3 gap-0.5 overflow-hidden rounded-full">
        {parts.map((part) => (
          <span key={part.id} className={part.className} style={{ width: `${partOf(part.share) * 100}%` }} />
        ))}
      </div>
      <dl className="mt-4 grid grid-cols-3 gap-3">
        {parts.map((part) => (
          <div key={part.id}>
            <dd className="text-xl font-semibold tabular">{formatShare(partOf(part.share))}</dd>
            <dt className="flex items-baseline gap-1.5 text-[0.8125rem] text-muted">
              <span aria-hidden="true" className={cn("size-2 shrink-0 rounded-full", part.className)} />
              {part.label}
            </dt>
            <dd className="text-[0.8125rem] text-muted tabular">
              {t("{n, plural, one {# question} other {# questions}}", { n: part.share.count })}
            </dd>
          </div>
        ))}
      </dl>
      <div className="mt-5 flex flex-col gap-2 border-t pt-4 text-sm">
        <Quality
          what={t("Of what it would have answered by itself")}
          agreement={row.agreement}
          precision={row.precision}
          least={replay.least}
        />
        <Quality
          what={t("Of what it would have proposed")}
          agreement={row.proposedAgreement}
          precision={row.proposedPrecision}
          least={replay.least}
        />
      </div>
    </Card>
  );
}

function Quality({
  what,
  agreement,
  precision,
  least,
}: {
  what: string;
  agreement: Share;
  precision: Precision | null;
  least: number;
}): ReactNode {
  return (
    <p>
      <span className="text-muted">{what}: </span>
      {agreement.of === 0
        ? t("nothing can be compared with what people answered.")
        : t("{count} of {of} answers that can be compared agree with people's.", {
            count: agreement.count,
            of: agreement.of,
          })}{" "}
      {agreement.of > 0 && agreement.of < least && t("That is too few to say how good they are.")}
      {agreement.of >= least && precision !== null && (
        <strong className="font-medium">
          {t("As good as a person's answer: {value} ({low} to {high}).", {
            value: formatShare(precision.value),
            low: formatShare(precision.low),
            high: formatShare(precision.high),
          })}
        </strong>
      )}
    </p>
  );
}

function partOf(share: Share): number {
  return share.of === 0 ? 0 : share.count / share.of;
}

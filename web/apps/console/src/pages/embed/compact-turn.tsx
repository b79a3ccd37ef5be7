import type { HitView } from "@aika/client";
import { Answer, type Exchange, isUnderWay, Working } from "@aika/react";
import { t } from "@aika/react/text";
import { ErrorNote } from "@aika/react/ui";
import type { ReactNode } from "react";

/** A question and what came of it. */
export function CompactTurn({
  exchange,
  isLast,
  onAgain,
  onCitation,
  onHit,
}: {
  exchange: Exchange;
  isLast: boolean;
  onAgain: () => void;
  onCitation: (marker: number) => void;
  onHit: (hit: HitView) => void;
}): ReactNode {
  const { completion, draft, hits, trouble } = exchange;
  const done = exchange.phase === "done";
  return (
    <article className="pt-4">
      <h2 className="mb-4 ml-auto w-fit max-w-[85%] rounded-2xl bg-sunken px-3.5 py-2 text-[0.9375rem] font-normal break-words whitespace-pre-wrap">
        {exchange.question}
      </h2>
      <div aria-busy={isUnderWay(exchange)} className="text-[0.9375rem]">
        <p role="status" className="sr-only">
          {isLast && done && t("The answer is here")}
        </p>
        {(completion !== null || draft !== "") && (
          <Answer
            completion={completion}
            draft={draft}
            hits={hits}
            onOpen={onCitation}
            onOpenHit={onHit}
            toldOwnerAt={exchange.toldOwnerAt}
          />
        )}
        {isUnderWay(exchange) && <Working exchange={exchange} />}
        {trouble !== null && <ErrorNote error={trouble.detail || trouble.title} retry={onAgain} />}
      </div>
    </article>
  );
}

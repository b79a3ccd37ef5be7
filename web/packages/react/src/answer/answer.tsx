import type { ChatCompletion, HitView, StandingView } from "@aika/client";
import { Info } from "lucide-react";
import type { ReactNode } from "react";
import { t, withPlainAges } from "../text/index.ts";
import { Abstention, type AbstentionProps } from "./abstention.tsx";
import { AnswerText } from "./answer-text.tsx";
import { ConfidenceLine } from "./confidence-line.tsx";
import { SourceList } from "./source-list.tsx";
import { useRevealed } from "./use-revealed.ts";

export interface AnswerProps {
  /** Null while the answer is being written. */
  readonly completion: ChatCompletion | null;
  /** What was written of it so far. */
  readonly draft?: string;
  /** What was found, while the citations are not known yet. */
  readonly hits?: readonly HitView[];
  readonly standings?: ReadonlyMap<string, StandingView>;
  /** The citation whose passage is open. */
  readonly open?: number | null;
  readonly onOpen?: (marker: number) => void;
  readonly openHit?: string | null;
  readonly onOpenHit?: (hit: HitView) => void;
  readonly toldOwnerAt?: string | null;
  readonly onTell?: AbstentionProps["onTell"];
  /** What can be done with it; shown when all of it is there. */
  readonly children?: ReactNode;
}

const NO_HITS: readonly HitView[] = [];

/** An answer with what there is to know about it, or an abstention that helps. It may still be arriving. */
export function Answer(props: AnswerProps): ReactNode {
  const { completion, draft = "", hits = NO_HITS, open = null, onOpen } = props;
  const abstained = completion?.outcome === "abstention";
  const text = abstained ? "" : (completion?.text ?? draft);
  const shown = useRevealed(text, completion === null);
  const whole = completion !== null && shown.length === text.length;
  return (
    <div className="flex flex-col gap-4">
      {completion?.origin === "general" && (
        <Remark>{t("No document answers this. What follows is the language model's general knowledge.")}</Remark>
      )}
      {shown !== "" && (
        <AnswerText
          text={shown}
          growing={!whole}
          completion={completion}
          hits={hits}
          open={open}
          {...(onOpen ? { onOpen } : {})}
        />
      )}
      {abstained && <Abstained {...props} completion={completion} />}
      {whole && <Facts {...props} completion={completion} />}
    </div>
  );
}

type Whole = Omit<AnswerProps, "completion"> & { readonly completion: ChatCompletion };

/** What to know of an answer before relying on it. */
function Facts({ completion, standings, open = null, onOpen, children }: Whole) {
  const answered = completion.outcome === "answer";
  return (
    <div className="flex animate-appear flex-col gap-4">
      {completion.stopped && (
        <p className="text-sm text-muted">{t("You stopped this answer: it may be incomplete.")}</p>
      )}
      {completion.notes.map((note) => (
        <Remark key={note}>{withPlainAges(note)}</Remark>
      ))}
      {answered && <ConfidenceLine completion={completion} />}
      {answered && (
        <SourceList
          citations={completion.citations}
          open={open}
          {...(standings ? { standings } : {})}
          {...(onOpen ? { onOpen } : {})}
        />
      )}
      {children}
    </div>
  );
}

function Abstained({ completion, openHit = null, onOpenHit, toldOwnerAt = null, onTell }: Whole) {
  return (
    <Abstention
      completion={completion}
      toldOwnerAt={toldOwnerAt}
      openHit={openHit}
      onOpenHit={(hit) => onOpenHit?.(hit)}
      {...(onTell ? { onTell } : {})}
    />
  );
}

/** Something that the asker should know before relying on the answer. */
function Remark({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 text-sm">
      <Info aria-hidden className="mt-[3px] size-3.5 shrink-0 text-warn" />
      <span>{children}</span>
    </p>
  );
}

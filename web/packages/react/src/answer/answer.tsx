import type { ChatCompletion, HitView, StandingView } from "@aika/client";
import { TriangleAlert } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { pagesOf } from "../markdown/addresses.ts";
import { AnswerMarkdown } from "../markdown/markdown.tsx";
import { t } from "../text/index.ts";
import { Abstention, type AbstentionProps } from "./abstention.tsx";
import { ConfidenceLine } from "./confidence-line.tsx";
import { SourceList } from "./source-list.tsx";

export interface AnswerProps {
  readonly completion: ChatCompletion;
  readonly standings?: ReadonlyMap<string, StandingView>;
  /** The citation whose passage is open. */
  readonly open?: number | null;
  readonly onOpen?: (marker: number) => void;
  readonly openHit?: string | null;
  readonly onOpenHit?: (hit: HitView) => void;
  readonly toldOwnerAt?: string | null;
  readonly onTell?: AbstentionProps["onTell"];
}

/** An answer with what there is to know about it, or an abstention that helps. */
export function Answer(props: AnswerProps): ReactNode {
  const { completion, open = null, onOpen, standings } = props;
  if (completion.outcome === "abstention") return <Abstained {...props} />;
  return (
    <div className="flex flex-col gap-4">
      {completion.origin === "general" && (
        <Remark>{t("No document answers this. What follows is the language model's general knowledge.")}</Remark>
      )}
      <AnswerText text={completion.text} completion={completion} open={open} {...(onOpen ? { onOpen } : {})} />
      {completion.stopped && (
        <p className="text-sm text-muted">{t("You stopped this answer: it may be incomplete.")}</p>
      )}
      {completion.notes.map((note) => (
        <Remark key={note}>{note}</Remark>
      ))}
      <ConfidenceLine completion={completion} />
      <SourceList
        citations={completion.citations}
        open={open}
        {...(standings ? { standings } : {})}
        {...(onOpen ? { onOpen } : {})}
      />
    </div>
  );
}

function Abstained({ completion, openHit = null, onOpenHit, toldOwnerAt = null, onTell }: AnswerProps) {
  return (
    <div className="flex flex-col gap-4">
      <Abstention
        completion={completion}
        toldOwnerAt={toldOwnerAt}
        openHit={openHit}
        onOpenHit={(hit) => onOpenHit?.(hit)}
        {...(onTell ? { onTell } : {})}
      />
      {completion.notes.map((note) => (
        <Remark key={note}>{note}</Remark>
      ))}
    </div>
  );
}

function AnswerText({
  text,
  completion,
  open,
  onOpen,
}: {
  text: string;
  completion: ChatCompletion;
  open: number | null;
  onOpen?: (marker: number) => void;
}) {
  const { citations } = completion;
  const known = useMemo(() => new Map(citations.map((citation) => [citation.marker, citation])), [citations]);
  const pages = useMemo(
    () => pagesOf(citations.flatMap((citation) => [citation.url, citation.document.url])),
    [citations],
  );
  return (
    <AnswerMarkdown
      text={text}
      streaming={false}
      citations={known}
      pages={pages}
      provisional={false}
      open={open}
      {...(onOpen ? { onOpen } : {})}
    />
  );
}

/** Something that the asker should know before relying on the answer. */
function Remark({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 text-sm">
      <TriangleAlert aria-hidden className="mt-[3px] size-3.5 shrink-0 text-warn" />
      <span>{children}</span>
    </p>
  );
}

import type { ChatCompletion, HitView } from "@aika/client";
import { type ReactNode, useMemo } from "react";
import { pagesOf } from "../markdown/addresses.ts";
import { AnswerMarkdown } from "../markdown/markdown.tsx";

export interface AnswerTextProps {
  /** As much of it as is shown now. */
  readonly text: string;
  /** Whether more of it is coming. */
  readonly growing: boolean;
  /** Null while the answer is being written. */
  readonly completion: ChatCompletion | null;
  readonly hits: readonly HitView[];
  readonly open: number | null;
  readonly onOpen?: (marker: number) => void;
}

/** The words of an answer. The same element shows the draft and then the answer, so that nothing jumps in between. */
export function AnswerText({ text, growing, completion, hits, open, onOpen }: AnswerTextProps): ReactNode {
  const citations = useMemo(
    () => new Map((completion?.citations ?? []).map((citation) => [citation.marker, citation])),
    [completion],
  );
  const pages = useMemo(() => {
    const cited = completion?.citations.flatMap((citation) => [citation.url, citation.document.url]);
    return pagesOf(cited ?? hits.flatMap((hit) => [hit.url, hit.document.url]));
  }, [completion, hits]);
  return (
    <AnswerMarkdown
      text={text}
      streaming={growing}
      citations={citations}
      pages={pages}
      provisional={completion === null}
      open={open}
      {...(onOpen ? { onOpen } : {})}
    />
  );
}

/**
 * Markdown from documents and models, shown safely.
 *
 * Nothing of it is ever parsed as HTML. Links and images lead only to cited documents; everything else is shown as the
 * text that it is. Blocks that are finished are not rendered again while the rest arrives.
 */

import { type ReactNode, useMemo } from "react";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import { Streamdown } from "streamdown";
import type { Pluggable } from "unified";
import { MarkdownContext, type MarkdownSurroundings } from "./context.ts";
import { ELEMENTS } from "./elements.tsx";
import { rehypePassage, type Span } from "./passage-plugin.ts";
import { withPlainMath } from "./plain-math.ts";
import { remarkCitations, remarkNothingHidden } from "./tree-plugins.ts";
import "./prose.css";

// Streamdown keeps parsers by the names and options of their plugins, and a build shortens names: the ids keep them apart.
const GFM: Pluggable = [remarkGfm, { singleTilde: false }];
const MATH: Pluggable = [remarkMath, { singleDollarTextMath: false }];
const NOTHING_HIDDEN: Pluggable = [remarkNothingHidden, { id: "aika-nothing-hidden" }];
const CITATIONS: Pluggable = [remarkCitations, { id: "aika-citations" }];
const ANSWER_STEPS = [GFM, MATH, NOTHING_HIDDEN, CITATIONS];
const DOCUMENT_STEPS = [GFM, MATH, NOTHING_HIDDEN];
const NO_STEPS: Pluggable[] = [];
const NOWHERE: MarkdownSurroundings = { pages: new Set(), citations: new Map(), provisional: false };

export interface AnswerMarkdownProps extends MarkdownSurroundings {
  readonly text: string;
  readonly streaming: boolean;
}

/** An answer's text, with citations as chips. It may still be arriving. */
export function AnswerMarkdown({ text, streaming, ...surroundings }: AnswerMarkdownProps): ReactNode {
  const shown = useMemo(() => withPlainMath(text), [text]);
  const { pages, citations, provisional, onOpen, open } = surroundings;
  const value = useMemo(
    () => ({ pages, citations, provisional, ...(onOpen ? { onOpen } : {}), ...(open === undefined ? {} : { open }) }),
    [pages, citations, provisional, onOpen, open],
  );
  return (
    <MarkdownContext value={value}>
      <Streamdown
        className="aika-prose"
        components={ELEMENTS}
        isAnimating={streaming}
        mode="streaming"
        parseIncompleteMarkdown={streaming}
        rehypePlugins={NO_STEPS}
        remarkPlugins={ANSWER_STEPS}
      >
        {shown}
      </Streamdown>
    </MarkdownContext>
  );
}

/** A document's text with a span of it marked. Offsets count UTF-16 units of `text`. */
export function DocumentMarkdown({ text, span }: { text: string; span: Span | null }): ReactNode {
  const steps = useMemo<Pluggable[]>(() => (span === null ? NO_STEPS : [[rehypePassage, span]]), [span]);
  return (
    <MarkdownContext value={NOWHERE}>
      <Streamdown
        className="aika-prose aika-document"
        components={ELEMENTS}
        mode="static"
        rehypePlugins={steps}
        remarkPlugins={DOCUMENT_STEPS}
      >
        {text}
      </Streamdown>
    </MarkdownContext>
  );
}

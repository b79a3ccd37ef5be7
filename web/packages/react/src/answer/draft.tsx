import { type ReactNode, useMemo } from "react";
import type { Exchange } from "../ask/exchange.ts";
import { pagesOf } from "../markdown/addresses.ts";
import { AnswerMarkdown } from "../markdown/markdown.tsx";
import { useRevealed } from "./use-revealed.ts";

const NO_CITATIONS = new Map<number, never>();

/** An answer that is being written. Its words appear steadily, however unevenly they arrive. */
export function Draft({ exchange }: { exchange: Exchange }): ReactNode {
  const shown = useRevealed(exchange.draft);
  const pages = useMemo(() => pagesOf(exchange.hits.flatMap((hit) => [hit.url, hit.document.url])), [exchange.hits]);
  if (!shown) return null;
  return <AnswerMarkdown text={shown} streaming citations={NO_CITATIONS} pages={pages} provisional />;
}

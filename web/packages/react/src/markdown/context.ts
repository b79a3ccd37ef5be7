import type { CitationView } from "@aika/client";
import { createContext } from "react";

export interface MarkdownSurroundings {
  /** The addresses that may be linked to. */
  readonly pages: ReadonlySet<string>;
  readonly citations: ReadonlyMap<number, CitationView>;
  /** Whether the text is a draft whose citations are not known yet. */
  readonly provisional: boolean;
  readonly onOpen?: (marker: number) => void;
  /** The citation whose passage is open. */
  readonly open?: number | null;
}

export const MarkdownContext = createContext<MarkdownSurroundings>({
  pages: new Set(),
  citations: new Map(),
  provisional: false,
});

import type { CitationView } from "@aika/client";
import { HoverCard } from "radix-ui";
import type { ReactNode } from "react";
import { t } from "../text/index.ts";
import { cn } from "../ui/classes.ts";
import { DocumentLine } from "./document-line.tsx";

export interface CitationChipProps {
  readonly marker: number;
  /** Missing while the answer is being written. */
  readonly citation?: CitationView;
  readonly onOpen?: (marker: number) => void;
  readonly open?: boolean;
}

const LOOK =
  "mx-[0.1em] inline-flex h-[1.35em] min-w-[1.35em] -translate-y-[0.12em] items-center justify-center rounded-[0.4em] px-[0.3em] align-baseline font-sans text-[0.75em] leading-none font-semibold tabular no-underline transition-colors select-none";

/** A footnote's number. Pointing at it shows the words it stands for; pressing it opens them in their document. */
export function CitationChip({ marker, citation, onOpen, open = false }: CitationChipProps): ReactNode {
  if (citation === undefined) {
    return (
      <span data-citation={marker} className={cn(LOOK, "bg-sunken text-faint")}>
        {marker}
      </span>
    );
  }
  return (
    <HoverCard.Root openDelay={200} closeDelay={120}>
      <HoverCard.Trigger asChild>
        <button
          type="button"
          data-citation={marker}
          aria-pressed={open}
          aria-label={t("Source {marker}: {title}", { marker, title: citation.document.title })}
          onClick={() => onOpen?.(marker)}
          className={cn(
            LOOK,
            "relative after:absolute after:-inset-1",
            open ? "bg-accent text-on-accent" : "bg-accent-soft text-accent hover:bg-accent hover:text-on-accent",
          )}
        >
          {marker}
        </button>
      </HoverCard.Trigger>
      <HoverCard.Portal>
        <HoverCard.Content
          side="top"
          sideOffset={8}
          collisionPadding={12}
          className="z-50 w-88 max-w-[calc(100vw-1.5rem)] animate-appear rounded-xl border border-line bg-raised p-4 text-sm shadow-float"
        >
          <Preview citation={citation} />
        </HoverCard.Content>
      </HoverCard.Portal>
    </HoverCard.Root>
  );
}

/** The exact words of a citation, and where they stand. */
function Preview({ citation }: { citation: CitationView }) {
  return (
    <>
      <p className="line-clamp-2 font-medium">{citation.document.title}</p>
      {citation.heading_path.length > 0 && (
        <p className="mt-0.5 truncate text-xs text-muted">{citation.heading_path.join(" › ")}</p>
      )}
      <blockquote className="mt-2.5 line-clamp-6 border-l-2 border-accent pl-3 whitespace-pre-line">
        {citation.quote}
      </blockquote>
      <DocumentLine document={citation.document} className="mt-2.5" />
    </>
  );
}

import type { CitationView } from "@aika/client";
import { HoverCard } from "radix-ui";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
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

// In the line like a word, so that no line begins with a number: a box of its own would let the line break before it.
const LOOK =
  "relative mx-[0.08em] rounded-[0.45em] px-[0.45em] py-[0.2em] align-[0.1em] font-sans text-[0.72em] font-semibold tabular no-underline transition-colors select-none";

/** A footnote's number. Pointing at it shows the words it stands for; pressing it opens them in their document. */
export function CitationChip({ marker, citation, onOpen, open = false }: CitationChipProps): ReactNode {
  const [previewed, setPreviewed] = useState(false);
  // What was pressed shows no preview again until it is pointed at anew.
  const pressed = useRef(false);
  if (citation === undefined) {
    return (
      <span data-citation={marker} className={cn(LOOK, "bg-sunken text-muted")}>
        {marker}
      </span>
    );
  }
  const press = () => {
    if (onOpen === undefined) return setPreviewed(true);
    pressed.current = true;
    setPreviewed(false);
    onOpen(marker);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Tab") pressed.current = false;
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    press();
  };
  return (
    <HoverCard.Root
      openDelay={200}
      closeDelay={120}
      open={previewed}
      onOpenChange={(next) => setPreviewed(next && !open && !pressed.current)}
    >
      <HoverCard.Trigger asChild>
        {/* biome-ignore lint/a11y/useSemanticElements: a button is a box, and lines break before boxes */}
        <span
          role="button"
          tabIndex={0}
          data-citation={marker}
          aria-pressed={open}
          aria-label={t("Source {marker}: {title}", { marker, title: citation.document.title })}
          onClick={press}
          onKeyDown={onKeyDown}
          onPointerEnter={() => {
            pressed.current = false;
          }}
          className={cn(
            LOOK,
            "cursor-pointer after:absolute after:-inset-x-0.5 after:-inset-y-1.5",
            open ? "bg-accent text-on-accent" : "bg-accent-soft text-accent hover:bg-accent hover:text-on-accent",
          )}
        >
          {marker}
        </span>
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

import type { CitationView, DocumentSummary, StandingView } from "@aika/client";
import type { ReactNode } from "react";
import { t } from "../text/index.ts";
import { cn } from "../ui/classes.ts";
import { DocumentLine, StandingBadge } from "./document-line.tsx";

export interface CitedDocument {
  readonly document: DocumentSummary;
  readonly markers: readonly number[];
}

/** Returns the cited documents in the order of their first footnotes, with the numbers of all of them. */
export function citedDocuments(citations: readonly CitationView[]): readonly CitedDocument[] {
  const found = new Map<string, { document: DocumentSummary; markers: number[] }>();
  for (const { document, marker } of [...citations].sort((one, other) => one.marker - other.marker)) {
    const known = found.get(document.id);
    if (known === undefined) found.set(document.id, { document, markers: [marker] });
    else known.markers.push(marker);
  }
  return [...found.values()];
}

export interface SourceListProps {
  readonly citations: readonly CitationView[];
  readonly standings?: ReadonlyMap<string, StandingView>;
  readonly open?: number | null;
  readonly onOpen?: (marker: number) => void;
}

/** The documents behind an answer: whose they are, how old, and whether they can be relied on. */
export function SourceList({ citations, standings, open = null, onOpen }: SourceListProps): ReactNode {
  const documents = citedDocuments(citations);
  if (documents.length === 0) return null;
  return (
    // No landmark: each answer of a conversation has sources, and many landmarks of one name lead nowhere.
    <div>
      <h3 className="sr-only">{t("Sources")}</h3>
      <ol aria-label={t("Sources")} className="grid gap-2 sm:grid-cols-2">
        {documents.map((cited) => (
          <SourceCard
            key={cited.document.id}
            cited={cited}
            standing={standings?.get(cited.document.id)}
            open={open !== null && cited.markers.includes(open)}
            {...(onOpen ? { onOpen } : {})}
          />
        ))}
      </ol>
    </div>
  );
}

function SourceCard({
  cited,
  standing,
  open,
  onOpen,
}: {
  cited: CitedDocument;
  standing: StandingView | undefined;
  open: boolean;
  onOpen?: (marker: number) => void;
}) {
  const { document, markers } = cited;
  const first = markers[0] ?? 0;
  return (
    <li className="min-w-0">
      <button
        type="button"
        onClick={() => onOpen?.(first)}
        aria-pressed={open}
        className={cn(
          "flex h-full w-full items-start gap-3 rounded-xl border bg-surface px-3 py-2.5 text-left transition-colors hover:border-line-strong/60 hover:bg-sunken/60",
          open ? "border-accent" : "border-line",
        )}
      >
        <span className="tabular mt-0.5 flex h-5 min-w-5 shrink-0 items-center justify-center rounded-md bg-accent-soft px-1 text-[0.6875rem] font-semibold text-accent">
          {markers.length > 2 ? `${first}–${markers.at(-1)}` : markers.join(", ")}
        </span>
        <span className="min-w-0 flex-1">
          <span className="flex items-start gap-2">
            <span className="line-clamp-2 min-w-0 flex-1 text-sm leading-snug font-medium break-words">
              {document.title}
            </span>
            <StandingBadge document={document} standing={standing} />
          </span>
          <DocumentLine document={document} className="mt-1" />
        </span>
      </button>
    </li>
  );
}

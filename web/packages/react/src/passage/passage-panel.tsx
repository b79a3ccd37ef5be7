import type { StandingView } from "@aika/client";
import { ArrowUpRight, ChevronLeft, ChevronRight, X } from "lucide-react";
import type { ReactNode } from "react";
import { Contact } from "../answer/abstention.tsx";
import { DocumentLine, StandingBadge } from "../answer/document-line.tsx";
import { pageOf } from "../markdown/addresses.ts";
import { t, withPlainAges } from "../text/index.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { ErrorNote, Loading, Note } from "../ui/states.tsx";
import { PassageText } from "./passage-view.tsx";
import { type Place, usePassage } from "./use-passage.ts";

export interface PassagePanelProps {
  readonly place: Place;
  readonly standing?: StandingView | undefined;
  /** How many citations there are to go through; none for what is not cited. */
  readonly count?: number;
  readonly onStep?: (by: -1 | 1) => void;
  readonly onClose?: () => void;
  /** A link to the document's own page. */
  readonly documentLink?: ReactNode;
}

/** A document beside the answer, open at the passage that was cited. */
export function PassagePanel({
  place,
  standing,
  count = 0,
  onStep,
  onClose,
  documentLink,
}: PassagePanelProps): ReactNode {
  const passage = usePassage(place);
  const { document } = place;
  // A document's first heading says its title once more.
  const headings = (passage.data?.heading_path ?? []).filter((heading) => !heading.includes(document.title));
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="border-b px-5 pt-4 pb-3">
        <div className="flex items-start gap-3">
          <div className="min-w-0 flex-1">
            <h2 className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[0.9375rem] leading-snug font-semibold break-words">
              {document.title}
              <StandingBadge document={document} standing={standing} />
            </h2>
            {headings.length > 0 && <p className="mt-0.5 text-xs text-muted">{headings.join(" › ")}</p>}
            <DocumentLine document={document} className="mt-1.5" />
            {document.owner?.contact && (
              <p className="mt-1 text-xs">
                <span className="text-muted">{t("Ask")}</span> <Contact contact={document.owner.contact} />
              </p>
            )}
          </div>
          {onClose && (
            <IconButton
              label={t("Close the passage")}
              shortcut="esc"
              size="small"
              className="-mt-1 -mr-2"
              onClick={onClose}
            >
              <X aria-hidden />
            </IconButton>
          )}
        </div>
      </header>
      <section
        aria-label={t("The document's text")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls has to be reachable with the keyboard
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto px-5 py-4"
      >
        {standing !== undefined && standing.reason !== "" && (
          <Note tone="warn" className="mb-4">
            {withPlainAges(standing.reason)}
          </Note>
        )}
        {passage.isPending && <Loading rows={6} />}
        {passage.isError && <ErrorNote error={passage.error} retry={() => void passage.refetch()} />}
        {passage.data?.state === "changed" && (
          <Note tone="warn" className="mb-4">
            {t("The document has changed since: these words are not in it any more.")}
            <blockquote className="mt-2 border-l-2 border-warn pl-3">{place.quote}</blockquote>
          </Note>
        )}
        {passage.data && <PassageText key={place.key} passage={passage.data} />}
      </section>
      <footer className="flex flex-wrap items-center gap-1 border-t px-2 py-2.5 sm:gap-2 sm:px-4">
        {count > 1 && onStep && <Steps place={place} count={count} onStep={onStep} />}
        <span className="flex-1" />
        {documentLink}
        <OriginalLink address={passage.data?.url ?? place.url ?? document.url} />
      </footer>
    </div>
  );
}

function Steps({ place, count, onStep }: { place: Place; count: number; onStep: (by: -1 | 1) => void }) {
  return (
    <div className="flex items-center">
      <IconButton label={t("Previous citation")} size="small" onClick={() => onStep(-1)}>
        <ChevronLeft aria-hidden />
      </IconButton>
      <span className="tabular px-1 text-xs text-muted" aria-live="polite">
        {t("{marker} of {count}", { marker: place.marker, count })}
      </span>
      <IconButton label={t("Next citation")} size="small" onClick={() => onStep(1)}>
        <ChevronRight aria-hidden />
      </IconButton>
    </div>
  );
}

function OriginalLink({ address }: { address: string | null }) {
  if (address === null || pageOf(address) === null) return null;
  return (
    <Button asChild size="small">
      <a href={address} target="_blank" rel="noreferrer noopener">
        {t("Original")}
        <ArrowUpRight aria-hidden />
      </a>
    </Button>
  );
}

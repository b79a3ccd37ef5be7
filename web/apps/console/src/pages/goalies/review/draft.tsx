import type { ChatCompletion } from "@aika/client";
import { Answer, PassagePanel, placeOfCitation } from "@aika/react";
import { t } from "@aika/react/text";
import { Button } from "@aika/react/ui";
import { type ReactNode, useEffect, useState } from "react";
import { Link } from "react-router";

/** What would be posted, with what it rests on; a citation opens its passage at the side. */
export function Draft({ completion }: { completion: ChatCompletion }): ReactNode {
  const [open, setOpen] = useState<number | null>(null);
  const markers = completion.citations.map((citation) => citation.marker);
  const cited = completion.citations.find((citation) => citation.marker === open);
  useEffect(() => {
    if (open === null) return;
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && setOpen(null);
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [open]);
  const step = (by: -1 | 1) => {
    const next = markers[(markers.indexOf(open ?? 0) + by + markers.length) % markers.length];
    if (next !== undefined) setOpen(next);
  };
  return (
    <>
      <Answer completion={completion} open={open} onOpen={setOpen} />
      {cited !== undefined && (
        <aside
          aria-label={t("The cited passage")}
          className="fixed inset-y-0 right-0 z-30 w-[min(34rem,100vw)] animate-slide-in bg-surface shadow-float sm:border-l"
        >
          <PassagePanel
            place={placeOfCitation(cited)}
            count={markers.length}
            onStep={step}
            onClose={() => setOpen(null)}
            documentLink={
              <Button asChild size="small" look="quiet">
                <Link to={`/documents/${cited.document.id}`}>{t("About this document")}</Link>
              </Button>
            }
          />
        </aside>
      )}
    </>
  );
}

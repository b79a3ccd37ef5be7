import { PassagePanel, type Place } from "@aika/react";
import { t } from "@aika/react/text";
import { Button } from "@aika/react/ui";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";

/** The passage that was cited, over the conversation. */
export function CompactPassage({ place, onClose }: { place: Place | null; onClose: () => void }): ReactNode {
  return (
    <Dialog.Root open={place !== null} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Content aria-describedby={undefined} className="fixed inset-0 z-50 bg-surface outline-none">
          <Dialog.Title className="sr-only">{place?.document.title}</Dialog.Title>
          {place !== null && (
            <PassagePanel
              place={place}
              onClose={onClose}
              documentLink={
                <Button asChild size="small" look="quiet">
                  <a href={`/documents/${place.document.id}`} target="_blank" rel="noopener">
                    {t("Whole document")}
                  </a>
                </Button>
              }
            />
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

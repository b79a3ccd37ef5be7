import type { StandingView } from "@aika/client";
import { PassagePanel, placeOfCitation } from "@aika/react";
import { t } from "@aika/react/text";
import { Button } from "@aika/react/ui";
import { Dialog } from "radix-ui";
import { type ReactNode, useEffect, useRef } from "react";
import { Link } from "react-router";
import type { Opened } from "./conversation.tsx";
import { useWide } from "./use-wide.ts";

export interface SidePassageProps {
  readonly opened: Opened | null;
  readonly standings: ReadonlyMap<string, StandingView>;
  readonly onOpen: (opened: Opened | null) => void;
}

/** The opened passage: a column beside the answers, on narrow screens a sheet over them. */
export function SidePassage({ opened, standings, onOpen }: SidePassageProps): ReactNode {
  const wide = useWide("(min-width: 72rem)");
  const before = useRef<Element | null>(null);
  const panel = opened === null ? null : <Panel opened={opened} standings={standings} onOpen={onOpen} />;
  if (wide) {
    return panel === null ? null : (
      <Column onClose={() => onOpen(null)} label={opened?.place.document.title ?? ""} key="column">
        {panel}
      </Column>
    );
  }
  return (
    <Dialog.Root open={opened !== null} onOpenChange={(open) => !open && onOpen(null)}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          // Focus on the sheet itself: on its first button it would show that button's name.
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            before.current = document.activeElement;
            (event.currentTarget as HTMLElement).focus();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            focusAgain(before.current);
          }}
          className="fixed inset-x-0 bottom-0 z-50 h-[85dvh] outline-none animate-appear rounded-t-2xl bg-surface shadow-float sm:inset-y-0 sm:right-0 sm:left-auto sm:h-auto sm:w-[min(36rem,90vw)] sm:animate-slide-in sm:rounded-none sm:border-l"
        >
          <Dialog.Title className="sr-only">{opened?.place.document.title}</Dialog.Title>
          {panel}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Goes back to where one was, such as the number that opened the passage. */
function focusAgain(element: Element | null): void {
  if (element instanceof HTMLElement && element.isConnected) element.focus({ preventScroll: true });
}

function Column({ label, onClose, children }: { label: string; onClose: () => void; children: ReactNode }) {
  const column = useRef<HTMLElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const before = document.activeElement;
    // Closing takes the focus with it only where it was in here.
    return () => queueMicrotask(() => document.activeElement === document.body && focusAgain(before));
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (document.querySelector("[role=dialog],[role=menu]") !== null) return;
      close.current();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <aside
      ref={column}
      aria-label={t("Passage in {title}", { title: label })}
      className="h-full w-[min(30rem,42%)] shrink-0 animate-appear border-l bg-surface"
    >
      {children}
    </aside>
  );
}

function Panel({ opened, standings, onOpen }: { opened: Opened } & Omit<SidePassageProps, "opened">) {
  const { place, citations } = opened;
  const step = (by: -1 | 1) => {
    const ordered = [...citations].sort((one, other) => one.marker - other.marker);
    const at = ordered.findIndex((citation) => citation.marker === place.marker);
    const next = ordered[(at + by + ordered.length) % ordered.length];
    if (next !== undefined) onOpen({ ...opened, place: placeOfCitation(next) });
  };
  return (
    <PassagePanel
      place={place}
      standing={standings.get(place.document.id)}
      count={citations.length}
      onStep={step}
      onClose={() => onOpen(null)}
      documentLink={
        <Button asChild size="small" look="quiet">
          <Link to={`/documents/${place.document.id}`}>{t("Whole document")}</Link>
        </Button>
      }
    />
  );
}

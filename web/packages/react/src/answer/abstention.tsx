import type { ChatCompletion, HitView } from "@aika/client";
import { BellRing, Check, UserRound } from "lucide-react";
import { type ReactNode, useState } from "react";
import { formatAge, t } from "../text/index.ts";
import { Button } from "../ui/button.tsx";
import { DocumentLine, StandingBadge } from "./document-line.tsx";
import { TellOwnerDialog, type Told } from "./tell-owner-dialog.tsx";

export interface AbstentionProps {
  readonly completion: ChatCompletion;
  readonly toldOwnerAt: string | null;
  readonly openHit: string | null;
  readonly onOpenHit: (hit: HitView) => void;
  /** Tells the owner; missing where that is not possible. */
  readonly onTell?: (told: Told) => Promise<void>;
}

/** An honest "I don't know" that goes on: what comes nearest, whom to ask, and a word to the owner. */
export function Abstention({ completion, toldOwnerAt, openHit, onOpenHit, onTell }: AbstentionProps): ReactNode {
  const nearest = firstOfEach(completion.nearest);
  const people = completion.help?.people ?? [];
  return (
    <div className="flex flex-col gap-5">
      <p className="text-[1.0625rem] leading-relaxed">{messageOf(completion)}</p>
      {nearest.length > 0 && (
        <section>
          <h3 className="text-sm font-medium">{t("What comes nearest")}</h3>
          <ul className="mt-2 grid gap-2 sm:grid-cols-2">
            {nearest.map((hit) => (
              <Near key={hit.chunk_id} hit={hit} open={openHit === hit.chunk_id} onOpen={() => onOpenHit(hit)} />
            ))}
          </ul>
        </section>
      )}
      {people.length > 0 && (
        <section>
          <h3 className="text-sm font-medium">{t("Who may know")}</h3>
          <ul className="mt-2 flex flex-col gap-1.5">
            {people.map((person) => (
              <li key={person.name} className="flex items-start gap-2.5 text-sm">
                <UserRound aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
                <span>
                  <span className="font-medium">{person.name}</span>
                  {person.contact && (
                    <>
                      {" "}
                      <Contact contact={person.contact} />
                    </>
                  )}
                  <span className="block text-muted">
                    {t("owns {titles}", { titles: person.documents.map((document) => document.title).join(", ") })}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <TellOwner completion={completion} toldOwnerAt={toldOwnerAt} {...(onTell ? { onTell } : {})} />
    </div>
  );
}

function TellOwner({
  completion,
  toldOwnerAt,
  onTell,
}: Pick<AbstentionProps, "completion" | "toldOwnerAt" | "onTell">) {
  const [open, setOpen] = useState(false);
  if (toldOwnerAt !== null) {
    return (
      <p className="flex items-center gap-2 text-sm text-good" role="status">
        <Check aria-hidden className="size-4" />
        {t("The owner was told {age}.", { age: formatAge(toldOwnerAt) })}
      </p>
    );
  }
  if (completion.help?.tellable !== true || onTell === undefined) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <Button size="small" onClick={() => setOpen(true)}>
        <BellRing aria-hidden />
        {t("Tell the owner")}
      </Button>
      <span className="text-sm text-muted">{t("Then the next person who asks may find it.")}</span>
      <TellOwnerDialog
        open={open}
        onOpenChange={setOpen}
        question={completion.question}
        documents={firstOfEach(completion.nearest).map((hit) => hit.document)}
        onTell={onTell}
      />
    </div>
  );
}

function Near({ hit, open, onOpen }: { hit: HitView; open: boolean; onOpen: () => void }) {
  return (
    <li className="min-w-0">
      <button
        type="button"
        aria-pressed={open}
        onClick={onOpen}
        className="flex h-full w-full flex-col items-stretch rounded-xl border border-line bg-surface px-3 py-2.5 text-left transition-colors hover:border-line-strong/60 hover:bg-sunken/60 aria-pressed:border-accent"
      >
        <span className="flex items-start gap-2">
          <span className="line-clamp-2 min-w-0 flex-1 text-sm leading-snug font-medium break-words">
            {hit.document.title}
          </span>
          <StandingBadge document={hit.document} />
        </span>
        {hit.heading_path.length > 0 && (
          <span className="mt-0.5 truncate text-xs text-muted">{hit.heading_path.join(" › ")}</span>
        )}
        <DocumentLine document={hit.document} className="mt-1" />
      </button>
    </li>
  );
}

const ADDRESS = /^[^\s@<>,;:"]+@[^\s@<>,;:"]+\.[^\s@<>,;:"]+$/;

/** How to reach somebody. Only an e-mail address becomes a link: contacts come from documents. */
export function Contact({ contact }: { contact: string }): ReactNode {
  if (!ADDRESS.test(contact)) return <span className="text-muted">{contact}</span>;
  return (
    <a href={`mailto:${contact}`} className="text-accent hover:underline">
      {contact}
    </a>
  );
}

function firstOfEach(hits: readonly HitView[]): readonly HitView[] {
  const seen = new Set<string>();
  return hits.filter((hit) => !seen.has(hit.document.id) && seen.add(hit.document.id)).slice(0, 4);
}

function messageOf(completion: ChatCompletion): string {
  return completion.help?.message ?? completion.text.split("\n", 1)[0] ?? completion.text;
}

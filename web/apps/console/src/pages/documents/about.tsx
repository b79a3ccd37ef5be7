import type { AboutDocumentView, DocumentView } from "@aika/client";
import { Contact } from "@aika/react";
import { formatDate, formatNumber, t } from "@aika/react/text";
import { Badge } from "@aika/react/ui";
import { Globe, LockKeyhole, UserRound, UsersRound } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { Cited } from "./cited.tsx";
import { Findings } from "./findings.tsx";

/** What there is to know of a document, beside its text. */
export function About({ document, about }: { document: DocumentView; about: AboutDocumentView }): ReactNode {
  return (
    <aside aria-label={t("About this document")} className="flex flex-col gap-7 text-sm xl:sticky xl:top-6">
      <Whose document={document} />
      <Access about={about} />
      <Findings id={document.id} />
      <Cited cited={about.cited} />
      <Facts document={document} />
      <Neighbors about={about} />
    </aside>
  );
}

/** One part of the column, under its own heading. */
export function Part({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <section>
      <h2 className="mb-2 text-[0.8125rem] font-semibold text-muted">{title}</h2>
      {children}
    </section>
  );
}

function Whose({ document }: { document: DocumentView }) {
  return (
    <Part title={t("Owner")}>
      {document.owner === null ? (
        <p className="text-muted">{t("Nobody is known to look after it.")}</p>
      ) : (
        <>
          <p className="font-medium">{document.owner.name}</p>
          {document.owner.contact !== null && (
            <p>
              <Contact contact={document.owner.contact} />
            </p>
          )}
          {document.owner.found_in !== null && (
            <p className="mt-0.5 text-[0.8125rem] break-words text-muted">
              {t("according to {place}", { place: placeOf(document.owner.found_in) })}
            </p>
          )}
        </>
      )}
    </Part>
  );
}

/** A file is named by its last folder and name: where the server keeps it is nobody's business here. */
function placeOf(foundIn: string): string {
  return foundIn.startsWith("/") ? foundIn.split("/").slice(-2).join("/") : foundIn;
}

const ICONS = { everyone: Globe, guests: Globe, you: UserRound, group: UsersRound };

function Access({ about }: { about: AboutDocumentView }) {
  return (
    <Part title={t("Who may read it")}>
      <ul className="flex flex-col gap-1.5">
        {about.reasons.map((reason) => {
          const Icon = ICONS[reason.kind];
          return (
            <li key={reason.kind + (reason.group ?? "")} className="flex gap-2">
              <Icon aria-hidden="true" className="mt-1 size-3.5 shrink-0 text-faint" />
              <span className="min-w-0 break-words">{reasonWords(reason)}</span>
            </li>
          );
        })}
      </ul>
      {about.readers !== null && <Readers about={about} readers={about.readers} />}
    </Part>
  );
}

function reasonWords(reason: AboutDocumentView["reasons"][number]): string {
  switch (reason.kind) {
    case "everyone":
      return t("You may, as everyone in the company may.");
    case "guests":
      return t("You may, as everyone may, guests included.");
    case "you":
      return t("You may, because its readers name you.");
    case "group":
      return t("You may, because you are in {group}.", { group: reason.group ?? "" });
  }
}

function Readers({ about, readers }: { about: AboutDocumentView; readers: NonNullable<AboutDocumentView["readers"]> }) {
  return (
    <details className="mt-2">
      <summary className="w-fit cursor-pointer text-[0.8125rem] text-muted hover:text-ink">
        <LockKeyhole aria-hidden="true" className="mr-1.5 inline size-3.5" />
        {t("{n, plural, one {# reader} other {# readers}}, as managers see them", {
          n: readers.length + about.readers_left_out,
        })}
      </summary>
      <ul className="mt-2 flex flex-col gap-1 border-l pl-3">
        {readers.map((reader) => (
          <li key={reader.principal} className="flex justify-between gap-3">
            <span className="min-w-0 font-mono text-xs break-all">{reader.principal}</span>
            {reader.people !== null && (
              <span className="text-xs whitespace-nowrap text-muted">
                {t("{n, plural, one {# person} other {# people}}", { n: reader.people })}
              </span>
            )}
          </li>
        ))}
        {about.readers_left_out > 0 && (
          <li className="text-xs text-muted">{t("and {n} more", { n: formatNumber(about.readers_left_out) })}</li>
        )}
      </ul>
    </details>
  );
}

function Facts({ document }: { document: DocumentView }) {
  const known: [string, ReactNode][] = [];
  if (document.authors.length > 0) known.push([t("Written by"), document.authors.slice(0, 5).join(", ")]);
  if (document.created_at !== null) known.push([t("Created"), formatDate(document.created_at)]);
  if (document.modified_at !== null) known.push([t("Last changed"), formatDate(document.modified_at)]);
  for (const [name, value] of Object.entries(document.attributes)) {
    known.push([name.replaceAll("_", " "), shownValue(value)]);
  }
  if (known.length === 0) return null;
  return (
    <Part title={t("What it says of itself")}>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
        {known.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="max-w-32 truncate text-muted first-letter:uppercase">{name}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </Part>
  );
}

function shownValue(value: string | string[]): ReactNode {
  return typeof value === "string" ? value : <Words words={value} />;
}

function Words({ words }: { words: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-1">
      {words.slice(0, 12).map((word) => (
        <Badge key={word} className="h-auto max-w-full py-0.5 break-all whitespace-normal">
          {word}
        </Badge>
      ))}
    </span>
  );
}

function Neighbors({ about }: { about: AboutDocumentView }) {
  if (about.before.length + about.after.length === 0) return null;
  const all = [...about.before, about.document, ...about.after];
  return (
    <Part title={t("In the same folder")}>
      <ul className="flex flex-col border-l">
        {all.map((one) => (
          <li key={one.id}>
            {one.id === about.document.id ? (
              <span
                aria-current="page"
                className="-ml-px block truncate border-l-2 border-accent py-1 pl-3 font-medium"
              >
                {one.title}
              </span>
            ) : (
              <Link
                to={`/documents/${one.id}`}
                className="block truncate py-1 pl-3 text-muted hover:text-ink"
                title={one.key}
              >
                {one.title}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </Part>
  );
}

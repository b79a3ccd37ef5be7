import type { ExhibitView, FindingView, PassageView } from "@aika/client";
import { DocumentLine, DocumentMarkdown, type Place, StandingBadge, useAika } from "@aika/react";
import { t } from "@aika/react/text";
import { cn, Section, Skeleton } from "@aika/react/ui";
import { useQuery } from "@tanstack/react-query";
import { ArrowUpRight } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { Link } from "react-router";

const AROUND = 320;
const FRONT_MATTER = /^---\n[\s\S]*?\n---\n/;
const AS_IT_IS = new Set(["code", "data", "api"]);
const LONGEST_QUOTE = 4_000;

/** What documents say, beside one another, each with its words marked where they stand. */
export function Evidence({ finding }: { finding: FindingView }): ReactNode {
  const { exhibits } = finding;
  if (exhibits.length === 0) return null;
  return (
    <Section
      title={t("What it rests on")}
      lead={
        exhibits.length > 1
          ? t("The words in question, where they stand. The document that has to change comes first.")
          : t("The words in question, where they stand.")
      }
    >
      <ul className={cn("grid gap-4", exhibits.length > 1 && "xl:grid-cols-2")}>
        {exhibits.map((exhibit, at) => (
          <li key={`${exhibit.document.id} ${exhibit.start} ${at}`} className="min-w-0">
            <Exhibit exhibit={exhibit} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Exhibit({ exhibit }: { exhibit: ExhibitView }): ReactNode {
  const { document, note } = exhibit;
  return (
    <article className="flex h-full flex-col rounded-2xl border border-line">
      <header className="border-b px-5 py-3">
        <div className="flex items-start justify-between gap-3">
          <h3 className="flex min-w-0 flex-wrap items-center gap-2 text-[0.9375rem] font-medium break-words">
            <Link to={`/documents/${document.id}`} className="rounded hover:underline">
              {document.title || document.key}
            </Link>
            <StandingBadge document={document} />
          </h3>
          {document.url?.startsWith("http") && (
            <a
              href={document.url}
              target="_blank"
              rel="noopener noreferrer"
              className="shrink-0 rounded p-1 text-muted hover:text-ink"
              aria-label={t("Open “{title}” at its origin", { title: document.title || document.key })}
            >
              <ArrowUpRight aria-hidden="true" className="size-4" />
            </a>
          )}
        </div>
        <DocumentLine document={document} className="mt-1" />
      </header>
      <div className="flex-1">
        <Passage exhibit={exhibit} />
      </div>
      {note !== "" && <p className="border-t px-5 py-2.5 text-[0.8125rem] text-muted">{note}</p>}
    </article>
  );
}

/** The quoted words with what stands around them; alone where the document does not hold them any more. */
function Passage({ exhibit }: { exhibit: ExhibitView }): ReactNode {
  const passage = useAround(exhibit);
  if (exhibit.quote === "") return <p className="px-5 py-4 text-sm text-muted">{t("The whole document is meant.")}</p>;
  if (passage.isPending) return <Skeleton className="m-5 h-20" />;
  const { data } = passage;
  if (data === undefined || data.state === "changed") {
    return (
      <div className="px-5 py-4 text-sm">
        <blockquote className="whitespace-pre-line">
          <mark>{exhibit.quote}</mark>
        </blockquote>
        {data !== undefined && (
          <p className="mt-2 text-muted">{t("The document has changed since, and says this no more.")}</p>
        )}
      </div>
    );
  }
  return <InPlace passage={data} />;
}

/** A document's words around the quote, which is marked and in view. */
function InPlace({ passage }: { passage: PassageView }): ReactNode {
  const box = useRef<HTMLElement>(null);
  const { text, span } = useMemo(() => placed(passage), [passage]);
  useEffect(() => {
    const place = box.current;
    if (place === null) return;
    const show = () => {
      const mark = place.querySelector("[data-passage]");
      if (mark === null) return;
      const above = mark.getBoundingClientRect().top - place.getBoundingClientRect().top + place.scrollTop;
      place.scrollTop = Math.max(0, above - place.clientHeight / 3);
      watching.disconnect();
    };
    // The words are laid out in steps: the mark is there with the last one.
    const watching = new MutationObserver(show);
    watching.observe(place, { childList: true, subtree: true });
    show();
    return () => watching.disconnect();
  }, []);
  return (
    <section
      ref={box}
      aria-label={t("The passage in “{title}”", { title: passage.document.title || passage.document.key })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className="relative max-h-72 overflow-y-auto px-5 py-4 text-sm"
    >
      {AS_IT_IS.has(passage.document.kind) ? (
        <pre className="font-mono text-[0.8125rem] break-words whitespace-pre-wrap">
          {text.slice(0, span.start)}
          <mark data-passage="">{text.slice(span.start, span.end)}</mark>
          {text.slice(span.end)}
        </pre>
      ) : (
        <DocumentMarkdown text={text} span={span} />
      )}
    </section>
  );
}

/** The words with the quote's place in them. The API counts characters, JavaScript counts UTF-16 units. */
function placed(passage: PassageView): { text: string; span: { start: number; end: number } } {
  const characters = [...passage.text];
  const units = (count: number) => characters.slice(0, count).join("").length;
  const start = units(passage.start - passage.text_start);
  const end = units(passage.end - passage.text_start);
  const head = passage.text_start === 0 ? (FRONT_MATTER.exec(passage.text)?.[0].length ?? 0) : 0;
  const cut = head <= start ? head : 0;
  return { text: passage.text.slice(cut), span: { start: start - cut, end: end - cut } };
}

function useAround({ document, start, end, quote }: Pick<Place, "document" | "start" | "end" | "quote">) {
  const aika = useAika();
  return useQuery({
    queryKey: ["documents", document.id, "around", start, end, quote.slice(0, 200)],
    queryFn: async () => {
      const query = { start, end, around: AROUND, quote: quote.slice(0, LONGEST_QUOTE) };
      return (await aika.GET("/v1/documents/{id}/passage", { params: { path: { id: document.id }, query } })).data;
    },
    enabled: quote !== "",
    staleTime: 60_000,
  });
}

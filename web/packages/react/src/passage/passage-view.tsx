import type { PassageView } from "@aika/client";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { DocumentMarkdown } from "../markdown/markdown.tsx";
import type { Span } from "../markdown/passage-plugin.ts";
import { t } from "../text/index.ts";
import { cn } from "../ui/classes.ts";
import { frontMatterLength } from "./front-matter.ts";
import { unitSpan } from "./offsets.ts";

const AS_IT_IS = new Set(["code", "data", "api"]);

/** A passage where it stands: what is around it, with its own words marked and in view. */
export function PassageText({ passage }: { passage: PassageView }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const { text } = passage;
  const span = useMemo(
    () =>
      passage.state === "changed"
        ? null
        : unitSpan(text, passage.start - passage.text_start, passage.end - passage.text_start),
    [text, passage],
  );
  useEffect(() => {
    if (span === null) return;
    const marked = place.current?.querySelector("[data-passage]");
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    marked?.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
  }, [span]);
  return (
    <div ref={place}>
      {passage.text_start > 0 && <Cut />}
      {AS_IT_IS.has(passage.document.kind) ? (
        <PlainDocument text={text} span={span} />
      ) : (
        <WithFrontMatter text={text} span={span} />
      )}
      {passage.text_end < passage.length && <Cut />}
    </div>
  );
}

/** Markdown whose facts at the beginning, if it has some, are shown as they are written. */
function WithFrontMatter({ text, span }: { text: string; span: Span | null }) {
  const length = frontMatterLength(text);
  const rest = useMemo(
    () => (span === null ? null : { start: span.start - length, end: span.end - length }),
    [span, length],
  );
  if (length === 0) return <DocumentMarkdown text={text} span={span} />;
  const facts = text.slice(0, length).replace(/(\n---[ \t]*)?\s*$/, "");
  const skipped = facts.length - facts.replace(/^---[ \t]*\n+/, "").length;
  const written = facts.slice(skipped);
  // A passage of the text below would otherwise leave an empty mark here, which is what comes into view.
  const within = (offset: number) => Math.min(Math.max(0, offset - skipped), written.length);
  const shown = span === null ? null : { start: within(span.start), end: within(span.end) };
  return (
    <>
      <PlainDocument text={written} span={shown} wrapped />
      <div className="mt-5">
        <DocumentMarkdown text={text.slice(length)} span={rest} />
      </div>
    </>
  );
}

function PlainDocument({ text, span, wrapped = false }: { text: string; span: Span | null; wrapped?: boolean }) {
  const { start, end } = span ?? { start: text.length, end: text.length };
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className={cn(
        "overflow-x-auto rounded-xl bg-sunken p-4 font-mono text-[0.8125rem] leading-relaxed",
        wrapped && "break-words whitespace-pre-wrap text-muted [&_mark]:text-ink",
      )}
    >
      {text.slice(0, start)}
      {end > start && <mark data-passage="">{text.slice(start, end)}</mark>}
      {text.slice(end)}
    </pre>
  );
}

function Cut() {
  return (
    <p className="py-3 text-center text-faint">
      <span aria-hidden="true">⋯</span>
      <span className="sr-only">{t("The document goes on")}</span>
    </p>
  );
}

import type { AboutDocumentView, DocumentView, PassageView } from "@aika/client";
import { PassageText } from "@aika/react";
import { formatNumber, t } from "@aika/react/text";
import { CopyButton, Segmented } from "@aika/react/ui";
import { type ReactNode, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { Passages } from "./passages.tsx";
import { lengthOf, wantedPassage } from "./places.ts";

type View = "read" | "passages" | "raw";

/** Characters from which on rendering would hold up the page: then the text is shown as it is until asked otherwise. */
const LARGE = 150_000;

/** A document's text: rendered, in its passages, or as aika holds it. */
export function Reading({ document, about }: { document: DocumentView; about: AboutDocumentView }): ReactNode {
  const [params, setParams] = useSearchParams();
  const length = useMemo(() => lengthOf(document.text), [document.text]);
  const first: View = length > LARGE ? "raw" : "read";
  const given = params.get("view");
  const view: View = given === "passages" || given === "raw" || given === "read" ? given : first;
  const choose = (next: View) =>
    setParams(
      (now) => {
        now.set("view", next);
        return now;
      },
      { replace: true, preventScrollReset: true },
    );
  return (
    <article className="min-w-0">
      <h2 className="sr-only">{t("Text")}</h2>
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <Segmented<View>
          label={t("Show the text")}
          value={view}
          onValueChange={choose}
          choices={[
            { value: "read", label: t("Read") },
            { value: "passages", label: t("Passages {n}", { n: formatNumber(about.chunks.length) }) },
            { value: "raw", label: t("As held") },
          ]}
        />
        <div className="flex items-center gap-2 text-[0.8125rem] text-muted tabular">
          {t("{n} characters", { n: formatNumber(length) })}
          <CopyButton text={document.text} label={t("Copy the text")} />
        </div>
      </div>
      {view === "passages" ? (
        <Passages document={document} chunks={about.chunks} />
      ) : (
        <Text document={document} about={about} length={length} raw={view === "raw"} />
      )}
    </article>
  );
}

function Text({
  document,
  about,
  length,
  raw,
}: {
  document: DocumentView;
  about: AboutDocumentView;
  length: number;
  raw: boolean;
}) {
  const [params] = useSearchParams();
  // Only of the address that the page was opened with: switching views must not scroll away.
  const [wanted] = useState(() => wantedPassage(params, about.chunks, length));
  const passage = useMemo<PassageView>(
    () => ({
      document: { ...about.document, kind: raw ? "data" : about.document.kind },
      state: wanted === null ? "changed" : "found",
      text: document.text,
      text_start: 0,
      text_end: length,
      length,
      start: wanted?.start ?? 0,
      end: wanted?.end ?? 0,
      blocks: [],
      heading_path: [],
      url: null,
    }),
    [document, about, length, raw, wanted],
  );
  return (
    <div className={raw ? "[&_pre]:break-words [&_pre]:whitespace-pre-wrap" : "max-w-3xl"}>
      <PassageText passage={passage} />
    </div>
  );
}

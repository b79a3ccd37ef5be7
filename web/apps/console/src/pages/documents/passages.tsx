import type { AboutDocumentView, DocumentView } from "@aika/client";
import { t } from "@aika/react/text";
import { CopyButton, cn } from "@aika/react/ui";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { useSearchParams } from "react-router";
import { cutter, lengthOf, piecesOf, wantedChunk } from "./places.ts";

type Chunk = AboutDocumentView["chunks"][number];

/** The text cut as aika cuts it: each passage is found and cited by itself. */
export function Passages({ document, chunks }: { document: DocumentView; chunks: readonly Chunk[] }): ReactNode {
  const [params] = useSearchParams();
  const cut = useMemo(() => cutter(document.text), [document.text]);
  const pieces = useMemo(() => piecesOf(chunks, lengthOf(document.text)), [chunks, document.text]);
  const wanted = wantedChunk(params, chunks);
  return (
    <>
      <p className="mb-5 max-w-2xl text-sm text-muted">
        {t("aika looks for passages and cites them, never the whole document. This is how it cut this one.")}
      </p>
      <ol className="flex flex-col gap-3">
        {pieces.map((piece) =>
          piece.kind === "chunk" ? (
            <Passage
              key={piece.chunk.id}
              id={document.id}
              chunk={piece.chunk}
              text={cut(piece.chunk)}
              wanted={piece.chunk === wanted}
            />
          ) : (
            <Between key={`between ${piece.start}`} text={cut(piece)} />
          ),
        )}
      </ol>
    </>
  );
}

function Passage({ id, chunk, text, wanted }: { id: string; chunk: Chunk; text: string; wanted: boolean }) {
  const place = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (wanted) place.current?.scrollIntoView({ block: "center" });
  }, [wanted]);
  const number = chunk.position + 1;
  const link = () => `${location.origin}/documents/${id}?view=passages&chunk=${number}`;
  return (
    <li
      ref={place}
      // Those that are out of sight cost nothing: a document can have thousands.
      className={cn(
        "rounded-2xl border [contain-intrinsic-size:auto_12rem] [content-visibility:auto]",
        wanted && "border-accent ring-2 ring-accent/30",
      )}
    >
      <div className="flex items-center gap-3 border-b px-4 py-1.5">
        <span className="text-xs font-semibold text-accent tabular">{t("Passage {n}", { n: number })}</span>
        <span className="min-w-0 flex-1 truncate text-xs text-muted">{chunk.heading_path.join(" › ")}</span>
        <span className="text-xs whitespace-nowrap text-faint tabular max-sm:hidden">
          {chunk.start}–{chunk.end}
        </span>
        <CopyButton text={link} label={t("Copy a link to passage {n}", { n: number })} />
      </div>
      <p className={cn("px-4 py-3 text-sm leading-relaxed break-words whitespace-pre-wrap", wanted && "bg-mark/40")}>
        {text.trim()}
      </p>
    </li>
  );
}

function Between({ text }: { text: string }) {
  if (text.trim() === "") return null;
  return <li className="px-4 text-[0.8125rem] break-words whitespace-pre-wrap text-muted">{text.trim()}</li>;
}

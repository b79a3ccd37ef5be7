import { formatNumber, t } from "@aika/react/text";
import { Badge, cn } from "@aika/react/ui";
import { Check } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import type { BumpDocument, BumpStage } from "./bump-data.ts";

/** The documents in words, in the final order. Pointing at one, or focusing it, shows its line; choosing it says why. */
export function BumpList({
  documents,
  stages,
  pointed,
  onPoint,
  head,
  row,
  rows,
}: {
  documents: readonly BumpDocument[];
  stages: readonly BumpStage[];
  pointed: string | null;
  onPoint: (id: string | null) => void;
  head: number;
  row: number;
  /** How many stand beside their rows of the picture. */
  rows: number;
}): ReactNode {
  const [open, setOpen] = useState<string | null>(null);
  const last = stages.at(-1)?.ranks ?? {};
  return (
    <div style={{ paddingTop: head }} className="min-w-0 max-lg:pt-0!">
      <ol className="flex flex-col">
        {documents.map((document, at) => (
          <Entry
            key={document.id}
            document={document}
            stages={stages}
            rank={last[document.id]}
            height={row}
            apart={at > 0 && (last[document.id] ?? rows + 1) > rows && (last[documents[at - 1]?.id ?? ""] ?? 0) <= rows}
            pointed={pointed === document.id}
            open={open === document.id}
            onPoint={onPoint}
            onOpen={() => setOpen(open === document.id ? null : document.id)}
          />
        ))}
      </ol>
    </div>
  );
}

function Entry({
  document,
  stages,
  rank,
  height,
  apart,
  pointed,
  open,
  onPoint,
  onOpen,
}: {
  document: BumpDocument;
  stages: readonly BumpStage[];
  rank: number | undefined;
  height: number;
  apart: boolean;
  pointed: boolean;
  open: boolean;
  onPoint: (id: string | null) => void;
  onOpen: () => void;
}): ReactNode {
  const id = useId();
  return (
    <li className={cn(apart && "mt-2.5")}>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        style={{ minHeight: height }}
        className={cn(
          "flex w-full items-center gap-2 rounded-lg px-2 text-left text-sm hover:bg-sunken",
          (pointed || open) && "bg-sunken",
        )}
        onPointerEnter={() => onPoint(document.id)}
        onPointerLeave={() => onPoint(null)}
        onFocus={() => onPoint(document.id)}
        onBlur={() => onPoint(null)}
        onClick={onOpen}
      >
        <span className="w-7 shrink-0 text-right text-[0.8125rem] text-muted tabular">
          {rank === undefined ? "–" : formatNumber(rank)}
        </span>
        <span className={cn("min-w-0 flex-1 truncate", document.relevant === true && "font-medium")}>
          {document.title}
        </span>
        {document.relevant === true && (
          <Badge tone="good">
            <Check aria-hidden="true" />
            {t("answers")}
          </Badge>
        )}
      </button>
      <div id={id} hidden={!open} className="px-2 pt-1 pb-3 pl-11 text-[0.8125rem] text-muted">
        <p className="font-medium break-words text-ink">
          {document.href === undefined ? (
            document.title
          ) : (
            <a
              href={document.href}
              className="underline decoration-line-strong underline-offset-2 hover:decoration-ink"
            >
              {document.title}
            </a>
          )}
        </p>
        <p>{wayInWords(document, stages)}</p>
        {document.reasons !== undefined && document.reasons.length > 0 && (
          <ul className="mt-1 list-disc pl-4">
            {document.reasons.map((reason) => (
              <li key={reason} className="break-words">
                {reason}
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

/** "Words 3, Meaning 12, Together 5": where each stage has it. */
function wayInWords({ id }: BumpDocument, stages: readonly BumpStage[]): string {
  return stages
    .map(({ label, ranks }) => {
      const rank = ranks[id];
      return rank === undefined
        ? t("{stage}: not found", { stage: label })
        : t("{stage}: {rank}", { stage: label, rank: formatNumber(rank) });
    })
    .join(" · ");
}

import { formatNumber, t } from "@aika/react/text";
import { type ReactNode, useState } from "react";
import { type BumpDocument, type BumpStage, inFinalOrder } from "./bump-data.ts";
import { BumpList } from "./bump-list.tsx";
import { BumpPicture } from "./bump-picture.tsx";
import type { ChartTable } from "./data.ts";
import { ChartFrame } from "./frame.tsx";
import { useWidth } from "./use-width.ts";

const ROW = 34;
const HEAD = 40;
const LEAST_COLUMN = 52;

/** How documents moved through the stages of a ranking: a column for each stage, a line for each document. */
export function BumpChart({
  title,
  sentence,
  stages,
  documents,
  file,
  most = 10,
  level,
}: {
  title: string;
  sentence: string;
  /** In the order in which they work. */
  stages: readonly BumpStage[];
  documents: readonly BumpDocument[];
  file: string;
  /** Ranks with a row of their own. What stands lower shares the last row. */
  most?: number;
  level?: 2 | 3;
}): ReactNode {
  const [pointed, setPointed] = useState<string | null>(null);
  const [frame, width] = useWidth<HTMLElement>();
  const ordered = inFinalOrder(documents, stages);
  const rows = Math.min(most, Math.max(1, ...stages.flatMap(({ ranks }) => Object.values(ranks))));
  const lower = stages.some(({ ranks }) => Object.values(ranks).some((rank) => rank > rows));
  const drawn = Math.max(width, stages.length * LEAST_COLUMN);
  return (
    <ChartFrame
      title={title}
      sentence={sentence}
      table={tableOf(ordered, stages)}
      file={file}
      {...(level === undefined ? {} : { level })}
    >
      <div className="grid gap-x-4 gap-y-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <section
          ref={frame}
          aria-label={t("Picture of {title}", { title })}
          tabIndex={drawn > width ? 0 : undefined}
          className="min-w-0 overflow-x-auto"
        >
          {width > 0 && (
            <BumpPicture
              stages={stages}
              documents={ordered}
              rows={rows}
              lower={lower}
              pointed={pointed}
              onPoint={setPointed}
              size={{ width: drawn, head: HEAD, row: ROW }}
            />
          )}
        </section>
        <BumpList
          documents={ordered}
          stages={stages}
          pointed={pointed}
          onPoint={setPointed}
          head={HEAD}
          row={ROW}
          rows={rows}
        />
      </div>
    </ChartFrame>
  );
}

function tableOf(documents: readonly BumpDocument[], stages: readonly BumpStage[]): ChartTable {
  return {
    columns: [
      { title: t("Document"), numeric: false },
      { title: t("Answers"), numeric: false },
      ...stages.map(({ label }) => ({ title: label, numeric: true })),
    ],
    rows: documents.map(({ id, title, relevant }) => {
      const answers = relevant === undefined ? t("not judged") : relevant ? t("yes") : t("no");
      return [
        { shown: title, value: title },
        { shown: answers, value: answers },
        ...stages.map(({ ranks }) => {
          const rank = ranks[id];
          return rank === undefined ? { shown: "–", value: null } : { shown: formatNumber(rank), value: rank };
        }),
      ];
    }),
  };
}

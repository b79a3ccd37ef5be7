import { t } from "@aika/react/text";
import type { ReactNode } from "react";
import { type ChartTable, colorOf } from "./data.ts";
import { ChartFrame } from "./frame.tsx";

/** A row of ranked bars. */
export interface RankedRow {
  id: string;
  label: string;
  /** In place of the label, such as a link. */
  shown?: ReactNode;
  value: number | null;
  /** Beside the value: "12 of 40". */
  detail?: string;
}

/** Names with a bar each, as they are given, usually the largest first. Readable as a list without the bars. */
export function RankedBars({
  title,
  sentence,
  rows,
  most,
  format,
  axis,
  measure,
  file,
  note,
  level,
  bare,
}: {
  title: string;
  sentence: string;
  rows: readonly RankedRow[];
  /** The value of a full bar. Unset: the largest. */
  most?: number;
  format: (value: number) => string;
  /** What the rows are: "Team". */
  axis: string;
  /** What the values are: "Users". */
  measure: string;
  file: string;
  /** Below the bars: what is not among them. */
  note?: ReactNode;
  level?: 2 | 3;
  bare?: boolean;
}): ReactNode {
  const full = most ?? Math.max(1e-9, ...rows.map(({ value }) => value ?? 0));
  return (
    <ChartFrame
      title={title}
      sentence={sentence}
      table={tableOf(rows, axis, measure, format)}
      file={file}
      {...(level === undefined ? {} : { level })}
      {...(bare === undefined ? {} : { bare })}
    >
      <ol className="flex flex-col gap-3">
        {rows.map(({ id, label, shown, value, detail }) => (
          <li key={id} className="min-w-0">
            <div className="flex items-baseline justify-between gap-4 text-sm">
              <span className="min-w-0 break-words">{shown ?? label}</span>
              <span className="shrink-0 text-right tabular">
                <span className="font-medium">{value === null ? t("not shown") : format(value)}</span>
                {detail !== undefined && <span className="ml-2 text-[0.8125rem] text-muted">{detail}</span>}
              </span>
            </div>
            <div aria-hidden="true" className="mt-1 h-2 overflow-hidden rounded-full bg-sunken">
              {value !== null && (
                <div
                  className="h-full rounded-full"
                  style={{ width: `${Math.max(1, Math.min(100, (100 * value) / full))}%`, background: colorOf(0) }}
                />
              )}
            </div>
          </li>
        ))}
      </ol>
      {note !== undefined && <p className="mt-4 text-[0.8125rem] text-muted">{note}</p>}
    </ChartFrame>
  );
}

function tableOf(
  rows: readonly RankedRow[],
  axis: string,
  measure: string,
  format: (value: number) => string,
): ChartTable {
  return {
    columns: [
      { title: axis, numeric: false },
      { title: measure, numeric: true },
      { title: t("In detail"), numeric: false },
    ],
    rows: rows.map(({ label, value, detail }) => [
      { shown: label, value: label },
      { shown: value === null ? t("not shown") : format(value), value },
      { shown: detail ?? "", value: detail ?? "" },
    ]),
  };
}

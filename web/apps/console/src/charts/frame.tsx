import { t } from "@aika/react/text";
import { cn, IconButton, Menu, MenuItem } from "@aika/react/ui";
import { ChartNoAxesCombined, Download, Ellipsis, Table2 } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { type ChartSeries, type ChartTable, colorOf, csvOf, dashOf } from "./data.ts";
import { download } from "./download.ts";
import "./charts.css";

/** What every chart stands in: its title, what it says in a sentence, its picture, and its numbers as a table or a file. */
export function ChartFrame({
  title,
  sentence,
  table,
  file,
  legend,
  level = 3,
  bare = false,
  className,
  children,
}: {
  title: string;
  sentence: string;
  table: ChartTable;
  file: string;
  legend?: ReactNode;
  level?: 2 | 3;
  /** Without a border of its own, inside of something that has one. */
  bare?: boolean;
  className?: string;
  children: ReactNode;
}): ReactNode {
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <figure
      aria-labelledby={`${id}-title`}
      className={cn("chart flex min-w-0 flex-col", !bare && "rounded-2xl border border-line bg-surface p-5", className)}
    >
      <div className="flex items-start justify-between gap-3">
        <figcaption className="min-w-0">
          <Heading id={`${id}-title`} className="text-[0.9375rem] font-semibold">
            {title}
          </Heading>
          <p className="mt-0.5 text-sm text-pretty text-muted">{sentence}</p>
        </figcaption>
        <Menu
          trigger={
            <IconButton label={t("Numbers of “{title}”", { title })} size="small" className="-mt-1 -mr-2">
              <Ellipsis />
            </IconButton>
          }
        >
          <MenuItem onSelect={() => setAsTable(!asTable)}>
            {asTable ? <ChartNoAxesCombined /> : <Table2 />}
            {asTable ? t("Show as chart") : t("Show as table")}
          </MenuItem>
          <MenuItem onSelect={() => download(`${file}.csv`, csvOf(table), "text/csv;charset=utf-8")}>
            <Download />
            {t("Download CSV")}
          </MenuItem>
        </Menu>
      </div>
      <div className="mt-4 min-w-0 flex-1">
        {asTable ? (
          <Numbers title={title} table={table} />
        ) : (
          <>
            {legend}
            {children}
          </>
        )}
      </div>
    </figure>
  );
}

/** Which line or bar is which. Lines also differ by their dashes, so that color is not needed. */
export function Legend({ series, shape }: { series: readonly ChartSeries[]; shape: "line" | "bar" }): ReactNode {
  if (series.length < 2) return null;
  return (
    <ul className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-[0.8125rem] text-muted">
      {series.map(({ id, label }, place) => (
        <li key={id} className="flex items-center gap-1.5">
          <svg aria-hidden="true" width="20" height="10" className="shrink-0">
            {shape === "line" ? (
              <line
                x1="0"
                x2="20"
                y1="5"
                y2="5"
                stroke={colorOf(place)}
                strokeWidth="2.5"
                strokeDasharray={dashOf(place)}
              />
            ) : (
              <rect x="4" width="12" height="10" rx="2.5" fill={colorOf(place)} />
            )}
          </svg>
          {label}
        </li>
      ))}
    </ul>
  );
}

function Numbers({ title, table }: { title: string; table: ChartTable }): ReactNode {
  return (
    <section
      aria-label={title}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className="max-h-80 overflow-auto rounded-xl border border-line"
    >
      <table className="w-full text-[0.8125rem]">
        <caption className="sr-only">{title}</caption>
        <thead className="sticky top-0 bg-surface">
          <tr className="border-b text-muted">
            {table.columns.map(({ title, numeric }) => (
              <th key={title} scope="col" className={cn("px-3 py-2 font-medium", numeric ? "text-right" : "text-left")}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            <tr key={`${at}-${row[0]?.shown}`} className="border-b last:border-0">
              {row.map((cell, place) => {
                const numeric = table.columns[place]?.numeric === true;
                return place === 0 ? (
                  <th key={place} scope="row" className="px-3 py-1.5 text-left font-normal">
                    {cell.shown}
                  </th>
                ) : (
                  <td key={place} className={cn("px-3 py-1.5", numeric && "text-right tabular")}>
                    {cell.shown}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

import type { ReactNode } from "react";
import { cn } from "./classes.ts";

export interface Column<Row> {
  id: string;
  title: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the end, in figures of equal width. */
  numeric?: boolean;
  /** Left out on narrow screens. */
  wideOnly?: boolean;
  className?: string;
}

/** Rows of the same kind. It scrolls by itself where it is too wide; the caption is for screen readers. */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  className,
}: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  className?: string;
}): ReactNode {
  return (
    <section
      aria-label={caption}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className={cn("overflow-x-auto rounded-2xl border border-line bg-surface", className)}
    >
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b text-left text-[0.8125rem] text-muted">
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={cn("px-4 py-2.5 font-medium whitespace-nowrap", placed(column))}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="border-b last:border-0 hover:bg-sunken/50">
              {columns.map((column) => (
                <td key={column.id} className={cn("px-4 py-3 align-top", placed(column), column.className)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function placed<Row>(column: Column<Row>): string {
  return cn(column.numeric === true && "text-right tabular", column.wideOnly === true && "hidden md:table-cell");
}

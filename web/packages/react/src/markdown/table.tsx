import { type ReactNode, useRef } from "react";
import { copyText } from "../copying/clipboard.ts";
import { csvOf } from "../copying/csv.ts";
import { t } from "../text/index.ts";
import { CopyButton } from "./copy-button.tsx";

/** A table that scrolls by itself where it is too wide, and can be taken along. */
export function Table({ children }: { children?: ReactNode }): ReactNode {
  const table = useRef<HTMLTableElement>(null);
  return (
    <div className="aika-table group/table">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: a section would be one landmark more for each table */}
      <div className="aika-table-scroll" role="group" tabIndex={0} aria-label={t("Table")}>
        <table ref={table}>{children}</table>
      </div>
      <div className="aika-block-tools">
        <CopyButton
          label={t("Copy as CSV")}
          text={t("CSV")}
          copy={() => (table.current === null ? Promise.resolve() : copyText(csvOf(cellsOf(table.current))))}
        />
      </div>
    </div>
  );
}

function cellsOf(table: HTMLTableElement): string[][] {
  return [...table.rows].map((row) => [...row.cells].map(wordsOf));
}

/** The words of a cell, without the citations in it. */
function wordsOf(cell: HTMLTableCellElement): string {
  const copy = cell.cloneNode(true) as HTMLTableCellElement;
  for (const chip of copy.querySelectorAll("[data-citation]")) chip.remove();
  return (copy.textContent ?? "").trim();
}

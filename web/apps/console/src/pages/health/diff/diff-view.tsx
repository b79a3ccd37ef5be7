import { t } from "@aika/react/text";
import { cn } from "@aika/react/ui";
import type { ReactNode } from "react";
import type { DiffRow, Line } from "./rows.ts";

export type Layout = "unified" | "split";

/** Rows of a diff. What was removed and added is also said by a sign, so that color is not needed. */
export function DiffView({ hunks, layout }: { hunks: readonly DiffRow[][]; layout: Layout }): ReactNode {
  return (
    <section
      aria-label={t("Suggested edit")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      className="overflow-x-auto font-mono text-[0.8125rem] leading-relaxed"
    >
      {hunks.map((rows, at) => (
        <div key={at} className={cn(at > 0 && "border-t border-dashed")}>
          {layout === "split" ? <Split rows={rows} /> : <Unified rows={rows} />}
        </div>
      ))}
    </section>
  );
}

function Unified({ rows }: { rows: readonly DiffRow[] }): ReactNode {
  return (
    <table className="w-full border-collapse">
      <caption className="sr-only">{t("Lines that change, with those around them")}</caption>
      <tbody>
        {grouped(rows).map(({ line, kind, id }) => (
          <tr key={id} className={shade(kind)}>
            <Cells line={line} kind={kind} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Split({ rows }: { rows: readonly DiffRow[] }): ReactNode {
  return (
    <table className="w-full min-w-[36rem] table-fixed border-collapse">
      <caption className="sr-only">{t("The document now, and with the suggested edit")}</caption>
      <colgroup>
        <col className="w-14" />
        <col />
        <col className="w-14" />
        <col />
      </colgroup>
      <thead className="sr-only">
        <tr>
          <th scope="col" colSpan={2}>
            {t("Now")}
          </th>
          <th scope="col" colSpan={2}>
            {t("Suggested")}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>
            <Cells line={row.before} kind={row.kind === "same" ? "same" : "removed"} shaded />
            <Cells line={row.after} kind={row.kind === "same" ? "same" : "added"} shaded />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type LineKind = "same" | "removed" | "added";

function Cells({ line, kind, shaded = false }: { line: Line | null; kind: LineKind; shaded?: boolean }): ReactNode {
  const color = shaded && line !== null ? shade(kind) : line === null ? "bg-sunken/60" : "";
  return (
    <>
      <td className={cn("w-14 pr-1 pl-2 text-right whitespace-nowrap align-top text-muted tabular select-none", color)}>
        {line?.number}
        <span aria-hidden="true" className="inline-block w-3 text-center">
          {line === null || kind === "same" ? " " : kind === "removed" ? "−" : "+"}
        </span>
      </td>
      <td className={cn("py-px pr-4 pl-1 align-top break-words whitespace-pre-wrap", color)}>
        {line !== null && <Words line={line} kind={kind} />}
      </td>
    </>
  );
}

function Words({ line, kind }: { line: Line; kind: LineKind }): ReactNode {
  if (kind === "same") return line.parts.map((part) => part.text).join("") || " ";
  const Tag = kind === "removed" ? "del" : "ins";
  return (
    <Tag className="no-underline">
      {line.parts.map((part, at) => (
        <span
          key={at}
          className={cn(
            part.changed && "rounded-xs font-medium",
            part.changed && (kind === "removed" ? "bg-bad/20" : "bg-good/25"),
          )}
        >
          {part.text}
        </span>
      ))}
    </Tag>
  );
}

function shade(kind: LineKind): string {
  return kind === "removed" ? "bg-bad-soft" : kind === "added" ? "bg-good-soft" : "";
}

/** The lines one below the other: of lines that changed together, first those before, then those after. */
function grouped(rows: readonly DiffRow[]): { line: Line; kind: LineKind; id: string }[] {
  const lines: { line: Line; kind: LineKind; id: string }[] = [];
  let later: typeof lines = [];
  for (const { kind, before, after } of rows) {
    if (kind === "same" && before !== null) {
      lines.push(...later, { line: before, kind: "same", id: `=${before.number}` });
      later = [];
      continue;
    }
    if (before !== null) lines.push({ line: before, kind: "removed", id: `-${before.number}` });
    if (after !== null) later.push({ line: after, kind: "added", id: `+${after.number}` });
  }
  return [...lines, ...later];
}

import { formatNumber, t } from "@aika/react/text";
import { cn } from "@aika/react/ui";
import type { ReactNode } from "react";
import { type BumpDocument, type BumpStage, curveOf, spotsOf } from "./bump-data.ts";

/** The picture itself. It says nothing that the list beside it does not say in words. */
export function BumpPicture({
  stages,
  documents,
  rows,
  lower,
  pointed,
  onPoint,
  size,
}: {
  stages: readonly BumpStage[];
  documents: readonly BumpDocument[];
  rows: number;
  /** Whether something stands lower than the last row. */
  lower: boolean;
  pointed: string | null;
  onPoint: (id: string | null) => void;
  size: { width: number; head: number; row: number };
}): ReactNode {
  const narrow = size.width < 480;
  const left = narrow ? 38 : 52;
  const step = (size.width - left - 18) / Math.max(1, stages.length - 1);
  const x = (column: number) => left + column * step;
  const y = (row: number) => size.head + (row + 0.5) * size.row + (row >= rows ? 10 : 0);
  const height = y(rows - 1 + (lower ? 1 : 0)) + size.row / 2;
  // What is pointed at is drawn last, over the others; before it what answers.
  const order = [...documents].sort((one, other) => weight(one, pointed) - weight(other, pointed));
  return (
    <svg aria-hidden="true" width={size.width} height={height} className="block">
      {stages.map(({ id, label }, column) => (
        <g key={id}>
          <line x1={x(column)} x2={x(column)} y1={size.head} y2={height - 6} stroke="var(--line)" />
          <text
            textAnchor={column === 0 ? "start" : column === stages.length - 1 ? "end" : "middle"}
            className={cn("fill-(--ink) font-medium", narrow ? "text-[11px]" : "text-[12.5px]")}
          >
            {(narrow ? label.split(" ") : [label]).map((word, line) => (
              <tspan
                key={word}
                x={x(column) + (column === 0 ? -10 : column === stages.length - 1 ? 10 : 0)}
                y={14 + 14 * line}
              >
                {word}
              </tspan>
            ))}
          </text>
        </g>
      ))}
      {Array.from({ length: rows }, (_, row) => (
        <text
          key={row}
          x={left - 22}
          y={y(row)}
          dominantBaseline="central"
          textAnchor="end"
          className="fill-(--faint) text-[12px] tabular"
        >
          {formatNumber(row + 1)}
        </text>
      ))}
      {lower && (
        <text x={0} y={y(rows)} dominantBaseline="central" className="fill-(--faint) text-[12px]">
          {t("lower")}
        </text>
      )}
      {order.map((document) => (
        <Way
          key={document.id}
          document={document}
          stages={stages}
          rows={rows}
          place={{ x, y }}
          state={pointed === null ? "plain" : pointed === document.id ? "pointed" : "behind"}
          onPoint={onPoint}
        />
      ))}
    </svg>
  );
}

function Way({
  document,
  stages,
  rows,
  place: { x, y },
  state,
  onPoint,
}: {
  document: BumpDocument;
  stages: readonly BumpStage[];
  rows: number;
  place: { x: (column: number) => number; y: (row: number) => number };
  state: "plain" | "pointed" | "behind";
  onPoint: (id: string | null) => void;
}): ReactNode {
  const spots = spotsOf(document.id, stages, rows);
  const curve = curveOf(spots, x, y);
  const answers = document.relevant === true;
  const color = answers ? "var(--good)" : state === "pointed" ? "var(--accent)" : "var(--line-strong)";
  return (
    <g
      className={cn("transition-opacity", state === "behind" && "opacity-20")}
      onPointerEnter={() => onPoint(document.id)}
      onPointerLeave={() => onPoint(null)}
    >
      {/* As wide as a finger, to be pointed at. */}
      <path d={curve} fill="none" stroke="transparent" strokeWidth="18" />
      <path
        d={curve}
        fill="none"
        stroke={color}
        strokeWidth={answers || state === "pointed" ? 3 : 1.5}
        strokeLinecap="round"
      />
      {spots.map(({ column, row, rank }) => (
        <g key={column}>
          <circle
            cx={x(column)}
            cy={y(row)}
            r={answers ? 6.5 : 5}
            fill={answers ? "var(--good)" : "var(--surface)"}
            stroke={color}
            strokeWidth="2"
          />
          {row >= rows && (state === "pointed" || answers) && (
            <text x={x(column)} y={y(row) + 17} textAnchor="middle" className="fill-(--muted) text-[11px] tabular">
              {formatNumber(rank)}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}

function weight({ id, relevant }: BumpDocument, pointed: string | null): number {
  return id === pointed ? 2 : relevant === true ? 1 : 0;
}

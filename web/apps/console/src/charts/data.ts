import { csvOf as fileOf } from "@aika/react";

/** A place on the chart's horizontal axis, with the numbers there. `null` is what is not known or not shown. */
export interface ChartPoint {
  /** Short, for the axis. */
  label: string;
  /** In full, for the table and what is shown on pointing. */
  title?: string;
  values: Readonly<Record<string, number | null>>;
  /** 95 % intervals, by series. */
  ranges?: Readonly<Record<string, readonly [number, number] | null>>;
}

/** What one line, one kind of bar or one column of the table is of. */
export interface ChartSeries {
  id: string;
  label: string;
}

/** A table of a chart's numbers: as people read it, and as a program does. */
export interface ChartTable {
  columns: readonly { title: string; numeric: boolean }[];
  rows: readonly (readonly TableCell[])[];
}

export interface TableCell {
  shown: string;
  value: string | number | null;
}

/** What every chart of points has. */
export interface PointChartProps {
  title: string;
  /** What the chart says, in a sentence. */
  sentence: string;
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  /** What the points are: "Week". */
  axis: string;
  format: (value: number) => string;
  /** The name of the CSV file, without its end. */
  file: string;
  height?: number;
  /** The largest value of the axis, where it is known: 1 for shares. */
  most?: number;
  /** Where the axis of a line begins, where that is not 0. */
  least?: number;
  /** The heading's level on the page. */
  level?: 2 | 3;
  /** Upright lines of a line chart, each at the label of a point. */
  marks?: readonly { at: string; label: string }[];
  /** The labels that a line chart's horizontal axis shows, as far as there is room. Without them: as many as fit. */
  ticks?: readonly string[];
  /** Told which point of a line chart was clicked on. The same must be possible without a pointer, beside the chart. */
  onChoose?: (place: number) => void;
}

/** The colors of series, in order. The last one repeats. */
export function colorOf(place: number): string {
  return `var(--chart-${Math.min(place, 5) + 1})`;
}

/** How lines are told apart without color. */
export function dashOf(place: number): string {
  return ["0", "7 4", "2 3", "10 3 2 3", "4 2", "1 4"][Math.min(place, 5)] ?? "0";
}

/** The table of a chart of points: a row each, a column for each series and its interval. */
export function tableOfPoints({
  points,
  series,
  axis,
  format,
  words,
}: Pick<PointChartProps, "points" | "series" | "axis" | "format"> & {
  words: { low: (series: string) => string; high: (series: string) => string; hidden: string };
}): ChartTable {
  const ranged = new Set(series.filter(({ id }) => points.some((point) => point.ranges?.[id])).map(({ id }) => id));
  const number = (value: number | null | undefined): TableCell =>
    value === null || value === undefined ? { shown: words.hidden, value: null } : { shown: format(value), value };
  return {
    columns: [
      { title: axis, numeric: false },
      ...series.flatMap(({ id, label }) => [
        { title: label, numeric: true },
        ...(ranged.has(id)
          ? [
              { title: words.low(label), numeric: true },
              { title: words.high(label), numeric: true },
            ]
          : []),
      ]),
    ],
    rows: points.map((point) => [
      { shown: point.title ?? point.label, value: point.title ?? point.label },
      ...series.flatMap(({ id }) => [
        number(point.values[id]),
        ...(ranged.has(id) ? [number(point.ranges?.[id]?.[0]), number(point.ranges?.[id]?.[1])] : []),
      ]),
    ]),
  };
}

/** The table as CSV. No cell is what a spreadsheet would take for a formula. */
export function csvOf({ columns, rows }: ChartTable): string {
  return fileOf([columns.map(({ title }) => title), ...rows.map((row) => row.map(({ value }) => value))]);
}

/** A stage of a ranking, or a ranking of its own, with where it has what. */
export interface BumpStage {
  id: string;
  label: string;
  /** From 1, by document. What is missing it does not have. */
  ranks: Readonly<Record<string, number>>;
}

/** What moves through the stages. */
export interface BumpDocument {
  id: string;
  title: string;
  /** Whether it answers; `undefined` where nobody judged it. */
  relevant?: boolean | undefined;
  /** How it came to stand where it stands, in sentences. */
  reasons?: readonly string[];
  /** Where it can be read. */
  href?: string;
}

/** A place in the picture: a stage's column, and a row. */
export interface Spot {
  column: number;
  rank: number;
  /** From 0; what stands lower than the picture reaches is in the last row. */
  row: number;
}

/** The rows of ranks 1 to `most`, and one more for what stands lower. */
export function spotsOf(id: string, stages: readonly BumpStage[], most: number): Spot[] {
  return stages.flatMap(({ ranks }, column) => {
    const rank = ranks[id];
    return rank === undefined ? [] : [{ column, rank, row: Math.min(rank, most + 1) - 1 }];
  });
}

/** The documents in the order of the last stage that has them, what answers first among those that none of it has. */
export function inFinalOrder(documents: readonly BumpDocument[], stages: readonly BumpStage[]): BumpDocument[] {
  const last = stages.at(-1)?.ranks ?? {};
  const place = ({ id, relevant }: BumpDocument) => last[id] ?? 10_000 - (relevant === true ? 1 : 0);
  return [...documents].sort((one, other) => place(one) - place(other));
}

/** Curves between neighboring columns, as an SVG path. A stage that does not have it interrupts the line. */
export function curveOf(spots: readonly Spot[], x: (column: number) => number, y: (row: number) => number): string {
  return spots
    .map((spot, at) => {
      const before = spots[at - 1];
      const to = `${x(spot.column).toFixed(1)} ${y(spot.row).toFixed(1)}`;
      if (before === undefined || before.column !== spot.column - 1) return `M${to}`;
      const middle = ((x(before.column) + x(spot.column)) / 2).toFixed(1);
      return `C${middle} ${y(before.row).toFixed(1)} ${middle} ${y(spot.row).toFixed(1)} ${to}`;
    })
    .join("");
}

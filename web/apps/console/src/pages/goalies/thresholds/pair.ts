/** The two thresholds of a goalie, in parts of one. The first never passes the second. */
export interface Pair {
  medium: number;
  high: number;
}

/** The pair with one of the two moved to a place: the nearer one, and of two equally near ones that on the place's side. */
export function withNearer({ medium, high }: Pair, place: number): Pair {
  const [below, above] = [Math.abs(place - medium), Math.abs(place - high)];
  const movesHigh = above < below || (above === below && place > high);
  return movesHigh ? { medium: Math.min(medium, place), high: place } : { medium: place, high: Math.max(high, place) };
}

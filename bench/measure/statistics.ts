/** Of one figure over all repetitions. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Width of the middle half of the figures as a part of their median: 0.2 = 20 %. One slow run does not move it. */
  readonly spread: number;
  readonly count: number;
}

export function summaryOf(figures: readonly number[]): Summary {
  const sorted = [...figures].sort((one, other) => one - other);
  const median = quantile(sorted, 0.5);
  return {
    median,
    least: sorted[0] ?? Number.NaN,
    most: sorted.at(-1) ?? Number.NaN,
    spread: median === 0 ? 0 : (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / median,
    count: sorted.length,
  };
}

/** Of figures in rising order; between two of them in proportion. */
function quantile(sorted: readonly number[], part: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return below + (above - below) * (at - Math.floor(at));
}

/**
 * One figure beside another of the same repetition, pair by pair: a machine that is slow for a minute is slow for both.
 */
export function ratioOf(figures: readonly number[], beside: readonly number[]): Summary {
  return summaryOf(figures.map((figure, index) => figure / (beside[index] ?? Number.NaN)));
}

import { ratioOf, type Summary, summaryOf } from "../measure/statistics";

/** What a floor may vary by and still be one: the width of the middle half of its figures, as a part of the median. */
export const NOISE_LIMIT = 0.2;

export const ms = (figure: number) => `${Math.round(figure)} ms`;
export const seconds = (figureMs: number) => `${(figureMs / 1000).toFixed(2)} s`;
export const times = (ratio: number) => ratio.toFixed(2);

/** `1.08 (1.03–1.15)`: the median of the pairs and how far they went. */
export function ratioText({ median, least, most, count }: Summary): string {
  return count < 2 ? times(median) : `${times(median)} (${times(least)}–${times(most)})`;
}

export interface Compared {
  readonly ratio: Summary;
  /** The floor stood still enough to compare with. */
  readonly isConclusive: boolean;
}

export function compared(figures: readonly number[], floor: readonly number[]): Compared {
  return { ratio: ratioOf(figures, floor), isConclusive: floor.length > 1 && summaryOf(floor).spread <= NOISE_LIMIT };
}

export const median = (figures: readonly number[]) => summaryOf(figures).median;

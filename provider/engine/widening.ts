/** Delays that start short and widen by half each time up to a longest one, without end: the deadline ends the wait. */
export function* widening(firstMs: number, longestMs: number): Generator<number, never> {
  for (let delayMs = firstMs; ; delayMs = Math.min(delayMs * 1.5, longestMs)) yield Math.round(delayMs);
}

const ORDINARY_SEED = 1;

/**
 * How a property is run: with the same cases each time, so that a verdict depends on the code alone. PATCHBAY_SEED=random
 * looks for new ones, PATCHBAY_SEED=<number> repeats those of a failure, PATCHBAY_RUNS multiplies their number.
 */
export function runs(count: number): { numRuns: number; seed?: number } {
  const seed = process.env["PATCHBAY_SEED"] ?? ORDINARY_SEED;
  const numRuns = Math.ceil(count * Number(process.env["PATCHBAY_RUNS"] ?? 1));
  return seed === "random" ? { numRuns } : { numRuns, seed: Number(seed) };
}

/** How a property is run: PATCHBAY_RUNS multiplies the number of its cases, PATCHBAY_SEED repeats a failure. */
export function runs(count: number): { numRuns: number; seed?: number } {
  const seed = process.env["PATCHBAY_SEED"];
  const numRuns = Math.ceil(count * Number(process.env["PATCHBAY_RUNS"] ?? 1));
  return { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) };
}

/** `no POST`, `1 POST`, `4 POSTs`. */
export function counted(count: number, noun: string): string {
  return `${count === 0 ? "no" : count} ${noun}${count === 1 ? "" : plural(noun)}`;
}

function plural(noun: string): string {
  return /(s|x|ch)$/i.test(noun) ? "es" : "s";
}

/** One count for all cases where it is the same: `1 request each`, else `1 request, 4 requests`. */
export function countedEach(counts: readonly number[], noun: string): string {
  const told = counts.map((count) => counted(count, noun));
  return new Set(told).size === 1 ? `${told[0]} each` : told.join(", ");
}

/** `a, b and c` */
export function listed(parts: readonly string[], word: "and" | "or" = "and"): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} ${word} ${parts.at(-1)}`;
}

/** What became of each of several cases, where it is the same `an error (3 of 3)`, else `an error: A and B; success: C`. */
export function sorted(cases: readonly { readonly name: string; readonly end: string }[]): string {
  const ends = [...new Set(cases.map(({ end }) => end))];
  if (ends.length === 1) return `${ends[0]} (${cases.length} of ${cases.length})`;
  return ends.map((end) => `${end}: ${listed(cases.filter((one) => one.end === end).map(({ name }) => name))}`).join("; ");
}

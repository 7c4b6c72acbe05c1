const SPELLINGS_IN_MS = ["retry-after-ms", "x-ms-retry-after-ms", "x-acs-retry-after"] as const;

/** How long the service asks to wait, in any of its spellings; garbage and negative numbers count as not said. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  for (const name of SPELLINGS_IN_MS) {
    const delayMs = wholeNumber(headers[name]);
    if (delayMs !== undefined) return delayMs;
  }
  const text = headers["retry-after"]?.trim();
  const seconds = wholeNumber(text);
  if (seconds !== undefined) return seconds * 1000;
  // Date.parse alone takes "-5" for a year: an HTTP date begins with the name of a day.
  const atMs = text !== undefined && /^[A-Za-z]{3,9}, ?\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d{1,15}(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

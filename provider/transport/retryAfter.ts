import { httpDateMs } from "./httpDate";

const SPELLINGS_IN_MS = ["retry-after-ms", "x-ms-retry-after-ms", "x-acs-retry-after"] as const;

/** How long the service asks to wait, in any of its spellings; garbage and negative numbers count as not said. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  for (const name of SPELLINGS_IN_MS) {
    const delayMs = amount(headers[name]);
    if (delayMs !== undefined) return delayMs;
  }
  const seconds = amount(headers["retry-after"]);
  if (seconds !== undefined) return seconds * 1000;
  const atMs = httpDateMs(headers["retry-after"]);
  return atMs === undefined ? undefined : Math.max(0, atMs - nowMs);
}

/** However many digits it has, a number says something: not to come back for long. */
function amount(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Math.min(Number(text), LONGEST) : undefined;
}

const LONGEST = 1e12;

import type * as iso8601 from "iso8601-duration";

const GO_UNITS_MS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const GO_DURATION = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;

/** Milliseconds of a Go duration such as "90s" or "1h30m", the form of Pulumi's own timeouts; undefined when it is none. */
export function goDurationMs(text: string): number | undefined {
  if (!GO_DURATION.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    totalMs += Number(amount) * (GO_UNITS_MS[unit as string] as number);
  }
  return totalMs;
}

/** Seconds of an ISO 8601 duration such as "PT2M"; undefined when it is none. Years and months have no fixed length and count as none. */
export function isoDurationSeconds(text: string): number | undefined {
  if (!/^P(?=\d|T\d)/.test(text)) return undefined;
  const { parse, toSeconds } = require("iso8601-duration") as typeof iso8601;
  try {
    const duration = parse(text);
    if (duration.years || duration.months) return undefined;
    return toSeconds(duration, new Date(0));
  } catch {
    return undefined;
  }
}

/** "2 min 5 s": how long something takes, for people. */
export function spokenDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

import type * as iso8601 from "iso8601-duration";

const GO_UNITS_MS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const GO_DURATION = /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/;
/** Go counts nanoseconds in 64 bits, which is 292 years. */
const GO_LONGEST_MS = 2 ** 63 / 1e6;
const ISO_DURATION =
  /^P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+(?:[.,]\d+)?H)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?S)?)?$/;

/** Milliseconds of a Go duration such as "90s" or "1h30m", the form of Pulumi's own timeouts; undefined when it is none. */
export function goDurationMs(text: string): number | undefined {
  if (!GO_DURATION.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    totalMs += Number(amount) * (GO_UNITS_MS[unit as string] as number);
  }
  return totalMs < GO_LONGEST_MS ? totalMs : undefined;
}

/** Seconds of an ISO 8601 duration such as "PT2M"; undefined when it is none. Years and months have no fixed length and count as none. */
export function isoDurationSeconds(text: string): number | undefined {
  return measured(text, ({ parse, toSeconds }) => {
    const duration = parse(text);
    return duration.years || duration.months ? undefined : toSeconds(duration, new Date(0));
  });
}

/** When an ISO 8601 duration that begins at a time is over, years and months by the calendar; undefined when it is none. */
export function isoDurationEnd(text: string, startMs: number): number | undefined {
  return measured(text, ({ parse, end }) => end(parse(text), new Date(startMs)).getTime());
}

function measured(text: string, measure: (library: typeof iso8601) => number | undefined): number | undefined {
  // The library takes what follows a duration, too.
  if (!ISO_DURATION.test(text)) return undefined;
  try {
    const result = measure(require("iso8601-duration") as typeof iso8601);
    return Number.isFinite(result) ? result : undefined;
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

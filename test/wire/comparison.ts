import { isObject } from "../../provider/engine/state";
import type { WireRequest } from "./captureServer";

// What two requests have to have in common. Left out are the order of headers and of a JSON object's members and the
// spelling of header names, which mean nothing in HTTP and JSON. Everything else has to be equal, but for a difference
// that is named.

/** A request in the one form in which two of them are compared. */
export interface Meaning {
  readonly method: string;
  /** Path and query, to the byte. */
  readonly target: string;
  /** Lower-case names; a header that came twice has two values. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Parsed; undefined where there was none. */
  readonly body: unknown;
  readonly bodyBytes: number;
}

/** What a generated case knows of itself and a difference may have to know of the case. */
export interface Told {
  /** The tls of the backend as it was read before the write. */
  readonly currentTls?: Readonly<Record<string, unknown>>;
  /** Whether one of its members is given. */
  readonly givesTls?: boolean;
  /** Members that this package carries and the official client's model does not have, as they belong into `properties`. */
  readonly newer?: Readonly<Record<string, unknown>>;
  /** The maps of `credentials` whose names are data, where they were given. */
  readonly maps?: Readonly<Record<string, unknown>>;
  /** The secret that both sides sign with. */
  readonly accessKeySecret?: string;
}

/** One way in which ours is meant to differ from the official client's. */
export interface Difference {
  readonly name: string;
  readonly reason: string;
  /**
   * The client's request as it would be if it did this one thing as we do. Undefined where the two do not differ in
   * exactly this way: then nothing is excused.
   */
  bridge(ours: Meaning, theirs: Meaning, told: Told): Meaning | undefined;
}

export function meaningOf({ method, target, headers, body }: WireRequest): Meaning {
  const named: Record<string, string[]> = {};
  for (const [spelled, value] of headers) {
    const name = spelled.toLowerCase();
    named[name] = [...(named[name] ?? []), value];
  }
  return {
    method,
    target,
    headers: named,
    body: body === "" ? undefined : (JSON.parse(body) as unknown),
    bodyBytes: Buffer.byteLength(body),
  };
}

/** Both sides of one request, as texts: ours as it is, the client's with the named differences bridged. */
export interface Sides {
  readonly ours: string;
  readonly theirs: string;
}

export function sidesOf(ours: WireRequest, theirs: WireRequest, differences: readonly Difference[], told: Told): Sides {
  const own = meaningOf(ours);
  const bridged = differences.reduce((meaning, { bridge }) => bridge(own, meaning, told) ?? meaning, meaningOf(theirs));
  return { ours: textOf(own), theirs: textOf(bridged) };
}

/** Fails unless ours is the conversation of the official client, request by request. */
export function expectSame(
  ours: readonly WireRequest[],
  theirs: readonly WireRequest[],
  differences: readonly Difference[],
  told: Told = {},
): void {
  expect(ours.map(lineOf)).toEqual(theirs.map(lineOf));
  ours.forEach((request, index) => {
    const sides = sidesOf(request, theirs[index] as WireRequest, differences, told);
    expect(sides.ours).toBe(sides.theirs);
  });
}

export interface Sample {
  readonly ours: readonly WireRequest[];
  readonly theirs: readonly WireRequest[];
  readonly told: Told;
}

/** The differences that are none any more: without them, every request of the samples is still the same. */
export function outdated(samples: readonly Sample[], differences: readonly Difference[]): string[] {
  const needed = (left: Difference) => {
    const others = differences.filter((difference) => difference !== left);
    return samples.some(({ ours, theirs, told }) =>
      ours.some((request, index) => {
        const sides = sidesOf(request, theirs[index] as WireRequest, others, told);
        return sides.ours !== sides.theirs;
      }),
    );
  };
  return differences.filter((difference) => !needed(difference)).map(({ name }) => name);
}

function lineOf({ method, target }: WireRequest): string {
  return `${method} ${target}`;
}

/** Not by jest's own equality, which does not see a member called `__proto__`. */
function textOf({ method, target, headers, body }: Meaning): string {
  return `${method} ${target}\n${JSON.stringify(inOrder(headers), null, 1)}\n${JSON.stringify(inOrder(body), null, 1)}`;
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isObject(value)) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, part]) => [name, inOrder(part)]));
}

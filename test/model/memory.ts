import type { JsonValue } from "../cloud";
import { isWithin, type Leaves, overlapsAny, valueAt, within, without } from "./leaves";
import { sameMeaning } from "./meaning";

// What "restore" remembers, and which of it may be put back.

export interface Memory {
  /** What was there before the first write, line by line; null where there was nothing. */
  readonly first: Leaves;
  /** What the program gave at the last write. */
  readonly given: Leaves;
}

/**
 * What is remembered after a run.
 * @param had what was owned before the run: a leaf that was owned and not remembered has no first value any more
 * @param before the backend before this run wrote to it
 */
export function remember(memory: Memory | undefined, had: Leaves, wanted: Leaves, before: Leaves): Memory {
  const first = [...wanted.keys()].flatMap((path) => [...firstAt(path, memory, had, before)]);
  return { first: new Map(first), given: wanted };
}

/** After a write whose end nobody saw: what was there before is forgotten by neither end. */
export function rememberBoth(memory: Memory | undefined, now: Memory): Memory {
  if (memory === undefined) return now;
  const both = (old: Leaves, added: Leaves) => new Map([...without(old, (path) => overlapsAny(path, added.keys())), ...added]);
  return { first: both(memory.first, now.first), given: both(memory.given, now.given) };
}

function firstAt(path: string, memory: Memory | undefined, had: Leaves, before: Leaves): Leaves {
  const known = memory === undefined ? undefined : rememberedAs(path, memory);
  if (known !== undefined) return known;
  if ([...had.keys()].some((owned) => isWithin(path, owned))) return new Map();
  // Wider than what was owned so far: the first values of that, and of all the rest those of now.
  const narrower = within(had, path);
  const remembered = memory === undefined ? [] : [...within(memory.first, path)];
  const rest = without(within(before, path), (line) => overlapsAny(line, narrower.keys()));
  const there = [...rest, ...remembered].filter(([, value]) => value !== null);
  if (there.length > 0) return new Map(there);
  return narrower.size === 0 || remembered.length > 0 ? nothingAt(path) : new Map();
}

/** The first value of a leaf that was remembered, or lies in what was. */
function rememberedAs(path: string, { first, given }: Memory): Leaves | undefined {
  const whole = [...given.keys()].find((leaf) => isWithin(path, leaf));
  if (whole === undefined || within(first, whole).size === 0) return undefined;
  const inner = within(first, path);
  return inner.size === 0 ? nothingAt(path) : inner;
}

function nothingAt(path: string): Leaves {
  return new Map<string, JsonValue>([[path, null]]);
}

/** First values of what a program does not give any more. */
export function restorable(memory: Memory | undefined, wanted: Leaves): Leaves {
  return memory === undefined ? new Map() : without(memory.first, (path) => overlapsAny(path, wanted.keys()));
}

/** Those that may be put back: where the backend still has what was given. */
export function stillGiven(memory: Memory | undefined, lines: Leaves, now: Leaves): Leaves {
  return without(lines, (path) => memory === undefined || !isStillGiven(memory.given, path, now));
}

function isStillGiven(given: Leaves, path: string, now: Leaves): boolean {
  const leaf = [...given.keys()].find((owned) => isWithin(path, owned)) ?? path;
  const value = given.get(leaf) ?? null;
  // A member that was removed whole is looked at line by line: somebody may have given one of its lines anew.
  return value === null ? sameMeaning(path, null, valueAt(now, path)) : sameMeaning(leaf, value, valueAt(now, leaf));
}

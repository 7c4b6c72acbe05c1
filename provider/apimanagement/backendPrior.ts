import type { Json, JsonObject } from "../engine/operation";
import {
  fromLeaves,
  holds,
  type Leaf,
  leafAt,
  leavesOf,
  leavesOutside,
  overlaps,
  sameLeaf,
  withLeaf,
  withoutLeaf,
} from "../engine/ownership";
import { backendOwnership } from "./backend";
import type { BackendMembers } from "./backendMembers";

// What a patch remembers to be able to put its leaves back: their values before the first write, and what was written.

export interface Remembered {
  /** Null where there was nothing. */
  readonly prior: JsonObject;
  /** Null where it was removed. */
  readonly written: JsonObject;
}

/**
 * What to remember after a write. A leaf's first value is kept from the first run that owned it, and never taken anew.
 * @param owned what the resource owned before this run; undefined at create
 * @param read the backend before this run's write
 */
export function remember(before: Remembered, owned: JsonObject | undefined, wanted: JsonObject, read: JsonObject): Remembered {
  const prior = leavesOf(wanted, backendOwnership).reduce<JsonObject>((values, { path }) => {
    const first = firstValue(before, owned ?? {}, path, read);
    return first === undefined ? values : withLeaf(values, path, first);
  }, {});
  return { prior, written: wanted };
}

/** What to remember of a write that may have landed: nothing from before it is forgotten, since what it dropped may be there still. */
export function rememberBoth(before: Remembered, now: Remembered): Remembered {
  const both = (old: JsonObject, added: JsonObject) =>
    leavesOf(added, backendOwnership).reduce<JsonObject>((values, { path, value }) => withLeaf(values, path, value), old);
  return { prior: both(before.prior, now.prior), written: both(before.written, now.written) };
}

/** Undefined for a leaf that was owned before anything was remembered. */
function firstValue(before: Remembered, owned: JsonObject, path: readonly string[], read: JsonObject): Json | undefined {
  const whole = leafHolding(before.written, path);
  if (whole !== undefined && holds(before.prior, whole.path)) return leafAt(before.prior, path);
  if (leafHolding(owned, path) !== undefined) return undefined;
  // Of a member whose single leaves were owned until now: their first values, and of the rest those of now.
  const parts = leavesOf(owned, backendOwnership).filter((leaf) => overlaps(leaf.path, path));
  const known = leavesOf(before.prior, backendOwnership).filter((leaf) => overlaps(leaf.path, path));
  const rest = parts.reduce((others, leaf) => withoutLeaf(others, leaf.path), read);
  const first = leafAt(fromLeaves([...leavesOf(rest, backendOwnership), ...known.filter(({ value }) => value !== null)]), path);
  return first === null && parts.length > 0 && known.length === 0 ? undefined : first;
}

/** The leaf that a path is, or lies in. */
export function leafHolding(object: JsonObject, path: readonly string[]): Leaf | undefined {
  return leavesOf(object, backendOwnership).find((leaf) => leaf.path.length <= path.length && overlaps(leaf.path, path));
}

/** First values of leaves that are wanted no longer. */
export function droppedLeaves({ prior }: Remembered, wanted: JsonObject): Leaf[] {
  return leavesOutside(prior, wanted, backendOwnership);
}

/** Those of the leaves that still have the value which was written here. */
export function stillOurs({ written }: Remembered, leaves: readonly Leaf[], now: JsonObject): Leaf[] {
  return leaves.filter(({ path }) => {
    const whole = leafHolding(written, path);
    // What was removed whole is looked at leaf by leaf: somebody may have given one of its leaves anew.
    if (whole === undefined || whole.value === null) return sameLeaf(backendOwnership, path, null, leafAt(now, path));
    return sameLeaf(backendOwnership, whole.path, whole.value, leafAt(now, whole.path));
  });
}

/** A state that may remember. */
export interface Remembering {
  prior?: BackendMembers;
  written?: BackendMembers;
}

/** What a state remembers; nothing where there is none yet. */
export function rememberedBy(state: Remembering | undefined): Remembered {
  return { prior: (state?.prior ?? {}) as JsonObject, written: (state?.written ?? {}) as JsonObject };
}

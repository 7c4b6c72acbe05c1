import type { Json, JsonObject } from "../engine/operation";
import { holds, type Leaf, leafAt, leavesOf, leavesOutside, sameLeaf, withLeaf } from "../engine/ownership";
import { isObject } from "../engine/state";
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
    if (holds(before.prior, path)) return withLeaf(values, path, firstValue(before, path, read));
    return owned !== undefined && holds(owned, path) ? values : withLeaf(values, path, leafAt(read, path));
  }, {});
  return { prior, written: wanted };
}

/** What to remember of a write that may have landed: nothing from before it is forgotten, since what it dropped may be there still. */
export function rememberBoth(before: Remembered, now: Remembered): Remembered {
  const both = (old: JsonObject, added: JsonObject) =>
    leavesOf(added, backendOwnership).reduce<JsonObject>((values, { path, value }) => withLeaf(values, path, value), old);
  return { prior: both(before.prior, now.prior), written: both(before.written, now.written) };
}

/** A leaf that was an object with single owned members until now: their first values, and of the others those of now. */
function firstValue(before: Remembered, path: readonly string[], read: JsonObject): Json {
  const first = leafAt(before.prior, path);
  const wasWhole = holds(before.written, path) && leafAt(before.written, path) === null;
  if (!isObject(first) || wasWhole || backendOwnership.isLeaf(path)) return first;
  const now = leafAt(read, path);
  const known = leavesOf(first as JsonObject, backendOwnership, path);
  return known.reduce((whole, leaf) => withLeaf(whole, leaf.path.slice(path.length), leaf.value), (isObject(now) ? now : {}) as JsonObject);
}

/** First values of leaves that are wanted no longer. */
export function droppedLeaves({ prior }: Remembered, wanted: JsonObject): Leaf[] {
  return leavesOutside(prior, wanted, backendOwnership);
}

/** Those of the leaves that still have the value which was written here. */
export function stillOurs({ written }: Remembered, leaves: readonly Leaf[], now: JsonObject): Leaf[] {
  return leaves.filter(({ path }) => sameLeaf(backendOwnership, path, leafAt(written, path), leafAt(now, path)));
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

import type { Json, JsonObject } from "./operation";
import { isObject } from "./state";

// What a patch owns of somebody else's object. An object is compared member by member; a list is one leaf, and so is
// each object that the operation calls a leaf (a map whose keys are data). `null` in what is wanted means: not there.

/** Where objects end: paths whose value is compared and written as a whole, with dots between members. */
export interface Ownership {
  isLeaf(path: readonly string[]): boolean;
  /** Whether a value says no more than its absence does, as null always does. */
  isNothing?(path: readonly string[], value: Json): boolean;
  /** Whether two values of a leaf mean the same to the service; null and absent are the same before it is asked. */
  means(path: readonly string[], a: Json, b: Json): boolean;
}

export interface Leaf {
  readonly path: readonly string[];
  readonly value: Json;
}

/** The leaves of an object, in its order. An empty object owns nothing. */
export function leavesOf(owned: JsonObject, ownership: Ownership, above: readonly string[] = []): Leaf[] {
  return Object.entries(owned).flatMap(([member, value]) => {
    const path = [...above, member];
    if (isObject(value) && !ownership.isLeaf(path)) return leavesOf(value as JsonObject, ownership, path);
    return [{ path, value }];
  });
}

/** The value of a leaf; null when it, or anything above it, is absent. */
export function leafAt(object: JsonObject, path: readonly string[]): Json {
  let at: Json = object;
  for (const member of path) {
    if (!isObject(at) || !Object.hasOwn(at, member)) return null;
    at = (at as JsonObject)[member] as Json;
  }
  return at;
}

/** Whether an object says what a leaf is: it is in it, or something above it is null. */
export function holds(object: JsonObject, path: readonly string[]): boolean {
  let at: Json = object;
  for (const member of path) {
    if (at === null) return true;
    if (!isObject(at) || !Object.hasOwn(at, member)) return false;
    at = (at as JsonObject)[member] as Json;
  }
  return true;
}

/** Whether two leaves are the same, or one of them holds the other. */
export function overlaps(a: readonly string[], b: readonly string[]): boolean {
  return a.slice(0, b.length).every((member, depth) => member === b[depth]);
}

/** The leaves of an object that none of another object's leaves is, holds or lies in. */
export function leavesOutside(object: JsonObject, other: JsonObject, ownership: Ownership): Leaf[] {
  const others = leavesOf(other, ownership);
  return leavesOf(object, ownership).filter((leaf) => !others.some(({ path }) => overlaps(path, leaf.path)));
}

/** The object with one leaf set, every other member as it was. */
export function withLeaf(object: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [member, ...below] = path as [string, ...string[]];
  if (below.length === 0) return { ...object, [member]: value };
  const inner = Object.hasOwn(object, member) ? object[member] : undefined;
  return { ...object, [member]: withLeaf(isObject(inner) ? (inner as JsonObject) : {}, below, value) };
}

/** The object without one leaf; an object that becomes empty goes too, since the service knows no empty ones. */
export function withoutLeaf(object: JsonObject, path: readonly string[]): JsonObject {
  const [member, ...below] = path as [string, ...string[]];
  if (!Object.hasOwn(object, member)) return object;
  const { [member]: inner, ...others } = object;
  if (below.length === 0 || !isObject(inner)) return below.length === 0 ? others : object;
  const left = withoutLeaf(inner as JsonObject, below);
  if (left === inner) return object;
  return Object.keys(left).length === 0 ? others : { ...object, [member]: left };
}

/** An object that holds these leaves and nothing else. */
export function fromLeaves(leaves: readonly Leaf[]): JsonObject {
  return leaves.reduce<JsonObject>((object, { path, value }) => withLeaf(object, path, value), {});
}

export function sameLeaf(ownership: Ownership, path: readonly string[], a: Json, b: Json): boolean {
  const isNothing = (value: Json) => value === null || ownership.isNothing?.(path, value) === true;
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (!isObject(a) || !isObject(b) || ownership.isLeaf(path)) return ownership.means(path, a, b);
  // A member that is owned whole is the same when its leaves are.
  const parts = [a, b].flatMap((object) => leavesOf(object as JsonObject, ownership, path));
  const at = (object: unknown, leaf: Leaf) => leafAt(object as JsonObject, leaf.path.slice(path.length));
  return parts.every((leaf) => sameLeaf(ownership, leaf.path, at(a, leaf), at(b, leaf)));
}

/** The leaves of `wanted` that `current` does not have as wanted. */
export function differing(wanted: JsonObject, current: JsonObject, ownership: Ownership): Leaf[] {
  return leavesOf(wanted, ownership).filter(({ path, value }) => !sameLeaf(ownership, path, value, leafAt(current, path)));
}

/**
 * The owned leaves as they are now. A value that means what was wanted keeps the program's spelling, so that only real
 * drift shows; an absent one is null, so that it stays owned.
 */
export function observed(wanted: JsonObject, current: JsonObject, ownership: Ownership): JsonObject {
  return fromLeaves(
    leavesOf(wanted, ownership).map(({ path, value }) => {
      const now = leafAt(current, path);
      return { path, value: sameLeaf(ownership, path, value, now) ? value : now };
    }),
  );
}

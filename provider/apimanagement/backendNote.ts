import type { JsonObject } from "../engine/operation";
import { fromLeaves, type Leaf, leafAt, leavesOf, sameLeaf, withLeaf } from "../engine/ownership";
import { isObject } from "../engine/state";
import { backendOwnership } from "./backend";
import { leafHolding, type Remembered, rememberBoth, stillOurs } from "./backendPrior";

// What a patch notes before it writes. If it is killed before its state is recorded, the next run finds our own value in
// the backend, and would put that back at destroy, as if it had been there first.

export interface Noted {
  readonly id: string;
  /** Of leaves that are nobody's secret. */
  readonly remembered: Remembered;
  /** Of the others only that they were about to be written. */
  readonly hidden: readonly (readonly string[])[];
}

/** Members that are no secret in any backend; an address may hold a password, and a member newer than this package anything. */
const PUBLIC =
  /^(?:title|description|protocol|resourceId|type|tls\.\w+|properties\.serviceFabricCluster\.\w+|circuitBreaker\.rules|pool\.services)$/;

/** @param isShown whether a message may show the value of a leaf */
export function noteOf(id: string, { prior, written }: Remembered, isShown: (leaf: Leaf) => boolean): JsonObject {
  const isPublic = (leaf: Leaf) => leaf.value === null || (PUBLIC.test(leaf.path.join(".")) && isShown(leaf));
  const leaves = leavesOf(prior, backendOwnership).map((leaf) => ({ leaf, ours: leafHolding(written, leaf.path) }));
  const open = leaves.flatMap(({ leaf, ours }) => (ours !== undefined && isPublic(leaf) && isPublic(ours) ? [{ leaf, ours }] : []));
  const hidden = leaves.map(({ leaf }) => leaf).filter((each) => !open.some(({ leaf }) => leaf === each));
  return {
    id,
    prior: fromLeaves(open.map(({ leaf }) => leaf)),
    written: fromLeaves(open.map(({ ours }) => ours)),
    hidden: hidden.map(({ path }) => [...path]),
  };
}

/** What a note says, if it is one of this backend. */
export function noted(note: JsonObject | undefined, id: string): Noted | undefined {
  if (note?.id !== id || !isObject(note.prior) || !isObject(note.written)) return undefined;
  const paths = Array.isArray(note.hidden) ? note.hidden : [];
  const hidden = paths.filter((path): path is string[] => Array.isArray(path) && path.length > 0);
  return { id, remembered: { prior: note.prior as JsonObject, written: note.written as JsonObject }, hidden };
}

/** What is remembered, and what a note adds to it of leaves that still have the value which was about to be written. */
export function withNoted(remembered: Remembered, note: Noted | undefined, now: JsonObject): Remembered {
  if (note === undefined) return remembered;
  const { prior, written } = note.remembered;
  const landed = stillOurs(note.remembered, leavesOf(prior, backendOwnership), now);
  const ours = landed.flatMap(({ path }) => leafHolding(written, path) ?? []);
  return rememberBoth({ prior: fromLeaves(landed), written: fromLeaves(ours) }, remembered);
}

/** Leaves whose first value nobody knows any more: they have the wanted value, and a run that was killed was about to write it. */
export function lostLeaves(note: Noted | undefined, wanted: JsonObject, now: JsonObject): readonly (readonly string[])[] {
  const isWritten = (path: readonly string[]) => {
    const ours = leafHolding(wanted, path);
    return ours !== undefined && sameLeaf(backendOwnership, ours.path, ours.value, leafAt(now, ours.path));
  };
  return note === undefined ? [] : note.hidden.filter(isWritten);
}

/** What was owned before, with those leaves: no value of now is taken for their first. */
export function withLost(owned: JsonObject | undefined, lost: readonly (readonly string[])[]): JsonObject | undefined {
  return lost.length === 0 ? owned : lost.reduce<JsonObject>((all, path) => withLeaf(all, path, null), owned ?? {});
}

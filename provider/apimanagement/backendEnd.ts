import { armId } from "../engine/armId";
import type { JsonObject, Run } from "../engine/operation";
import { differing, type Leaf, leafAt, leavesOf, overlaps, sameLeaf } from "../engine/ownership";
import { propertyPath } from "../engine/state";
import { backendOwnership, withoutNulls } from "./backend";
import { isMetByDefault, withBothTlsFlags } from "./backendTls";

// What is said of a backend when the work on it has ended.

/** How a backend came to be as it is wanted. */
export type SyncEnd =
  | { readonly how: "found" }
  /** In a read after a write that got no answer or came second. */
  | { readonly how: "seen" }
  | Written;

/** By a write that was answered. */
interface Written {
  readonly how: "written";
  /** Paths of what it wrote. */
  readonly members: readonly string[];
  /** Paths where the answer shows another value than the wanted one. */
  readonly refused: readonly string[];
  readonly requestId: string;
}

/** `backend orders in apim-prod` */
export function whichBackend({ backendId, serviceName }: { readonly backendId: string; readonly serviceName: string }): string {
  return `backend ${backendId} in ${serviceName}`;
}

export function tellPatched(which: string, end: SyncEnd, run: Run): void {
  if (end.how === "found") run.done(`found ${which} as wished already; nothing was written.`);
  else if (end.how === "seen") run.done(`found ${which} as wished, looking after a write whose answer did not say so.`);
  else run.done(`patched ${end.members.join(", ")} of ${which}; ${seenIn(end)}.`, end.requestId);
}

export function tellRestored(which: string, end: SyncEnd, run: Run): void {
  if (end.how === "found") run.done(`found nothing of ${which} to put back; nothing was written.`);
  else if (end.how === "seen") run.done(`found ${which} put back, looking after a write whose answer did not say so.`);
  else run.done(`put back ${end.members.join(", ")} of ${which}; ${seenIn(end)}.`, end.requestId);
}

function seenIn({ refused }: Written): string {
  return `the service's answer shows ${refused.length === 0 ? "it so" : `another value of ${refused.join(", ")}`}`;
}

export function namesOf(leaves: readonly Leaf[]): string[] {
  return leaves.map((leaf) => propertyPath(leaf.path));
}

/**
 * Says what the contract does not promise and a user must know: a leaf that the service kept otherwise, a foreign one that
 * it dropped.
 * @returns the paths of the former
 */
export function reportSurprises(path: readonly string[], wanted: JsonObject, before: JsonObject, after: JsonObject, run: Run): string[] {
  const isOther = (leaf: Leaf) => !isMetByDefault(leaf, after);
  const refused = namesOf(differing(wanted, after, backendOwnership).filter(isOther));
  if (refused.length > 0) run.say("warning", `${armId(path)} was written, but the service keeps its own value of ${refused.join(", ")}.`);
  const ours = leavesOf(withBothTlsFlags(wanted, before), backendOwnership);
  const isOurs = (leaf: Leaf) => ours.some((own) => overlaps(own.path, leaf.path));
  const foreign = leavesOf(withoutNulls(before), backendOwnership).filter((leaf) => !isOurs(leaf) && isOther(leaf));
  const changed = foreign.filter((leaf) => !sameLeaf(backendOwnership, leaf.path, leaf.value, leafAt(after, leaf.path)));
  if (changed.length === 0) return refused;
  const names = namesOf(changed).join(", ");
  run.say("warning", `${armId(path)}: the service itself changed ${names} together with this write; look whether that is wanted.`);
  return refused;
}

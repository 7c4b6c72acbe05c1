import { isDeepStrictEqual } from "node:util";
import type { CloudRequest, JsonObject } from "../cloud";
import { flags } from "./conversation";
import type { Gateway, SeenWrite } from "./gateway";
import { isWithin, type Leaves, leavesOf, overlapsAny, treeOf, valueAt, without } from "./leaves";
import { sameMeaning, withoutNullsInside } from "./meaning";
import { type Memory, restorable } from "./memory";
import type { Recorded } from "./reference";
import { plantedSecrets, veiled, veiledText } from "./secrets";

// What must hold after every command, against the real cloud. Each failure begins with the number of its invariant.

export function must(invariant: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${invariant}\nexpected ${shown(expected)}\nactual   ${shown(actual)}`);
}

function shown(value: unknown): string {
  return veiledText(JSON.stringify(value) ?? "nothing");
}

/** 1: what is not owned is after a write as it was when the write arrived. */
export function foreignLeavesAreKept(writes: readonly SeenWrite[], ours: readonly string[], isGuarded: boolean): void {
  for (const { before, after } of writes) {
    if (before === undefined || after === undefined) continue;
    const isForeign = (path: string) => !overlapsAny(path, ours) && !isPartner(path, ours, before, after, isGuarded);
    const foreign = (content: Leaves) => treeOf(without(content, (path) => !isForeign(path)));
    must("1: a foreign leaf was changed", foreign(after), foreign(before));
  }
}

/**
 * The one exception: the service takes no tls without its two flags. Beside a member of it that is written, and beside a
 * lone flag, the other one may appear as `true`, which is what the service does without it; and a lone `true` may go. A
 * flag goes along as it was read, so with "*" it takes a foreign change of it in between with it.
 */
function isPartner(path: string, ours: readonly string[], before: Leaves, after: Leaves, isGuarded: boolean): boolean {
  if (!flags.includes(path)) return false;
  const isTlsOurs = overlapsAny("tls", ours);
  const isByDefault = (before.get(path) ?? true) === true && (after.get(path) ?? true) === true;
  const wasLone = flags.filter((flag) => before.has(flag)).length === 1;
  return (isByDefault && (isTlsOurs || wasLone)) || (isTlsOurs && !isGuarded);
}

/** 2: what is owned is as wanted after an update that succeeded. */
export function ownedLeavesConverge(content: Leaves | undefined, wanted: Leaves): void {
  const differs = [...wanted].filter(([path, value]) => content === undefined || !sameMeaning(path, value, valueAt(content, path)));
  must("2: an owned leaf did not converge", differs, []);
}

/** 4: each write names the version that was read just before it, or what the program says in its place. */
export function writesAreGuarded(requests: readonly CloudRequest[], etags: readonly string[], pinned: string | undefined): void {
  const answered = [...etags];
  let read: string | undefined;
  for (const { method, status, headers } of requests) {
    if (method === "GET" && status === 200) read = answered.shift();
    if (method === "PATCH" || method === "PUT") must("4: If-Match is not the ETag just read", headers["if-match"], pinned ?? read);
  }
}

/** 5: a PATCH holds owned leaves and nothing else, but the flags of a tls that is written. */
export function patchesHoldOwnedLeaves(requests: readonly CloudRequest[], owned: Iterable<string>): void {
  const ours = new Set(owned);
  for (const { body } of requests.filter(({ method }) => method === "PATCH")) {
    const { properties } = veiled(JSON.parse(body)) as { properties: JsonObject };
    const sent = [...leavesOf(properties).keys()];
    const isTlsOurs = sent.some((path) => isWithin(path, "tls") && ours.has(path));
    const isForeign = (path: string) => !ours.has(path) && !(isTlsOurs && flags.includes(path));
    must("5: a PATCH holds a leaf that is not owned", sent.filter(isForeign), []);
  }
}

/** 8: nothing that was said or thrown holds a secret. */
export function nothingTellsASecret({ cloud }: Gateway, texts: readonly string[]): void {
  const secrets = [...cloud.secrets, cloud.accessToken, ...plantedSecrets];
  for (const text of texts)
    must(
      "8: a secret was told",
      secrets.filter((secret) => text.includes(secret)),
      [],
    );
}

const targets = ["resourceGroupName", "serviceName", "backendId", "__provider", "etag"];

/** 9: the state is what the program said with the owned leaves as they are, and what restoring needs. */
export function stateIsWhatIsOwned(state: Record<string, unknown>, { had, settings, memory }: Recorded, etag: string | undefined): void {
  const { prior, written, extraProperties, ...others } = veiled(state) as JsonObject;
  const { onDestroy, onConflict, ifMatch, ...members } = withoutMembers(others, targets);
  const said = { onDestroy, onConflict, ifMatch };
  must("9: the state has other settings", JSON.parse(JSON.stringify(said)), settings);
  const owned = new Map([...leavesOf(members), ...leavesOf((extraProperties ?? {}) as JsonObject)]);
  must("9: the state has other leaves than the owned ones", treeOf(owned), treeOf(had));
  if (etag !== undefined) must("9: the state has another ETag", state.etag, etag);
  must(
    "9: prior and written are kept with restore alone",
    [prior !== undefined, written !== undefined],
    [memory !== undefined, memory !== undefined],
  );
  if (memory === undefined) return;
  must("9: written is not what was given", treeOf(leavesOf(written as JsonObject)), treeOf(memory.given));
  must("9: prior is not what was there first", firstValues(leavesOf(prior as JsonObject)), firstValues(memory.first));
}

function withoutMembers(members: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}

function firstValues(first: Leaves): JsonObject {
  const there = [...first].filter(([, value]) => value !== null);
  return treeOf(new Map(there.map(([path, value]) => [path, withoutNullsInside(value)])));
}

/** What a program owns, and what it has to put back. */
export function ownedPaths(wanted: Leaves, memory: Memory | undefined): string[] {
  return [...wanted.keys(), ...restorable(memory, wanted).keys()];
}

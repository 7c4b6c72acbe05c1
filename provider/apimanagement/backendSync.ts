import { armId } from "../engine/armId";
import { meansGone } from "../engine/gone";
import { afterLostAnswer, isAnswerLost } from "../engine/lostAnswer";
import type { Answer, AzureRequest, Json, JsonObject, Run } from "../engine/operation";
import { differing, fromLeaves, type Leaf, leafAt, leavesOf, sameLeaf, withLeaf, withoutLeaf } from "../engine/ownership";
import { isObject, propertyPath } from "../engine/state";
import { ConflictError, OutcomeUnknownError, PreconditionError, requestIdOf, ServiceError, UnexpectedAnswerError } from "../errors";
import { backendOwnership, withoutNulls } from "./backend";
import { namesOf, reportSurprises, type SyncEnd } from "./backendEnd";
import { withBothTlsFlags, withoutLoneTlsFlag } from "./backendTls";
import { refuseOtherTypes } from "./backendTypes";

const API_VERSION = "2024-05-01";
/** Each round is one read and one write; a backend that changes this often under us is being fought over. */
const MOST_ROUNDS = 5;
/** As in If-Match: with its quotes, and of characters that a header carries. */
const SENDABLE_ETAG = /^(?:W\/)?"[\x21\x23-\x7e]*"$/;

/** A backend as it was read: all its members, also those that no version of this package knows. */
export interface Backend {
  readonly properties: JsonObject;
  readonly etag: string;
}

export interface SyncOptions {
  /** Sent as it is instead of the ETag just read. */
  readonly ifMatch?: string;
  readonly onConflict: "fail" | "overwrite";
  /** What the program gives; the rest of what is wanted is put back. */
  readonly given: JsonObject;
  /** A value as a message may show it. */
  show(leaf: Leaf): string;
  /** Called before each write, with the backend as it finds it. */
  onWrite?(found: JsonObject): void;
  /** Called when a write may have landed without an answer that says so, with the backend as the write found it. */
  onUnseen?(found: JsonObject): void;
}

export interface Synced extends Backend {
  /** The backend as the write found it. */
  readonly before: JsonObject;
  readonly end: SyncEnd;
}

/** Reads a backend. */
export async function readBackend(path: readonly string[], run: Run): Promise<Backend> {
  return backendOf(await run.send({ cloud: "azure", method: "GET", path, apiVersion: API_VERSION, repeat: "read", answer: "object" }));
}

/**
 * Brings the wanted leaves into the backend and touches nothing else: reads, compares, writes only what differs, under
 * the ETag just read. Another writer in between is a reason to read again, and a conflict only when it changed a leaf
 * that is wanted here. What is wanted may depend on what is there, so it is asked for after each read.
 */
export async function syncBackend(
  path: readonly string[],
  wantedOf: (now: JsonObject) => JsonObject,
  options: SyncOptions,
  run: Run,
): Promise<Synced> {
  let first: Backend | undefined;
  let tried: Backend | undefined;
  let again: Again | undefined;
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const current = await existingBackend(path, again, run);
    first ??= current;
    const wanted = wantedOf(current.properties);
    if (again?.mayHaveLanded && tried !== undefined && hasLanded(wanted, tried, current)) options.onUnseen?.(tried.properties);
    if (options.onConflict === "fail") refuseConflict(path, wanted, first, current, options);
    // A write whose answer was lost may be what made it the same.
    if (differing(wanted, current.properties, backendOwnership).length === 0) return asItIs(current, tried);
    tried = current;
    const after = await write(path, wanted, current, { ...options, isFirst: round === 1 }, run);
    if (!("mayHaveLanded" in after)) return after;
    again = after;
  }
  if (again?.lost !== undefined) throw again.lost;
  throw new ConflictError(
    `${armId(path)} changed ${MOST_ROUNDS} times between this resource's reads and its writes; nothing more was tried. Find the other writer, then run again.`,
  );
}

function asItIs(current: Backend, tried: Backend | undefined): Synced {
  return { ...current, before: (tried ?? current).properties, end: { how: tried === undefined ? "found" : "seen" } };
}

/** Why a write leads to another read: somebody else was faster, or no answer told whether it landed. */
interface Again {
  readonly mayHaveLanded: boolean;
  /** The error in the place of the answer. */
  readonly lost?: unknown;
}

/** Whether a write that was refused as outdated may be what outdated it: an earlier try of it acted, and its answer was lost. */
function hasLanded(wanted: JsonObject, tried: Backend, current: Backend): boolean {
  const left = differing(wanted, current.properties, backendOwnership).length;
  return left < differing(wanted, tried.properties, backendOwnership).length;
}

function existingBackend(path: readonly string[], again: Again | undefined, run: Run): Promise<Backend> {
  return readBackend(path, run).catch((error: unknown) => {
    if (meansGone(error)) throw missing(path, error);
    throw again?.lost === undefined ? error : afterLostAnswer(`a write to ${armId(path)}`, error);
  });
}

/** One write. It has to be read again when somebody else was faster, or no answer told whether it landed: the backend tells. */
async function write(
  path: readonly string[],
  wanted: JsonObject,
  current: Backend,
  options: SyncOptions & { readonly isFirst: boolean },
  run: Run,
): Promise<Synced | Again> {
  options.onWrite?.(current.properties);
  try {
    const answer = await run.send(writeRequest(path, wanted, current, options));
    const written = backendOf(answer);
    refuseOtherTypes(Object.keys(wanted), written.properties);
    const members = namesOf(differing(wanted, current.properties, backendOwnership));
    const refused = reportSurprises(path, wanted, current.properties, written.properties, run);
    return { ...written, before: current.properties, end: { how: "written", members, refused, requestId: answer.requestId } };
  } catch (error) {
    if (meansGone(error)) throw missing(path, error);
    if (isStale(error)) return outdated(path, options.ifMatch, current.etag, error);
    if (isAnswerLost(error)) options.onUnseen?.(current.properties);
    if (error instanceof OutcomeUnknownError || (isAnswerLost(error) && options.isFirst)) return { mayHaveLanded: true, lost: error };
    throw error;
  }
}

/** PATCH with the wanted leaves; PUT of everything where one of them is to be removed, since the effect of null in a PATCH is not documented. */
function writeRequest(path: readonly string[], wanted: JsonObject, current: Backend, { ifMatch, given }: SyncOptions): AzureRequest {
  const leaves = leavesOf(withBothTlsFlags(wanted, current.properties), backendOwnership);
  const removes = differing(wanted, current.properties, backendOwnership).some((leaf) => leaf.value === null);
  const common = { cloud: "azure", path, apiVersion: API_VERSION, ifMatch: ifMatch ?? current.etag, answer: "object" } as const;
  if (!removes) {
    const properties = fromLeaves(leaves.filter((leaf) => leaf.value !== null));
    return { ...common, method: "PATCH", body: { properties }, repeat: ifMatch === "*" ? "converge" : "guarded" };
  }
  refuseLossyNumbers(path, current.properties);
  const whole = leaves.reduce<JsonObject>(
    (properties, leaf) => (leaf.value === null ? withoutLeaf(properties, leaf.path) : withLeaf(properties, leaf.path, leaf.value)),
    withoutNulls(current.properties),
  );
  const body = { properties: withoutLoneTlsFlag(whole, given) };
  return { ...common, method: "PUT", body, repeat: ifMatch === "*" ? "converge" : "guarded" };
}

function backendOf(answer: Answer): Backend {
  const properties = answer.body?.properties;
  const etag = answer.headers.etag ?? "";
  if (!isObject(properties) || !SENDABLE_ETAG.test(etag)) {
    const lacking = !isObject(properties) ? "a properties object" : etag === "" ? "an ETag header" : "an ETag that can be sent back";
    throw new UnexpectedAnswerError(`API Management answered ${answer.status} without ${lacking}.${requestIdOf(answer.requestId)}`);
  }
  return { properties: properties as JsonObject, etag };
}

/** 412, or the sentence with which API Management said the same before it used 412. */
function isStale(error: unknown): error is ServiceError {
  return error instanceof ServiceError && (error.status === 412 || /modified since last retrieval/i.test(error.sentence));
}

function refuseConflict(path: readonly string[], wanted: JsonObject, first: Backend, current: Backend, options: SyncOptions): void {
  if (first === current) return;
  const touched = leavesOf(wanted, backendOwnership).flatMap((leaf) => {
    const was = leafAt(first.properties, leaf.path);
    const now = leafAt(current.properties, leaf.path);
    const same = (a: Json, b: Json) => sameLeaf(backendOwnership, leaf.path, a, b);
    return same(was, now) || same(now, leaf.value) ? [] : [{ leaf, now }];
  });
  if (touched.length === 0) return;
  const both = touched.map(({ leaf, now }) => {
    const theirs = options.show({ path: leaf.path, value: now });
    return `${propertyPath(leaf.path)} (theirs ${theirs}, ours ${options.show(leaf)})`;
  });
  throw new ConflictError(
    `Somebody else changed ${armId(path)} while this resource was writing it: ${both.join("; ")}. Nothing of theirs was overwritten. A next run reads anew and writes yours: agree first on who owns it, or set onConflict: "overwrite" and run again.`,
  );
}

/** A pinned ETag does not come back. "*" names every backend there is, and the next read tells that there is none. */
function outdated(path: readonly string[], ifMatch: string | undefined, etag: string, error: ServiceError): Again {
  const next = { mayHaveLanded: error.followsAnotherTry };
  if (ifMatch === undefined || ifMatch === "*") return next;
  // It was the pinned one a moment ago: our own try whose answer was lost may have changed it. Another read tells.
  if (ifMatch === etag) return next;
  throw new ConflictError(
    `${armId(path)} is no longer the one that ifMatch names: ifMatch is ${ifMatch}, the backend's ETag is ${etag}. Nothing was written. Look at what changed, then give the new ETag or leave ifMatch out.`,
  );
}

/** There is no backend to patch. */
export class BackendMissingError extends PreconditionError {}

function missing(path: readonly string[], refusal: ServiceError): BackendMissingError {
  const said = [refusal.sentence, refusal.requestId && `Request id: ${refusal.requestId}`].filter((part) => part !== "").join(" ");
  return new BackendMissingError(
    `${armId(path)} does not exist${said === "" ? "" : ` (${said})`}, and a patch never creates it. Its creation belongs to whoever owns it: azure-native.apimanagement.Backend, Bicep, or the portal. If it is in this program, add it to dependsOn; else check serviceName and backendId.`,
  );
}

/** JSON numbers beyond 2^53 would come back changed, and a PUT carries members that are not ours. */
function refuseLossyNumbers(path: readonly string[], properties: JsonObject): void {
  const lossy = leavesOf(properties, { isLeaf: () => false, means: () => false }).find((leaf) => holdsLossyNumber(leaf.value));
  if (lossy === undefined) return;
  throw new PreconditionError(
    `${armId(path)} has a number in ${propertyPath(lossy.path)} that is too large to be written back unchanged, and removing a member writes the whole backend. Remove it in another way.`,
  );
}

function holdsLossyNumber(value: Json): boolean {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value);
  return typeof value === "object" && value !== null && Object.values(value).some((part) => holdsLossyNumber(part as Json));
}

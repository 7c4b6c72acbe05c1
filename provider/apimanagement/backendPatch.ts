import type * as pulumi from "@pulumi/pulumi";
import { armId, armPathOf, changedTarget } from "../engine/armId";
import { type AzureArguments, azureArguments, subscriptionFor } from "../engine/azureArguments";
import { unlessGone } from "../engine/gone";
import { limits } from "../engine/limits";
import type { JsonObject, Loose, Operation, Problem, Run, Zod } from "../engine/operation";
import { fromLeaves, type Leaf, leavesOf, withLeaf } from "../engine/ownership";
import { PartialStateError } from "../engine/partialState";
import { type Arguments, isResourceOf, PatchbayResource } from "../engine/resource";
import { isUnknown, propertyPath } from "../engine/state";
import { SECRET } from "../engine/words";
import { PatchbayError, PreconditionError, ServiceError } from "../errors";
import { BACKEND_SEGMENTS, backendNames, backendOwnership, backendPath, writerKey } from "./backend";
import { changesOf, SETTINGS } from "./backendChanges";
import { tellPatched, tellRestored, whichBackend } from "./backendEnd";
import { backendIdSchema, backendMembersSchema, serviceNameSchema } from "./backendLimits";
import type { BackendMembers } from "./backendMembers";
import { lostLeaves, noted, noteOf, withLost, withNoted } from "./backendNote";
import { droppedLeaves, remember, rememberBoth, rememberedBy, stillOurs } from "./backendPrior";
import { backendRules } from "./backendRules";
import { type Backend, BackendMissingError, readBackend, syncBackend } from "./backendSync";
import { refuseOtherTypes } from "./backendTypes";
import { type BackendWish, collisions, MEMBERS, observedMembers, shownLeaf, wantedOf } from "./backendWish";

/** What a {@link BackendPatch} takes. */
export interface BackendPatchInputs extends AzureArguments, BackendWish {
  /** API Management service: 1 to 50 letters, digits and hyphens, the first a letter, the last no hyphen. */
  serviceName: string;
  /** Backend of that service, 1 to 80 characters. It must exist. */
  backendId: string;
  /**
   * Sent as `If-Match` as it is: "*", or an ETag with its quotes.
   * @default the ETag that was read just before the write
   */
  ifMatch?: string;
  /**
   * What to do when somebody else changes a member that is given here between the read and the write: fail, or write
   * all the same. After "fail" the next run reads anew and writes what is given here: agree first on who owns it.
   * @default "fail"
   */
  onConflict?: "fail" | "overwrite";
  /**
   * What destroy does: nothing, or put each member that is given here back to what it was before the first write, where it still
   * has the value given here. A member that was written before this said "restore" has no such value and stays.
   * @default "leave"
   */
  onDestroy?: "leave" | "restore";
}
export type BackendPatchArgs = Arguments<BackendPatchInputs>;

/** What a {@link BackendPatch} knows after a run. */
export interface BackendPatchState extends BackendPatchInputs {
  /** The backend's ETag, with its quotes. */
  etag: string;
  /** Owned members as they were before the first write, null where there was none; only with `onDestroy: "restore"`. Secret. */
  prior?: BackendMembers;
  /** Owned members as they were written; only beside `prior`, to tell a foreign change from our own value. Secret. */
  written?: BackendMembers;
}

const TARGET = ["resourceGroupName", "serviceName", "backendId"];
const OUTPUTS = [...TARGET, ...MEMBERS, "extraProperties", ...SETTINGS, "etag", "prior"];
const SECRETS = ["credentials", "proxy", "prior", "written"];
const SECRETS_WITHIN = ["extraProperties.credentials", "extraProperties.proxy"];

export const operation: Operation<BackendPatchInputs, BackendPatchState> = {
  name: "apimanagement/BackendPatch",
  schema: (zod: Zod) => {
    const { form, oneOf } = limits(zod);
    return zod.object({
      ...azureArguments(zod),
      ...backendMembersSchema(zod),
      serviceName: serviceNameSchema(zod),
      backendId: backendIdSchema(zod),
      extraProperties: zod.record(zod.string(), zod.unknown()).optional(),
      ifMatch: form(/^(?:\*|(?:W\/)?"[\x21\x23-\x7e]*")$/, '"*", or an ETag with its quotes').optional(),
      onConflict: oneOf("fail", "overwrite").optional(),
      onDestroy: oneOf("leave", "restore").optional(),
    });
  },
  rules: [...backendRules, collisions, ownsSomething],
  secretMembers: [...SECRETS, ...SECRETS_WITHIN],
  reportedArguments: [],
  announce: (given) => {
    const names = leavesOf(wantedOf(given), backendOwnership).map((leaf) => propertyPath(leaf.path));
    return `will patch ${names.join(", ") || "members that are not known yet"} of backend ${given.backendId} in ${given.serviceName}; nothing else of it is touched.`;
  },
  replaces: (id, _state, given, settings) => changedTarget(id, given, settings, BACKEND_SEGMENTS),
  deleteBeforeReplace: false,
  changes: changesOf,

  create: async (given, run) => {
    const path = backendPath(subscriptionFor(given, run), given);
    return { id: armId(path), state: await patched(path, undefined, given, run) };
  },
  read: async (id, state, run) => {
    const backend = await unlessGone(() => readBackend(armPathOf(id), run));
    return backend && readState(id, state, backend);
  },
  update: async (id, state, given, run) => patched(armPathOf(id), state, given, run),
  delete: async (id, state, run) => {
    if (state.onDestroy !== "restore" || Object.keys(state.prior ?? {}).length === 0) {
      return run.done(`sent nothing; ${whichBackend(backendNames(id))} stays as it is.`);
    }
    await run.exclusively(writerKey(armPathOf(id)), () => restored(armPathOf(id), state, run));
  },
};

const NOTHING_OWNED: Problem = {
  path: ["backendId"],
  reason: "give at least one member of the backend to patch: without any, this resource would own nothing",
  isValueShown: false,
  unlessWrong: [...MEMBERS, "extraProperties"],
};

function ownsSomething(given: Loose<BackendWish>): Problem[] {
  const isOwner = isUnknown(given.extraProperties) || leavesOf(wantedOf(given as BackendWish), backendOwnership).length > 0;
  return isOwner ? [] : [NOTHING_OWNED];
}

async function patched(
  path: string[],
  before: BackendPatchState | undefined,
  given: BackendPatchInputs,
  run: Run,
): Promise<BackendPatchState> {
  const wanted = wantedOf(given);
  const remembered = rememberedBy(before);
  const note = given.onDestroy === "restore" ? noted(run.recall(), armId(path)) : undefined;
  const rememberedWith = (found: JsonObject) => {
    const owned = withLost(before && wantedOf(before), lostLeaves(note, wanted, found));
    return remember(withNoted(remembered, note, found), owned, wanted, found);
  };
  let unseen: JsonObject | undefined;
  const options = {
    ifMatch: given.ifMatch,
    onConflict: given.onConflict ?? "fail",
    given: wanted,
    show: (leaf: Leaf) => shownLeaf(run.show, leaf),
    onWrite: (found: JsonObject) => {
      if (given.onDestroy !== "restore") return;
      run.note(noteOf(armId(path), rememberedWith(found), (leaf) => shownLeaf(run.show, leaf) !== SECRET));
    },
    onUnseen: (found: JsonObject) => {
      unseen ??= found;
    },
  } as const;
  const target = (now: JsonObject) => {
    const known = withNoted(remembered, note, now);
    const back = stillOurs(known, droppedLeaves(known, wanted), now);
    return back.reduce<JsonObject>((whole, leaf) => withLeaf(whole, leaf.path, leaf.value), wanted);
  };
  const synced = await run
    .exclusively(writerKey(path), () => syncBackend(path, target, options, run))
    .catch((error: unknown) => {
      if (unseen === undefined || given.onDestroy !== "restore") throw error;
      throw endUnseen(path, { ...given, etag: before?.etag, ...rememberBoth(remembered, rememberedWith(unseen)) }, error);
    });
  tellPatched(whichBackend(given), synced.end, run);
  const state: BackendPatchState = { ...given, ...observedMembers(given, synced.properties), etag: synced.etag };
  if (given.onDestroy !== "restore") return state;
  tellLost(lostLeaves(note, wanted, synced.before), run);
  return { ...state, ...rememberedWith(synced.before) };
}

function tellLost(lost: readonly (readonly string[])[], run: Run): void {
  if (lost.length === 0) return;
  const names = lost.map((leaf) => propertyPath(leaf)).join(", ");
  run.say(
    "warning",
    `an earlier run on this machine was killed while it wrote ${names}; what was there before is not known any more, and destroy will leave it as it is.`,
  );
}

/** Unless the values from before a write that may have landed are recorded, nothing could ever put them back. */
function endUnseen(path: string[], state: object, error: unknown): unknown {
  if (!(error instanceof PatchbayError)) return error;
  const next = "Whether it was written is not known; the values from before it are recorded, and the next run goes on from there.";
  return new PartialStateError(`${error.message} ${next}`, armId(path), state);
}

async function restored(path: string[], state: BackendPatchState, run: Run): Promise<void> {
  const remembered = rememberedBy(state);
  const prior = leavesOf(remembered.prior, backendOwnership);
  const which = whichBackend(backendNames(armId(path)));
  let kept: Leaf[] = [];
  const target = (now: JsonObject) => {
    const ours = stillOurs(remembered, prior, now);
    kept = prior.filter((leaf) => !ours.includes(leaf));
    return fromLeaves(ours);
  };
  try {
    const options = { onConflict: "overwrite", given: {}, show: (leaf: Leaf) => shownLeaf(run.show, leaf) } as const;
    tellRestored(which, (await syncBackend(path, target, options, run)).end, run);
  } catch (error) {
    if (error instanceof BackendMissingError) return run.done(`found ${which} gone; nothing was changed.`);
    throw error instanceof ServiceError && error.status === 400 ? withWayOut(error) : error;
  }
  for (const leaf of kept)
    run.say("warning", `left ${propertyPath(leaf.path)} as it is: somebody else changed it since it was written here.`);
}

/** What was first can be refused for good: somebody changed the other half of a pair that belongs together. */
function withWayOut(refusal: ServiceError): PatchbayError {
  return new PreconditionError(
    `What was there first could not be put back. ${refusal.message} To leave the backend as it is instead, set onDestroy: "leave", run \`pulumi up\`, then destroy.`,
  );
}

function readState(id: string, state: BackendPatchState, { properties, etag }: Backend): BackendPatchState {
  const known = { ...backendNames(id), ...state };
  const names = Object.keys(wantedOf(known));
  const owned = names.length > 0;
  refuseOtherTypes(owned ? names : MEMBERS, properties);
  // `.get` with an id alone owns nothing and shows all that this package has an output for.
  const shown = owned
    ? observedMembers(known, properties)
    : Object.fromEntries(MEMBERS.flatMap((m) => (properties[m] == null ? [] : [[m, properties[m]]])));
  return { ...known, ...(shown as Partial<BackendPatchState>), etag };
}

/**
 * Owns single members of an API Management backend that somebody else created: it reads the backend, compares the
 * members given here, and sends a PATCH with `If-Match` for these alone when one of them differs.
 *
 * Destroy leaves the backend as it is, or with `onDestroy: "restore"` puts the owned members back where they still have
 * the value given here. It never creates or deletes the backend, never changes a member that is not given, and never
 * overwrites a concurrent change of an owned member unless `onConflict: "overwrite"` says so.
 *
 * Example: examples/apimanagement-backend-patch.ts
 *
 * @see Backend - Update, api-version 2024-05-01, in the REST reference of Azure API Management
 */
export class BackendPatch extends PatchbayResource {
  declare readonly resourceGroupName: pulumi.Output<string>;
  declare readonly serviceName: pulumi.Output<string>;
  declare readonly backendId: pulumi.Output<string>;
  declare readonly title: pulumi.Output<BackendMembers["title"]>;
  declare readonly description: pulumi.Output<BackendMembers["description"]>;
  declare readonly url: pulumi.Output<BackendMembers["url"]>;
  declare readonly protocol: pulumi.Output<BackendMembers["protocol"]>;
  declare readonly resourceId: pulumi.Output<BackendMembers["resourceId"]>;
  declare readonly type: pulumi.Output<BackendMembers["type"]>;
  /** Always secret. */
  declare readonly credentials: pulumi.Output<BackendMembers["credentials"]>;
  /** Always secret. */
  declare readonly proxy: pulumi.Output<BackendMembers["proxy"]>;
  declare readonly tls: pulumi.Output<BackendMembers["tls"]>;
  declare readonly properties: pulumi.Output<BackendMembers["properties"]>;
  declare readonly circuitBreaker: pulumi.Output<BackendMembers["circuitBreaker"]>;
  declare readonly pool: pulumi.Output<BackendMembers["pool"]>;
  declare readonly extraProperties: pulumi.Output<Record<string, unknown> | undefined>;
  declare readonly ifMatch: pulumi.Output<string | undefined>;
  declare readonly onConflict: pulumi.Output<"fail" | "overwrite" | undefined>;
  declare readonly onDestroy: pulumi.Output<"leave" | "restore" | undefined>;
  /** The backend's ETag, with its quotes. */
  declare readonly etag: pulumi.Output<string>;
  /**
   * The members that are given here as they were before the first write, by the same names; only with
   * `onDestroy: "restore"`. Always secret.
   */
  declare readonly prior: pulumi.Output<BackendMembers | undefined>;

  /** @throws in preview, all at once, when an argument breaks a limit or a rule of the contract */
  constructor(name: string, args: BackendPatchArgs, options?: pulumi.CustomResourceOptions) {
    super({ operation: operation.name, outputs: OUTPUTS, secrets: [...SECRETS, ...SECRETS_WITHIN] }, name, args, options);
  }

  /** Reads an existing backend by its ARM id; nothing is ever written through what this returns. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: Partial<BackendPatchArgs>,
    options?: pulumi.CustomResourceOptions,
  ): BackendPatch {
    return new BackendPatch(name, (state ?? {}) as BackendPatchArgs, { ...options, id });
  }

  /** Whether a value is a BackendPatch, also one of another copy of this package. */
  static override isInstance(value: unknown): value is BackendPatch {
    return isResourceOf(operation.name, value);
  }
}

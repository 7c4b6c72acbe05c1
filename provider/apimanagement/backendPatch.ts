import type * as pulumi from "@pulumi/pulumi";
import { armId, armPathOf, changedTarget, sameId } from "../engine/armId";
import { type AzureArguments, azureArguments, subscriptionFor } from "../engine/azureArguments";
import { meansGone } from "../engine/gone";
import type { Json, JsonObject, Operation, Problem, Run, Show, Zod } from "../engine/operation";
import { differing, fromLeaves, type Leaf, leafAt, leavesOf, observed, sameLeaf, withLeaf } from "../engine/ownership";
import { type Arguments, isResourceOf, PatchbayResource } from "../engine/resource";
import { isUnknown, propertyPath } from "../engine/state";
import { BACKEND_SEGMENTS, backendNames, backendOwnership, backendPath, TYPED_LEAVES } from "./backend";
import { backendIdSchema, backendMembersSchema, serviceNameSchema } from "./backendLimits";
import type { BackendMembers } from "./backendMembers";
import { backendRules } from "./backendRules";
import { type Backend, BackendMissingError, readBackend, syncBackend } from "./backendSync";

/** What a {@link BackendPatch} takes. */
export interface BackendPatchInputs extends AzureArguments, BackendMembers {
  /** API Management service, 1 to 50 characters. */
  serviceName: string;
  /** Backend of that service, 1 to 80 characters. It must exist. */
  backendId: string;
  /** Merged into the backend's properties: members that are newer than this package. None that has an argument of its own. */
  extraProperties?: Record<string, unknown>;
  /**
   * Sent as `If-Match` as it is: `*`, or an ETag with its quotes.
   * @default the ETag that was read just before the write
   */
  ifMatch?: string;
  /**
   * What to do when somebody else changes an owned member between the read and the write.
   * @default "fail"
   */
  onConflict?: "fail" | "overwrite";
  /**
   * What destroy does: nothing, or put each owned member back to what it was before the first write, where it still
   * has the value given here.
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

const MEMBERS = [
  ...["title", "description", "url", "protocol", "resourceId", "type", "credentials", "proxy", "tls"],
  ...["properties", "circuitBreaker", "pool"],
] as readonly (keyof BackendMembers)[];
const SETTINGS = ["ifMatch", "onConflict", "onDestroy"] as const;
const SECRETS = ["credentials", "proxy", "prior", "written"];

export const operation: Operation<BackendPatchInputs, BackendPatchState> = {
  name: "apimanagement/BackendPatch",
  schema: (zod: Zod) =>
    zod.object({
      ...azureArguments(zod),
      ...backendMembersSchema(zod),
      serviceName: serviceNameSchema(zod),
      backendId: backendIdSchema(zod),
      extraProperties: zod.record(zod.string(), zod.unknown()).optional(),
      ifMatch: zod
        .string()
        .regex(/^(?:\*|(?:W\/)?"[\x21\x23-\x7e]*")$/, 'must be * or an ETag with its quotes, such as "\\"AAAAAAAACWs=\\""')
        .optional(),
      onConflict: zod.enum(["fail", "overwrite"], 'must be "fail" or "overwrite"').optional(),
      onDestroy: zod.enum(["leave", "restore"], 'must be "leave" or "restore"').optional(),
    }),
  rules: [
    ...backendRules,
    { members: ["extraProperties"], problems: collisions },
    {
      members: [...MEMBERS, "extraProperties"],
      problems: (given) => (leavesOf(wantedOf(given), backendOwnership).length > 0 ? [] : [{ path: ["backendId"], reason: NOTHING_OWNED }]),
    },
  ],
  secretMembers: SECRETS,
  reportedArguments: [],
  announce: (given) => {
    const names = leavesOf(wantedOf(given), backendOwnership).map((leaf) => propertyPath(leaf.path));
    return `will patch ${names.join(", ")} of backend ${given.backendId} in ${given.serviceName}; nothing else of it is touched.`;
  },
  replaces: (id, _state, given, settings) => changedTarget(id, given, settings, BACKEND_SEGMENTS),
  deleteBeforeReplace: false,
  changes: changesOf,

  create: async (given, run) => {
    const path = backendPath(subscriptionFor(given, run), given);
    return { id: armId(path), state: await patched(path, undefined, given, run) };
  },
  read: async (id, state, run) => {
    const backend = await readBackend(armPathOf(id), run).catch((error: unknown) => {
      if (meansGone(error)) return undefined;
      throw error;
    });
    return backend && readState(id, state, backend);
  },
  update: async (id, state, given, run) => patched(armPathOf(id), state, given, run),
  delete: async (id, state, run) => {
    if (state.onDestroy !== "restore" || state.prior === undefined) return;
    await run.exclusively(writerKey(armPathOf(id)), () => restored(armPathOf(id), state, run));
  },
};

const NOTHING_OWNED = "give at least one member of the backend to patch: without any, this resource would own nothing";

/** The members to own, with `extraProperties` merged in. */
function wantedOf(given: BackendPatchInputs | BackendPatchState): JsonObject {
  const members = MEMBERS.flatMap((member) => (given[member] === undefined ? [] : [[member, given[member] as Json] as const]));
  const extra = leavesOf((given.extraProperties ?? {}) as JsonObject, backendOwnership);
  return extra.reduce<JsonObject>((whole, leaf) => withLeaf(whole, leaf.path, leaf.value), Object.fromEntries(members));
}

function collisions(given: BackendPatchInputs): Problem[] {
  return leavesOf((given.extraProperties ?? {}) as JsonObject, backendOwnership).flatMap(({ path }) => {
    const spelled = path.join(".");
    const typed = TYPED_LEAVES.find((leaf) => leaf === spelled || leaf.startsWith(`${spelled}.`) || spelled.startsWith(`${leaf}.`));
    return typed === undefined ? [] : [{ path: ["extraProperties", ...path], reason: `has an argument of its own: give ${typed} instead` }];
  });
}

/** One write at a time to an API Management service: it refuses parallel ones with 409. */
function writerKey(path: readonly string[]): string {
  return armId(path.slice(0, -2)).toLowerCase();
}

async function patched(
  path: string[],
  before: BackendPatchState | undefined,
  given: BackendPatchInputs,
  run: Run,
): Promise<BackendPatchState> {
  const wanted = wantedOf(given);
  const back = before === undefined ? [] : droppedLeaves(before, wanted);
  const options = { ifMatch: given.ifMatch, onConflict: given.onConflict ?? "fail", show } as const;
  const target = (now: JsonObject) =>
    stillOurs(before, back, now).reduce<JsonObject>((whole, leaf) => withLeaf(whole, leaf.path, leaf.value), wanted);
  const synced = await run.exclusively(writerKey(path), () => syncBackend(path, target, options, run));
  const state: BackendPatchState = { ...given, ...observedMembers(given, synced.properties), etag: synced.etag };
  return given.onDestroy === "restore" ? { ...state, ...memory(before, wanted, synced.before) } : state;
}

/** What destroy will need: a leaf's first value is kept from the first run that owned it, and never taken anew. */
function memory(before: BackendPatchState | undefined, wanted: JsonObject, read: JsonObject): Pick<BackendPatchState, "prior" | "written"> {
  const known = new Set(leavesOf((before?.prior ?? {}) as JsonObject, backendOwnership).map((leaf) => leaf.path.join(".")));
  const ours = new Set(before === undefined ? [] : leavesOf(wantedOf(before), backendOwnership).map((leaf) => leaf.path.join(".")));
  const prior = leavesOf(wanted, backendOwnership).flatMap(({ path }) => {
    const spelled = path.join(".");
    if (known.has(spelled)) return [{ path, value: leafAt(before?.prior as JsonObject, path) }];
    return ours.has(spelled) ? [] : [{ path, value: leafAt(read, path) }];
  });
  return { prior: fromLeaves(prior) as BackendMembers, written: wanted as BackendMembers };
}

/** Leaves that the program no longer gives and that destroy would have put back. */
function droppedLeaves(before: BackendPatchState, wanted: JsonObject): Leaf[] {
  const still = new Set(leavesOf(wanted, backendOwnership).map((leaf) => leaf.path.join(".")));
  return leavesOf((before.prior ?? {}) as JsonObject, backendOwnership).filter((leaf) => !still.has(leaf.path.join(".")));
}

/** Those of the leaves that still have the value which was written here. */
function stillOurs(state: BackendPatchState | undefined, leaves: Leaf[], now: JsonObject): Leaf[] {
  const written = (state?.written ?? {}) as JsonObject;
  return leaves.filter(({ path }) => sameLeaf(backendOwnership, path, leafAt(written, path), leafAt(now, path)));
}

async function restored(path: string[], state: BackendPatchState, run: Run): Promise<void> {
  const prior = leavesOf(state.prior as JsonObject, backendOwnership);
  let kept: Leaf[] = [];
  const target = (now: JsonObject) => {
    const ours = stillOurs(state, prior, now);
    kept = prior.filter((leaf) => !ours.includes(leaf));
    return fromLeaves(ours);
  };
  try {
    await syncBackend(path, target, { onConflict: "overwrite", show }, run);
  } catch (error) {
    if (!(error instanceof BackendMissingError)) throw error;
  }
  for (const leaf of kept)
    run.say("warning", `left ${propertyPath(leaf.path)} as it is: somebody else changed it since it was written here.`);
}

/** The given members and extra properties as the backend has them now. */
function observedMembers(given: BackendPatchInputs, properties: JsonObject): Partial<BackendPatchState> {
  const members = Object.fromEntries(
    MEMBERS.filter((member) => given[member] !== undefined).map((member) => [member, given[member] as Json]),
  );
  const extra = given.extraProperties as JsonObject | undefined;
  const seen = observed(members, properties, backendOwnership) as Partial<BackendPatchState>;
  return extra === undefined ? seen : { ...seen, extraProperties: observed(extra, properties, backendOwnership) };
}

function readState(id: string, state: BackendPatchState, { properties, etag }: Backend): BackendPatchState {
  const known = { ...backendNames(id), ...state };
  const owned = Object.keys(wantedOf(known)).length > 0;
  // `.get` with an id alone owns nothing and shows all that this package has an output for.
  const shown = owned
    ? observedMembers(known, properties)
    : Object.fromEntries(MEMBERS.flatMap((m) => (properties[m] == null ? [] : [[m, properties[m]]])));
  return { ...known, ...(shown as Partial<BackendPatchState>), etag };
}

function show({ path, value }: Leaf): string {
  return SECRETS.includes(path[0] as string) ? "(secret)" : (JSON.stringify(value) ?? "nothing").slice(0, 80);
}

function changesOf(state: BackendPatchState, given: BackendPatchInputs, shown: Show): string[] {
  const wanted = wantedOf(given);
  const had = wantedOf(state);
  const set = differing(wanted, had, backendOwnership).map(({ path, value }) => {
    const to = value === null ? "removed" : shown(path, value);
    return `${propertyPath(path)} ${shown(path, leafAt(had, path))} → ${to}`;
  });
  const back = droppedLeaves(state, wanted).map(({ path }) => propertyPath(path));
  const wantedPaths = new Set(leavesOf(wanted, backendOwnership).map((leaf) => leaf.path.join(".")));
  const dropped = leavesOf(had, backendOwnership).filter((leaf) => !wantedPaths.has(leaf.path.join(".")));
  const released = dropped.map((leaf) => propertyPath(leaf.path)).filter((leaf) => !back.includes(leaf));
  const settings = SETTINGS.filter((setting) => state[setting] !== given[setting]);
  const sentences: string[] = [];
  const where = `backend ${given.backendId} in ${given.serviceName}`;
  if (set.length > 0) sentences.push(`will patch ${where}: ${set.join("; ")}. Nothing else of it is touched.`);
  if (back.length > 0) sentences.push(`will put back ${back.join(", ")} of ${where} where it still has the value given here.`);
  if (released.length > 0) sentences.push(`will no longer own ${released.join(", ")} of ${where}; it keeps its value.`);
  if (settings.length > 0)
    sentences.push(`will record ${settings.map((setting) => `${setting} ${shown([setting], given[setting])}`).join(", ")}.`);
  if (sentences.length === 0 && (isUnknown(given) || !sameId(state.resourceGroupName, given.resourceGroupName))) {
    sentences.push(`will compare ${where} once everything is known.`);
  }
  return sentences;
}

/**
 * Owns single members of an API Management backend that somebody else created: it reads the backend, compares the
 * members given here, and sends a PATCH with `If-Match` for these alone when one of them differs.
 *
 * Destroy leaves the backend as it is, or with `onDestroy: "restore"` puts the owned members back where they still have
 * the value given here. It never creates or deletes the backend, never sends a member that is not given, and never
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
  /** The backend's ETag, with its quotes. */
  declare readonly etag: pulumi.Output<string>;
  /** Owned members as they were before the first write; only with `onDestroy: "restore"`. Always secret. */
  declare readonly prior: pulumi.Output<BackendMembers | undefined>;

  /** @throws in preview, all at once, when an argument breaks a limit or a rule of the contract */
  constructor(name: string, args: BackendPatchArgs, options?: pulumi.CustomResourceOptions) {
    super({ operation: operation.name, outputs: ["etag", "prior"], secrets: SECRETS }, name, args, options);
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

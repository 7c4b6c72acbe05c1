import type * as pulumi from "@pulumi/pulumi";
import { type ActionArguments, actionArguments, changedTriggers, isTriggered, neverRan, notRan, recordedChanges } from "../engine/action";
import { armId, armPathOf } from "../engine/armId";
import { azureArguments } from "../engine/azureArguments";
import { wishFingerprint } from "../engine/fingerprint";
import { unlessGone } from "../engine/gone";
import { limits } from "../engine/limits";
import type { Operation, Run, RunningOperation } from "../engine/operation";
import { type Arguments, isResourceOf, PatchbayResource } from "../engine/resource";
import { isUnknown } from "../engine/state";
import type { KeyRegenerationRun, Rotation, Target, UnknownRotation } from "./keyRotation";
import { fingerprintsOf, type KeyFingerprints, type KeyType, listKeys, type WebPubSubKeys } from "./keys";
import { finish, isOpen, regenerate } from "./regeneration";
import { changedService, keysSchema, resourceNameSchema, serviceNames, serviceOf, servicePath, type WebPubSubArguments } from "./service";

export type { KeyRegenerationRun } from "./keyRotation";

/** What a {@link KeyRegeneration} takes. */
export interface KeyRegenerationInputs extends WebPubSubArguments, ActionArguments {
  /**
   * The key to regenerate. The other one keeps serving meanwhile. `Salt` is the third type that Microsoft's reference
   * lists; it says neither what the service uses it for nor what regenerating it does, and listKeys does not return it.
   */
  keyType: KeyType;
}
export type KeyRegenerationArgs = Arguments<KeyRegenerationInputs>;

/** What a {@link KeyRegeneration} knows after a run. */
export interface KeyRegenerationState extends KeyRegenerationInputs, Partial<WebPubSubKeys> {
  fingerprints: KeyFingerprints;
  lastRun: KeyRegenerationRun;
  /** The operation of a run whose end was not seen. Secret: its address is signed. */
  pendingOperation?: RunningOperation;
}

const KEY_OUTPUTS = ["primaryKey", "secondaryKey", "primaryConnectionString", "secondaryConnectionString"];
const SECRETS = [...KEY_OUTPUTS, "pendingOperation"];
const RECORDED = ["runOnCreate", "keys"];
const OUTPUTS = ["resourceGroupName", "resourceName", "keyType", "triggers", ...RECORDED, ...KEY_OUTPUTS, "fingerprints", "lastRun"];

export const operation: Operation<KeyRegenerationInputs, KeyRegenerationState> = {
  name: "webpubsub/KeyRegeneration",
  schema: (zod) =>
    zod.object({
      ...azureArguments(zod),
      ...actionArguments(zod),
      resourceName: resourceNameSchema(zod),
      // The contract's list is open, but whether a key changed can only be told of keys that are known.
      keyType: limits(zod).oneOf("Primary", "Secondary", "Salt"),
      keys: keysSchema(zod),
    }),
  rules: [],
  secretMembers: SECRETS,
  reportedArguments: [],
  announce: (given) =>
    given.runOnCreate === false
      ? `will record its triggers; the ${given.keyType} key of ${given.resourceName} is regenerated when they change.`
      : `will regenerate the ${given.keyType} key of ${given.resourceName}${untouched(given)}`,
  replaces: (id, state, given, settings) => {
    const changed = changedService(id, given, settings);
    const another = state.keyType !== undefined && !isUnknown(given.keyType) && state.keyType !== given.keyType;
    return another ? [...changed, "keyType"] : changed;
  },
  deleteBeforeReplace: false,
  changes: (state, given, show) => {
    if (isTriggered(state, given)) {
      return [
        `will regenerate the ${given.keyType} key of ${given.resourceName} (${changedTriggers(state, given, show)})${untouched(given)}`,
      ];
    }
    if (isOpen(state, state.keyType)) {
      return [
        `will find out whether the last run regenerated the ${given.keyType} key of ${given.resourceName}, and regenerate it only if it did not.`,
      ];
    }
    const recorded = recordedChanges(state, given, RECORDED, show);
    return recorded.length === 0 ? [] : [`will record ${recorded.join(", ")}; no key is regenerated.`];
  },

  create: async (given, run) => {
    const service = servicePath(given, run);
    const id = armId([...service, "regenerateKey", given.keyType]);
    if (given.runOnCreate !== false) return { id, state: ended(given, await regenerate(targetOf(id, given), run), run) };
    const keys = await listKeys(service, run);
    run.done("recorded its triggers and read the keys; none was regenerated.");
    return { id, state: stateOf(given, { keys, fingerprints: fingerprintsOf(service, keys), lastRun: notRan("skipped") }) };
  },
  read: async (id, state, run) => {
    const keys = await unlessGone(() => listKeys(serviceOf(id), run));
    if (keys === undefined) return undefined;
    const fingerprints = fingerprintsOf(serviceOf(id), keys);
    const given = { ...namesOf(id), ...state };
    // While the outcome of a run is unknown, the fingerprints from before it are what the next run compares with.
    if (isOpen(state, state.keyType)) return { ...given, ...(given.keys === "fingerprint" ? {} : keys) };
    return stateOf(given, { keys, fingerprints, lastRun: state.lastRun ?? neverRan("skipped") });
  },
  update: async (id, state, given, run) => {
    const triggered = isTriggered(state, given) ? targetOf(id, given) : undefined;
    if (isOpen(state, state.keyType)) {
      const open = targetOf(id, { ...given, triggers: state.triggers });
      return ended(given, await finish(open, state, triggered, run), run);
    }
    if (triggered !== undefined) return ended(given, await regenerate(triggered, run), run);
    run.done("recorded what changed; no key was regenerated.");
    const { primaryKey, secondaryKey, primaryConnectionString, secondaryConnectionString, fingerprints, lastRun } = state;
    if (given.keys !== "fingerprint" && primaryKey === undefined) {
      const keys = await listKeys(serviceOf(id), run);
      return stateOf(given, { keys, fingerprints: fingerprintsOf(serviceOf(id), keys), lastRun });
    }
    const known = { primaryKey, secondaryKey, primaryConnectionString, secondaryConnectionString };
    return stateOf(given, { keys: known as WebPubSubKeys, fingerprints, lastRun });
  },
  delete: async (_id, { resourceName }, run) => run.done(`sent nothing; the keys of ${resourceName} stay as they are.`),
};

function ended(given: KeyRegenerationInputs, rotation: Rotation, run: Run): KeyRegenerationState {
  const { lastRun } = rotation;
  const which = `the ${given.keyType} key of ${given.resourceName}`;
  if (lastRun.outcome === "rotated") run.done(`regenerated ${which}; listKeys shows a new one.`, lastRun.requestId);
  if (lastRun.outcome === "accepted") run.done(`regenerated ${which} by the service's word; it is returned nowhere.`, lastRun.requestId);
  return stateOf(given, rotation);
}

function untouched({ keyType }: KeyRegenerationInputs): string {
  if (keyType === "Salt") return ".";
  return `; ${keyType === "Primary" ? "Secondary" : "Primary"} is not touched.`;
}

function namesOf(id: string): Pick<KeyRegenerationInputs, "resourceGroupName" | "resourceName" | "keyType"> {
  return { ...serviceNames(id), keyType: (armPathOf(id)[9] ?? "") as KeyType };
}

function targetOf(id: string, given: KeyRegenerationInputs): Target {
  const record = (unknown: UnknownRotation) => ({ ...given, ...unknown });
  return { id, service: serviceOf(id), keyType: given.keyType, wish: wishFingerprint(id, given.triggers), record };
}

function stateOf(given: KeyRegenerationInputs, { keys, fingerprints, lastRun }: Rotation): KeyRegenerationState {
  const { keys: mode, resourceGroupName, resourceName, keyType, subscriptionId, triggers, runOnCreate, timeouts } = given;
  const inputs = { keys: mode, resourceGroupName, resourceName, keyType, subscriptionId, triggers, runOnCreate, timeouts };
  return { ...inputs, ...(mode === "fingerprint" ? {} : keys), fingerprints, lastRun };
}

/**
 * Regenerates one key of a Web PubSub service: when the resource is created (unless `runOnCreate` is false) and when
 * `triggers` changes, and at nothing else. It waits for the end of the operation, reads the keys, and fails when the
 * regenerated one has not changed.
 *
 * The keys in the outputs are those at the end of this resource's own last run or refresh: where two resources
 * regenerate both keys of a service, let the one that is read depend on the other.
 *
 * Destroy does nothing: a regenerated key cannot be brought back. It never regenerates the other key, never posts a
 * second time because an answer was lost, and never runs on refresh or because this package is newer.
 *
 * Example: examples/webpubsub-key-regeneration.ts
 *
 * @see Web Pub Sub - Regenerate Key, api-version 2024-03-01, in the REST reference of Azure Web PubSub
 */
export class KeyRegeneration extends PatchbayResource {
  declare readonly resourceGroupName: pulumi.Output<string>;
  declare readonly resourceName: pulumi.Output<string>;
  declare readonly keyType: pulumi.Output<KeyType>;
  declare readonly triggers: pulumi.Output<Record<string, unknown> | undefined>;
  declare readonly runOnCreate: pulumi.Output<boolean | undefined>;
  declare readonly keys: pulumi.Output<"secret" | "fingerprint" | undefined>;
  /** Always secret; undefined with `keys: "fingerprint"`. */
  declare readonly primaryKey: pulumi.Output<string | undefined>;
  /** Always secret; undefined with `keys: "fingerprint"`. */
  declare readonly secondaryKey: pulumi.Output<string | undefined>;
  /** Always secret; undefined with `keys: "fingerprint"`. */
  declare readonly primaryConnectionString: pulumi.Output<string | undefined>;
  /** Always secret; undefined with `keys: "fingerprint"`. */
  declare readonly secondaryConnectionString: pulumi.Output<string | undefined>;
  /** Twelve hex characters of each key's salted SHA-256: tells whether a key is the same, and nothing of it. */
  declare readonly fingerprints: pulumi.Output<KeyFingerprints>;
  /**
   * `rotated`: seen in the keys. `accepted`: the service's word (Salt). `skipped`: not run yet. `unknown`: the next run
   * finds out; but a Salt, which listKeys does not return, stays unknown until `triggers` change, unless the service had
   * named an operation that can be followed.
   */
  declare readonly lastRun: pulumi.Output<KeyRegenerationRun>;

  /** @throws in preview, all at once, when an argument breaks a limit of the contract */
  constructor(name: string, args: KeyRegenerationArgs, options?: pulumi.CustomResourceOptions) {
    super({ operation: operation.name, outputs: OUTPUTS, secrets: SECRETS }, name, args, options);
  }

  /** Reads the keys of an existing service; never regenerates one. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: Partial<KeyRegenerationArgs>,
    options?: pulumi.CustomResourceOptions,
  ): KeyRegeneration {
    return new KeyRegeneration(name, (state ?? {}) as KeyRegenerationArgs, { ...options, id });
  }

  /** Whether a value is a KeyRegeneration, also one of another copy of this package. */
  static override isInstance(value: unknown): value is KeyRegeneration {
    return isResourceOf(operation.name, value);
  }
}

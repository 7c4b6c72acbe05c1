import type * as pulumi from "@pulumi/pulumi";
import { actionArguments, changedTriggers, isTriggered, notRan, recordedChanges } from "../engine/action";
import { armId } from "../engine/armId";
import { azureArguments } from "../engine/azureArguments";
import { unlessGone } from "../engine/gone";
import { limits } from "../engine/limits";
import type { Operation, Run } from "../engine/operation";
import { type Arguments, isResourceOf, PatchbayResource } from "../engine/resource";
import { isUnknown } from "../engine/state";
import { type AccessKeyType, ageWarnings, otherThan } from "./activeKey";
import { type Handover, handOver, isLeftOpen, type Known, observe, type Task } from "./handover";
import type { KeyRegenerationRun } from "./keyRotation";
import { type KeyFingerprints, listKeys } from "./keys";
import { changedService, keysSchema, resourceNameSchema, serviceNames, serviceOf, servicePath, type WebPubSubArguments } from "./service";

/** What a {@link RotatingKeys} takes. */
export interface RotatingKeysInputs extends WebPubSubArguments {
  /** Any values; when one of them changes, the idle key is regenerated once. Never give the time of day: that is each deployment. */
  triggers?: Record<string, unknown>;
  /**
   * Whether the idle key is regenerated and handed out already when the resource is created. Whoever uses that key then is refused.
   * @default false
   */
  runOnCreate?: boolean;
  /**
   * The key that is active at first; it is handed out as it is. Counts when the resource is created, and never again.
   * @default "Primary"
   */
  firstKeyType?: AccessKeyType;
  /**
   * The most that the active key should be old: an ISO 8601 duration such as "P90D". A preview warns where it is older,
   * or where its age is not known. Nothing else follows from it.
   */
  maximumAge?: string;
}
export type RotatingKeysArgs = Arguments<RotatingKeysInputs>;

/** What a {@link RotatingKeys} knows after a run. */
export interface RotatingKeysState extends RotatingKeysInputs, Handover {
  idleKeyType: AccessKeyType;
}

const SECRETS = ["activeKey", "activeConnectionString", "pendingOperation"];
const RECORDED = ["runOnCreate", "firstKeyType", "maximumAge", "keys"];
const OUTPUTS = [
  "resourceGroupName",
  "resourceName",
  "triggers",
  ...RECORDED,
  "activeKeyType",
  "activeKey",
  "activeConnectionString",
].concat(["idleKeyType", "fingerprints", "rotatedAt", "lastRun"]);

export const operation: Operation<RotatingKeysInputs, RotatingKeysState> = {
  name: "webpubsub/RotatingKeys",
  schema: (zod) => {
    const { duration, oneOf } = limits(zod);
    return zod.object({
      ...azureArguments(zod),
      ...actionArguments(zod),
      resourceName: resourceNameSchema(zod),
      firstKeyType: oneOf("Primary", "Secondary").optional(),
      maximumAge: duration("P90D").optional(),
      keys: keysSchema(zod),
    });
  },
  rules: [],
  secretMembers: SECRETS,
  reportedArguments: [],
  announce: (given) => {
    const { resourceName, runOnCreate } = given;
    if (isUnknown(given.firstKeyType)) {
      return `will hand out a key of ${resourceName}${runOnCreate === true ? ", regenerated before" : ""}; which one is not known yet.`;
    }
    const first = firstOf(given);
    const idle = otherThan(first);
    return runOnCreate === true
      ? `will regenerate the ${idle} key of ${resourceName} and hand it out; ${first} is not touched.`
      : `will hand out the ${first} key of ${resourceName} as it is; ${idle} is regenerated and handed out when triggers change.`;
  },
  replaces: (id, _state, given, settings) => changedService(id, given, settings),
  deleteBeforeReplace: false,
  changes: (state, given, show) => {
    const { activeKeyType: active, idleKeyType: idle } = state;
    const after = `hand it out; ${active}, handed out until now, stays valid.`;
    if (isTriggered(state, given)) {
      return [`will regenerate the ${idle} key of ${given.resourceName} (${changedTriggers(state, given, show)}) and ${after}`];
    }
    if (isLeftOpen(state)) {
      return [
        `will find out whether the last run regenerated the ${idle} key of ${given.resourceName}, regenerate it only if it did not, and ${after}`,
      ];
    }
    const recorded = recordedChanges(state, given, RECORDED, show);
    return recorded.length === 0 ? [] : [`will record ${recorded.join(", ")}; no key is regenerated, and ${active} stays the active one.`];
  },
  warnings: (state, given) => {
    // Then a new key is about to be handed out.
    if (isTriggered(state, given) || isLeftOpen(state)) return [];
    return ageWarnings(`the active ${state.activeKeyType} key of ${given.resourceName}`, state.rotatedAt, given.maximumAge);
  },

  create: async (given, run) => {
    const service = servicePath(given, run);
    const id = armId([...service, "rotatingKeys"]);
    const task = taskOf(id, given, { activeKeyType: firstOf(given) });
    if (given.runOnCreate === true) return { id, state: stateOf(given, await handedOver(task, run)) };
    const seen = observe(task, await listKeys(service, run), run);
    run.done(`handed out the ${seen.activeKeyType} key of ${given.resourceName} as listKeys shows it; none was regenerated.`);
    return { id, state: stateOf(given, { ...seen, lastRun: notRan("skipped") }) };
  },
  read: async (id, state, run) => {
    const keys = await unlessGone(() => listKeys(serviceOf(id), run));
    if (keys === undefined) return undefined;
    const given: RotatingKeysInputs = { ...serviceNames(id), ...state };
    const known = { ...state, activeKeyType: state.activeKeyType ?? firstOf(state) };
    return stateOf(given, observe(taskOf(id, given, known), keys, run));
  },
  update: async (id, state, given, run) => {
    const task = taskOf(id, given, state);
    if (isTriggered(state, given) || isLeftOpen(state)) return stateOf(given, await handedOver(task, run));
    run.done(`recorded what changed; no key was regenerated, and ${state.activeKeyType} stays the active one.`);
    const isKeyLacking = given.keys !== "fingerprint" && state.activeKey === undefined;
    return stateOf(given, isKeyLacking ? observe(task, await listKeys(serviceOf(id), run), run) : state);
  },
  delete: async (_id, { resourceName }, run) => run.done(`sent nothing; both keys of ${resourceName} stay as they are.`),
};

async function handedOver(task: Task, run: Run): Promise<Handover> {
  const handover = await handOver(task, run);
  const { activeKeyType: active, lastRun } = handover;
  run.done(
    `regenerated the ${active} key of ${task.serviceName}, as listKeys shows, and handed it out; ${otherThan(active)} stays valid.`,
    lastRun.requestId,
  );
  return handover;
}

function firstOf({ firstKeyType }: Partial<RotatingKeysInputs>): AccessKeyType {
  return firstKeyType === "Secondary" ? "Secondary" : "Primary";
}

function taskOf(id: string, given: RotatingKeysInputs, known: Known & Pick<RotatingKeysInputs, "triggers">): Task {
  const triggers = { recorded: known.triggers, given: given.triggers };
  return { id, serviceName: given.resourceName, known, triggers, record: (wanted, end) => stateOf({ ...given, triggers: wanted }, end) };
}

function stateOf(given: RotatingKeysInputs, handover: Handover): RotatingKeysState {
  const { keys, resourceGroupName, resourceName, subscriptionId, triggers, runOnCreate, firstKeyType, maximumAge, timeouts } = given;
  const inputs = { keys, resourceGroupName, resourceName, subscriptionId, triggers, runOnCreate, firstKeyType, maximumAge, timeouts };
  const { activeKeyType, activeKey, activeConnectionString, fingerprints, rotatedAt, lastRun, pendingOperation } = handover;
  const shown = keys === "fingerprint" ? {} : { activeKey, activeConnectionString };
  const idleKeyType = otherThan(activeKeyType);
  return { ...inputs, activeKeyType, ...shown, idleKeyType, fingerprints, rotatedAt, lastRun, pendingOperation };
}

/**
 * The two keys of a Web PubSub service, of which one is active and handed out. When `triggers` changes, the idle one is
 * regenerated, seen to have changed, and handed out in its place; the next change regenerates the other one. So whoever
 * has the key of the last deployment keeps serving through this one, and has until the next to take the new key.
 *
 * Both keys belong to this resource: whoever uses the idle one is refused after the next change of `triggers`, and a
 * {@link KeyRegeneration} of the same service would regenerate the key in use. Which key is active is known to the state
 * alone. Where a deployment fails before the new key has reached everybody, repeat it before `triggers` changes again.
 * Where a key has leaked, change `triggers` in two deployments: the first hands out another key, the second ends the old one.
 *
 * Destroy does nothing: both keys stay as they are. It never regenerates the active key, never both at once, never a
 * second time because an answer was lost or a run was killed, and never on refresh or because this package is newer.
 * Refresh shows a key that somebody else changed.
 *
 * Example: examples/webpubsub-rotating-keys.ts
 *
 * @see Web Pub Sub - Regenerate Key, api-version 2024-03-01, in the REST reference of Azure Web PubSub
 */
export class RotatingKeys extends PatchbayResource {
  declare readonly resourceGroupName: pulumi.Output<string>;
  declare readonly resourceName: pulumi.Output<string>;
  declare readonly triggers: pulumi.Output<Record<string, unknown> | undefined>;
  declare readonly runOnCreate: pulumi.Output<boolean | undefined>;
  declare readonly firstKeyType: pulumi.Output<AccessKeyType | undefined>;
  declare readonly maximumAge: pulumi.Output<string | undefined>;
  declare readonly keys: pulumi.Output<"secret" | "fingerprint" | undefined>;
  /** The key that is handed out. */
  declare readonly activeKeyType: pulumi.Output<AccessKeyType>;
  /** Always secret; undefined with `keys: "fingerprint"`. */
  declare readonly activeKey: pulumi.Output<string | undefined>;
  /** Always secret; undefined with `keys: "fingerprint"`. */
  declare readonly activeConnectionString: pulumi.Output<string | undefined>;
  /** The key that is regenerated next; until then it is the one that was handed out before. */
  declare readonly idleKeyType: pulumi.Output<AccessKeyType>;
  /** Twelve hex characters of each key's salted SHA-256: tells whether a key is the same, and nothing of it. */
  declare readonly fingerprints: pulumi.Output<KeyFingerprints>;
  /** When the active key was regenerated, in UTC, ISO 8601; undefined where this resource did not, or somebody else has since. */
  declare readonly rotatedAt: pulumi.Output<string | undefined>;
  /** `rotated`: seen in the keys. `skipped`: not run yet. `unknown`: the next run finds out; until then the active key is that of before. */
  declare readonly lastRun: pulumi.Output<KeyRegenerationRun>;

  /** @throws in preview, all at once, when an argument breaks a limit of the contract */
  constructor(name: string, args: RotatingKeysArgs, options?: pulumi.CustomResourceOptions) {
    super({ operation: operation.name, outputs: OUTPUTS, secrets: SECRETS }, name, args, options);
  }

  /** Reads the keys of an existing service, and takes that of `firstKeyType` for the active one; never regenerates any. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: Partial<RotatingKeysArgs>,
    options?: pulumi.CustomResourceOptions,
  ): RotatingKeys {
    return new RotatingKeys(name, (state ?? {}) as RotatingKeysArgs, { ...options, id });
  }

  /** Whether a value is a RotatingKeys, also one of another copy of this package. */
  static override isInstance(value: unknown): value is RotatingKeys {
    return isResourceOf(operation.name, value);
  }
}

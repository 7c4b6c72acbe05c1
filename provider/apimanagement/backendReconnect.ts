import type * as pulumi from "@pulumi/pulumi";
import {
  type ActionArguments,
  type ActionRun,
  actionArguments,
  changedTriggers,
  isTriggered,
  neverRan,
  notRan,
  ran,
  recordedChanges,
} from "../engine/action";
import { armId, armPathOf, changedTarget } from "../engine/armId";
import { type AzureArguments, azureArguments, subscriptionFor } from "../engine/azureArguments";
import { isoDurationSeconds, spokenDuration } from "../engine/durations";
import type { Operation, Run } from "../engine/operation";
import { type Arguments, isResourceOf, PatchbayResource } from "../engine/resource";
import { BACKEND_SEGMENTS, backendNames, backendPath, writerKey } from "./backend";
import { backendIdSchema, serviceNameSchema } from "./backendLimits";

const API_VERSION = "2022-08-01";
const SHORTEST_DOCUMENTED_SECONDS = 120;
const AFTER = 'an ISO 8601 duration such as "PT2M", or whole seconds from 0 on';
const OUTPUTS = ["resourceGroupName", "serviceName", "backendId", "after", "triggers", "runOnCreate", "lastRun"];

/** What a {@link BackendReconnect} takes. */
export interface BackendReconnectInputs extends AzureArguments, ActionArguments {
  /** API Management service: 1 to 50 letters, digits and hyphens, the first a letter, the last no hyphen. */
  serviceName: string;
  /** Backend of that service, 1 to 80 characters. It must exist. */
  backendId: string;
  /**
   * When the gateway reconnects, counted from the call: an ISO 8601 duration such as "PT2M", or whole seconds from 0 on.
   * Microsoft's reference names PT2M as the shortest one and shows PT3S as its example, so a shorter one is sent with a
   * warning.
   * @default two minutes, chosen by the service
   */
  after?: string | number;
}
export type BackendReconnectArgs = Arguments<BackendReconnectInputs>;
export type BackendReconnectRun = ActionRun<"accepted" | "skipped">;

/** What a {@link BackendReconnect} knows after a run. */
export interface BackendReconnectState extends BackendReconnectInputs {
  lastRun: BackendReconnectRun;
}

export const operation: Operation<BackendReconnectInputs, BackendReconnectState> = {
  name: "apimanagement/BackendReconnect",
  schema: (zod) =>
    zod.object({
      ...azureArguments(zod),
      ...actionArguments(zod),
      serviceName: serviceNameSchema(zod),
      backendId: backendIdSchema(zod),
      after: zod
        .union([zod.string(), zod.number()], `must be ${AFTER}`)
        .refine(
          (after) => (typeof after === "string" ? zod.iso.duration().safeParse(after).success : Number.isSafeInteger(after) && after >= 0),
          `must be ${AFTER}`,
        )
        .describe(AFTER)
        .optional(),
    }),
  rules: [],
  secretMembers: [],
  reportedArguments: [],
  advice: ({ after }) => {
    const seconds = typeof after === "string" ? isoDurationSeconds(after) : after;
    if (seconds === undefined || seconds >= SHORTEST_DOCUMENTED_SECONDS) return [];
    return [`after is ${spokenDuration(seconds * 1000)}, below the documented minimum of PT2M; the service may refuse it or wait longer.`];
  },
  announce: (given) =>
    given.runOnCreate === false
      ? `will record its triggers; the gateway of ${given.serviceName} reconnects to ${given.backendId} when they change.`
      : `will tell the gateway of ${given.serviceName} to reconnect to backend ${given.backendId}.`,
  replaces: (id, _state, given, settings) => changedTarget(id, given, settings, BACKEND_SEGMENTS),
  deleteBeforeReplace: false,
  changes: (state, given, show) => {
    if (isTriggered(state, given)) {
      return [
        `will tell the gateway of ${given.serviceName} to reconnect to backend ${given.backendId} (${changedTriggers(state, given, show)}).`,
      ];
    }
    const recorded = recordedChanges(state, given, ["after", "runOnCreate"], show);
    return recorded.length === 0 ? [] : [`will record ${recorded.join(", ")}; the gateway is not told to reconnect.`];
  },

  create: async (given, run) => {
    const path = [...backendPath(subscriptionFor(given, run), given), "reconnect"];
    if (given.runOnCreate !== false) return { id: armId(path), state: { ...given, lastRun: await reconnect(path, given, run) } };
    run.done("recorded its triggers; the gateway was not told to reconnect.");
    return { id: armId(path), state: { ...given, lastRun: notRan("skipped" as const) } };
  },
  // Nothing in the cloud shows a reconnect, so there is nothing to read; `.get` gives back what its id names.
  read: async (id, state) => ({ ...backendNames(id), ...state, lastRun: state.lastRun ?? neverRan("skipped" as const) }),
  update: async (id, state, given, run) => {
    if (isTriggered(state, given)) return { ...given, lastRun: await reconnect(armPathOf(id), given, run) };
    run.done("recorded what changed; the gateway was not told to reconnect.");
    return { ...given, lastRun: state.lastRun };
  },
  delete: async (_id, { serviceName }, run) => run.done(`sent nothing; the gateway of ${serviceName} stays as it is.`),
};

/** 202 is the end: the service gives nothing to poll, and no member of the backend shows the result. */
async function reconnect(
  path: readonly string[],
  { serviceName, backendId, after }: BackendReconnectInputs,
  run: Run,
): Promise<BackendReconnectRun> {
  const duration = typeof after === "number" ? `PT${after}S` : after;
  const body = duration === undefined ? undefined : { properties: { after: duration } };
  const id = armId(path);
  const request = {
    ...({ cloud: "azure", method: "POST", path, apiVersion: API_VERSION, body, repeat: "once", answer: "ignored" } as const),
    nextRun: "it tells the gateway once more, which does no harm but another reconnect",
  };
  return run.exclusively(writerKey(path), async () => {
    // Nothing shows whether it was told; once more does no harm but another reconnect.
    if (run.recall()?.id === id)
      run.say("warning", "an earlier run on this machine was killed while it told the gateway to reconnect; it is told once more.");
    run.note({ id });
    const accepted = await run.send(request);
    run.done(
      `told the gateway of ${serviceName} to reconnect to backend ${backendId}; the service accepted it and shows no more.`,
      accepted.requestId,
    );
    return ran("accepted", accepted);
  });
}

/**
 * Tells the gateway of an API Management service to connect to a backend anew. It runs when the resource is created
 * (unless `runOnCreate` is false) and when `triggers` changes, and at nothing else.
 *
 * Destroy does nothing. It never changes the backend, and nothing in the cloud shows that a reconnect took place:
 * `lastRun.outcome: "accepted"` is the service's word.
 *
 * Example: examples/apimanagement-backend-reconnect.ts
 *
 * @see Backend - Reconnect, api-version 2022-08-01, in the REST reference of Azure API Management
 */
export class BackendReconnect extends PatchbayResource {
  declare readonly resourceGroupName: pulumi.Output<string>;
  declare readonly serviceName: pulumi.Output<string>;
  declare readonly backendId: pulumi.Output<string>;
  declare readonly after: pulumi.Output<string | number | undefined>;
  declare readonly triggers: pulumi.Output<Record<string, unknown> | undefined>;
  declare readonly runOnCreate: pulumi.Output<boolean | undefined>;
  /** The last time the gateway was told to reconnect; `skipped` when it has not been told yet. */
  declare readonly lastRun: pulumi.Output<BackendReconnectRun>;

  /** @throws in preview, all at once, when an argument breaks a limit of the contract */
  constructor(name: string, args: BackendReconnectArgs, options?: pulumi.CustomResourceOptions) {
    super({ operation: operation.name, outputs: OUTPUTS, secrets: [] }, name, args, options);
  }

  /** The resource that an id stands for; sends nothing. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: Partial<BackendReconnectArgs>,
    options?: pulumi.CustomResourceOptions,
  ): BackendReconnect {
    return new BackendReconnect(name, (state ?? {}) as BackendReconnectArgs, { ...options, id });
  }

  /** Whether a value is a BackendReconnect, also one of another copy of this package. */
  static override isInstance(value: unknown): value is BackendReconnect {
    return isResourceOf(operation.name, value);
  }
}

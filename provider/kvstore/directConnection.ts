import type * as pulumi from "@pulumi/pulumi";
import { timeoutsSchema } from "../engine/azureArguments";
import { limits } from "../engine/limits";
import type { Operation, Run, Settings } from "../engine/operation";
import { type Arguments, isResourceOf, PatchbayResource, type Timeouts } from "../engine/resource";
import { isUnknown } from "../engine/state";
import { PreconditionError } from "../errors";
import { type EndpointWish, ensureDirectEndpoint } from "./directAllocation";
import { releaseDirectEndpoint } from "./directRelease";
import { type DirectEndpoint, type InstanceTarget, instanceIsGone, prefixOf } from "./instance";
import { lookForEndpoint } from "./settled";

/** What a {@link DirectConnection} takes. */
export interface DirectConnectionInputs {
  /** Tair or Redis instance: an instance id such as "r-bp1zxszhcgatnx". */
  instanceId: string;
  /**
   * Prefix of the direct endpoint's host name, which Alibaba Cloud's reference calls so: 8 to 40 lower-case letters and
   * digits, the first a letter.
   * @default chosen by the service
   */
  connectionString?: string;
  /**
   * Port: 1024 to 65535, a number or a text.
   * @default 6379, chosen by the service
   */
  port?: number | string;
  /**
   * Region of the instance: a region id such as "cn-hangzhou".
   * @default `patchbay:regionId`, `alicloud:region`, `ALICLOUD_REGION` or `ALIBABA_CLOUD_REGION`
   */
  regionId?: string;
  /**
   * What destroy does with the endpoint. Releasing it breaks the connections of its clients.
   * @default "release" for one that this resource allocated, "retain" for one that it adopted
   */
  onDestroy?: "release" | "retain";
  /** How long each step may take: for each a duration above zero, such as "90s", "30m" or "1h30m". */
  timeouts?: Timeouts;
}
export type DirectConnectionArgs = Arguments<DirectConnectionInputs>;

/** What a {@link DirectConnection} knows after a run. */
export interface DirectConnectionState extends DirectConnectionInputs, DirectEndpoint {
  port: number;
  /** Whether it was there before, made by somebody else. */
  readonly adopted: boolean;
}

const OUTPUTS = [
  ...["instanceId", "connectionString", "regionId", "onDestroy"],
  ...["connectionDomain", "port", "ipAddress", "vpcId", "vSwitchId", "adopted"],
];

export const operation: Operation<DirectConnectionInputs, DirectConnectionState> = {
  name: "kvstore/DirectConnection",
  schema: (zod) => {
    const { form, between, oneOf } = limits(zod);
    const number = between(1024, 65535);
    const port = zod.union([number, zod.string()], `must be ${number.description}`);
    return zod.object({
      instanceId: form(/^[A-Za-z0-9][A-Za-z0-9-]*$/, 'an instance id such as "r-bp1zxszhcgatnx"'),
      // The rule of Alibaba Cloud's reference. The service's own error quotes ^\w+$, which is wider than what it takes.
      connectionString: form(/^[a-z][a-z0-9]{7,39}$/, "8 to 40 lower-case letters and digits, the first a letter").optional(),
      port: port
        .refine(
          (given) => typeof given === "number" || (/^[1-9]\d*$/.test(given) && number.safeParse(Number(given)).success),
          `must be ${number.description}`,
        )
        .optional(),
      // Older pages list it as a parameter, the SDK has none: it only chooses the endpoint.
      regionId: form(/^[a-z]{2,}(?:-[a-z0-9]+)+$/, 'a region id such as "cn-hangzhou"').optional(),
      onDestroy: oneOf("release", "retain").optional(),
      timeouts: timeoutsSchema(zod),
    });
  },
  rules: [],
  secretMembers: [],
  reportedArguments: ["port"],
  announce: (given) =>
    `will adopt the direct connection of ${isUnknown(given.instanceId) ? "an instance that is not known yet" : given.instanceId}, or allocate one if there is none.`,
  replaces: changedTarget,
  deleteBeforeReplace: true,
  changes: (state, given, show) => {
    if (state.connectionDomain === undefined)
      return [`will go on with the direct connection of ${given.instanceId}, which was not seen serving in the last run.`];
    if (state.onDestroy === given.onDestroy) return [];
    return [`will record onDestroy ${show(["onDestroy"], state.onDestroy)} → ${show(["onDestroy"], given.onDestroy)}.`];
  },

  create: async (given, run) => {
    const target = { regionId: regionFor(given, run.settings), instanceId: given.instanceId };
    const id = `${target.regionId}/${target.instanceId}/direct`;
    return { id, state: await ensured(id, given, run) };
  },
  read: async (id, state, run) => {
    const { regionId, instanceId } = targetOf(id);
    try {
      const found = await lookForEndpoint({ regionId, instanceId, connectionDomain: state.connectionDomain }, run);
      if (found === "none") return undefined;
      if ("changing" in found) return unchanged(instanceId, found.changing, state, run);
      if (state.connectionDomain !== undefined && state.connectionDomain !== found.connectionDomain) {
        run.say("warning", `${state.connectionDomain} is gone; ${instanceId} has ${found.connectionDomain} now, which is left as it is.`);
        return undefined;
      }
      return { ...state, instanceId: state.instanceId ?? instanceId, ...found, adopted: state.adopted ?? true };
    } catch (error) {
      if (instanceIsGone(error)) return undefined;
      throw error;
    }
  },
  update: async (id, state, given, run) => {
    if (state.connectionDomain === undefined) return ensured(id, given, run, state.adopted);
    run.done("recorded what changed; nothing was sent.");
    const { connectionDomain, port, ipAddress, vpcId, vSwitchId, adopted } = state;
    return { ...given, connectionDomain, port, ipAddress, vpcId, vSwitchId, adopted };
  },
  delete: async (id, state, run) => {
    const onDestroy = state.onDestroy ?? (state.adopted ? "retain" : "release");
    if (onDestroy === "release") return exclusively(id, run, () => releaseDirectEndpoint(targetOf(id), state.connectionDomain, run));
    run.done(`sent nothing; ${state.connectionDomain ?? "the direct connection"} of ${targetOf(id).instanceId} stays as it is.`);
  },
};

function regionFor(given: DirectConnectionInputs, settings: Settings): string {
  const regionId = given.regionId ?? settings.regionId();
  if (regionId !== undefined) return regionId;
  throw new PreconditionError(`No region is given or configured (looked for ${settings.lookedFor("regionId").join(", ")}).`);
}

function targetOf(id: string): InstanceTarget {
  const [regionId = "", instanceId = ""] = id.split("/");
  return { regionId, instanceId };
}

/** While an instance changes, what it shows of its endpoint says nothing: taking that for gone would lose the endpoint. */
function unchanged(instanceId: string, status: string, state: DirectConnectionState, run: Run): DirectConnectionState {
  if (state.instanceId === undefined) {
    throw new PreconditionError(`${instanceId} is ${status}, so its direct connection cannot be read. Run again when it is Normal.`);
  }
  run.say("info", `${instanceId} is ${status}; what is known of its direct connection is kept.`);
  return state;
}

function wishOf({ connectionString, port }: DirectConnectionInputs): EndpointWish {
  return { connectionString, port: port === undefined ? undefined : Number(port) };
}

/** One change of an instance at a time: it refuses others while it is not Normal. */
function exclusively<T>(id: string, run: Run, work: () => Promise<T>): Promise<T> {
  return run.exclusively(id, work);
}

/** @param wasAdopted what an earlier run knows of whose endpoint it is */
async function ensured(id: string, given: DirectConnectionInputs, run: Run, wasAdopted?: boolean): Promise<DirectConnectionState> {
  const target = targetOf(id);
  const end = await exclusively(id, run, () => ensureDirectEndpoint(target, wishOf(given), id, given, run));
  const adopted = wasAdopted ?? end.adopted;
  const address = `${end.endpoint.connectionDomain}:${end.endpoint.port} of ${target.instanceId}`;
  if (adopted) run.done(`adopted ${address}, which was there already; nothing was changed.`);
  else run.done(`allocated ${address}; the instance is Normal and shows it.`, end.requestId);
  return { ...given, ...end.endpoint, adopted };
}

/** An instance has one direct endpoint and no call that changes it: another instance, prefix or port is another resource. */
function changedTarget(id: string, state: DirectConnectionState, given: DirectConnectionInputs, settings: Settings): string[] {
  const target = targetOf(id);
  const differs = (now: string, wanted: unknown) => wanted !== undefined && !isUnknown(wanted) && String(wanted) !== now;
  const changed = [];
  if (differs(target.regionId, given.regionId ?? settings.regionId())) changed.push("regionId");
  if (differs(target.instanceId, given.instanceId)) changed.push("instanceId");
  const prefix = state.connectionDomain === undefined ? state.connectionString : prefixOf(state.connectionDomain);
  if (prefix !== undefined && differs(prefix, given.connectionString)) changed.push("connectionString");
  if (state.port !== undefined && differs(String(Number(state.port)), given.port)) changed.push("port");
  return changed;
}

/**
 * The direct (private) endpoint of a Tair or Redis cluster instance of Alibaba Cloud, on which clients bypass the
 * proxy. Adopts the one that is there when it fits, else checks what the service asks for, allocates one and waits
 * until it serves.
 *
 * Destroy releases an endpoint that this resource allocated and keeps one that it adopted, unless `onDestroy` says
 * otherwise. It never changes the instance, never releases an endpoint that somebody else has put in the place of its
 * own, and never allocates a second time because an answer was lost. While the endpoint exists, the service refuses
 * some changes of the instance's configuration.
 *
 * Example: examples/kvstore-direct-connection.ts
 *
 * @see AllocateDirectConnection, version 2015-01-01, in the API reference of Tair (Redis-compatible)
 */
export class DirectConnection extends PatchbayResource {
  declare readonly instanceId: pulumi.Output<string>;
  /** The prefix that was given, if any. */
  declare readonly connectionString: pulumi.Output<string | undefined>;
  /** The region that was given, if any. */
  declare readonly regionId: pulumi.Output<string | undefined>;
  declare readonly onDestroy: pulumi.Output<"release" | "retain" | undefined>;
  /** Full host name of the direct endpoint. */
  declare readonly connectionDomain: pulumi.Output<string>;
  declare readonly port: pulumi.Output<number>;
  /** Address of the direct endpoint in the VPC. */
  declare readonly ipAddress: pulumi.Output<string>;
  /** VPC of the direct endpoint. */
  declare readonly vpcId: pulumi.Output<string>;
  /** VSwitch of the direct endpoint. */
  declare readonly vSwitchId: pulumi.Output<string>;
  /** Whether the endpoint was there before this resource. */
  declare readonly adopted: pulumi.Output<boolean>;

  /** @throws in preview, all at once, when an argument breaks a limit of the contract */
  constructor(name: string, args: DirectConnectionArgs, options?: pulumi.CustomResourceOptions) {
    super({ operation: operation.name, outputs: OUTPUTS, secrets: [] }, name, args, options);
  }

  /** Reads an existing direct endpoint by `{regionId}/{instanceId}/direct`; nothing is ever written through what this returns. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: Partial<DirectConnectionArgs>,
    options?: pulumi.CustomResourceOptions,
  ): DirectConnection {
    return new DirectConnection(name, (state ?? {}) as DirectConnectionArgs, { ...options, id });
  }

  /** Whether a value is a DirectConnection, also one of another copy of this package. */
  static override isInstance(value: unknown): value is DirectConnection {
    return isResourceOf(operation.name, value);
  }
}

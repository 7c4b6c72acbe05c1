import type * as pulumi from "@pulumi/pulumi";
import { armId, armPathOf, changedTarget, sameId } from "../engine/armId";
import { type AzureArguments, azureArguments, subscriptionFor } from "../engine/azureArguments";
import { unlessGone } from "../engine/gone";
import { limits } from "../engine/limits";
import type { Answer, AzureRequest, Loose, Operation, Problem, Run, Show } from "../engine/operation";
import { type Arguments, isResourceOf, PatchbayResource } from "../engine/resource";
import { isGiven, isUnknown, sameValue } from "../engine/state";
import { described, differingMembers, ensureState, waitForConnection } from "./approval";
import {
  type Connection,
  clusterPath,
  connectionPath,
  deleteRequest,
  type PrivateLinkServiceConnectionState,
  readConnection,
  stateRequest,
} from "./connections";

export type { PrivateLinkServiceConnectionState } from "./connections";

/** What a {@link PrivateEndpointConnection} takes. */
export interface PrivateEndpointConnectionInputs extends AzureArguments {
  /** Redis Enterprise cluster: 1 to 60 letters, digits and single hyphens, with no hyphen at an end. */
  clusterName: string;
  /** The connection by its name. Exactly one of this and `privateEndpointId`. */
  privateEndpointConnectionName?: string;
  /** The connection by the ARM id of a private endpoint, the one behind it, in any case; for a name that is not known beforehand. */
  privateEndpointId?: string;
  /** The state to bring the connection into. */
  privateLinkServiceConnectionState: PrivateLinkServiceConnectionState;
  /** Subscriptions whose private endpoints may connect; another one is refused before any write. */
  allowedSubscriptionIds?: string[];
  /**
   * What destroy does with the connection: nothing, reject it, or delete it. A deleted connection cannot come back:
   * its private endpoint has to be made anew.
   * @default "leave"
   */
  onDestroy?: "leave" | "reject" | "delete";
}
export type PrivateEndpointConnectionArgs = Arguments<PrivateEndpointConnectionInputs>;

/** What a {@link PrivateEndpointConnection} knows after a run. */
export interface PrivateEndpointConnectionState extends Omit<PrivateEndpointConnectionInputs, "privateLinkServiceConnectionState"> {
  privateLinkServiceConnectionState: Connection["state"];
  provisioningState: string;
}

const OUTPUTS = [
  ...["resourceGroupName", "clusterName", "privateEndpointConnectionName", "privateEndpointId"],
  ...["privateLinkServiceConnectionState", "allowedSubscriptionIds", "onDestroy", "provisioningState"],
];
const VERBS = { Approved: "approve", Rejected: "reject", Pending: "set to Pending" };

export const operation: Operation<PrivateEndpointConnectionInputs, PrivateEndpointConnectionState> = {
  name: "redisenterprise/PrivateEndpointConnection",
  schema: (zod) => {
    const { filled, form, oneOf } = limits(zod);
    const clusterName = /^(?=.{1,60}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*$/;
    const privateEndpoint = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/privateEndpoints\/[^/]+$/i;
    return zod.object({
      ...azureArguments(zod),
      clusterName: form(clusterName, "1 to 60 letters, digits and single hyphens, with no hyphen at an end"),
      privateEndpointConnectionName: filled().optional(),
      privateEndpointId: form(privateEndpoint, "the ARM id of a private endpoint").optional(),
      privateLinkServiceConnectionState: zod.strictObject({
        // The contract's list is open for what the service reports; an owner can wish for these three.
        status: oneOf("Approved", "Rejected", "Pending"),
        description: zod.string().optional(),
        actionsRequired: zod.string().optional(),
      }),
      allowedSubscriptionIds: zod.array(filled()).optional(),
      onDestroy: oneOf("leave", "reject", "delete").optional(),
    });
  },
  rules: [oneOfNameAndEndpoint],
  secretMembers: [],
  reportedArguments: [
    ...["privateEndpointConnectionName", "privateEndpointId"],
    ...["privateLinkServiceConnectionState.description", "privateLinkServiceConnectionState.actionsRequired"],
  ],
  announce: (given) =>
    `will ${VERBS[given.privateLinkServiceConnectionState.status] ?? "set the state of"} ${described(given)}, waiting for it if it is not there yet.`,
  replaces: (id, state, given, settings) => {
    const changed = changedTarget(id, given, settings, { clusterName: 7, privateEndpointConnectionName: 9 });
    const { privateEndpointId } = given;
    // Empty where the service has not named one yet.
    const known = state.privateEndpointId || undefined;
    const another = privateEndpointId !== undefined && !isUnknown(privateEndpointId) && known !== undefined;
    return another && !sameId(privateEndpointId, known) ? [...changed, "privateEndpointId"] : changed;
  },
  deleteBeforeReplace: false,
  changes: changesOf,

  create: async (given, run) => {
    const cluster = clusterPath(subscriptionFor(given, run), given.resourceGroupName, given.clusterName);
    const found = await waitForConnection(cluster, given, run);
    const connection = await ensureState(connectionPath(cluster, found.name), found, given, run);
    return { id: armId(connectionPath(cluster, found.name)), state: stateOf(given, connection) };
  },
  read: async (id, state, run) => {
    const connection = await unlessGone(() => readConnection(armPathOf(id), run));
    return connection && stateOf({ ...namesOf(id), ...state }, connection);
  },
  update: async (id, state, given, run) => {
    const path = armPathOf(id);
    const found = await waitForConnection(path.slice(0, 8), { ...given, privateEndpointConnectionName: path[9] }, run);
    const known = { ...given, privateEndpointId: given.privateEndpointId ?? state.privateEndpointId };
    return stateOf(known, await ensureState(path, found, given, run));
  },
  delete: async (id, state, run) => {
    const path = armPathOf(id);
    const which = described({ ...namesOf(id), privateEndpointConnectionName: path.at(-1) });
    if (state.onDestroy !== "reject" && state.onDestroy !== "delete") return run.done(`sent nothing; ${which} stays as it is.`);
    const remove = state.onDestroy === "delete" ? deleteConnection : rejectConnection;
    const sent = await unlessGone(() => remove(path, run));
    const [already, done] = state.onDestroy === "delete" ? ["gone", "deleted"] : ["rejected or gone", "rejected"];
    if (sent === undefined) return run.done(`found ${which} ${already} already; nothing was changed.`);
    run.done(`${done} ${which}; the service says that it is done.`, sent.requestId);
  },
};

function oneOfNameAndEndpoint(given: Loose<PrivateEndpointConnectionInputs>): Problem[] {
  const { privateEndpointConnectionName: name, privateEndpointId: id } = given;
  if (isUnknown(name) || isUnknown(id) || isGiven(name) !== isGiven(id)) return [];
  const which = isGiven(name) ? "both were" : "neither was";
  const reason = `exactly one of privateEndpointConnectionName and privateEndpointId must be given; ${which}`;
  return [{ path: ["privateEndpointConnectionName"], reason, isValueShown: false }];
}

async function deleteConnection(path: readonly string[], run: Run): Promise<Answer> {
  return toTheEnd(deleteRequest(path), run);
}

/** Undefined where nothing was to be done. */
async function rejectConnection(path: readonly string[], run: Run): Promise<Answer | undefined> {
  const connection = await readConnection(path, run);
  if (connection === undefined || sameId(connection.state.status, "Rejected")) return undefined;
  return toTheEnd({ ...stateRequest(path, { status: "Rejected" }), answer: "ignored" as const }, run);
}

/** Sends and waits for the end; the answer is the one that accepted it. */
async function toTheEnd(request: AzureRequest, run: Run): Promise<Answer> {
  const accepted = await run.send(request);
  await run.follow(request, accepted);
  return accepted;
}

function namesOf(id: string): Pick<PrivateEndpointConnectionInputs, "resourceGroupName" | "clusterName"> {
  const path = armPathOf(id);
  return { resourceGroupName: path[3] ?? "", clusterName: path[7] ?? "" };
}

type Known = Omit<PrivateEndpointConnectionInputs, "privateLinkServiceConnectionState">;

function stateOf(given: Known, connection: Connection): PrivateEndpointConnectionState {
  return {
    ...given,
    privateLinkServiceConnectionState: connection.state,
    privateEndpointConnectionName: connection.name,
    // An answer that names none says nothing against the one that is known.
    privateEndpointId:
      connection.privateEndpointId === "" || sameId(given.privateEndpointId, connection.privateEndpointId)
        ? (given.privateEndpointId ?? "")
        : connection.privateEndpointId,
    provisioningState: connection.provisioningState,
  };
}

function changesOf(state: PrivateEndpointConnectionState, given: PrivateEndpointConnectionInputs, show: Show): string[] {
  const sentences: string[] = [];
  const [now, wished] = [state.privateLinkServiceConnectionState, given.privateLinkServiceConnectionState];
  const set = differingMembers(now, wished);
  if (set.length > 0) {
    const path = (member: string) => ["privateLinkServiceConnectionState", member];
    const each = set.map((member) => `${member} ${show(path(member), now?.[member])} → ${show(path(member), wished[member])}`);
    sentences.push(`will set ${described(given)}: ${each.join(", ")}.`);
  }
  const recorded = (["allowedSubscriptionIds", "onDestroy"] as const).filter((member) => !sameValue(state[member], given[member]));
  if (recorded.length > 0)
    sentences.push(`will record ${recorded.map((member) => `${member} ${show([member], given[member])}`).join(", ")}.`);
  return sentences;
}

/**
 * Sets what the owner of a Redis Enterprise cluster says of a private endpoint connection: approves or rejects it. The
 * connection itself is made by a private endpoint, often of another subscription and later; this waits for it, and
 * adopts it without a write when it is already as wished.
 *
 * Destroy leaves the connection as it is, or rejects or deletes it as `onDestroy` says. It never creates a connection,
 * never approves a private endpoint of a subscription that `allowedSubscriptionIds` does not list, and never tries to
 * approve a rejected one, which Azure refuses.
 *
 * Example: examples/redisenterprise-private-endpoint-connection.ts
 *
 * @see Private Endpoint Connections - Put, api-version 2025-07-01, in the REST reference of Azure Managed Redis
 */
export class PrivateEndpointConnection extends PatchbayResource {
  declare readonly resourceGroupName: pulumi.Output<string>;
  declare readonly clusterName: pulumi.Output<string>;
  declare readonly privateEndpointConnectionName: pulumi.Output<string>;
  /** ARM id of the private endpoint behind the connection. */
  declare readonly privateEndpointId: pulumi.Output<string>;
  /** As the service reports it. */
  declare readonly privateLinkServiceConnectionState: pulumi.Output<Connection["state"]>;
  declare readonly allowedSubscriptionIds: pulumi.Output<string[] | undefined>;
  declare readonly onDestroy: pulumi.Output<"leave" | "reject" | "delete" | undefined>;
  /** `Succeeded`, `Creating`, `Deleting` or `Failed`. */
  declare readonly provisioningState: pulumi.Output<string>;

  /** @throws in preview, all at once, when an argument breaks a limit or a rule of the contract */
  constructor(name: string, args: PrivateEndpointConnectionArgs, options?: pulumi.CustomResourceOptions) {
    super({ operation: operation.name, outputs: OUTPUTS, secrets: [] }, name, args, options);
  }

  /** Reads an existing connection by its ARM id; nothing is ever written through what this returns. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: Partial<PrivateEndpointConnectionArgs>,
    options?: pulumi.CustomResourceOptions,
  ): PrivateEndpointConnection {
    return new PrivateEndpointConnection(name, (state ?? {}) as PrivateEndpointConnectionArgs, { ...options, id });
  }

  /** Whether a value is a PrivateEndpointConnection, also one of another copy of this package. */
  static override isInstance(value: unknown): value is PrivateEndpointConnection {
    return isResourceOf(operation.name, value);
  }
}

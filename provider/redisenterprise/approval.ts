import { armId, sameId } from "../engine/armId";
import type { Run } from "../engine/operation";
import { isUnknown } from "../engine/state";
import { widening } from "../engine/widening";
import { PreconditionError } from "../errors";
import {
  type Connection,
  connectionOf,
  connectionPath,
  findConnection,
  guardSubscription,
  isProvisioning,
  type PrivateLinkServiceConnectionState,
  readConnection,
  stateRequest,
} from "./connections";

// Waiting for a connection that somebody else makes, and bringing it into the wished state.

/** Which connection is meant: one of name and private endpoint. */
export interface ConnectionWish {
  readonly clusterName: string;
  readonly privateEndpointConnectionName?: string;
  readonly privateEndpointId?: string;
}

/** What the connection shall be like. */
export interface StateWish {
  readonly privateLinkServiceConnectionState: PrivateLinkServiceConnectionState;
  readonly allowedSubscriptionIds?: readonly string[];
}

const STATE_MEMBERS = ["status", "description", "actionsRequired"] as const;

/** The connection, as a sentence names it. */
export function described({ clusterName, privateEndpointConnectionName: name, privateEndpointId: id }: ConnectionWish): string {
  const known = (value: string | undefined) => (isUnknown(value) ? "(not known yet)" : value);
  const which = name === undefined ? `of private endpoint ${known(id)?.split("/").pop()}` : known(name);
  return `the connection ${which} of cluster ${known(clusterName)}`;
}

/** The connection is made by its private endpoint, somewhere else and often later; this only looks until it is there. */
export async function waitForConnection(cluster: readonly string[], wish: ConnectionWish, run: Run): Promise<Connection> {
  const { privateEndpointConnectionName: name, privateEndpointId: id } = wish;
  for (const delayMs of widening(1_000, 15_000)) {
    const found =
      name === undefined ? await findConnection(cluster, id as string, run) : await readConnection(connectionPath(cluster, name), run);
    if (found !== undefined && !isProvisioning(found)) return found;
    await run.wait(
      delayMs,
      found === undefined ? `${described(wish)} to appear` : `${described(wish)}, which is ${found.provisioningState}`,
    );
  }
  throw new PreconditionError(`${described(wish).replace(/^t/, "T")} did not appear.`);
}

/** Guard, adopt what is already as wished, else set the state and verify what the service ends with. */
export async function ensureState(path: readonly string[], found: Connection, given: StateWish, run: Run): Promise<Connection> {
  guardSubscription(found, given.allowedSubscriptionIds);
  const wished = given.privateLinkServiceConnectionState;
  const which = described({ clusterName: path[7] ?? "", privateEndpointConnectionName: found.name });
  if (isAsWished(found, wished)) {
    run.done(`found ${which} ${found.state.status} already; nothing was written.`);
    return found;
  }
  refuseImpossible(path, found, wished.status);
  const request = stateRequest(path, wished);
  const accepted = await run.send(request);
  const { body } = await run.follow(request, accepted);
  const connection = body === undefined ? await readConnection(path, run) : connectionOf(body, path.at(-1));
  if (connection !== undefined && sameId(connection.state.status, wished.status)) {
    run.done(`set ${which} to ${wished.status}; the service says ${connection.state.status}.`, accepted.requestId);
    return connection;
  }
  throw new PreconditionError(
    `${armId(path)} was set to ${wished.status}, and the service says ${connection?.state.status ?? "that it is gone"} (provisioningState ${connection?.provisioningState ?? "unknown"}). Look at the private endpoint on the other side, then run again.`,
  );
}

function isAsWished({ state }: Connection, wished: PrivateLinkServiceConnectionState): boolean {
  return differingMembers(state, wished).length === 0;
}

/** Members whose wish is not fulfilled. The service says nothing, or `None`, for an empty text, and may change the case of a status. */
export function differingMembers(now: Connection["state"] | undefined, wished: PrivateLinkServiceConnectionState) {
  const same = {
    status: sameId(now?.status, wished.status),
    description: (now?.description ?? "") === wished.description,
    actionsRequired: (now?.actionsRequired ?? "None") === (wished.actionsRequired || "None"),
  };
  return STATE_MEMBERS.filter((member) => wished[member] !== undefined && !same[member]);
}

function refuseImpossible(path: readonly string[], { state }: Connection, status: string): void {
  const now = state.status.toLowerCase();
  if (status === "Rejected" || (now !== "rejected" && now !== "disconnected" && now !== "removed")) return;
  const said = state.description === undefined ? "" : ` ("${state.description}")`;
  throw new PreconditionError(
    `${armId(path)} is ${state.status}${said}, and Azure does not let it become ${status} again. Have the owner of the private endpoint delete and create it anew, or ask for the connection again; then run again.`,
  );
}

import { armId, armPath, armPathOf, sameId, subscriptionOf } from "../engine/armId";
import { meansGone } from "../engine/gone";
import type { AzureRequest, JsonObject, Run } from "../engine/operation";
import { isObject } from "../engine/state";
import { PreconditionError, UnexpectedAnswerError } from "../errors";

const API_VERSION = "2025-07-01";
// ARM's three ends, one in two spellings; every other word means that something runs.
const SETTLED = new Set(["succeeded", "failed", "canceled", "cancelled"]);

/** What the service owner says of a connection. */
export interface PrivateLinkServiceConnectionState {
  /** `Approved`, `Rejected` or `Pending`. The service may report others, such as `Disconnected`. */
  status: "Approved" | "Rejected" | "Pending";
  /** Why. */
  description?: string;
  /** What the owner of the private endpoint has to do; the service says `None` when nothing is given. */
  actionsRequired?: string;
}

/** A private endpoint connection of a cluster, as the service reports it. */
export interface Connection {
  readonly name: string;
  readonly state: { status: string; description?: string; actionsRequired?: string };
  readonly privateEndpointId: string;
  readonly provisioningState: string;
}

export function clusterPath(subscriptionId: string, resourceGroupName: string, clusterName: string): string[] {
  return armPath(subscriptionId, resourceGroupName, ["Microsoft.Cache", "redisEnterprise", clusterName]);
}

export function connectionPath(cluster: readonly string[], name: string): string[] {
  return [...cluster, "privateEndpointConnections", name];
}

/** Reads a connection; undefined when the cluster has none of this name. A missing cluster is an error, and no reason to wait. */
export async function readConnection(path: readonly string[], run: Run): Promise<Connection | undefined> {
  try {
    const { body } = await run.send({ cloud: "azure", method: "GET", path, apiVersion: API_VERSION, repeat: "read", answer: "object" });
    return connectionOf(body, path.at(-1));
  } catch (error) {
    if (meansGone(error) && /^(?:resource)?notfound$/i.test(error.code)) return undefined;
    throw error;
  }
}

/** The connection of a private endpoint; undefined when the cluster has none yet. */
export async function findConnection(cluster: readonly string[], privateEndpointId: string, run: Run): Promise<Connection | undefined> {
  const path = [...cluster, "privateEndpointConnections"];
  const { body } = await run.send({ cloud: "azure", method: "GET", path, apiVersion: API_VERSION, repeat: "read", answer: "object" });
  if (!Array.isArray(body?.value)) {
    throw new UnexpectedAnswerError(`The service answered without a list of the connections of ${armId(cluster)}. Run again later.`);
  }
  // One that is not meant may be as it likes.
  const items = (body.value.filter(isObject) as JsonObject[]).filter((item) => sameId(endpointOf(item), privateEndpointId));
  const matching = items.map((item) => connectionOf(item));
  // A list may hold a connection twice: the reference's own example does.
  const found = [...new Map(matching.map((each) => [each.name.toLowerCase(), each])).values()];
  if (found.length > 1) {
    const names = found.map((each) => each.name).join(", ");
    throw new PreconditionError(
      `${armId(cluster)} has ${found.length} connections of ${privateEndpointId}: ${names}. Give privateEndpointConnectionName to say which one is meant.`,
    );
  }
  return found[0];
}

/**
 * Sends nothing but the state: the service refuses members that are read-only. The contract declares 201 alone, older
 * clients take 200, 202 and 204 too: any 2xx is taken, and a polling address is followed on each.
 */
export function stateRequest(path: readonly string[], state: PrivateLinkServiceConnectionState): AzureRequest {
  const body = { properties: { privateLinkServiceConnectionState: { ...state } } };
  return { cloud: "azure", method: "PUT", path, apiVersion: API_VERSION, body, repeat: "converge", answer: "optional" };
}

/** Synchronous in older versions of the contract, long-running in this one: any 2xx is taken and followed. */
export function deleteRequest(path: readonly string[]): AzureRequest {
  return { cloud: "azure", method: "DELETE", path, apiVersion: API_VERSION, repeat: "converge", answer: "ignored" };
}

/** Whether the service is still busy with the connection itself. */
export function isProvisioning({ provisioningState }: Connection): boolean {
  return !SETTLED.has(provisioningState.toLowerCase());
}

/** Refuses a private endpoint of a subscription that is not listed; without a list every one is welcome. */
export function guardSubscription({ name, privateEndpointId }: Connection, allowedSubscriptionIds: readonly string[] | undefined): void {
  if (allowedSubscriptionIds === undefined) return;
  const subscriptionId = subscriptionOf(privateEndpointId);
  if (subscriptionId !== undefined && allowedSubscriptionIds.some((allowed) => sameId(allowed, subscriptionId))) return;
  const origin = subscriptionId === undefined ? "an unknown subscription" : `subscription ${subscriptionId}`;
  throw new PreconditionError(
    `The private endpoint connection ${name} comes from ${origin} (${privateEndpointId || "no private endpoint is named"}), which is not in allowedSubscriptionIds. Nothing was written. Add it there if it is meant to connect, else reject the connection.`,
  );
}

/**
 * The connection in a body.
 * @param asked the name that it was asked for by, which no answer changes: the next write goes to it
 */
export function connectionOf(body: JsonObject | undefined, asked?: string): Connection {
  const properties = objectIn(body, "properties");
  const state = objectIn(properties, "privateLinkServiceConnectionState");
  const said = text(body?.name) ?? armPathOf(text(body?.id) ?? "").at(-1) ?? "";
  const status = word(state.status);
  const provisioningState = word(properties.provisioningState ?? "") ?? (properties.provisioningState ? undefined : "Succeeded");
  if (asked === undefined && !/^[^/\s\p{C}]{1,260}$/u.test(said)) throw unreadable("a readable name");
  if (status === undefined) throw unreadable("privateLinkServiceConnectionState.status");
  if (provisioningState === undefined) throw unreadable("a readable provisioningState");
  return {
    name: asked === undefined || sameId(said, asked) ? said : asked,
    state: { status, description: text(state.description), actionsRequired: text(state.actionsRequired) },
    privateEndpointId: endpointOf(body),
    provisioningState,
  };
}

/** The ARM id of the private endpoint; empty where none is named. */
function endpointOf(body: JsonObject | undefined): string {
  const id = text(objectIn(objectIn(body, "properties"), "privateEndpoint").id) ?? "";
  return /^\/[^\p{C}]{1,1000}$/u.test(id) ? id : "";
}

function objectIn(holder: JsonObject | undefined, member: string): JsonObject {
  const found = holder?.[member];
  return isObject(found) ? (found as JsonObject) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A value of the contract's lists, or one that is newer than this package. */
function word(value: unknown): string | undefined {
  const trimmed = text(value)?.trim() ?? "";
  return /^[A-Za-z][\w -]{0,60}$/.test(trimmed) ? trimmed : undefined;
}

function unreadable(what: string): UnexpectedAnswerError {
  return new UnexpectedAnswerError(
    `The service described a private endpoint connection without ${what}. Run again later; if it stays, look at the connection in the portal.`,
  );
}

import { randomUUID } from "node:crypto";
import type { CloudContext } from "./context";
import type { JsonObject } from "./exchange";
import type { RunningOperation } from "./longRunningOperations";

/** A private endpoint connection as it is now. */
export interface ConnectionView {
  readonly name: string;
  /** ARM id of the connection. */
  readonly id: string;
  /** ARM id of the private endpoint. */
  readonly privateEndpointId: string;
  readonly provisioningState: string;
  /** Pending, Approved, Rejected or Disconnected. */
  readonly status: string;
  readonly description: string;
  readonly actionsRequired: string;
}

/** How a private endpoint asks for its connection. */
export interface PrivateEndpointOptions {
  /** @default the name of the endpoint with a GUID, as Azure names it */
  connectionName?: string;
  /** @default an endpoint of the cluster's resource group */
  privateEndpointId?: string;
  /**
   * Of the private endpoint, when its id is not given.
   * @default the one of the cloud's identity
   */
  subscriptionId?: string;
  /** @default "Pending" */
  status?: string;
  /** @default "Please approve my connection" */
  description?: string;
  /**
   * Invisible for so many reads of the cluster's connections.
   * @default 0
   */
  afterPolls?: number;
  /**
   * Invisible until the cloud's clock has gone so many milliseconds.
   * @default 0
   */
  afterMs?: number;
  /**
   * So many reads answer `creatingState` before `provisioningState`.
   * @default 0
   */
  creatingPolls?: number;
  /** @default "Creating" */
  creatingState?: string;
  /**
   * Until a PUT ends well; an empty text is left out of every answer.
   * @default "Succeeded"
   */
  provisioningState?: string;
}

export interface Connection {
  readonly name: string;
  readonly privateEndpointId: string;
  state: { status: string; description: string; actionsRequired: string };
  provisioningState: string;
  creatingPolls: number;
  creatingState: string;
  hiddenPolls: number;
  readonly visibleFromMs: number;
  operation: RunningOperation | undefined;
}

export interface Cluster {
  readonly name: string;
  readonly resourceGroup: string;
  /** The display form, with spaces, as the status URLs have it. */
  readonly location: string;
  readonly connections: Map<string, Connection>;
}

export const clusterType = "Microsoft.Cache/redisEnterprise";
export const connectionType = `${clusterType}/privateEndpointConnections`;

/** The clusters and their connections, and what somebody else does to them. */
export class PrivateEndpointConnections {
  readonly #clusters = new Map<string, Cluster>();

  constructor(private readonly context: CloudContext) {}

  addCluster(name: string, resourceGroup: string, location: string): void {
    this.#clusters.set(name.toLowerCase(), { name, resourceGroup, location, connections: new Map() });
  }

  addPrivateEndpoint(clusterName: string, options: PrivateEndpointOptions = {}): { connectionName: string; privateEndpointId: string } {
    const cluster = this.#known(clusterName);
    const subscriptionId = options.subscriptionId ?? this.context.identity.subscriptionId;
    const privateEndpointId =
      options.privateEndpointId ??
      `/subscriptions/${subscriptionId}/resourceGroups/${cluster.resourceGroup}/providers/Microsoft.Network/privateEndpoints/${cluster.name}-endpoint-${cluster.connections.size + 1}`;
    const connectionName = options.connectionName ?? `${privateEndpointId.split("/").at(-1)}.${randomUUID()}`;
    cluster.connections.set(connectionName.toLowerCase(), {
      name: connectionName,
      privateEndpointId,
      state: {
        status: options.status ?? "Pending",
        description: options.description ?? "Please approve my connection",
        actionsRequired: "None",
      },
      provisioningState: options.provisioningState ?? "Succeeded",
      creatingPolls: options.creatingPolls ?? 0,
      creatingState: options.creatingState ?? "Creating",
      hiddenPolls: options.afterPolls ?? 0,
      visibleFromMs: this.context.nowMs() + (options.afterMs ?? 0),
      operation: undefined,
    });
    return { connectionName, privateEndpointId };
  }

  view(clusterName: string, connectionName: string): ConnectionView | undefined {
    const cluster = this.#known(clusterName);
    const connection = cluster.connections.get(connectionName.toLowerCase());
    if (connection === undefined) return undefined;
    const { name, privateEndpointId, provisioningState, state } = connection;
    return { name, id: this.connectionId(cluster, connection), privateEndpointId, provisioningState, ...state };
  }

  setStatus(clusterName: string, connectionName: string, status: string, description?: string): void {
    const connection = this.#known(clusterName).connections.get(connectionName.toLowerCase());
    if (connection === undefined) throw new Error(`The cluster ${clusterName} has no connection ${connectionName}.`);
    connection.state = { ...connection.state, status, ...(description === undefined ? {} : { description }) };
  }

  remove(clusterName: string, connectionName: string): void {
    this.#known(clusterName).connections.delete(connectionName.toLowerCase());
  }

  cluster(name: string, resourceGroup: string): Cluster | undefined {
    const cluster = this.#clusters.get(name.toLowerCase());
    return cluster?.resourceGroup === resourceGroup ? cluster : undefined;
  }

  /** One read: what waits for reads comes one closer, and only then is it decided what is visible. */
  visible(cluster: Cluster): Connection[] {
    for (const connection of [...cluster.connections.values()]) connection.operation?.advance();
    return [...cluster.connections.values()].filter((connection) => {
      if (connection.hiddenPolls > 0) {
        connection.hiddenPolls -= 1;
        return false;
      }
      return connection.visibleFromMs <= this.context.nowMs();
    });
  }

  body(cluster: Cluster, connection: Connection): JsonObject {
    const creating = connection.creatingPolls > 0;
    if (creating) connection.creatingPolls -= 1;
    const provisioningState = creating ? connection.creatingState : connection.provisioningState;
    return {
      id: this.connectionId(cluster, connection),
      name: connection.name,
      type: connectionType,
      properties: {
        ...(provisioningState === "" ? {} : { provisioningState }),
        privateEndpoint: { id: connection.privateEndpointId },
        privateLinkServiceConnectionState: { ...connection.state },
      },
    };
  }

  clusterBody(cluster: Cluster): JsonObject {
    return {
      location: cluster.location,
      name: cluster.name,
      id: this.clusterId(cluster.resourceGroup, cluster.name),
      type: clusterType,
      kind: "v2",
      tags: {},
      sku: { name: "Balanced_B10" },
      properties: {
        minimumTlsVersion: "1.2",
        hostName: `${cluster.name}.${cluster.location.replaceAll(" ", "").toLowerCase()}.redis.azure.net`,
        provisioningState: "Succeeded",
        resourceState: "Running",
        publicNetworkAccess: "Disabled",
        // Items of this list carry neither name nor type, as in the official example.
        privateEndpointConnections: this.visible(cluster).map((connection) => ({
          id: this.connectionId(cluster, connection),
          properties: { privateEndpoint: { id: connection.privateEndpointId }, privateLinkServiceConnectionState: { ...connection.state } },
        })),
      },
    };
  }

  #known(clusterName: string): Cluster {
    const cluster = this.#clusters.get(clusterName.toLowerCase());
    if (cluster === undefined) throw new Error(`The cloud has no cluster ${clusterName}.`);
    return cluster;
  }

  clusterId(resourceGroup: string, clusterName: string): string {
    return `/subscriptions/${this.context.identity.subscriptionId}/resourceGroups/${resourceGroup}/providers/${clusterType}/${clusterName}`;
  }

  connectionId(cluster: Cluster, connection: Connection): string {
    return `${this.clusterId(cluster.resourceGroup, cluster.name)}/privateEndpointConnections/${connection.name}`;
  }

  statusPath(cluster: Cluster): string {
    return `/subscriptions/${this.context.identity.subscriptionId}/providers/Microsoft.Cache/locations/${encodeURIComponent(cluster.location)}/operationsStatus`;
  }
}

import type { Reconnect } from "./apiManagement";
import type { BackendView, References } from "./backends";
import type { CloudIdentity } from "./context";
import type { JsonObject } from "./exchange";
import type { Faults } from "./faults";
import type { DirectConnectionView, InstanceOptions } from "./kvstoreInstances";
import type { ConnectionView, PrivateEndpointOptions } from "./privateEndpointConnections";
import type { CloudRequest } from "./requestLog";
import type { Connections } from "./server";
import type { CloudSettings } from "./settings";
import type { KeyType, Rotation, WebPubSubKeys } from "./webPubSub";

/** How a cloud is started. */
export interface CloudOptions {
  /**
   * Milliseconds between receiving a request and starting to answer it; `settings.latencyMs` changes it later.
   * @default 0
   */
  latencyMs?: number;
  /**
   * A file that gets one JSON line per request, with every secret that the cloud knows replaced.
   * @default none
   */
  httpLog?: string;
  /**
   * The address under which clients see the cloud, where something stands in front of it; polling URLs name it.
   * @internal
   */
  publicUrl?: () => string | undefined;
}

/** Where a service is. */
export interface Placement {
  /**
   * Resource group; made where there is none of that name.
   * @default "chat-platform-rg"
   */
  resourceGroup?: string;
  /**
   * Azure location, in its display form.
   * @default "West Europe"
   */
  location?: string;
}

/** How a program signs in to Azure: with a token that is ready, as an application with its secret, as a managed identity, or as a pipeline does. */
export type LoginWay = "readyToken" | "clientSecret" | "managedIdentity" | "oidc";

/** The resource group that is there from the start. */
export const defaultResourceGroup = "chat-platform-rg";

/**
 * A running cloud. Methods that change something do it as somebody else would: at once, unchecked, and without a trace in
 * `requests`. Those that name a service, cluster or instance which was not added throw an error.
 */
export interface Cloud {
  /** The one address of Azure Resource Manager, token endpoint and R-KVStore: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Who may sign in; made anew at each start. */
  readonly identity: CloudIdentity;
  /** A bearer token that is good for a day of the cloud's clock. Secret, of this run alone. */
  readonly accessToken: string;
  /** The environment variables of a program that is to use this cloud, with the ready token and the keys of Alibaba Cloud. */
  readonly environment: Record<string, string>;
  /** The same with another way to sign in to Azure. */
  environmentFor(way: LoginWay): Record<string, string>;
  /** Every request so far, in the order of arrival, refused and broken ones included. */
  readonly requests: CloudRequest[];
  /** The lines of the requests that came in since the last call: `GET …/backends/orders`, `POLL`, `ALIBABA AllocateDirectConnection`. */
  takeRequests(): string[];
  /** Every secret that the cloud ever issued, received or held: none of them may stand in what a run prints. */
  readonly secrets: string[];
  /** How many milliseconds the cloud's clock is ahead of this machine's; may be set. */
  readonly clock: { offsetMs: number };
  /** What may be turned while the cloud runs. */
  readonly settings: CloudSettings;
  /** What is to go wrong. */
  readonly faults: Faults;
  /** @internal */
  readonly connections: Readonly<Connections>;
  /** Mistakes of the local cloud itself, answered with 500; anything in it is worth an issue. */
  readonly failures: readonly unknown[];
  /**
   * Requests whose answers wait for a timer, by `latencyMs` or a fault.
   * @internal
   */
  readonly requestsHeld: number;
  /** How often the token and identity endpoints gave a token. */
  readonly tokensIssued: number;
  /**
   * One more access token.
   * @param lifetimeSeconds of the cloud's clock. Default: `settings.tokenLifetimeSeconds`
   */
  issueToken(lifetimeSeconds?: number): string;
  /** Ends every token that is out, the ready one too. */
  expireTokens(): void;
  /** Takes client assertions that are signed with the private key of this public one (PEM): for client certificates. */
  trustCertificate(publicKey: string): void;
  /** Adds an empty resource group. */
  addResourceGroup(name: string): void;

  /** Adds a Redis Enterprise cluster. */
  addCluster(name: string, placement?: Placement): void;
  /** Asks for a private endpoint connection to a cluster, as its owner does; `Pending` unless said otherwise. */
  addPrivateEndpoint(cluster: string, options?: PrivateEndpointOptions): { connectionName: string; privateEndpointId: string };
  /** A private endpoint connection as it is now; undefined when there is none. */
  connection(cluster: string, connectionName: string): ConnectionView | undefined;
  /** Gives a connection another status, as somebody else does. */
  setConnectionStatus(cluster: string, connectionName: string, status: string, description?: string): void;
  /** Removes a connection. */
  removeConnection(cluster: string, connectionName: string): void;

  /** Adds an API Management service. */
  addApiManagementService(name: string, placement?: Placement): void;
  /** From now on credentials of backends may refer to these named values and certificates alone. */
  setReferences(service: string, references: References): void;
  /** Adds a backend, or puts another in its place. */
  addBackend(service: string, backendId: string, properties: JsonObject): void;
  /** A backend as it is now. Throws when there is none; `hasBackend` asks. */
  backend(service: string, backendId: string): BackendView;
  /** Whether there is such a backend. */
  hasBackend(service: string, backendId: string): boolean;
  /** Merges into a backend, as somebody else's PATCH; a null removes. */
  changeBackend(service: string, backendId: string, patch: JsonObject): void;
  /** Removes a backend. */
  removeBackend(service: string, backendId: string): void;
  /** Every reconnect that was accepted. */
  readonly reconnects: readonly Reconnect[];

  /** Adds a Web PubSub service with two new keys. */
  addWebPubSub(name: string, placement?: Placement): void;
  /** The keys that a service has now. Secret, of this run alone. */
  keys(name: string): WebPubSubKeys;
  /** Every regeneration that took effect. */
  readonly rotations: readonly Rotation[];
  /** Regenerates a key, as somebody else does. */
  rotateBySomebodyElse(name: string, keyType: KeyType): void;

  /** Adds a Tair or Redis instance. */
  addInstance(options: InstanceOptions): void;
  /** The entries of an instance's network, as the service writes them. */
  netInfo(instanceId: string): JsonObject[];
  /** The direct endpoint of an instance as it is now; undefined when there is none. */
  directConnection(instanceId: string): DirectConnectionView | undefined;
  /** Changes an instance; a new status ends at once what was going on. */
  changeInstance(instanceId: string, change: Partial<Omit<InstanceOptions, "instanceId" | "direct">>): void;
  /** Lets an instance say this status for so many requests; it is Normal again from the next one on. */
  keepInstanceBusy(instanceId: string, status: string, describes: number): void;
  /** Removes an instance. */
  removeInstance(instanceId: string): void;
  /** Gives an instance a direct endpoint, as somebody else does, at once. Default: a new prefix, port 6379. */
  allocateBySomebodyElse(instanceId: string, prefix?: string, port?: number): void;
  /** Takes the direct endpoint away, as somebody else does, at once. */
  releaseBySomebodyElse(instanceId: string): void;
  /** Prefixes of addresses that other customers have; may be added to. */
  readonly takenPrefixes: Set<string>;

  /** Closes the port and every connection. */
  stop(): Promise<void>;
}

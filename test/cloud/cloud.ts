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

export interface CloudOptions {
  latencyMs?: number;
  /** A file that gets one JSON line per request, with every known secret replaced. */
  httpLog?: string;
  /** The address under which clients see the cloud, where something stands in front of it; polling URLs name it. */
  publicUrl?: () => string | undefined;
}

export interface Placement {
  resourceGroup?: string;
  location?: string;
}

/** Which way a child process is to log in. */
export type LoginWay = "readyToken" | "clientSecret" | "managedIdentity" | "oidc";

export const defaultResourceGroup = "chat-platform-rg";

/** A running cloud. Methods that change something do it as somebody else would: at once, unchecked, and without a trace in `requests`. */
export interface Cloud {
  /** The one address of ARM, token endpoint and R-KVStore: http://127.0.0.1:PORT */
  readonly url: string;
  readonly identity: CloudIdentity;
  /** A bearer token that is good for a day of the cloud's clock. */
  readonly accessToken: string;
  /** What a child process needs to use this cloud with the ready token and the keys. */
  readonly environment: Record<string, string>;
  environmentFor(way: LoginWay): Record<string, string>;
  readonly requests: CloudRequest[];
  takeRequests(): string[];
  readonly secrets: string[];
  readonly clock: { offsetMs: number };
  readonly settings: CloudSettings;
  readonly faults: Faults;
  readonly connections: Readonly<Connections>;
  /** Failures of the emulator itself; empty, or test/cloud has a mistake. */
  readonly failures: readonly unknown[];
  /** Requests whose answers wait for a timer, by `latencyMs` or a fault. */
  readonly requestsHeld: number;
  /** Answers of the token and identity endpoints that held a token. */
  readonly tokensIssued: number;
  /** One more token, for as long as wished. */
  issueToken(lifetimeSeconds?: number): string;
  expireTokens(): void;
  /** Takes client assertions that were signed with this key (PEM). */
  trustCertificate(publicKey: string): void;
  addResourceGroup(name: string): void;

  addCluster(name: string, placement?: Placement): void;
  addPrivateEndpoint(cluster: string, options?: PrivateEndpointOptions): { connectionName: string; privateEndpointId: string };
  connection(cluster: string, connectionName: string): ConnectionView | undefined;
  setConnectionStatus(cluster: string, connectionName: string, status: string, description?: string): void;
  removeConnection(cluster: string, connectionName: string): void;

  addApiManagementService(name: string, placement?: Placement): void;
  /** From now on credentials may refer to these alone. */
  setReferences(service: string, references: References): void;
  addBackend(service: string, backendId: string, properties: JsonObject): void;
  /** Throws when there is none; `hasBackend` asks. */
  backend(service: string, backendId: string): BackendView;
  hasBackend(service: string, backendId: string): boolean;
  /** Merges; a null removes. */
  changeBackend(service: string, backendId: string, patch: JsonObject): void;
  removeBackend(service: string, backendId: string): void;
  readonly reconnects: readonly Reconnect[];

  addWebPubSub(name: string, placement?: Placement): void;
  keys(name: string): WebPubSubKeys;
  readonly rotations: readonly Rotation[];
  rotateBySomebodyElse(name: string, keyType: KeyType): void;

  addInstance(options: InstanceOptions): void;
  netInfo(instanceId: string): JsonObject[];
  directConnection(instanceId: string): DirectConnectionView | undefined;
  changeInstance(instanceId: string, change: Partial<Omit<InstanceOptions, "instanceId" | "direct">>): void;
  /** It says this status for so many requests, and is Normal again from the next one on. */
  keepInstanceBusy(instanceId: string, status: string, describes: number): void;
  removeInstance(instanceId: string): void;
  allocateBySomebodyElse(instanceId: string, prefix?: string, port?: number): void;
  releaseBySomebodyElse(instanceId: string): void;
  /** Prefixes that other customers have. */
  readonly takenPrefixes: Set<string>;

  stop(): Promise<void>;
}

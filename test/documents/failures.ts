import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as backendReconnect } from "../../provider/apimanagement/backendReconnect";
import { operation as directConnection } from "../../provider/kvstore/directConnection";
import { operation as privateEndpointConnection } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import { operation as rotatingKeys } from "../../provider/webpubsub/rotatingKeys";
import type { Cloud } from "../cloud";
import type { HookDriver } from "../support/hookDriver";

// Failures that a user can meet: how each comes about, why, and the remedy of its page, which is followed here.

export interface Scene {
  readonly cloud: Cloud;
  driver: HookDriver;
  /** Another process of the same resource, with other variables. */
  signedIn(environment: Readonly<Record<string, string>>): HookDriver;
}

export interface Failure {
  /** Of the operation's page; without one it is in the table of kinds alone. */
  // biome-ignore lint/suspicious/noExplicitAny: failures of any operation
  readonly operation: { name: string } & any;
  readonly kind: string;
  readonly because: string;
  readonly remedy: string;
  /** Ends in the failure. */
  provoke(scene: Scene): Promise<unknown>;
  /** Does what the remedy says, and ends well. */
  follow(scene: Scene): Promise<unknown>;
}

const group = { resourceGroupName: "chat-platform-rg" };
const gateway = { ...group, serviceName: "apim-prod", backendId: "orders" };
const cluster = { ...group, clusterName: "cache-prod", privateEndpointConnectionName: "partner" };
const approved = { ...cluster, privateLinkServiceConnectionState: { status: "Approved" } };
const key = { ...group, resourceName: "chat-prod", keyType: "Secondary", triggers: { month: "2026-11" } };
const chat = { ...group, resourceName: "chat-prod" };
const direct = { instanceId: "r-chatsessions", connectionString: "chatdirect" };
const ours = { ...gateway, title: "ours" };

function withBackend(cloud: Cloud): void {
  cloud.addApiManagementService("apim-prod");
  cloud.addBackend("apim-prod", "orders", { title: "Orders", url: "https://orders.example.com", protocol: "http" });
}

function withConnection(cloud: Cloud): void {
  cloud.addCluster("cache-prod");
  cloud.addPrivateEndpoint("cache-prod", { connectionName: "partner" });
}

const patches: Failure[] = [
  {
    ...{ operation: backendPatch, kind: "PreconditionError" },
    because: "the backend, or its service, is not there",
    remedy: "let its owner create it, and name that in `dependsOn` if it is in this program",
    provoke: ({ cloud, driver }) => {
      cloud.addApiManagementService("apim-prod");
      return driver.up(ours);
    },
    follow: ({ cloud, driver }) => {
      withBackend(cloud);
      return driver.up(ours);
    },
  },
  {
    ...{ operation: backendPatch, kind: "ConflictError" },
    because: "an owned member got another value between our read and our write",
    remedy: 'agree on who owns it before the next run, which reads anew and writes yours; or set `onConflict: "overwrite"` and run again',
    provoke: ({ cloud, driver }) => {
      withBackend(cloud);
      cloud.faults.add({ method: "PATCH", mode: "pass", before: () => cloud.changeBackend("apim-prod", "orders", { title: "theirs" }) });
      return driver.up(ours);
    },
    follow: ({ driver }) => driver.up({ ...ours, onConflict: "overwrite" }),
  },
  {
    ...{ operation: backendPatch, kind: "ConflictError" },
    because: "the ETag given as `ifMatch` is an older one",
    remedy: "look at what changed, then give the new ETag or leave `ifMatch` out",
    provoke: ({ cloud, driver }) => {
      withBackend(cloud);
      return driver.up({ ...ours, ifMatch: '"AAAAAAAAAAA="' });
    },
    follow: ({ driver }) => driver.up(ours),
  },
  {
    ...{ operation: backendPatch, kind: "PreconditionError" },
    because: "somebody changed one half of a pair that belongs together, so that destroy cannot put the other half back",
    remedy: 'set `onDestroy: "leave"`, run `pulumi up`, then destroy',
    provoke: async ({ cloud, driver }) => {
      withBackend(cloud);
      const credentials = { authorization: { scheme: "Bearer", parameter: "{{orders-token}}" } };
      await driver.up({ ...gateway, credentials, onDestroy: "restore" });
      cloud.changeBackend("apim-prod", "orders", { credentials: { authorization: { scheme: "Theirs" } } });
      return driver.destroy();
    },
    follow: async ({ driver }) => {
      await driver.up({ ...gateway, credentials: { authorization: { scheme: "Bearer", parameter: "{{orders-token}}" } } });
      await driver.destroy();
    },
  },
];

const reconnects: Failure[] = [
  {
    ...{ operation: backendReconnect, kind: "OutcomeUnknownError" },
    because: "the answer was lost, and nothing shows whether the gateway was told",
    remedy: "run `pulumi up` again",
    provoke: ({ cloud, driver }) => {
      withBackend(cloud);
      cloud.faults.add({ action: "reconnect", mode: "reset", apply: true });
      return driver.up(gateway);
    },
    follow: ({ driver }) => driver.up(gateway),
  },
  {
    ...{ operation: backendReconnect, kind: "ServiceError" },
    because: "there is no such backend",
    remedy: "check `serviceName` and `backendId`",
    provoke: ({ cloud, driver }) => {
      withBackend(cloud);
      return driver.up({ ...gateway, backendId: "ordres" });
    },
    follow: ({ driver }) => driver.up(gateway),
  },
  {
    ...{ operation: backendReconnect, kind: "ServiceError" },
    because: "the identity may not do this",
    remedy: "give it the role of this page, and run again",
    provoke: ({ cloud, driver }) => {
      withBackend(cloud);
      cloud.faults.add({ action: "reconnect", mode: "answer", status: 403, code: "AuthorizationFailed" });
      return driver.up(gateway);
    },
    follow: ({ driver }) => driver.up(gateway),
  },
];

const connections: Failure[] = [
  {
    ...{ operation: privateEndpointConnection, kind: "DeadlineError" },
    because: "the connection did not appear in time",
    remedy: "see whether the other side has made its private endpoint, or raise `timeouts.create`",
    provoke: ({ cloud, driver }) => {
      cloud.addCluster("cache-prod");
      return driver.up({ ...approved, timeouts: { create: "20s" } });
    },
    follow: ({ cloud, driver }) => {
      cloud.addPrivateEndpoint("cache-prod", { connectionName: "partner" });
      return driver.up(approved);
    },
  },
  {
    ...{ operation: privateEndpointConnection, kind: "PreconditionError" },
    because: "a connection that was rejected cannot be approved any more",
    remedy: "let the other side make its private endpoint anew",
    provoke: ({ cloud, driver }) => {
      withConnection(cloud);
      cloud.setConnectionStatus("cache-prod", "partner", "Rejected", "Not known here");
      return driver.up(approved);
    },
    follow: ({ cloud, driver }) => {
      cloud.removeConnection("cache-prod", "partner");
      cloud.addPrivateEndpoint("cache-prod", { connectionName: "partner" });
      return driver.up(approved);
    },
  },
  {
    ...{ operation: privateEndpointConnection, kind: "PreconditionError" },
    because: "its private endpoint is in a subscription that `allowedSubscriptionIds` does not name",
    remedy: "name it there if it is a partner's, or reject the connection",
    provoke: ({ cloud, driver }) => {
      withConnection(cloud);
      return driver.up({ ...approved, allowedSubscriptionIds: ["11111111-1111-1111-1111-111111111111"] });
    },
    follow: ({ cloud, driver }) => {
      const [, , subscription = ""] = cloud.connection("cache-prod", "partner")?.privateEndpointId.split("/") ?? [];
      return driver.up({ ...approved, allowedSubscriptionIds: [subscription] });
    },
  },
];

const keys: Failure[] = [
  {
    ...{ operation: keyRegeneration, kind: "PartialStateError" },
    because: "the answer was lost, and the keys could not be read after it",
    remedy: "run `pulumi up` again: it looks at the keys before it posts",
    provoke: ({ cloud, driver }) => {
      cloud.addWebPubSub("chat-prod");
      cloud.faults.add({ action: "regenerateKey", mode: "reset", apply: true });
      cloud.faults.add({ action: "listKeys", mode: "answer", status: 403, code: "AuthorizationFailed", nth: 2, times: 9 });
      return driver.up(key);
    },
    follow: async ({ cloud, driver }) => {
      cloud.faults.clear();
      await driver.up(key);
      if (cloud.rotations.length !== 1) throw new Error("The key was regenerated again.");
    },
  },
  {
    ...{ operation: keyRegeneration, kind: "OperationFailedError" },
    because: "the service accepted the call, and its operation failed",
    remedy: "look at the service in the portal, then run `pulumi up` again",
    provoke: ({ cloud, driver }) => {
      cloud.addWebPubSub("chat-prod");
      Object.assign(cloud.settings, { regenerateKey: "202", operationOutcome: "Failed", keysChangeAt: "completion" });
      return driver.up(key);
    },
    follow: ({ cloud, driver }) => {
      cloud.settings.operationOutcome = "Succeeded";
      return driver.up(key);
    },
  },
];

const turns: Failure[] = [
  {
    ...{ operation: rotatingKeys, kind: "PartialStateError" },
    because: "the answer was lost, and the keys could not be read after it",
    remedy: "run `pulumi up` again: it looks at the keys before it posts, and hands out the new key only when it is seen",
    provoke: async ({ cloud, driver }) => {
      cloud.addWebPubSub("chat-prod");
      await driver.up({ ...chat, triggers: { month: "2026-11" } });
      cloud.faults.add({ action: "regenerateKey", mode: "reset", apply: true });
      cloud.faults.add({ action: "listKeys", mode: "answer", status: 403, code: "AuthorizationFailed", nth: 2, times: 9 });
      return driver.up({ ...chat, triggers: { month: "2026-12" } });
    },
    follow: async ({ cloud, driver }) => {
      cloud.faults.clear();
      await driver.up({ ...chat, triggers: { month: "2026-12" } });
      if (cloud.rotations.length !== 1) throw new Error("A key was regenerated again.");
    },
  },
];

const directConnections: Failure[] = [
  {
    ...{ operation: directConnection, kind: "PreconditionError" },
    because: "only classic cluster instances have direct endpoints",
    remedy: "use the address of the instance itself, or an instance of the classic cluster architecture",
    provoke: ({ cloud, driver }) => {
      cloud.addInstance({ instanceId: "r-standard", architecture: "standard" });
      return driver.up({ ...direct, instanceId: "r-standard" });
    },
    follow: ({ cloud, driver }) => {
      cloud.addInstance({ instanceId: "r-chatsessions" });
      return driver.up(direct);
    },
  },
  {
    ...{ operation: directConnection, kind: "PreconditionError" },
    because: "the instance has an endpoint of another prefix or port already",
    remedy: "leave `connectionString` and `port` out to adopt it, or release it first",
    provoke: ({ cloud, driver }) => {
      cloud.addInstance({ instanceId: "r-chatsessions" });
      cloud.allocateBySomebodyElse("r-chatsessions", "olderdirect");
      return driver.up(direct);
    },
    follow: ({ driver }) => driver.up({ instanceId: "r-chatsessions" }),
  },
  {
    ...{ operation: directConnection, kind: "ServiceError" },
    because: "the instance is in another region, or of another account",
    remedy: "check `instanceId` and `regionId`, and whose keys are configured",
    provoke: ({ driver }) => driver.up(direct),
    follow: ({ cloud, driver }) => {
      cloud.addInstance({ instanceId: "r-chatsessions" });
      return driver.up(direct);
    },
  },
];

/** Kinds that can come of any operation; a patch stands for all. */
const anywhere: Failure[] = [
  {
    ...{ operation: backendPatch, kind: "ConfigurationError" },
    because: "no credential is set, or two contradict each other",
    remedy: "set one of the ways to sign in, in the stack's configuration or the environment",
    provoke: (scene) => {
      withBackend(scene.cloud);
      const { PATCHBAY_AZURE_ACCESS_TOKEN, ...others } = scene.cloud.environment;
      return scene.signedIn({ ...others, ARM_CLIENT_ID: "client", ARM_CLIENT_SECRET: "", ARM_USE_OIDC: "true" }).up(ours);
    },
    follow: (scene) => scene.signedIn(scene.cloud.environment).up(ours),
  },
  {
    ...{ operation: backendPatch, kind: "UnexpectedAnswerError" },
    because: "something between this machine and the service answered in its place: a proxy, a sign-in page",
    remedy: "check `HTTPS_PROXY` and `NO_PROXY`, and run again",
    provoke: ({ cloud, driver }) => {
      withBackend(cloud);
      cloud.faults.add({ method: "GET", mode: "html", times: 99 });
      return driver.up(ours);
    },
    follow: ({ cloud, driver }) => {
      cloud.faults.clear();
      return driver.up(ours);
    },
  },
  {
    ...{ operation: backendPatch, kind: "NotSentError" },
    because: "the service could not be reached at all: its name, its port or its certificate",
    remedy: "check the network, and `patchbay:environment` or the endpoint if one is set",
    provoke: (scene) => {
      withBackend(scene.cloud);
      return scene.signedIn({ ...scene.cloud.environment, PATCHBAY_RESOURCE_MANAGER_ENDPOINT: "http://127.0.0.1:9" }).up(ours);
    },
    follow: (scene) => scene.signedIn(scene.cloud.environment).up(ours),
  },
  {
    ...{ operation: privateEndpointConnection, kind: "CanceledError" },
    because: "the run was interrupted with ^C",
    remedy: "run `pulumi up` again: it goes on from there",
    provoke: ({ cloud, driver }) => {
      cloud.addCluster("cache-prod");
      const interrupted = driver.up(approved);
      const watch = setInterval(() => {
        if (driver.waits.length > 0) driver.interrupt();
      }, 5);
      return interrupted.finally(() => clearInterval(watch));
    },
    follow: ({ cloud, driver }) => {
      cloud.addPrivateEndpoint("cache-prod", { connectionName: "partner" });
      driver.restart();
      return driver.up(approved);
    },
  },
];

export const failures: readonly Failure[] = [...patches, ...reconnects, ...connections, ...keys, ...turns, ...directConnections];
export const failuresAnywhere: readonly Failure[] = anywhere;

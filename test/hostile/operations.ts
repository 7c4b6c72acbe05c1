import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as backendReconnect } from "../../provider/apimanagement/backendReconnect";
import type { Operation } from "../../provider/engine/operation";
import { operation as directConnection } from "../../provider/kvstore/directConnection";
import { operation as privateEndpointConnection } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";

type Members = Record<string, unknown>;

/** An operation with arguments that are right, the id of its resource and what is recorded of it. */
export interface Subject {
  readonly title: string;
  // biome-ignore lint/suspicious/noExplicitAny: hooks take any members
  readonly operation: Operation<any, any>;
  readonly given: Members;
  /** Arguments that become a part of an address. */
  readonly names: readonly string[];
  readonly id: string;
  readonly state: Members;
}

const group = { subscriptionId: "00000000-0000-0000-0000-000000000001", resourceGroupName: "rg" };
const root = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers";
const gateway = { ...group, serviceName: "apim", backendId: "orders" };
const lastRun = { at: "2026-11-01T00:00:00.000Z", requestId: "r", correlationId: "c", outcome: "accepted" };

export const subjects: readonly Subject[] = [
  {
    title: "BackendPatch",
    operation: backendPatch,
    given: {
      ...gateway,
      title: "ours",
      url: "https://orders.example/",
      credentials: { header: { "x-a": ["b"] }, authorization: { scheme: "Basic", parameter: "p" } },
      circuitBreaker: { rules: [{ name: "r", failureCondition: { count: 1, statusCodeRanges: [{ min: 500, max: 599 }] } }] },
      tls: { validateCertificateChain: true },
      extraProperties: { newer: { deep: [1] } },
      ifMatch: '"1"',
      onDestroy: "restore",
      timeouts: { create: "10m", delete: "10m" },
    },
    names: ["subscriptionId", "resourceGroupName", "serviceName", "backendId"],
    id: `${root}/Microsoft.ApiManagement/service/apim/backends/orders`,
    state: { ...gateway, title: "ours", etag: '"1"', prior: { title: "theirs" }, written: { title: "ours" }, onDestroy: "restore" },
  },
  {
    title: "BackendReconnect",
    operation: backendReconnect,
    given: { ...gateway, after: "PT2M", triggers: { month: "2026-11", list: [1, { a: null }] }, runOnCreate: true },
    names: ["subscriptionId", "resourceGroupName", "serviceName", "backendId"],
    id: `${root}/Microsoft.ApiManagement/service/apim/backends/orders/reconnect`,
    state: { ...gateway, triggers: { month: "2026-10" }, lastRun },
  },
  {
    title: "PrivateEndpointConnection",
    operation: privateEndpointConnection,
    given: {
      ...{ ...group, clusterName: "sessions", privateEndpointConnectionName: "partner" },
      privateLinkServiceConnectionState: { status: "Approved", description: "d" },
      allowedSubscriptionIds: ["00000000-0000-0000-0000-000000000001"],
    },
    names: ["subscriptionId", "resourceGroupName", "clusterName", "privateEndpointConnectionName"],
    id: `${root}/Microsoft.Cache/redisEnterprise/sessions/privateEndpointConnections/partner`,
    state: {
      ...{ ...group, clusterName: "sessions", privateEndpointConnectionName: "partner", provisioningState: "Succeeded" },
      privateLinkServiceConnectionState: { status: "Pending" },
    },
  },
  {
    title: "KeyRegeneration",
    operation: keyRegeneration,
    given: { ...group, resourceName: "chat", keyType: "Primary", keys: "secret", triggers: { month: "2026-11" } },
    names: ["subscriptionId", "resourceGroupName", "resourceName"],
    id: `${root}/Microsoft.SignalRService/webPubSub/chat/regenerateKey/Primary`,
    state: {
      ...{ ...group, resourceName: "chat", keyType: "Primary", triggers: { month: "2026-10" } },
      ...{ fingerprints: { primary: "0123456789ab", secondary: "ba9876543210" }, lastRun: { ...lastRun, outcome: "unknown" } },
      pendingOperation: { mode: "status", url: "https://management.azure.com/o", method: "POST" },
    },
  },
  {
    title: "DirectConnection",
    operation: directConnection,
    given: { instanceId: "r-bp1", connectionString: "directprefix", port: 6379, regionId: "cn-hangzhou", timeouts: { read: "5m" } },
    names: ["instanceId", "regionId", "connectionString"],
    id: "cn-hangzhou/r-bp1/direct",
    state: { instanceId: "r-bp1", regionId: "cn-hangzhou", connectionDomain: "directprefix.example", port: 6379, adopted: false },
  },
];

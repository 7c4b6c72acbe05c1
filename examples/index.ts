// A chat platform that stands on what other teams own. Five operations that no provider has as a resource:
// approve the cache's private endpoint, patch the orders backend, reconnect the gateway when the patch lands, rotate
// the chat key by month, attach the direct connection.
import * as pulumi from "@pulumi/pulumi";
import * as patchbay from "pulumi-patchbay";

const config = new pulumi.Config();
const resourceGroupName = config.get("resourceGroupName") ?? "chat-platform-rg";

const cacheEndpoint = new patchbay.redisenterprise.PrivateEndpointConnection("cache", {
  resourceGroupName,
  clusterName: config.get("clusterName") ?? "cache-prod",
  privateEndpointId: config.require("cachePrivateEndpointId"),
  privateLinkServiceConnectionState: { status: "Approved", description: "Chat platform, approved by the cache team" },
});

const orders = new patchbay.apimanagement.BackendPatch("orders", {
  resourceGroupName,
  serviceName: config.get("serviceName") ?? "apim-prod",
  backendId: "orders",
  url: config.get("ordersUrl") ?? "https://orders.example.com/",
  credentials: { authorization: { scheme: "Bearer", parameter: config.requireSecret("ordersToken") } },
  tls: { validateCertificateChain: true, validateCertificateName: true },
  onDestroy: "restore",
});

const gateway = new patchbay.apimanagement.BackendReconnect("gateway", {
  resourceGroupName,
  serviceName: orders.serviceName,
  backendId: orders.backendId,
  after: "PT2M",
  triggers: { url: orders.url, tls: orders.tls },
});

const chatKey = new patchbay.webpubsub.KeyRegeneration("chat-key", {
  resourceGroupName,
  resourceName: config.get("chatName") ?? "chat-prod",
  keyType: "Secondary",
  triggers: { month: config.get("month") ?? "2026-11" },
});

const sessions = new patchbay.kvstore.DirectConnection("sessions", {
  instanceId: config.get("instanceId") ?? "r-chatsessions",
  connectionString: "chatsessions",
  port: 6380,
});

export const cacheApproved = cacheEndpoint.privateLinkServiceConnectionState.status;
export const gatewayToldAt = gateway.lastRun.at;
export const chatConnectionString = chatKey.secondaryConnectionString;
export const sessionsAddress = pulumi.interpolate`${sessions.connectionDomain}:${sessions.port}`;

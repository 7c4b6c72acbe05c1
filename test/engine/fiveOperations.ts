import type { Cloud, FaultRule } from "../cloud";
import type { CloudRequest } from "../cloud/requestLog";

// One resource of each operation in one program, each of a service of its own, and the moments in which a run can die.

const group = "chat-platform-rg";

export function program(name: string): string {
  return `
    const { apimanagement, kvstore, redisenterprise, webpubsub } = require("pulumi-patchbay");
    const place = { resourceGroupName: ${JSON.stringify(group)} };
    const gateway = { ...place, serviceName: "apim-${name}", backendId: "orders" };
    new apimanagement.BackendPatch("patch", { ...gateway, description: "ours", onDestroy: "restore" });
    new apimanagement.BackendReconnect("reconnect", { ...gateway, serviceName: "gateway-${name}" });
    new redisenterprise.PrivateEndpointConnection("connection", { ...place, clusterName: "cache-${name}", privateEndpointConnectionName: "partner", privateLinkServiceConnectionState: { status: "Approved" } });
    new webpubsub.KeyRegeneration("key", { ...place, resourceName: "chat-${name}", keyType: "Secondary", triggers: { month: "2026-11" } });
    new kvstore.DirectConnection("direct", { instanceId: "r-${name}", connectionString: "direct${name}" });
  `;
}

export function prepare(cloud: Cloud, name: string): void {
  Object.assign(cloud.settings, { connectionPut: "asyncOperation", regenerateKey: "202" });
  // Two services: writes to one of them wait for each other.
  for (const service of [`apim-${name}`, `gateway-${name}`]) {
    cloud.addApiManagementService(service);
    cloud.addBackend(service, "orders", { url: "https://orders.example.com/", protocol: "http", description: "before" });
  }
  cloud.addCluster(`cache-${name}`);
  cloud.addPrivateEndpoint(`cache-${name}`, { connectionName: "partner" });
  cloud.addWebPubSub(`chat-${name}`);
  cloud.addInstance({ instanceId: `r-${name}` });
}

/** Which requests are an operation's, by the name of its resource in the program. */
export const operations: readonly { resource: string; title: string; told: RegExp; isIts(request: CloudRequest, name: string): boolean }[] =
  [
    {
      ...{ resource: "patch", told: /while it wrote/, title: "BackendPatch" },
      isIts: ({ path }, name) => path.includes(`/apim-${name}/`),
    },
    {
      ...{ resource: "reconnect", told: /while it told the gateway[^.;]*/, title: "BackendReconnect" },
      isIts: ({ path }, name) => path.includes(`/gateway-${name}/`),
    },
    {
      resource: "connection",
      told: /while it set/,
      title: "PrivateEndpointConnection",
      isIts: ({ path }, name) => path.includes(`/cache-${name}/`),
    },
    {
      resource: "key",
      told: /while it regenerated[^.;]*/,
      title: "KeyRegeneration",
      isIts: ({ path }, name) => path.includes(`/chat-${name}`),
    },
    {
      resource: "direct",
      told: /while it allocated[^.;]*/,
      title: "DirectConnection",
      isIts: ({ query }, name) => query["InstanceId"] === `r-${name}`,
    },
  ];

type Matcher = Pick<FaultRule, "method" | "path" | "action" | "query" | "kind" | "nth" | "times">;

const reads = (name: string): Matcher[] => [
  { method: "GET", path: `/apim-${name}/backends/` },
  { method: "GET", path: `/cache-${name}/privateEndpointConnections/` },
  { action: "listKeys", path: `/chat-${name}/` },
  { action: "DescribeInstanceAttribute", query: { InstanceId: `r-${name}` } },
];
const writes = (name: string): Matcher[] => [
  { method: "PATCH", path: `/apim-${name}/backends/` },
  { action: "reconnect", path: `/gateway-${name}/` },
  { method: "PUT", path: `/cache-${name}/privateEndpointConnections/` },
  { action: "regenerateKey", path: `/chat-${name}/` },
  { action: "AllocateDirectConnection", query: { InstanceId: `r-${name}` } },
];
/** The polls of the two long-running operations, and the look at the instance; the other two have no request after their write. */
const laterReads = (name: string): Matcher[] => [
  { kind: "POLL", times: 2 },
  { action: "DescribeInstanceAttribute", query: { InstanceId: `r-${name}` }, nth: 2 },
];

export interface Moment {
  readonly title: string;
  readonly slug: string;
  /** The requests that never get an answer. */
  requests(name: string): readonly Matcher[];
  /** Whether the cloud acts on these. */
  readonly hasActed: boolean;
  /** Resources that have no such request, and are created first: whether one is recorded when the run dies must be no race. */
  readonly created: readonly string[];
}

export const moments: readonly Moment[] = [
  { title: "before the first read is answered", slug: "read", requests: reads, hasActed: false, created: ["reconnect"] },
  { title: "before the cloud acts on the write", slug: "not", requests: writes, hasActed: false, created: [] },
  { title: "after the cloud acted on the write", slug: "acted", requests: writes, hasActed: true, created: [] },
  {
    title: "while it waits for the end of what it began",
    slug: "poll",
    requests: laterReads,
    hasActed: false,
    created: ["patch", "reconnect"],
  },
];

import type { Cloud } from "../test/cloud";
import type { Calls } from "./calls";

/** One command of the demo and what the cloud must have received when it ends. */
export interface Step {
  readonly title: string;
  readonly command: "preview" | "up" | "refresh" | "destroy";
  /** What happens before: a change of the program's configuration, or somebody else's write in the cloud. */
  readonly before?: { readonly says: string; readonly config?: Record<string, string>; change?(cloud: Cloud): void };
  /** Every request, by operation, in order. */
  readonly calls: Calls;
  /** What the engine must have printed. */
  readonly prints: readonly RegExp[];
}

export function prepare(cloud: Cloud): { privateEndpointId: string } {
  cloud.addCluster("cache-prod");
  const { privateEndpointId } = cloud.addPrivateEndpoint("cache-prod", { afterPolls: 1 });
  cloud.addApiManagementService("apim-prod");
  cloud.addBackend("apim-prod", "orders", { ...ORDERS_BEFORE });
  cloud.addWebPubSub("chat-prod");
  cloud.settings.regenerateKey = "202";
  cloud.addInstance({ instanceId: "r-chatsessions" });
  return { privateEndpointId };
}

/** The backend as the API team made it. */
export const ORDERS_BEFORE = {
  title: "Orders",
  description: "Owned by the API team",
  url: "https://orders-old.example.com/",
  protocol: "http",
};

const REGENERATION = [
  "POST …/webPubSub/chat-prod/listKeys",
  "POST …/webPubSub/chat-prod/regenerateKey",
  "POLL",
  "POLL",
  "POST …/webPubSub/chat-prod/listKeys",
];
const PATCH = ["GET …/backends/orders", "PATCH …/backends/orders"];
const CHANGED_CONFIG = { ordersUrl: "https://orders-v2.example.com/", month: "2026-12" };
const DESCRIBE = "ALIBABA DescribeInstanceAttribute";
const NET_INFO = "ALIBABA DescribeDBInstanceNetInfo";

export const STEPS: readonly Step[] = [
  {
    title: "preview: what will happen, in words, and not one request",
    command: "preview",
    calls: {},
    prints: [/6 to create/, /nothing else of it is touched/],
  },
  {
    title: "up: the five operations run",
    command: "up",
    calls: {
      "redisenterprise.PrivateEndpointConnection": [
        "GET …/redisEnterprise/cache-prod/privateEndpointConnections",
        "GET …/redisEnterprise/cache-prod/privateEndpointConnections",
        "PUT …/privateEndpointConnections/{name}",
      ],
      "apimanagement.BackendPatch": PATCH,
      "apimanagement.BackendReconnect": ["POST …/backends/orders/reconnect"],
      "webpubsub.KeyRegeneration": REGENERATION,
      "kvstore.DirectConnection": [
        ...[DESCRIBE, NET_INFO, "ALIBABA DescribeInstanceSSL", "ALIBABA AllocateDirectConnection"],
        ...[DESCRIBE, DESCRIBE, DESCRIBE, NET_INFO],
      ],
    },
    prints: [/6 created/],
  },
  { title: "up again: nothing to do, nothing sent", command: "up", calls: {}, prints: [/6 unchanged/] },
  {
    title: "preview of a change: one field and one trigger",
    command: "preview",
    before: { says: "The program's configuration changes: another orders url, another month.", config: CHANGED_CONFIG },
    calls: {},
    prints: [/3 to update/, /month: "2026-11" → "2026-12"/, /Primary is not touched/],
  },
  {
    title: "up with the change: a patch, a reconnect, a rotation",
    command: "up",
    calls: {
      "apimanagement.BackendPatch": PATCH,
      "apimanagement.BackendReconnect": ["POST …/backends/orders/reconnect"],
      "webpubsub.KeyRegeneration": REGENERATION,
    },
    prints: [/3 updated/],
  },
  {
    title: "refresh: somebody else's change is seen",
    command: "refresh",
    before: {
      says: "Somebody turns off a certificate check of the orders backend, and edits a description that is not ours.",
      change: (cloud) => {
        const tls = { validateCertificateChain: false, validateCertificateName: true };
        cloud.changeBackend("apim-prod", "orders", { tls, description: "Edited by the API team" });
      },
    },
    calls: {
      "redisenterprise.PrivateEndpointConnection": ["GET …/privateEndpointConnections/{name}"],
      "apimanagement.BackendPatch": ["GET …/backends/orders"],
      "webpubsub.KeyRegeneration": ["POST …/webPubSub/chat-prod/listKeys"],
      "kvstore.DirectConnection": [NET_INFO],
    },
    prints: [/tls/, /1 updated/],
  },
  {
    title: "up: our field is repaired, theirs is left alone",
    command: "up",
    calls: { "apimanagement.BackendPatch": PATCH },
    prints: [/validateCertificateChain false → true/, /1 updated/],
  },
  {
    title: "destroy: the patch is put back, the connection released, the rest left as it is",
    command: "destroy",
    calls: {
      "apimanagement.BackendPatch": ["GET …/backends/orders", "PUT …/backends/orders"],
      "kvstore.DirectConnection": [NET_INFO, "ALIBABA ReleaseDirectConnection", NET_INFO, NET_INFO, NET_INFO],
    },
    prints: [/6 deleted/],
  },
];

/** What the cloud must look like at the end; each entry is a sentence and whether it holds. */
export function endState(cloud: Cloud): [sentence: string, holds: boolean][] {
  const orders = cloud.backend("apim-prod", "orders").properties;
  const own = ORDERS_BEFORE.url === orders.url && orders.tls === undefined && orders.credentials === undefined;
  return [
    ["the orders backend has its old url again, and no tls or credentials of ours", own],
    ["the API team's edit of its description is still there", orders.description === "Edited by the API team"],
    [
      "the secondary key was regenerated twice, the primary one never",
      cloud.rotations.map((each) => each.keyType).join() === "Secondary,Secondary",
    ],
    ["the gateway was told to reconnect twice", cloud.reconnects.length === 2],
    ["the direct connection is released", cloud.directConnection("r-chatsessions") === undefined],
    ["the local cloud itself had no mistake", cloud.failures.length === 0],
  ];
}

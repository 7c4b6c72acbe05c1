import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as backendReconnect } from "../../provider/apimanagement/backendReconnect";
import type { Operation } from "../../provider/engine/operation";
import { operation as directConnection } from "../../provider/kvstore/directConnection";
import { operation as privateEndpointConnection } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import { operation as rotatingKeys } from "../../provider/webpubsub/rotatingKeys";
import type { Cloud } from "../cloud";
import type { HookDriver } from "../support/hookDriver";

// What each page of the reference shows beside what stands in the docstrings: programs whose previews it prints, and lives
// whose requests tell which permissions are needed.

type Members = Readonly<Record<string, unknown>>;

export interface Page {
  // biome-ignore lint/suspicious/noExplicitAny: pages take any operation
  readonly operation: Operation<any, any>;
  /** Puts what it works on into the cloud. */
  prepare(cloud: Cloud): void;
  /** The program of the example, and a later one. */
  readonly given: Members;
  readonly later: Members;
  /** Everything else that it can do and sends requests for. */
  readonly lives?: readonly ((driver: HookDriver, cloud: Cloud) => Promise<void>)[];
}

const group = { resourceGroupName: "chat-platform-rg" };
const gateway = { ...group, serviceName: "apim-prod", backendId: "orders" };
const cluster = { ...group, clusterName: "cache-prod", privateEndpointConnectionName: "partner" };
const approved = { privateLinkServiceConnectionState: { status: "Approved", description: "Approved by the chat platform" } };
const key = { ...group, resourceName: "chat-prod", keyType: "Secondary" };
const keys = { ...group, resourceName: "chat-prod" };
const direct = { instanceId: "r-chatsessions", connectionString: "chatdirect" };

function withBackend(cloud: Cloud): void {
  cloud.addApiManagementService("apim-prod");
  cloud.addBackend("apim-prod", "orders", {
    title: "Orders",
    description: "by the API team",
    url: "https://orders.example.com",
    protocol: "http",
  });
}

export const pages: readonly Page[] = [
  {
    operation: backendPatch,
    prepare: withBackend,
    given: { ...gateway, description: "Orders, patched by the chat platform", onDestroy: "restore" },
    later: { ...gateway, description: "Orders, for the chat platform", title: null, onDestroy: "restore" },
  },
  {
    operation: backendReconnect,
    prepare: withBackend,
    given: { ...gateway, after: "PT2M", triggers: { release: "2026-11-1" } },
    later: { ...gateway, after: "PT2M", triggers: { release: "2026-11-2" } },
  },
  {
    operation: privateEndpointConnection,
    prepare: (cloud) => {
      cloud.addCluster("cache-prod");
      cloud.addPrivateEndpoint("cache-prod", { connectionName: "partner" });
    },
    given: { ...cluster, ...approved },
    later: { ...cluster, privateLinkServiceConnectionState: { status: "Rejected", description: "The contract has ended" } },
    lives: [
      async (driver, cloud) => {
        const { privateEndpointId } = cloud.addPrivateEndpoint("cache-prod", { connectionName: "by-endpoint" });
        await driver.up({ ...group, clusterName: "cache-prod", privateEndpointId, ...approved, onDestroy: "delete" });
        await driver.destroy();
      },
      async (driver) => {
        await driver.up({ ...cluster, ...approved, onDestroy: "reject" });
        await driver.destroy();
      },
    ],
  },
  {
    operation: keyRegeneration,
    prepare: (cloud) => void cloud.addWebPubSub("chat-prod"),
    given: { ...key, triggers: { month: "2026-11" } },
    later: { ...key, triggers: { month: "2026-12" } },
  },
  {
    operation: rotatingKeys,
    prepare: (cloud) => void cloud.addWebPubSub("chat-prod"),
    given: { ...keys, triggers: { month: "2026-11" }, maximumAge: "P45D" },
    later: { ...keys, triggers: { month: "2026-12" }, maximumAge: "P45D" },
  },
  {
    operation: directConnection,
    prepare: (cloud) => void cloud.addInstance({ instanceId: "r-chatsessions" }),
    given: direct,
    later: { ...direct, connectionString: "chatdirect2" },
  },
];

/** `BackendPatch`, its folder and its file. */
export function namesOf({ operation }: Page): { className: string; folder: string; file: string; page: string } {
  const [folder = "", className = ""] = operation.name.split("/");
  const file = `${folder}/${className.charAt(0).toLowerCase()}${className.slice(1)}`;
  const page = `docs/resources/${className.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase()}.md`;
  return { className, folder, file, page };
}

/** Named after the operation: `apimanagement-backend-patch.ts`. */
export function exampleOf({ operation }: Page): string {
  return `${operation.name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace("/-", "-")}.ts`;
}

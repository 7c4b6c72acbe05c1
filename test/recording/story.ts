import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as backendReconnect } from "../../provider/apimanagement/backendReconnect";
import { operation as directConnection } from "../../provider/kvstore/directConnection";
import { operation as privateEndpointConnection } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import type { Cloud } from "../cloud";
import { HookDriver } from "../support/hookDriver";

// One life of each operation, with what a report about a mistake is likely to hold: a 412, a 429, a lost answer, polls.

type Members = Record<string, unknown>;
type Environment = Record<string, string>;

const group = { resourceGroupName: "chat-platform-rg" };
const gateway = { ...group, serviceName: "apim-prod", backendId: "orders" };

/** The names and texts of the user. */
export const given = {
  patch: {
    ...gateway,
    description: "Orders, for the chat platform",
    credentials: { authorization: { scheme: "Bearer", parameter: "placeholder-of-a-test" }, header: { "x-team": ["chat"] } },
    tls: { validateCertificateChain: true, validateCertificateName: true },
    onDestroy: "restore",
  },
  reconnect: { ...gateway, after: "PT2M", triggers: { release: "2026-11-1" } },
  connection: {
    ...{ ...group, clusterName: "cache-prod", privateEndpointConnectionName: "partner" },
    privateLinkServiceConnectionState: { status: "Approved", description: "Approved by the chat platform" },
  },
  key: { ...group, resourceName: "chat-prod", keyType: "Secondary", triggers: { month: "2026-11" } },
  direct: { instanceId: "r-chatsessions", connectionString: "chatsessions", port: 6380 },
};

export function prepare(cloud: Cloud): void {
  Object.assign(cloud.settings, { connectionPut: "asyncOperation", regenerateKey: "202" });
  cloud.addApiManagementService("apim-prod");
  cloud.addBackend("apim-prod", "orders", {
    title: "Orders",
    url: "https://orders.example.com/a?code=b",
    protocol: "http",
    newer: { c: 1 },
  });
  cloud.addCluster("cache-prod");
  cloud.addPrivateEndpoint("cache-prod", { connectionName: "partner" });
  cloud.addWebPubSub("chat-prod");
  cloud.addInstance({ instanceId: "r-chatsessions" });
  cloud.faults.add({ method: "GET", path: "/backends/orders", mode: "answer", status: 429, headers: { "Retry-After": "1" } });
  const before = () => cloud.changeBackend("apim-prod", "orders", { title: "Somebody else's" });
  cloud.faults.add({ method: "PATCH", path: "/backends/orders", mode: "pass", before });
  cloud.faults.add({ action: "reconnect", mode: "reset", apply: true });
  cloud.faults.add({ action: "listKeys", nth: 2, mode: "html", status: 502 });
}

/** What a user sees of it: how each step ended, and the outputs that no name stands in. */
export async function live(cloud: Cloud, environment: Environment, names: typeof given, said: string[] = []): Promise<unknown[]> {
  const told: unknown[] = [];
  const walk = async (driver: HookDriver, work: () => Promise<unknown>, ...outputs: string[]) => {
    const step = await work().catch((error: Error) => error.name);
    told.push([step, ...outputs.map((output) => (driver.recorded === undefined ? "nothing" : driver.state[output]))]);
  };
  const of = (operation: ConstructorParameters<typeof HookDriver>[0]) => new HookDriver(operation, cloud, environment);
  const [patch, reconnect, connection, key, direct] = [
    of(backendPatch),
    of(backendReconnect),
    of(privateEndpointConnection),
    of(keyRegeneration),
    of(directConnection),
  ];
  await walk(patch, () => patch.up({ ...names.patch }), "tls");
  await walk(patch, () => patch.refresh(), "tls");
  await walk(reconnect, () => reconnect.up({ ...names.reconnect }));
  await walk(connection, () => connection.up({ ...names.connection }), "provisioningState");
  await walk(key, () => key.up({ ...names.key }));
  told.push(outcomeOf(key.state));
  await walk(direct, () => direct.up({ ...names.direct }), "adopted", "port");
  await walk(direct, () => direct.destroy());
  await walk(patch, () => patch.destroy());
  for (const driver of [patch, reconnect, connection, key, direct]) {
    said.push(...driver.said);
    driver.close();
  }
  return told;
}

function outcomeOf(state: Members): unknown {
  return (state.lastRun as Members).outcome;
}

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { version } from "../../package.json";
import type { Cloud } from "../cloud";
import type { Deployment } from "./stack";
import { openWorld, type World } from "./world";

// State outlives releases. Each release leaves a file here, written by itself (PATCHBAY_RECORD_STATE=true); every later
// one must read, update and destroy it. Values that a cloud makes up stand as {{placeholders}}.

const STATES = path.join(__dirname, "states");
const RESOURCE_GROUP = "chat-platform-rg";
const CONNECTION = "cache-prod-connection";

const program = (month: string, title: string) => `
const patchbay = require("pulumi-patchbay");
const resourceGroupName = "${RESOURCE_GROUP}";
new patchbay.redisenterprise.PrivateEndpointConnection("cache", { resourceGroupName, clusterName: "cache-prod",
  privateEndpointConnectionName: "${CONNECTION}", privateLinkServiceConnectionState: { status: "Approved" }, onDestroy: "reject" });
new patchbay.apimanagement.BackendPatch("orders", { resourceGroupName, serviceName: "apim-prod", backendId: "orders", title: "${title}",
  credentials: { header: { "x-ours": [process.env.HEADER_VALUE] } }, onDestroy: "restore" });
new patchbay.apimanagement.BackendReconnect("gateway", { resourceGroupName, serviceName: "apim-prod", backendId: "orders", triggers: { month: "${month}" } });
new patchbay.webpubsub.KeyRegeneration("key", { resourceGroupName, resourceName: "chat-prod", keyType: "Primary", triggers: { month: "${month}" } });
new patchbay.kvstore.DirectConnection("sessions", { instanceId: "r-chatsessions", connectionString: "chatsessions", port: 6380 });
`;

const HEADER_VALUE = "not-a-secret-of-anybody";

function addTargets(cloud: Cloud): void {
  const { subscriptionId } = cloud.identity;
  cloud.addCluster("cache-prod");
  const privateEndpointId = `/subscriptions/${subscriptionId}/resourceGroups/partner-rg/providers/Microsoft.Network/privateEndpoints/cache`;
  cloud.addPrivateEndpoint("cache-prod", { connectionName: CONNECTION, privateEndpointId });
  cloud.addApiManagementService("apim-prod");
  cloud.addBackend("apim-prod", "orders", { title: "Before", url: "https://orders.example.com", protocol: "http" });
  cloud.addWebPubSub("chat-prod");
  cloud.addInstance({ instanceId: "r-chatsessions" });
}

/** The cloud as the run that wrote the state left it. */
function leaveAsApplied(cloud: Cloud): void {
  cloud.setConnectionStatus("cache-prod", CONNECTION, "Approved");
  cloud.changeBackend("apim-prod", "orders", { title: "Ours", credentials: { header: { "x-ours": [HEADER_VALUE] } } });
  cloud.allocateBySomebodyElse("r-chatsessions", "chatsessions", 6380);
}

/** Values of one cloud, by the name that stands for them in a recorded state. */
function made(cloud: Cloud): Record<string, string> {
  const { primaryConnectionString, secondaryConnectionString, primaryKey, secondaryKey } = cloud.keys("chat-prod");
  return { primaryConnectionString, secondaryConnectionString, primaryKey, secondaryKey, subscriptionId: cloud.identity.subscriptionId };
}

let world: World;
beforeAll(async () => {
  world = await openWorld(addTargets);
});
afterAll(() => world.close());

const recording = process.env.PATCHBAY_RECORD_STATE === "true";
const recorded = existsSync(STATES) ? readdirSync(STATES).filter((file) => file.endsWith(".json")) : [];

if (recording) {
  it("records the state of this version", async () => {
    const stack = await world.stack(program("2026-10", "Ours"), { environment: { HEADER_VALUE } });
    await stack.expect(["up", "--yes", "--skip-preview"]);
    const { stdout } = await stack.expect(["stack", "export", "--show-secrets"]);
    const { deployment } = JSON.parse(stdout) as Deployment;
    // The engine notes where in the program a resource stands: paths of one machine.
    const resources = deployment.resources?.map(({ sourcePosition, stackTrace, created, modified, ...resource }) => resource);
    const text = JSON.stringify({ version: 3, deployment: { manifest: deployment.manifest, resources } }, null, 2);
    const neutral = Object.entries(made(world.cloud)).reduce((all, [name, value]) => all.replaceAll(value, `{{${name}}}`), text);
    writeFileSync(path.join(STATES, `${version}.json`), `${neutral}\n`);
  });
} else {
  it("has a recorded state of this version", () => {
    expect(recorded).toContain(`${version}.json`);
  });

  it.each(recorded)("reads, updates and destroys the state of %s", async (file) => {
    const { cloud } = world;
    leaveAsApplied(cloud);
    const text = readFileSync(path.join(STATES, file), "utf8");
    const filled = Object.entries(made(cloud)).reduce((all, [name, value]) => all.replaceAll(`{{${name}}}`, value), text);
    const stack = await world.stack(program("2026-10", "Ours"), { environment: { HEADER_VALUE } });
    const earlier = JSON.parse(filled) as Deployment;
    // A recorded state has its secrets in the clear (placeholders); this stack's own key encrypts them.
    const settings = readFileSync(path.join(stack.directory, `Pulumi.${stack.name}.yaml`), "utf8");
    earlier.deployment.secrets_providers = { type: "passphrase", state: { salt: /encryptionsalt: (\S+)/.exec(settings)?.[1] } };
    await stack.importState(earlier);

    const unchanged = await stack.up();
    expect(unchanged.output).toMatch(/6 unchanged/);
    expect(unchanged.requests).toEqual([]);

    const refreshed = await stack.refresh();
    expect(refreshed.exitCode).toBe(0);
    expect(refreshed.requests.toSorted()).toEqual([
      "ALIBABA DescribeDBInstanceNetInfo",
      "GET …/backends/orders",
      `GET …/privateEndpointConnections/${CONNECTION}`,
      "POST …/webPubSub/chat-prod/listKeys",
    ]);
    const after = await stack.preview();
    expect(after.output).toMatch(/6 unchanged/);

    await stack.writeProgram(program("2026-11", "Ours again"));
    const updated = await stack.up();
    expect(updated.exitCode).toBe(0);
    expect(updated.requests.filter((line) => line.endsWith("regenerateKey"))).toHaveLength(1);
    expect(updated.requests.filter((line) => line.endsWith("reconnect"))).toHaveLength(1);
    expect(cloud.backend("apim-prod", "orders").properties.title).toBe("Ours again");

    const destroyed = await stack.destroy();
    expect(destroyed.exitCode).toBe(0);
    expect(cloud.backend("apim-prod", "orders").properties).toEqual({
      title: "Before",
      url: "https://orders.example.com",
      protocol: "http",
    });
    expect(cloud.connection("cache-prod", CONNECTION)?.status).toBe("Rejected");
    expect(cloud.directConnection("r-chatsessions")).toBeUndefined();
  });
}

import type { Stack, StateResource } from "../engine/stack";
import { openWorld, type World } from "../engine/world";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";

// What a resource costs in the state, byte for byte: the file back end writes the whole of it twice for each create.

const place = `resourceGroupName: "chat-platform-rg"`;
const PROGRAM = `
  const { apimanagement, kvstore, redisenterprise, webpubsub } = require("pulumi-patchbay");
  new apimanagement.BackendPatch("patch", { ${place}, serviceName: "apim", backendId: "orders", title: "Orders", url: "https://orders.example/", description: "ours" });
  new apimanagement.BackendReconnect("reconnect", { ${place}, serviceName: "gateway", backendId: "orders", triggers: { revision: "1" } });
  new webpubsub.KeyRegeneration("key", { ${place}, resourceName: "chat-1", keyType: "Secondary", triggers: { month: "2026-11" } });
  new webpubsub.KeyRegeneration("fingerprint", { ${place}, resourceName: "chat-2", keyType: "Secondary", keys: "fingerprint", triggers: { month: "2026-11" } });
  new webpubsub.RotatingKeys("keys", { ${place}, resourceName: "chat-3", triggers: { month: "2026-11" } });
  new redisenterprise.PrivateEndpointConnection("connection", { ${place}, clusterName: "cache", privateEndpointConnectionName: "partner", privateLinkServiceConnectionState: { status: "Approved" } });
  new kvstore.DirectConnection("direct", { instanceId: "r-direct", connectionString: "direct0000" });
`;

let world: World;
let stack: Stack;
let resources: Map<string, StateResource>;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    for (const service of ["apim", "gateway"]) {
      cloud.addApiManagementService(service);
      cloud.addBackend(service, "orders", { url: "https://orders.example/", protocol: "http" });
    }
    for (const name of ["chat-1", "chat-2", "chat-3"]) cloud.addWebPubSub(name);
    cloud.addCluster("cache");
    cloud.addPrivateEndpoint("cache", { connectionName: "partner" });
    cloud.addInstance({ instanceId: "r-direct" });
  });
  stack = await world.stack(PROGRAM);
  const { exitCode, output } = await stack.up();
  if (exitCode !== 0) throw new Error(output);
  const { deployment } = await stack.exportState();
  resources = new Map(deployment.resources?.map((resource) => [resource.urn.split("::").at(-1) ?? "", resource]));
});
afterAll(() => world.close());

const resource = (name: string): StateResource => {
  const found = resources.get(name);
  if (found === undefined) throw new Error(`${name} is not in the state.`);
  return found;
};
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

it.each([
  // The members beside the provider text, and the bytes of id, urn, inputs and outputs.
  ["patch", ["backendId", "description", "etag", "resourceGroupName", "serviceName", "title", "url"], 941],
  ["reconnect", ["backendId", "lastRun", "resourceGroupName", "serviceName", "triggers"], 1037],
  ["fingerprint", ["fingerprints", "keyType", "keys", "lastRun", "resourceGroupName", "resourceName", "triggers"], 1142],
  [
    "key",
    [
      ...["fingerprints", "keyType", "lastRun", "primaryConnectionString", "primaryKey"],
      ...["resourceGroupName", "resourceName", "secondaryConnectionString", "secondaryKey", "triggers"],
    ],
    2118,
  ],
  [
    "keys",
    [
      ...["activeConnectionString", "activeKey", "activeKeyType", "fingerprints", "idleKeyType", "lastRun"],
      ...["resourceGroupName", "resourceName", "triggers"],
    ],
    1518,
  ],
  [
    "connection",
    [
      ...["__given", "clusterName", "privateEndpointConnectionName", "privateEndpointId"],
      ...["privateLinkServiceConnectionState", "provisioningState", "resourceGroupName"],
    ],
    1274,
  ],
  ["direct", ["__given", "adopted", "connectionDomain", "connectionString", "instanceId", "ipAddress", "port", "vSwitchId", "vpcId"], 787],
] as const)("%s", (name, members, size) => {
  const { id, urn, inputs, outputs } = resource(name);
  expect(Object.keys(outputs ?? {}).filter((member) => member !== "__provider")).toEqual(members);
  // The cloud gives out addresses of several lengths.
  const settled = outputs?.["ipAddress"] === undefined ? outputs : { ...outputs, ipAddress: "10.0.0.10" };
  expect(bytes({ id, urn, inputs, outputs: settled })).toBe(size);
});

// The engine's own part, times of creation among it, differs by a few bytes from run to run.
const limits: [name: string, title: string, bytes: number][] = [
  ["patch", "`BackendPatch` with three owned members", 1_700],
  ["reconnect", "`BackendReconnect`", 1_700],
  ["key", "`KeyRegeneration`, four keys as ciphertext", 2_900],
  ["fingerprint", '`KeyRegeneration` with `keys: "fingerprint"`', 1_900],
  ["keys", "`RotatingKeys`", 2_300],
  ["connection", "`PrivateEndpointConnection`", 2_000],
  ["direct", "`DirectConnection`", 1_500],
];

it.each(limits)("the whole record of %s (%s), with what the engine keeps of it, is at most %d bytes", (name, _title, limit) => {
  expect(bytes(resource(name))).toBeLessThanOrEqual(limit);
  expect(bytes(resource(name))).toBeGreaterThan(limit - 150);
});

it("docs/speed.md says so", () => {
  const rows = limits.map(([, title, limit]) => [title, `${(limit / 1_000).toFixed(1)} kB`]);
  expectDocumentPart("docs/speed.md", "state", markdownTable(["one resource in the state, with the engine's part", "at most"], rows));
});

it("a resource is recorded at the line of the program that declares it, and with no line of a package", () => {
  const { sourcePosition, stackTrace } = resource("patch") as { sourcePosition?: string; stackTrace?: unknown };
  expect(sourcePosition).toBe("project:///index.js#3,3");
  expect(stackTrace).toEqual([{ sourcePosition: "project:///index.js#3,3" }]);
});

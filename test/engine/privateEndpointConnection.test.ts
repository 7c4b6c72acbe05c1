import type { Stack } from "./stack";
import { clean, isInState, lineWith, stateBytes, stateOf } from "./stateRules";
import { bringLimitMs } from "./testEngine";
import { toldMistakes } from "./toldMistakes";
import { openWorld, type World } from "./world";

const PROVIDER =
  'exports.handler=()=>require("node:module").createRequire(process.cwd()+"/")("pulumi-patchbay/runtime").provider("redisenterprise/PrivateEndpointConnection")';
const LIST = "GET …/redisEnterprise/cache-prod/privateEndpointConnections";
const get = (name: string) => `GET …/privateEndpointConnections/${name}`;
const put = (name: string) => `PUT …/privateEndpointConnections/${name}`;

let world: World;

beforeAll(async () => {
  world = await openWorld((cloud) => cloud.addCluster("cache-prod"));
}, bringLimitMs);

beforeEach(() => {
  world.cloud.settings.connectionPut = "done";
});

afterAll(async () => {
  expect(world.cloud.failures).toEqual([]);
  await world.close();
});

function program(...resources: string[]): string {
  return `
    const pulumi = require("@pulumi/pulumi");
    const { PrivateEndpointConnection } = require("pulumi-patchbay/redisenterprise");
    const cache = { resourceGroupName: "chat-platform-rg", clusterName: "cache-prod" };
    const approved = { status: "Approved", description: "by the cache team" };
    ${resources.join("\n")}
  `;
}

function one(members: string): string {
  return program(
    `const connection = new PrivateEndpointConnection("connection", { ...cache, privateLinkServiceConnectionState: approved, ${members} });`,
    "exports.name = connection.privateEndpointConnectionName;",
    "exports.state = connection.privateLinkServiceConnectionState;",
  );
}

function run(stack: Stack, command: "preview" | "up" | "refresh" | "destroy", args: string[] = []) {
  return clean(world.cloud, stack, stack[command](args));
}

it("a private endpoint connection is approved by its endpoint, kept so against drift, and left as it is", async () => {
  const { cloud } = world;
  const { connectionName: name, privateEndpointId } = cloud.addPrivateEndpoint("cache-prod", { afterPolls: 1 });
  const byEndpoint = `privateEndpointId: ${JSON.stringify(privateEndpointId.toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions"))}`;
  const stack = await world.stack(one(byEndpoint));

  const preview = await run(stack, "preview");
  expect(preview.requests).toEqual([]);
  expect(lineWith(preview, "will approve")).toContain("of cluster cache-prod, waiting for it if it is not there yet.");
  const created = await run(stack, "up");
  expect(created.requests).toEqual([LIST, LIST, put(name)]);
  expect(cloud.connection("cache-prod", name)).toMatchObject({ status: "Approved", description: "by the cache team" });
  const again = await run(stack, "up");
  expect(again.requests).toEqual([]);
  expect(again.output).toContain("2 unchanged");
  const refreshed = await run(stack, "refresh");
  expect(refreshed.requests).toEqual([get(name)]);
  expect(refreshed.output).toContain("2 unchanged");

  cloud.setConnectionStatus("cache-prod", name, "Approved", "by somebody else");
  const drifted = await run(stack, "refresh");
  expect(drifted.requests).toEqual([get(name)]);
  expect(drifted.output).toContain("1 updated");
  const announced = await run(stack, "preview", ["--diff"]);
  expect(announced.requests).toEqual([]);
  expect(lineWith(announced, "will set")).toContain('description "by somebody else" → "by the cache team"');
  const repaired = await run(stack, "up");
  expect(repaired.requests).toEqual([get(name), put(name)]);
  expect(cloud.connection("cache-prod", name)?.description).toBe("by the cache team");

  const state = await stateOf(stack, "connection");
  expect([state.inputs?.__provider, state.outputs?.__provider]).toEqual([PROVIDER, PROVIDER]);
  expect(Buffer.byteLength(PROVIDER)).toBeLessThanOrEqual(160);
  expect(stateBytes(state)).toBeLessThan(2_500);
  expect((await run(stack, "destroy")).requests).toEqual([]);
  expect(cloud.connection("cache-prod", name)?.status).toBe("Approved");
});

it("a private endpoint connection is changed, replaced, and rejected or deleted at destroy", async () => {
  const { cloud } = world;
  const first = cloud.addPrivateEndpoint("cache-prod", { connectionName: "first", status: "Approved", description: "by the cache team" });
  cloud.addPrivateEndpoint("cache-prod", { connectionName: "second" });
  const stack = await world.stack(one('privateEndpointConnectionName: "first"'));
  // Already so: adopted without a write.
  expect((await run(stack, "up")).requests).toEqual([get("first")]);
  await stack.writeProgram(one('privateEndpointConnectionName: "first", timeouts: { create: "10m" }'));
  const same = await run(stack, "up");
  expect(same.requests).toEqual([]);
  expect(same.output).toContain("2 unchanged");
  await stack.writeProgram(one('privateEndpointConnectionName: "first", onDestroy: "reject"'));
  expect((await run(stack, "up")).requests).toEqual([get("first")]);

  cloud.settings.connectionPut = "asyncOperation";
  await stack.writeProgram(one('privateEndpointConnectionName: "second", onDestroy: "delete"'));
  const announced = await run(stack, "preview");
  expect(announced.requests).toEqual([]);
  expect(announced.output).toContain("+-1 to replace");
  const replaced = await run(stack, "up");
  expect(replaced.requests).toEqual([
    ...[get("second"), put("second"), "POLL", "POLL", get("second")],
    ...[get("first"), put("first"), "POLL", "POLL"],
  ]);
  expect(cloud.connection("cache-prod", "first")?.status).toBe("Rejected");
  expect(cloud.connection("cache-prod", "second")?.status).toBe("Approved");
  expect(first.connectionName).toBe("first");

  const destroyed = await run(stack, "destroy");
  expect(destroyed.requests).toEqual(["DELETE …/privateEndpointConnections/second", "POLL", "POLL"]);
  expect(cloud.connection("cache-prod", "second")).toBeUndefined();
});

it("an existing connection is read by its id without a write", async () => {
  const { cloud } = world;
  cloud.addPrivateEndpoint("cache-prod", { connectionName: "read" });
  const id = cloud.connection("cache-prod", "read")?.id;
  const stack = await world.stack(
    program(`exports.state = PrivateEndpointConnection.get("read", ${JSON.stringify(id)}).privateLinkServiceConnectionState;`),
  );
  const read = await run(stack, "up");
  expect(read.requests).toEqual([get("read")]);
  expect(read.output).toContain("Please approve my connection");
  expect((await run(stack, "destroy")).requests).toEqual([]);
});

it("a preview lists every mistake with its path, takes unknown values, and sends nothing", async () => {
  const { cloud } = world;
  const { privateEndpointId } = cloud.addPrivateEndpoint("cache-prod", { connectionName: "later" });
  const stack = await world.stack(
    program(
      'new PrivateEndpointConnection("connection", { clusterName: "-", privateEndpointId: "x", privateEndpointConnectionName: "y", onDestroy: "drop", privateLinkServiceConnectionState: { status: "approved", note: "?" } });',
    ),
  );
  const refused = await run(stack, "preview");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.requests).toEqual([]);
  const paths = ["resourceGroupName", "clusterName", "privateEndpointId", "onDestroy"];
  paths.push("privateLinkServiceConnectionState.status", "privateLinkServiceConnectionState.note");
  const told = Object.values(toldMistakes(refused.output))
    .flat()
    .map((mistake) => mistake.split(":")[0]);
  expect(paths.filter((path) => !told.includes(path))).toEqual([]);

  await stack.writeProgram(
    program(
      'const other = new PrivateEndpointConnection("other", { ...cache, privateEndpointConnectionName: "later", privateLinkServiceConnectionState: approved });',
      'new PrivateEndpointConnection("connection", { ...cache, privateEndpointId: other.privateEndpointId, privateLinkServiceConnectionState: { status: "Approved", description: other.provisioningState.apply((state) => "with " + state) } });',
    ),
  );
  const unknown = await run(stack, "preview");
  expect(unknown.exitCode).toBe(0);
  expect(unknown.output).toContain("will approve the connection of private endpoint (not known yet) of cluster cache-prod");
  expect(unknown.requests).toEqual([]);
  expect((await run(stack, "up")).requests).toEqual([get("later"), put("later"), LIST, put("later")]);
  expect(cloud.connection("cache-prod", "later")).toMatchObject({ privateEndpointId, description: "with Succeeded" });
});

it("a missing cluster, a rejected connection and a late one are one paragraph each, and leave nothing in the state", async () => {
  const { cloud } = world;
  cloud.addPrivateEndpoint("cache-prod", { connectionName: "rejected", status: "Rejected", description: "not ours" });
  const stack = await world.stack(
    program(
      'const state = { privateLinkServiceConnectionState: approved, timeouts: { create: "3s" } };',
      'new PrivateEndpointConnection("nowhere", { ...cache, ...state, clusterName: "cache-test", privateEndpointConnectionName: "first" });',
      'new PrivateEndpointConnection("rejected", { ...cache, ...state, privateEndpointConnectionName: "rejected" });',
      'new PrivateEndpointConnection("late", { ...cache, ...state, privateEndpointConnectionName: "late" });',
    ),
  );
  const failed = await clean(cloud, stack, stack.up(["--continue-on-error"]));
  expect(failed.exitCode).not.toBe(0);
  expect(failed.output).toMatch(
    /was refused: 404 \(ParentResourceNotFound\)\. Failed to perform 'read' on .* Request id: \S+\. What it should belong to does not exist/,
  );
  expect(failed.output).toMatch(/is Rejected \("not ours"\), and Azure does not let it become Approved again\. Have the owner/);
  expect(failed.output).toMatch(/Gave up after 3 s waiting for the connection late of cluster cache-prod to appear\./);
  expect(failed.requests.filter((line) => !line.startsWith("GET "))).toEqual([]);
  for (const name of ["nowhere", "rejected", "late"]) expect(await isInState(stack, name)).toBe(false);
});

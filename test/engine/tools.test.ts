import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { program as fiveOperations, prepare } from "./fiveOperations";
import { backendIdOf, gatewayProgram, serviceName, succeeded } from "./gateway";
import { repositoryDirectory } from "./repository";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

// What Pulumi's commands and tools do with this package; each row of the table in docs/with-pulumi.md is a test here.

const READ = "GET …/backends/orders";
const PATCH = "PATCH …/backends/orders";
const rows: string[][] = [];
let world: World;
let five: Stack;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    prepare(cloud, "tools");
    cloud.addApiManagementService(serviceName);
    cloud.addBackend(serviceName, "orders", { title: "Orders", url: "https://orders.example.com/", protocol: "http" });
    for (const name of ["chat-prod", "chat-test"]) cloud.addWebPubSub(name);
  });
  five = await world.stack(fiveOperations("tools"));
}, bringLimitMs);

afterAll(() => world.close());

function row(tool: string, meaning: string): void {
  rows.push([tool, meaning]);
}

const titled = (title: string) => gatewayProgram(`patch("orders", { title: "${title}" });`);

it("pulumi refresh reads what there is to read", async () => {
  succeeded(await five.up());
  const refresh = succeeded(await five.refresh());
  expect(refresh.requests.sort()).toEqual([
    "ALIBABA DescribeDBInstanceNetInfo",
    READ,
    "GET …/privateEndpointConnections/partner",
    "POST …/webPubSub/chat-tools/listKeys",
  ]);
  row("`pulumi refresh`", "reads each resource's target, one request each; a BackendReconnect has nothing to read, and no action is run");
});

it("pulumi preview --refresh --expect-no-changes fails when somebody changed something, and writes nothing", async () => {
  const drift = ["--refresh", "--expect-no-changes"];
  succeeded(await five.preview(drift));
  world.cloud.changeBackend("apim-tools", "orders", { description: "theirs" });
  const found = await five.preview(drift);
  expect([found.exitCode === 0, found.output]).toEqual([false, expect.stringContaining("theirs")]);
  expect(found.requests.filter((line) => !/^GET|listKeys$|Describe/.test(line))).toEqual([]);
  row(
    "`pulumi preview --refresh --expect-no-changes`",
    "the drift check of a [pipeline](pipelines.md): fails when a member that the program gives was changed, and writes nothing",
  );
});

it("pulumi import and the option import do not work; up adopts what is there, and get reads it", async () => {
  const { cloud } = world;
  const id = backendIdOf(cloud, "orders");
  const stack = await world.stack(gatewayProgram(`patch("orders", { title: "Orders" }, { import: "${id}" });`));
  const type = "pulumi-nodejs:dynamic/patchbay/apimanagement:BackendPatch";
  for (const refused of [await stack.run(["import", type, "orders", id, "--yes"]), await stack.preview()]) {
    expect([refused.exitCode === 0, refused.requests]).toEqual([false, []]);
    expect(refused.output).toContain("code must be a string, not undefined");
  }
  await stack.writeProgram(titled("Orders"));
  expect(succeeded(await stack.up()).requests).toEqual([READ]);
  await stack.writeProgram(gatewayProgram(`exports.title = BackendPatch.get("orders", "${id}", { title: "" }).title;`));
  const shown = succeeded(await stack.up());
  expect([shown.requests.includes(PATCH), shown.output]).toEqual([false, expect.stringMatching(/title *: "Orders"/)]);
  row(
    "`pulumi import`, the option `import`",
    "do not work with dynamic providers (`code must be a string, not undefined`). Write the resource instead: the first `pulumi up` adopts what is there and sends no write where it is so already. `.get` reads",
  );
});

it("pulumi watch applies what is saved", async () => {
  const stack = await world.stack(titled("Orders"));
  const watch = stack.start(["watch"]);
  await watch.waitForOutput("Watch mode enabled");
  // The engine says so before its watcher has looked for the first time.
  while (!watch.output().includes("Save detected")) {
    await stack.writeProgram(titled("Saved"));
    await delay(1_000);
  }
  await watch.waitForOutput("Update complete");
  expect(world.cloud.backend(serviceName, "orders").properties.title).toBe("Saved");
  watch.interrupt();
  expect((await watch.result).requests).toEqual([READ, PATCH]);
  row("`pulumi watch`", "applies what is saved");
});

it("a StackReference keeps connection strings secret in the other stack", async () => {
  const stack = await world.stack(SHARED);
  succeeded(await stack.up());
  await stack.expect(["stack", "init", "client", "--no-select"]);
  const up = succeeded(await stack.up(["--stack", "client"]));
  expect(up.requests).toEqual([]);
  for (const output of ["active", "secondary"]) expect(up.output).toMatch(new RegExp(`${output} *: \\[secret\\]`));
  const state = stack.stateFileText("client");
  expect([state.includes("ciphertext"), world.cloud.secrets.filter((secret) => state.includes(secret)).length]).toEqual([true, 0]);
  for (const output of ["active", "secondary"]) {
    const values = ["test", "client"].map((name) => stack.expect(["stack", "output", output, "--show-secrets", "--stack", name]));
    const [own, read] = (await Promise.all(values)).map(({ stdout }) => stdout);
    expect([own === read, own?.startsWith("Endpoint=https://chat-")]).toEqual([true, true]);
  }
  row("StackReference", "works: `activeConnectionString` and `secondaryConnectionString` are secret in the other stack too");
});

it("a policy pack refuses a rotation without an approval in the preview", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "patchbay-policy-"));
  await cp(path.join(repositoryDirectory, "examples", "policy"), folder, { recursive: true });
  await symlink(path.join(repositoryDirectory, "node_modules"), path.join(folder, "node_modules"), "junction");
  const stack = await world.stack(rotating(""));
  try {
    const refused = await stack.preview(["--policy-pack", folder]);
    expect([refused.exitCode === 0, refused.requests]).toEqual([false, []]);
    for (const name of ["key", "keys"])
      expect(refused.output).toContain(`${name} rotates a key: triggers needs a member approvedBy or changeTicket.`);
    await stack.writeProgram(rotating(`approvedBy: "platform team"`));
    const approved = succeeded(await stack.up(["--policy-pack", folder]));
    expect(approved.output).toContain("3 created");
  } finally {
    await rm(folder, { recursive: true });
  }
  row(
    "policy packs",
    "see the types `pulumi-nodejs:dynamic/patchbay/<service>:<Class>` and the arguments: [examples/policy](../examples/policy) refuses a rotation without an approval in the preview",
  );
});

it("docs/with-pulumi.md tells of each", () => {
  expectDocumentPart("docs/with-pulumi.md", "tools", markdownTable(["tool", "what happens"], rows));
});

const rotating = (approval: string) => `
  const { KeyRegeneration, RotatingKeys } = require("pulumi-patchbay/webpubsub");
  const triggers = { month: "2026-11", ${approval} };
  new KeyRegeneration("key", { resourceGroupName: "chat-platform-rg", resourceName: "chat-test", keyType: "Secondary", triggers });
  new RotatingKeys("keys", { resourceGroupName: "chat-platform-rg", resourceName: "chat-prod", triggers });
`;

const SHARED = `
  const pulumi = require("@pulumi/pulumi");
  const { KeyRegeneration, RotatingKeys } = require("pulumi-patchbay/webpubsub");
  const place = { resourceGroupName: "chat-platform-rg" };
  if (pulumi.getStack() === "client") {
    const chat = new pulumi.StackReference("organization/" + pulumi.getProject() + "/test");
    exports.active = chat.getOutput("active");
    exports.secondary = chat.requireOutput("secondary");
  } else {
    exports.active = new RotatingKeys("keys", { ...place, resourceName: "chat-prod" }).activeConnectionString;
    const key = new KeyRegeneration("key", { ...place, resourceName: "chat-test", keyType: "Secondary" });
    exports.secondary = key.secondaryConnectionString;
  }
`;

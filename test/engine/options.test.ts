import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { gatewayProgram, requestsTo, resourceNamed, serviceName, succeeded } from "./gateway";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

// What Pulumi's own resource options do to a patch; each row of the table in docs/with-pulumi.md is a test here.

const backends = ["protected", "retained", "ignored", "replaced", "renamed", "child", "transformed", "owner", "gone", "depending"];
const rows: string[][] = [];
let world: World;
let stack: Stack;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    cloud.addApiManagementService(serviceName);
    for (const backendId of backends)
      cloud.addBackend(serviceName, backendId, { title: "first", url: "https://orders.example.com/", protocol: "http" });
  });
  stack = await world.stack(gatewayProgram(program("a", `patch("renamed", { title: "a" });`)), { nodeModules: "copied" });
}, bringLimitMs);

afterAll(async () => {
  await world.close();
});

function program(title: string, renamed: string): string {
  return `
const restore = { onDestroy: "restore" };
const owner = patch("owner", { title: "a" });
patch("protected", { title: "a" }, { protect: true });
patch("retained", { title: "a", ...restore }, { retainOnDelete: true });
patch("ignored", { title: "${title}" }, { ignoreChanges: ["title"] });
patch("replaced", { title: "${title}", ...restore }, { replaceOnChanges: ["title"] });
patch("child", { title: "a" }, { parent: new pulumi.ComponentResource("test:index:Team", "team") });
patch("transformed", { title: "a" }, { transforms: [({ props, opts }) => ({ props: { ...props, title: "by a transform" }, opts })] });
patch("gone", { title: "a", ...restore }, { deletedWith: owner });
patch("depending", { title: pulumi.interpolate\`\${owner.title} too\` }, { dependsOn: [owner] });
${renamed}
`;
}

const titleOf = (backendId: string) => world.cloud.backend(serviceName, backendId).properties.title;

function row(option: string, meaning: string): void {
  rows.push([`\`${option}\``, meaning]);
}

it("parent, transforms, dependsOn and pulumi.interpolate work as everywhere", async () => {
  succeeded(await stack.up());
  expect(resourceNamed(await stack.exportState(), "child").urn).toContain("test:index:Team$pulumi-nodejs:dynamic/patchbay");
  row("parent", "as everywhere");
  expect(titleOf("transformed")).toBe("by a transform");
  row("transforms", "as everywhere; what a transform gives is checked like what the program gives");
  expect(titleOf("depending")).toBe("a too");
  row("dependsOn", "as everywhere; outputs are typed, so `pulumi.interpolate` and `apply` need no cast");
});

it("ignoreChanges, replaceOnChanges and aliases", async () => {
  const renamed = `new BackendPatch("renamed-now", { ...place, backendId: "renamed", title: "a" }, { aliases: [{ name: "renamed" }] });`;
  await stack.writeProgram(gatewayProgram(program("b", renamed)));
  const up = succeeded(await stack.up());
  expect([requestsTo(up, "ignored"), titleOf("ignored")]).toEqual([[], "a"]);
  row("ignoreChanges", "a change of the argument is not written; nothing is sent");
  expect([requestsTo(up, "replaced"), titleOf("replaced")]).toEqual([["GET", "PATCH"], "b"]);
  expect(up.output).toMatch(/replaced .*replaced/);
  row(
    "replaceOnChanges",
    'the new one patches, then the old one is destroyed, which leaves the backend as it is; with `onDestroy: "restore"` too, since its value is no longer there',
  );
  expect(requestsTo(up, "renamed")).toEqual([]);
  row("aliases", "a resource is renamed without a request");
});

it("a refresh finds nothing changed", async () => {
  const preview = succeeded(await stack.preview(["--refresh", "--expect-no-changes"]));
  expect(preview.exitCode).toBe(0);
});

it("protect, retainOnDelete and deletedWith", async () => {
  const refused = await stack.destroy();
  expect(refused.exitCode).not.toBe(0);
  expect(refused.output).toContain("protect");
  expect([requestsTo(refused, "protected"), titleOf("protected")]).toEqual([[], "a"]);
  row(
    "protect",
    "destroy fails at it, and nothing is sent for it; the engine may have destroyed others by then (`--exclude-protected` names what is meant)",
  );
  const destroy = succeeded(await stack.destroy(["--exclude-protected"]));
  expect([requestsTo(destroy, "retained"), titleOf("retained")]).toEqual([[], "a"]);
  row("retainOnDelete", 'destroy sends nothing, also with `onDestroy: "restore"`');
  expect([requestsTo(destroy, "gone"), titleOf("gone")]).toEqual([[], "a"]);
  row("deletedWith", "destroy sends nothing when that other resource is destroyed with it");
});

it("docs/with-pulumi.md tells of each", () => {
  expectDocumentPart("docs/with-pulumi.md", "options", markdownTable(["option", "what happens"], rows));
});

import { randomBytes } from "node:crypto";
import { peerDependencies } from "../../package.json";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { toldMistakes } from "./toldMistakes";
import { openWorld, type World } from "./world";

const key = randomBytes(12).toString("hex");

/** Five resources; what one takes from another, which has mistakes of its own, is wrong or not known there too. */
const program = `
const pulumi = require("@pulumi/pulumi");
const { apimanagement, kvstore, redisenterprise, webpubsub } = require("pulumi-patchbay");
const place = { resourceGroupName: "chat-platform-rg", serviceName: "apim-prod" };
const orders = new apimanagement.BackendPatch("orders", {
  ...place,
  serviceName: "1st",
  backendId: "b".repeat(81),
  title: pulumi.secret(${JSON.stringify(key)}.repeat(20)),
  url: "",
  tls: { validateCertificateChain: "yes" },
  credentials: { certificate: [], authorization: { scheme: "Bearer", parameter: ${JSON.stringify(key)}.repeat(20) } },
  credentails: { header: { "x-key": [${JSON.stringify(key)}] } },
  circuitBreaker: { rules: [{ failureCondition: { count: 1, percentage: 2, statusCodeRanges: [{ min: 599, max: 200 }], interval: "1 minute" } }] },
  pool: { services: [{ id: "other", weight: 101 }] },
  onConflict: "retry",
});
new apimanagement.BackendReconnect("gateway", { ...place, backendId: orders.backendId, after: "soon", runOnCreate: "no" });
new redisenterprise.PrivateEndpointConnection("partner", {
  resourceGroupName: "a/b",
  clusterName: "cache--prod",
  privateEndpointConnectionName: "partner",
  privateEndpointId: orders.etag,
  privateLinkServiceConnectionState: { status: "approved" },
  onDestroy: "drop",
});
new webpubsub.KeyRegeneration("key", { resourceGroupName: "chat-platform-rg", resourceName: "c", keyType: "Tertiary", timeouts: { create: "soon" } });
new kvstore.DirectConnection("direct", { instanceId: "r-chat", connectionString: "Chat", port: 80, regionId: "hangzhou" });
`;

const told = {
  "apimanagement.BackendPatch orders (14)": [
    'serviceName: must be 1 to 50 letters, digits and hyphens, the first a letter, the last no hyphen (is "1st")',
    `backendId: must have 1 to 80 characters (is "${"b".repeat(58)}…, 81 characters)`,
    "title: must have 1 to 300 characters",
    'url: must have 1 to 2000 characters (is "")',
    'tls.validateCertificateChain: must be true or false (is "yes")',
    "credentials.certificate: must not be empty; leave it out, or give null to remove it",
    "credentials.authorization.parameter: must have 1 to 300 characters",
    "credentails: is not an argument of this resource; check its spelling",
    'circuitBreaker.rules[0].failureCondition.interval: must be an ISO 8601 duration such as "PT1M" (is "1 minute")',
    "pool.services[0].weight: must be 0 to 100 (is 101)",
    'onConflict: must be "fail" or "overwrite" (is "retry")',
    'url: is not supported for a backend pool (is "")',
    "circuitBreaker.rules[0].failureCondition: must have exactly one of count and percentage, not both (is {",
    'circuitBreaker.rules[0].failureCondition.statusCodeRanges[0]: must have min not above max (is {"max":200,"min":599})',
  ],
  // Its backendId is that of the other resource, which a preview hands on as it is.
  "apimanagement.BackendReconnect gateway (3)": [
    `backendId: must have 1 to 80 characters (is "${"b".repeat(58)}…, 81 characters)`,
    'after: must be an ISO 8601 duration such as "PT2M", or whole seconds from 0 on (is "soon")',
    'runOnCreate: must be true or false (is "no")',
  ],
  "redisenterprise.PrivateEndpointConnection partner (4)": [
    'resourceGroupName: must be 1 to 90 letters, digits, underscores, hyphens, periods and parentheses (is "a/b")',
    'clusterName: must be 1 to 60 letters, digits and single hyphens, with no hyphen at an end (is "cache--prod")',
    'privateLinkServiceConnectionState.status: must be "Approved", "Rejected" or "Pending" (is "approved")',
    'onDestroy: must be "leave", "reject" or "delete" (is "drop")',
  ],
  "webpubsub.KeyRegeneration key (3)": [
    'resourceName: must be 3 to 63 letters, digits and hyphens, the first a letter, the last no hyphen (is "c")',
    'keyType: must be "Primary", "Secondary" or "Salt" (is "Tertiary")',
    'timeouts.create: must be a duration above zero, such as "90s", "30m" or "1h30m" (is "soon")',
  ],
  "kvstore.DirectConnection direct (3)": [
    'connectionString: must be 8 to 40 lower-case letters and digits, the first a letter (is "Chat")',
    "port: must be 1024 to 65535 (is 80)",
    'regionId: must be a region id such as "cn-hangzhou" (is "hangzhou")',
  ],
};

describe.each([
  ["the newest supported @pulumi/pulumi", undefined],
  ["the oldest supported @pulumi/pulumi", peerDependencies["@pulumi/pulumi"].replace("^", "")],
])("a program with twenty-seven mistakes in five resources, with %s", (_sdk, pulumiVersion) => {
  let world: World;
  let stack: Stack;

  beforeAll(async () => {
    world = await openWorld((cloud) => cloud.addApiManagementService("apim-prod"), { pulumiVersion });
    stack = await world.stack(program);
  }, bringLimitMs);

  afterAll(async () => {
    await world.close();
  });

  it("is told all of them by one preview: each with its path, the limit and the value, and no secret", async () => {
    const preview = await stack.preview();
    expect(preview.exitCode).not.toBe(0);
    expect(preview.requests).toEqual([]);
    const found = toldMistakes(preview.output);
    expect(Object.keys(found).sort()).toEqual(Object.keys(told).sort());
    for (const [resource, mistakes] of Object.entries(told)) {
      const unsaid = mistakes.filter(
        (mistake) => !found[resource]?.some((line) => (mistake.endsWith("{") ? line.startsWith(mistake) : line === mistake)),
      );
      expect([resource, unsaid, found[resource]?.length]).toEqual([resource, [], mistakes.length]);
    }
    expect(preview.output).not.toContain(key);
    expect(preview.output).not.toMatch(/^\s+at /m);
  });

  it("changes nothing by an update, with a preview or without", async () => {
    for (const keepPreview of [true, false]) {
      const up = await stack.up([], { keepPreview });
      expect(up.exitCode).not.toBe(0);
      expect(up.requests).toEqual([]);
      expect(up.output).not.toContain(key);
    }
    const { deployment } = await stack.exportState();
    expect((deployment.resources ?? []).filter(({ type }) => type.startsWith("pulumi-nodejs:"))).toEqual([]);
  });
});

it("mistakes in resources that exist are told all at once too, and what exists stays as it is", async () => {
  const world = await openWorld((cloud) => {
    cloud.addApiManagementService("apim-prod");
    for (const backendId of ["orders", "stock"]) cloud.addBackend("apim-prod", backendId, { url: "https://example.com", protocol: "http" });
  });
  try {
    const both = (first: string, second: string) => `
      const { BackendPatch } = require("pulumi-patchbay/apimanagement");
      const place = { resourceGroupName: "chat-platform-rg", serviceName: "apim-prod" };
      new BackendPatch("orders", { ...place, backendId: "orders", ${first} });
      new BackendPatch("stock", { ...place, backendId: "stock", ${second} });
    `;
    const stack = await world.stack(both('title: "Orders"', 'title: "Stock"'));
    expect((await stack.up()).exitCode).toBe(0);
    const before = (await stack.exportState()).deployment.resources;
    await stack.writeProgram(both('title: ""', 'backendId: "", description: 5'));
    const preview = await stack.preview();
    expect(preview.exitCode).not.toBe(0);
    expect(toldMistakes(preview.output)).toEqual({
      "apimanagement.BackendPatch orders (1)": ['title: must have 1 to 300 characters (is "")'],
      "apimanagement.BackendPatch stock (2)": ["description: must be a text (is 5)", 'backendId: must have 1 to 80 characters (is "")'],
    });
    expect((await stack.up()).exitCode).not.toBe(0);
    expect((await stack.exportState()).deployment.resources).toEqual(before);
    await stack.writeProgram(both('title: "Orders"', 'title: "Stock"'));
    const mended = await stack.up([], { keepPreview: true });
    expect([mended.exitCode, mended.requests]).toEqual([0, []]);
  } finally {
    await world.close();
  }
});

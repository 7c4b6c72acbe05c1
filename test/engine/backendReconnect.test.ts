import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { backendIdOf, gatewayProgram, requestsTo, resourceNamed, serviceName, succeeded } from "./gateway";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

const providerText =
  'exports.handler=()=>require("node:module").createRequire(process.cwd()+"/")("pulumi-patchbay/runtime").provider("apimanagement/BackendReconnect")';
const random = () => randomBytes(12).toString("hex");
const secrets = { first: random(), second: random() };
const names = ["plain", "quiet", "short", "seconds", "secret", "wrapped", "ordered"];

let world: World;
let stack: Stack;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    cloud.addApiManagementService(serviceName);
    for (const backendId of [...names, "other"])
      cloud.addBackend(serviceName, backendId, { url: "https://orders.example.com/", protocol: "http" });
  });
  stack = await world.stack(gatewayProgram(before), { nodeModules: "copied" });
}, bringLimitMs);

afterAll(async () => {
  await world.close();
});

const before = `
  reconnect("plain", { triggers: { release: 1 } });
  reconnect("quiet", { runOnCreate: false, triggers: { release: 1 } });
  reconnect("short", { after: "PT3S" });
  reconnect("seconds", { after: 180, triggers: { release: 1 } });
  reconnect("secret", { triggers: { token: pulumi.secret("${secrets.first}"), release: 1 } });
  reconnect("wrapped", { triggers: { release: "public" } });
  reconnect("ordered", { triggers: { a: { x: 1, y: 2 }, b: [1, 2] } });
`;

/** Each of these changes something, and none of it is a trigger. */
const recorded = `
  reconnect("plain", { triggers: { release: 1 }, after: "PT5M" });
  reconnect("quiet", { runOnCreate: true, triggers: { release: 1 } });
  reconnect("short", { after: "PT3S", timeouts: { create: "5m" } }, { customTimeouts: { update: "4m" } });
  reconnect("seconds", { after: 180, triggers: { release: 1 }, resourceGroupName: "CHAT-PLATFORM-RG" });
  reconnect("secret", { triggers: { token: "${secrets.first}", release: 1 } });
  reconnect("wrapped", { triggers: { release: pulumi.secret("public") } });
  reconnect("ordered", { triggers: { b: [1, 2], a: { y: 2, x: 1 } } });
`;

const triggered = `
  reconnect("plain", { triggers: { release: 2, added: "yes" }, after: "PT5M" });
  reconnect("quiet", { runOnCreate: true, triggers: { release: 2 } });
  reconnect("short", { after: "PT3S", timeouts: { create: "5m" } }, { customTimeouts: { update: "4m" } });
  reconnect("seconds", { after: 240, triggers: {}, resourceGroupName: "CHAT-PLATFORM-RG" });
  reconnect("secret", { triggers: { token: pulumi.secret("${secrets.second}"), release: 1 } });
  reconnect("wrapped", { triggers: { release: pulumi.secret("public") }, backendId: "other" });
  reconnect("ordered", { triggers: { b: [2, 1], a: { y: 2, x: 1 } } });
`;

function bodyTo(backendId: string): unknown {
  const request = world.cloud.requests.findLast((each) => each.path.endsWith(`/backends/${backendId}/reconnect`));
  return request?.body === "" ? "" : JSON.parse(request?.body ?? "null");
}

async function lastRuns(): Promise<Record<string, unknown>> {
  const state = await stack.exportState();
  return Object.fromEntries(names.map((name) => [name, resourceNamed(state, name).outputs?.lastRun]));
}

function expectNoSecret(text: string): void {
  expect([...Object.values(secrets), world.cloud.accessToken].filter((secret) => text.includes(secret))).toEqual([]);
}

// The steps of one stack, in order: each command of the engine takes seconds.
describe("BackendReconnect through the engine", () => {
  let runs: Record<string, unknown>;

  it("previews a sentence per resource, warns of a short delay, and sends nothing", async () => {
    const preview = succeeded(await stack.preview());
    expect(preview.requests).toEqual([]);
    expect(preview.output).toContain(
      "apimanagement.BackendReconnect plain: will tell the gateway of apim-prod to reconnect to backend plain.",
    );
    expect(preview.output).toContain("quiet: will record its triggers; the gateway of apim-prod reconnects to quiet when they change.");
    expect(preview.output).toMatch(/warning: apimanagement\.BackendReconnect short: after is 3 s, below the documented minimum of PT2M/);
    expect(preview.output.match(/warning: /g)?.length).toBe(
      preview.output.match(/warning: apimanagement\.BackendReconnect short/g)?.length,
    );
    expectNoSecret(preview.output);
  });

  it("posts once at create, not with runOnCreate: false, and ends with 202", async () => {
    const up = succeeded(await stack.up());
    expect(up.requests.sort()).toEqual(
      ["ordered", "plain", "seconds", "secret", "short", "wrapped"].map((id) => `POST …/backends/${id}/reconnect`),
    );
    expect(bodyTo("plain")).toBe("");
    expect(bodyTo("short")).toEqual({ properties: { after: "PT3S" } });
    expect(bodyTo("seconds")).toEqual({ properties: { after: "PT180S" } });
    const sent = world.cloud.requests.find(({ path: of }) => of.endsWith("/backends/short/reconnect"));
    expect(sent).toMatchObject({ query: { "api-version": "2022-08-01" }, status: 202 });
    expect(sent?.headers).not.toHaveProperty("if-match");
    runs = await lastRuns();
    expect(runs.short).toEqual({
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      requestId: sent?.requestId,
      correlationId: expect.any(String),
      outcome: "accepted",
    });
    expect(runs.quiet).toMatchObject({ outcome: "skipped", requestId: "" });
    expect(resourceNamed(await stack.exportState(), "short").id).toBe(`${backendIdOf(world.cloud, "short")}/reconnect`);
    for (const text of [up.output, stack.stateFileText()]) expectNoSecret(text);
  });

  it("keeps a small state with a constant provider text", async () => {
    const state = await stack.exportState();
    const all = (state.deployment.resources ?? []).filter(
      ({ type }) => type === "pulumi-nodejs:dynamic/patchbay/apimanagement:BackendReconnect",
    );
    expect(all).toHaveLength(7);
    for (const { inputs, outputs } of all) expect([inputs?.__provider, outputs?.__provider]).toEqual([providerText, providerText]);
    expect(Buffer.byteLength(providerText)).toBeLessThanOrEqual(160);
    const { inputs, outputs, id, urn } = resourceNamed(state, "plain");
    expect(Buffer.byteLength(JSON.stringify({ inputs, outputs, id, urn }))).toBeLessThanOrEqual(2_500);
  });

  it("does not run again on up, refresh and a newer package", async () => {
    const manifest = path.join(stack.directory, "node_modules", "pulumi-patchbay", "package.json");
    await writeFile(manifest, (await readFile(manifest, "utf8")).replace('"version": "0.1.0"', '"version": "9.9.9"'));
    const again = succeeded(await stack.up());
    expect(again.requests).toEqual([]);
    expect(again.output).toContain("8 unchanged");
    const refresh = succeeded(await stack.refresh());
    expect(refresh.requests).toEqual([]);
    expect(refresh.output).toContain("8 unchanged");
    expect(await lastRuns()).toEqual(runs);
  });

  it("records another argument, and takes no notice of order, secretness, case and timeouts", async () => {
    await stack.writeProgram(gatewayProgram(recorded));
    const up = succeeded(await stack.up());
    expect(up.requests).toEqual([]);
    expect(up.output).toContain('plain: will record after (nothing) → "PT5M"; the gateway is not told to reconnect.');
    expect(up.output).toContain("quiet: will record runOnCreate false → true; the gateway is not told to reconnect.");
    expect(up.output).toContain("~ 2 updated");
    expect(up.output).toContain("6 unchanged");
    expect(await lastRuns()).toEqual(runs);
    expectNoSecret(up.output);
    const again = succeeded(await stack.up());
    expect(again.requests).toEqual([]);
    expect(again.output).toContain("8 unchanged");
  });

  it("runs once for each change of a trigger, names it, and shows no secret one", async () => {
    await stack.writeProgram(gatewayProgram(triggered));
    const preview = succeeded(await stack.preview(["--diff"]));
    expect(preview.requests).toEqual([]);
    for (const sentence of [
      'plain: will tell the gateway of apim-prod to reconnect to backend plain (triggers.release: 1 → 2, triggers.added: (nothing) → "yes").',
      "quiet: will tell the gateway of apim-prod to reconnect to backend quiet (triggers.release: 1 → 2).",
      "seconds: will tell the gateway of apim-prod to reconnect to backend seconds (triggers.release: 1 → (nothing)).",
      "secret: will tell the gateway of apim-prod to reconnect to backend secret (triggers.token: (secret) → (secret)).",
      "ordered: will tell the gateway of apim-prod to reconnect to backend ordered (triggers.b: [1,2] → [2,1]).",
    ]) {
      expect(preview.output).toContain(sentence);
    }
    const up = succeeded(await stack.up());
    expect(up.requests.sort()).toEqual(
      ["ordered", "other", "plain", "quiet", "seconds", "secret"].map((id) => `POST …/backends/${id}/reconnect`),
    );
    expect(requestsTo(up, "plain")).toEqual(["POST/reconnect"]);
    expect(bodyTo("plain")).toEqual({ properties: { after: "PT5M" } });
    expect(bodyTo("seconds")).toEqual({ properties: { after: "PT240S" } });
    expect(up.output).toContain("+-1 replaced");
    expect(world.cloud.requests.at(-1)?.headers["user-agent"]).toBe("pulumi-patchbay/9.9.9");
    // The first token is public since the program before this one gave it unwrapped.
    for (const text of [preview.output, up.output, stack.stateFileText()]) expect(text).not.toContain(secrets.second);
  });

  it("sends nothing for a get, and nothing on destroy", async () => {
    const id = `${backendIdOf(world.cloud, "plain")}/reconnect`;
    await stack.writeProgram(
      gatewayProgram(`
        const alone = BackendReconnect.get("alone", ${JSON.stringify(id)});
        BackendReconnect.get("some", ${JSON.stringify(id)}, { triggers: { release: 7 } });
        module.exports = { backendId: alone.backendId, outcome: alone.lastRun.outcome };
      `),
    );
    const up = succeeded(await stack.up());
    expect(up.requests).toEqual([]);
    expect(resourceNamed(await stack.exportState(), "patchbay-test-test").outputs).toEqual({ backendId: "plain", outcome: "skipped" });
    const destroy = succeeded(await stack.destroy());
    expect(destroy.requests).toEqual([]);
    expect(world.cloud.reconnects).toHaveLength(12);
    expect(world.cloud.failures).toEqual([]);
  });
});

import { randomBytes } from "node:crypto";
import { bodiesTo, gatewayProgram, requestsTo, resourceNamed, serviceName, succeeded } from "./gateway";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

const providerText =
  'exports.handler=()=>require("node:module").createRequire(process.cwd()+"/")("pulumi-patchbay/runtime").provider("apimanagement/BackendPatch")';
const orders = {
  title: "Orders",
  url: "https://orders.example.com/",
  protocol: "http",
  description: "by the API team",
  credentials: { header: { "x-team": ["api"] } },
  novelty: { depth: 3 },
};
const random = () => randomBytes(12).toString("hex");
const tokens = { first: random(), second: random(), proxy: random() };

let world: World;
let stack: Stack;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    cloud.addApiManagementService(serviceName);
    for (const backendId of ["orders", "equal", "added", "dropped", "removed", "setting", "secret", "case", "moved", "target", "timed"]) {
      cloud.addBackend(serviceName, backendId, orders);
    }
    cloud.changeBackend(serviceName, "equal", { description: "ours" });
  });
  stack = await world.stack(gatewayProgram(before));
}, bringLimitMs);

afterAll(async () => {
  await world.close();
});

const before = `
  patch("orders", { description: "ours", url: "https://orders-v2.example.com", tls: { validateCertificateChain: false } });
  patch("equal", { description: "ours" });
  patch("added", { description: "ours" });
  patch("dropped", { description: "ours", title: "ours" });
  patch("removed", { description: "ours" });
  patch("setting", { description: "ours" });
  patch("secret", {
    credentials: { authorization: { scheme: "Bearer", parameter: "${tokens.first}" } },
    proxy: { url: "http://proxy.example.com", password: "${tokens.proxy}" },
  });
  patch("case", { description: "ours" });
  patch("moved", { description: "ours" });
  patch("timed", { description: "ours" });
`;

const after = `
  patch("orders", { description: "ours, changed", url: "https://orders-v2.example.com", tls: { validateCertificateChain: false } });
  patch("equal", { description: "ours" });
  patch("added", { description: "ours", title: "ours too" });
  patch("dropped", { description: "ours" });
  patch("removed", { description: "ours", credentials: null });
  patch("setting", { description: "ours", onConflict: "overwrite" });
  patch("secret", {
    credentials: { authorization: { scheme: "Bearer", parameter: "${tokens.second}" } },
    proxy: { url: "http://proxy.example.com", password: "${tokens.proxy}" },
  });
  patch("case", { description: "ours", resourceGroupName: "Chat-Platform-RG" });
  patch("moved", { description: "ours", backendId: "target" });
  patch("timed", { description: "ours", timeouts: { update: "10m" } }, { customTimeouts: { create: "5m" } });
`;

// The steps of one stack, in order: each command of the engine takes seconds.
describe("BackendPatch through the engine", () => {
  it("previews a sentence per resource and sends nothing", async () => {
    const preview = succeeded(await stack.preview());
    expect(preview.requests).toEqual([]);
    expect(preview.output).toContain(
      "apimanagement.BackendPatch orders: will patch description, url, tls.validateCertificateChain of backend orders in apim-prod; nothing else of it is touched.",
    );
    expectNoSecret(preview.output);
  });

  it("reads, then patches owned leaves only under the ETag just read, and writes nothing where all is equal", async () => {
    const etag = world.cloud.backend(serviceName, "orders").etag;
    const up = succeeded(await stack.up());
    expect(requestsTo(up, "orders")).toEqual(["GET", "PATCH"]);
    expect(requestsTo(up, "equal")).toEqual(["GET"]);
    expect(up.requests).toHaveLength(19);
    const sent = {
      description: "ours",
      url: "https://orders-v2.example.com",
      tls: { validateCertificateChain: false, validateCertificateName: true },
    };
    expect(bodiesTo(world.cloud, "PATCH", "orders")).toEqual([{ properties: sent }]);
    const patch = world.cloud.requests.find(({ line }) => line === "PATCH …/backends/orders");
    expect(patch).toMatchObject({ query: { "api-version": "2024-05-01" }, headers: { "if-match": etag } });
    expect(patch?.headers["user-agent"]).toBe("pulumi-patchbay/0.1.0");
    expect(world.cloud.backend(serviceName, "orders").properties).toEqual({ ...orders, ...sent });
    expectNoSecret(up.output);
  });

  it("keeps a small state with a constant provider text and no plaintext secret", async () => {
    const state = await stack.exportState();
    const text = resourceNamed(state, "orders").inputs?.__provider;
    const patches = (state.deployment.resources ?? []).filter(({ type }) => type.endsWith(":BackendPatch"));
    expect(patches).toHaveLength(10);
    for (const { inputs, outputs } of patches) expect([inputs?.__provider, outputs?.__provider]).toEqual([providerText, providerText]);
    expect(text).toHaveLength(Buffer.byteLength(providerText));
    expect(providerText.length).toBeLessThanOrEqual(160);
    const { inputs, outputs, id, urn } = resourceNamed(state, "orders");
    expect(Buffer.byteLength(JSON.stringify({ inputs, outputs, id, urn }))).toBeLessThanOrEqual(2_500);
    expectNoSecret(stack.stateFileText());
  });

  it("sends nothing when there is nothing to do", async () => {
    const again = succeeded(await stack.up());
    expect(again.requests).toEqual([]);
    expect(again.output).toContain("11 unchanged");
  });

  it("tells each kind of change in a preview that sends nothing", async () => {
    await stack.writeProgram(gatewayProgram(after));
    const preview = succeeded(await stack.preview());
    expect(preview.requests).toEqual([]);
    for (const sentence of [
      'orders: will patch backend orders in apim-prod: description "ours" → "ours, changed". Nothing else of it is touched.',
      'added: will patch backend added in apim-prod: title (not owned so far) → "ours too". Nothing else of it is touched.',
      "dropped: will no longer own title of backend dropped in apim-prod; it keeps its value.",
      "removed: will patch backend removed in apim-prod: credentials (not owned so far) → removed. Nothing else of it is touched.",
      'setting: will record onConflict "overwrite".',
      "secret: will patch backend secret in apim-prod: credentials.authorization.parameter (secret) → (secret). Nothing else of it is touched.",
    ]) {
      expect(preview.output).toContain(`apimanagement.BackendPatch ${sentence}`);
    }
    expect(preview.output).toContain("~ 6 to update");
    expect(preview.output).toContain("+-1 to replace");
    expect(preview.output).toContain("4 unchanged");
    expectNoSecret(preview.output);
  });

  it("makes each kind of change with its own requests and no others", async () => {
    const up = succeeded(await stack.up());
    const requests = Object.fromEntries(
      ["orders", "equal", "added", "dropped", "removed", "setting", "secret", "case", "moved", "target", "timed"].map((id) => [
        id,
        requestsTo(up, id),
      ]),
    );
    expect(requests).toEqual({
      ...{ orders: ["GET", "PATCH"], equal: [], added: ["GET", "PATCH"], dropped: ["GET"], removed: ["GET", "PUT"] },
      ...{ setting: ["GET"], secret: ["GET", "PATCH"], case: [], moved: [], target: ["GET", "PATCH"], timed: [] },
    });
    expect(bodiesTo(world.cloud, "PATCH", "added").at(-1)).toEqual({ properties: { description: "ours", title: "ours too" } });
    const { credentials: _, ...others } = orders;
    expect(world.cloud.backend(serviceName, "removed").properties).toEqual({ ...others, description: "ours" });
    expect(world.cloud.backend(serviceName, "dropped").properties).toMatchObject({ title: "ours" });
    expectNoSecret(up.output);
    expectNoSecret(stack.stateFileText());
  });

  it("says that nothing changed when a refresh finds what was written, also under a foreign change", async () => {
    world.cloud.changeBackend(serviceName, "added", { protocol: "soap", novelty: { depth: 4 } });
    const refresh = succeeded(await stack.refresh());
    expect(refresh.requests.sort()).toEqual(
      ["added", "case", "dropped", "equal", "orders", "removed", "secret", "setting", "target", "timed"].map(
        (id) => `GET …/backends/${id}`,
      ),
    );
    expect(refresh.output).toContain("11 unchanged");
    const again = succeeded(await stack.up());
    expect(again.requests).toEqual([]);
    expect(again.output).toContain("11 unchanged");
    expect(world.cloud.backend(serviceName, "added").properties).toMatchObject({ protocol: "soap", novelty: { depth: 4 } });
  });

  it("shows drift of owned leaves after a refresh", async () => {
    world.cloud.changeBackend(serviceName, "equal", { description: "theirs", protocol: "soap" });
    world.cloud.changeBackend(serviceName, "removed", { credentials: { header: { "x-team": ["again"] } } });
    world.cloud.changeBackend(serviceName, "secret", { credentials: { authorization: { scheme: "Bearer", parameter: tokens.first } } });
    world.cloud.changeBackend(serviceName, "added", { title: null });
    world.cloud.removeBackend(serviceName, "setting");
    succeeded(await stack.refresh());
    const preview = succeeded(await stack.preview(["--diff"]));
    expect(preview.requests).toEqual([]);
    expect(preview.output).toContain('description      : "theirs" => "ours"');
    expect(preview.output).toContain(
      'equal: will patch backend equal in apim-prod: description "theirs" → "ours". Nothing else of it is touched.',
    );
    expect(preview.output).toContain("credentials (secret) → removed");
    expect(preview.output).toContain('title (nothing) → "ours too"');
    expect(preview.output).not.toContain("no longer own");
    expect(preview.output).toContain("~ 4 to update");
    expect(preview.output).toContain("+ 1 to create");
    expectNoSecret(preview.output);
  });

  it("repairs the drift, and says who creates a backend that vanished", async () => {
    const up = await stack.up(["--continue-on-error"]);
    expect(up.exitCode).not.toBe(0);
    expect(up.output).toMatch(
      /backends\/setting does not exist \(Backend not found\. Request id: [-\w]+\), and a patch never creates it\. Its creation belongs to whoever owns it: azure-native\.apimanagement\.Backend, Bicep, or the portal\./,
    );
    expect(requestsTo(up, "setting")).toEqual(["GET"]);
    expect(requestsTo(up, "equal")).toEqual(["GET", "PATCH"]);
    expect(requestsTo(up, "removed")).toEqual(["GET", "PUT"]);
    expect(requestsTo(up, "secret")).toEqual(["GET", "PATCH"]);
    expect(requestsTo(up, "added")).toEqual(["GET", "PATCH"]);
    expect(up.requests).toHaveLength(9);
    expect(world.cloud.backend(serviceName, "equal").properties).toEqual({ ...orders, description: "ours", protocol: "soap" });
    expect(world.cloud.backend(serviceName, "added").properties).toMatchObject({
      title: "ours too",
      protocol: "soap",
      novelty: { depth: 4 },
    });
    expect(() => resourceNamed({ version: 3, deployment: JSON.parse(stack.stateFileText()).checkpoint.latest }, "setting")).toThrow();
    expectNoSecret(up.output);
  });

  it("leaves the backends as they are on destroy, without a request", async () => {
    const destroy = succeeded(await stack.destroy());
    expect(destroy.requests).toEqual([]);
    expect(world.cloud.backend(serviceName, "orders").properties).toMatchObject({ description: "ours, changed" });
    expect(world.cloud.faults.unused()).toEqual([]);
    expect(world.cloud.failures).toEqual([]);
  });
});

function expectNoSecret(text: string): void {
  const planted = [...Object.values(tokens), world.cloud.accessToken, ...world.cloud.secrets];
  expect(planted.filter((secret) => text.includes(secret))).toEqual([]);
}

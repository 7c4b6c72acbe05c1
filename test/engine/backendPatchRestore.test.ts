import { randomBytes } from "node:crypto";
import { bodiesTo, gatewayProgram, requestsTo, resourceNamed, serviceName, succeeded } from "./gateway";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

const teamKey = randomBytes(12).toString("hex");
const newKey = randomBytes(12).toString("hex");
const theirs = {
  title: "Orders",
  url: "https://orders.example.com/",
  protocol: "http",
  description: "by the API team",
  credentials: { header: { "x-team": [teamKey] }, authorization: { scheme: "Basic", parameter: randomBytes(12).toString("hex") } },
  novelty: { depth: 3 },
};
const backends = ["changed", "added", "flag", "touched", "dropped", "nulled", "gone", "late", "missed"];

let world: World;
let stack: Stack;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    cloud.addApiManagementService(serviceName);
    for (const backendId of backends) cloud.addBackend(serviceName, backendId, theirs);
  });
  stack = await world.stack(gatewayProgram(""));
}, bringLimitMs);

afterAll(async () => {
  await world.close();
});

const first = `
  const onDestroy = "restore";
  patch("changed", { description: "ours", url: "https://ours.example.com", credentials: { authorization: { scheme: "Bearer", parameter: "ours" } }, onDestroy });
  patch("added", { description: "ours", tls: { validateCertificateChain: false, validateCertificateName: false }, extraProperties: { novelty: { width: 1 }, credentials: { managed: "${newKey}" } }, onDestroy });
  patch("flag", { tls: { validateCertificateChain: false }, onDestroy });
  patch("touched", { description: "ours", title: "ours", onDestroy });
  patch("dropped", { description: "ours", title: "ours", resourceId: "https://ours.example.com/api", onDestroy });
  patch("nulled", { description: "ours", credentials: null, onDestroy });
  patch("gone", { description: "ours", onDestroy });
  patch("late", { description: "ours" });
  patch("missed", { description: "ours", title: null, onDestroy });
`;
const second = `
  const onDestroy = "restore";
  patch("changed", { description: "ours", url: "https://ours.example.com", credentials: { authorization: { scheme: "Bearer", parameter: "ours" } }, onDestroy });
  patch("added", { description: "ours", tls: { validateCertificateChain: false, validateCertificateName: false }, extraProperties: { novelty: { width: 1 }, credentials: { managed: "${newKey}" } }, onDestroy });
  patch("flag", { tls: { validateCertificateChain: false }, onDestroy });
  patch("touched", { description: "ours", title: "ours", onDestroy });
  patch("dropped", { description: "ours", onDestroy });
  patch("nulled", { description: "ours again", credentials: null, onDestroy });
  patch("gone", { description: "ours", onDestroy });
  patch("late", { description: "ours", title: "ours", onDestroy });
  patch("missed", { description: "ours", title: null, onDestroy });
`;

function bodyOf(backendId: string) {
  return world.cloud.backend(serviceName, backendId).properties;
}

// The steps of one stack, in order: each command of the engine takes seconds.
describe('BackendPatch with onDestroy: "restore"', () => {
  it("removes by writing the whole backend, with members that this package does not know", async () => {
    await stack.writeProgram(gatewayProgram(first));
    const up = succeeded(await stack.up());
    for (const id of backends)
      expect([id, requestsTo(up, id)]).toEqual([id, ["GET", id === "nulled" || id === "missed" ? "PUT" : "PATCH"]]);
    const { credentials: _, ...others } = theirs;
    expect(bodiesTo(world.cloud, "PUT", "nulled")).toEqual([{ properties: { ...others, description: "ours" } }]);
    expect(bodyOf("nulled")).toEqual({ ...others, description: "ours" });
    const state = stack.stateFileText();
    expect([teamKey, newKey, world.cloud.accessToken, ...world.cloud.secrets].filter((secret) => state.includes(secret))).toEqual([]);
    expect(resourceNamed(await stack.exportState(), "changed").outputs).toMatchObject({ prior: { ciphertext: expect.any(String) } });
    expect(succeeded(await stack.up()).requests).toEqual([]);
  });

  it("puts back a leaf that the program drops, and keeps what it removed removed", async () => {
    await stack.writeProgram(gatewayProgram(second));
    const up = succeeded(await stack.up());
    expect(up.output).toContain(
      "dropped: will put back resourceId, title of backend dropped in apim-prod where it still has the value given here.",
    );
    expect(up.output).not.toContain("put back credentials");
    expect(up.requests).toHaveLength(6);
    expect(requestsTo(up, "dropped")).toEqual(["GET", "PUT"]);
    expect(requestsTo(up, "nulled")).toEqual(["GET", "PATCH"]);
    expect(requestsTo(up, "late")).toEqual(["GET", "PATCH"]);
    expect(bodyOf("dropped")).toEqual({ ...theirs, description: "ours" });
    expect(bodyOf("nulled")).not.toHaveProperty("credentials");
    expect(bodyOf("nulled")).toMatchObject({ description: "ours again" });
  });

  it("says nothing changed on a refresh, and nothing is to do after it", async () => {
    const refresh = succeeded(await stack.refresh());
    expect(refresh.requests.sort()).toEqual(backends.map((id) => `GET …/backends/${id}`).sort());
    expect(refresh.output).toContain("10 unchanged");
    expect(stack.stateFileText()).not.toContain(newKey);
    const again = succeeded(await stack.up());
    expect(again.requests).toEqual([]);
    expect(again.output).toContain("10 unchanged");
  });

  it("puts back the exact backend on destroy, but no leaf that somebody else changed since", async () => {
    world.cloud.changeBackend(serviceName, "touched", { title: "theirs, newer", protocol: "soap" });
    world.cloud.removeBackend(serviceName, "gone");
    const destroy = succeeded(await stack.destroy());
    for (const id of ["changed", "added", "flag", "dropped", "nulled", "missed"]) expect([id, bodyOf(id)]).toEqual([id, theirs]);
    expect(bodyOf("touched")).toEqual({ ...theirs, title: "theirs, newer", protocol: "soap" });
    expect(bodyOf("late")).toEqual({ ...theirs, description: "ours" });
    expect(Object.fromEntries(backends.map((id) => [id, requestsTo(destroy, id)]))).toEqual({
      ...{ changed: ["GET", "PATCH"], added: ["GET", "PUT"], flag: ["GET", "PUT"], touched: ["GET", "PATCH"], dropped: ["GET", "PATCH"] },
      ...{ nulled: ["GET", "PATCH"], gone: ["GET"], late: ["GET", "PATCH"], missed: ["GET", "PATCH"] },
    });
    expect(destroy.output).toContain("left title as it is: somebody else changed it since it was written here.");
    expect([teamKey, ...world.cloud.secrets].filter((secret) => destroy.output.includes(secret))).toEqual([]);
    expect(world.cloud.hasBackend(serviceName, "gone")).toBe(false);
    expect(world.cloud.failures).toEqual([]);
  });
});

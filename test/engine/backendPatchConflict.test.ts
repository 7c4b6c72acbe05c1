import { randomBytes } from "node:crypto";
import { bodiesTo, gatewayProgram, requestsTo, resourceNamed, serviceName, succeeded } from "./gateway";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

const random = () => randomBytes(12).toString("hex");
const secrets = { ours: random(), theirs: random(), address: random() };
const before = { url: "https://orders.example.com/", protocol: "http", description: "by the API team" };

let world: World;
let stack: Stack;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    cloud.addApiManagementService(serviceName);
    for (const backendId of ["foreign", "same", "overwrite", "any", "pinned", "clash", "stale"])
      cloud.addBackend(serviceName, backendId, before);
  });
  stack = await world.stack(gatewayProgram(""));
}, bringLimitMs);

afterAll(async () => {
  await world.close();
});

/** Somebody else writes after the read of the next run and before its write. */
function writeInBetween(backendId: string, patch: Record<string, never | string | object>): void {
  const change = () => world.cloud.changeBackend(serviceName, backendId, JSON.parse(JSON.stringify(patch)));
  world.cloud.faults.add({ method: "PATCH", path: new RegExp(`/backends/${backendId}$`), mode: "pass", before: change });
}

function sentIfMatch(backendId: string): (string | undefined)[] {
  const sent = world.cloud.requests.filter(({ method, path }) => method === "PATCH" && path.endsWith(`/backends/${backendId}`));
  return sent.map(({ headers }) => headers["if-match"]);
}

// The steps of one stack, in order: each command of the engine takes seconds.
describe("BackendPatch against another writer", () => {
  it("reads and writes again under the new ETag unless the other writer changed an owned leaf", async () => {
    const etag = (backendId: string) => world.cloud.backend(serviceName, backendId).etag;
    const read = { foreign: etag("foreign"), pinned: etag("pinned") };
    await stack.writeProgram(
      gatewayProgram(`
        patch("foreign", { description: "ours" });
        patch("same", { description: "ours" });
        patch("overwrite", { description: "ours", onConflict: "overwrite" });
        patch("any", { description: "ours", ifMatch: "*" });
        patch("pinned", { description: "ours", ifMatch: ${JSON.stringify(read.pinned)} });
      `),
    );
    writeInBetween("foreign", { title: "theirs", credentials: { header: { "x-team": ["new"] } } });
    writeInBetween("same", { description: "ours" });
    writeInBetween("overwrite", { description: "theirs" });
    writeInBetween("any", { description: "theirs", title: "theirs" });
    const up = succeeded(await stack.up());
    expect(Object.fromEntries(["foreign", "same", "overwrite", "any", "pinned"].map((id) => [id, requestsTo(up, id)]))).toEqual({
      ...{ foreign: ["GET", "PATCH", "GET", "PATCH"], same: ["GET", "PATCH", "GET"], overwrite: ["GET", "PATCH", "GET", "PATCH"] },
      ...{ any: ["GET", "PATCH"], pinned: ["GET", "PATCH"] },
    });
    expect(bodiesTo(world.cloud, "PATCH", "foreign").at(-1)).toEqual({ properties: { description: "ours" } });
    expect(world.cloud.backend(serviceName, "foreign").properties).toMatchObject({
      ...{ description: "ours", title: "theirs", credentials: { header: { "x-team": ["new"] } } },
    });
    expect(world.cloud.backend(serviceName, "overwrite").properties).toMatchObject({ description: "ours" });
    expect(world.cloud.backend(serviceName, "any").properties).toMatchObject({ description: "ours", title: "theirs" });
    expect(sentIfMatch("any")).toEqual(["*"]);
    expect(sentIfMatch("pinned")).toEqual([read.pinned]);
    const [firstTry, secondTry] = sentIfMatch("foreign");
    expect(firstTry).toBe(read.foreign);
    expect(secondTry).not.toBe(read.foreign);
    expect(world.cloud.faults.unused()).toEqual([]);
  });

  it("fails with each contested leaf and both values, and shows none of those that are secret", async () => {
    await stack.writeProgram(
      gatewayProgram(`
        patch("clash", {
          description: "ours",
          title: "agreed",
          url: pulumi.secret("https://ours.example.com/${secrets.address}"),
          credentials: { authorization: { scheme: "Bearer", parameter: "${secrets.ours}" } },
        }, {});
      `),
    );
    const credentials = { authorization: { scheme: "Bearer", parameter: secrets.theirs } };
    writeInBetween("clash", { description: "theirs", title: "agreed", url: `https://theirs.example.com/${secrets.address}`, credentials });
    const up = await stack.up();
    expect(up.exitCode).not.toBe(0);
    const paragraph = up.output.split("\n").find((line) => line.trim().startsWith("error: Somebody else changed"));
    expect(paragraph).toContain("/service/apim-prod/backends/clash while this resource was writing it: ");
    expect(paragraph).toContain('description (theirs "theirs", ours "ours")');
    expect(paragraph).toContain("url (theirs (secret), ours (secret))");
    expect(paragraph).toContain("credentials.authorization.parameter (theirs (secret), ours (secret))");
    expect(paragraph).not.toContain("title");
    expect(paragraph).toContain(
      'A next run reads anew and writes yours: agree first on who owns it, or set onConflict: "overwrite" and run again.',
    );
    expect(requestsTo(up, "clash")).toEqual(["GET", "PATCH", "GET"]);
    expect(Object.values(secrets).filter((secret) => up.output.includes(secret))).toEqual([]);
    expect(world.cloud.backend(serviceName, "clash").properties).toMatchObject({ description: "theirs", credentials });
    const state = await stack.exportState();
    expect(() => resourceNamed(state, "clash")).toThrow();
    expect(Object.values(secrets).filter((secret) => stack.stateFileText().includes(secret))).toEqual([]);
    world.cloud.faults.clear();
    expect((await stack.up()).exitCode).toBe(0);
    expect(world.cloud.backend(serviceName, "clash").properties).toMatchObject({ description: "ours" });
  });

  it("refuses a pinned ETag that is not the backend's any more, with both ETags", async () => {
    const pinned = world.cloud.backend(serviceName, "stale").etag;
    world.cloud.changeBackend(serviceName, "stale", { title: "theirs" });
    const now = world.cloud.backend(serviceName, "stale").etag;
    await stack.writeProgram(
      gatewayProgram(`patch("stale", { description: "ours", ifMatch: ${JSON.stringify(pinned)}, onConflict: "overwrite" });`),
    );
    const up = await stack.up();
    expect(up.exitCode).not.toBe(0);
    expect(up.output).toContain(`ifMatch is ${pinned}, the backend's ETag is ${now}. Nothing was written.`);
    expect(requestsTo(up, "stale")).toEqual(["GET", "PATCH"]);
    expect(world.cloud.backend(serviceName, "stale").properties).toEqual({ ...before, title: "theirs" });
    expect(world.cloud.failures).toEqual([]);
  });
});

import { linesByRun } from "../load/overlap";
import { succeeded } from "./gateway";
import type { CommandResult, Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

// Two teams' stacks patch the same backends and are deployed at the same moment. Each of their first reads is kept back
// until the other one has read too, so that both write under the same ETag and one of them comes second.

const before = { url: "https://orders.example.com/", protocol: "http", title: "Orders" };
/** Of each backend, in a service of its own: what the one stack wants and what the other one wants. */
const WISHES = {
  apart: [{ description: "of one" }, { url: "https://other.example.com/" }],
  agreed: [{ description: "of both" }, { description: "of both" }],
  removed: [{ title: null }, { description: "of other" }],
} as const;
const CONTESTED = { contested: [{ description: "of one" }, { description: "of other" }] } as const;

let world: World;
let stacks: Stack[];

beforeAll(async () => {
  world = await openWorld((cloud) => {
    for (const name of Object.keys({ ...WISHES, ...CONTESTED })) {
      cloud.addApiManagementService(name);
      cloud.addBackend(name, "orders", before);
    }
  });
  stacks = await Promise.all(["one", "other"].map((name) => world.stack("", { name })));
}, bringLimitMs);

afterAll(async () => {
  await world.close();
});

/** Keeps the first reads of a backend back until both stacks have read it. */
function meetAt(serviceName: string): void {
  let come = 0;
  let open = (): void => {};
  const until = new Promise<void>((resolve) => {
    open = resolve;
  });
  const before = () => {
    come += 1;
    if (come === 2) open();
  };
  world.cloud.faults.add({ method: "GET", path: `/service/${serviceName}/`, times: 2, mode: "hold", until, before });
}

function programOf(wishes: Readonly<Record<string, readonly object[]>>, side: number): string {
  const patches = Object.entries(wishes).map(([serviceName, wish]) => {
    const given = { resourceGroupName: "chat-platform-rg", serviceName, backendId: "orders", ...wish[side] };
    return `new BackendPatch(${JSON.stringify(serviceName)}, ${JSON.stringify(given)});`;
  });
  return `const { BackendPatch } = require("pulumi-patchbay/apimanagement");\n${patches.join("\n")}`;
}

/** Both stacks at once. */
async function upBoth(wishes: Readonly<Record<string, readonly object[]>>): Promise<CommandResult[]> {
  return Promise.all(
    stacks.map(async (stack, side) => {
      await stack.writeProgram(programOf(wishes, side));
      return stack.up(["--skip-preview"]);
    }),
  );
}

/** The requests to a backend, a list for each run, the shorter one first. */
function requestsTo(serviceName: string): string[][] {
  const sent = world.cloud.requests.filter(({ path }) => path.includes(`/service/${serviceName}/`));
  return linesByRun(sent.map((request) => ({ ...request, line: `${request.method} ${request.status}` }))).sort(
    (a, b) => a.length - b.length,
  );
}

const backend = (serviceName: string) => world.cloud.backend(serviceName, "orders").properties;

describe("two stacks that are deployed at the same time", () => {
  it("lose nothing of each other: who comes second reads again, and writes what is still wanted", async () => {
    for (const name of Object.keys(WISHES)) meetAt(name);
    for (const result of await upBoth(WISHES)) succeeded(result);
    expect(world.cloud.faults.unused()).toEqual([]);
    expect(backend("apart")).toEqual({ ...before, description: "of one", url: "https://other.example.com/" });
    expect(backend("agreed")).toEqual({ ...before, description: "of both" });
    expect(backend("removed")).toEqual({ url: before.url, protocol: before.protocol, description: "of other" });
    expect(requestsTo("apart")).toEqual([
      ["GET 200", "PATCH 200"],
      ["GET 200", "PATCH 412", "GET 200", "PATCH 200"],
    ]);
    expect(requestsTo("agreed")).toEqual([
      ["GET 200", "PATCH 200"],
      ["GET 200", "PATCH 412", "GET 200"],
    ]);
    expect(requestsTo("removed").map((lines) => lines.filter((line) => line.endsWith("412")).length)).toEqual([0, 1]);
  });

  it("and come to rest: a second run of both writes nothing", async () => {
    const from = world.cloud.requests.length;
    for (const result of await upBoth(WISHES)) succeeded(result);
    expect(world.cloud.requests.slice(from)).toEqual([]);
  });

  it("are told of a leaf that both want, and nothing of the first one is overwritten", async () => {
    meetAt("contested");
    const results = await upBoth({ ...WISHES, ...CONTESTED });
    const [winner, loser] = results[0]?.exitCode === 0 ? ["of one", "of other"] : ["of other", "of one"];
    expect(results.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1);
    const failure = results.find(({ exitCode }) => exitCode !== 0)?.output ?? "";
    expect(failure).toMatch(
      /error: Somebody else changed \/\S+\/service\/contested\/backends\/orders while this resource was writing it: /,
    );
    expect(failure).toContain(`description (theirs "${winner}", ours "${loser}"). Nothing of theirs was overwritten.`);
    expect(backend("contested")).toEqual({ ...before, description: winner });
    expect(requestsTo("contested")).toEqual([
      ["GET 200", "PATCH 200"],
      ["GET 200", "PATCH 412", "GET 200"],
    ]);
  });
});

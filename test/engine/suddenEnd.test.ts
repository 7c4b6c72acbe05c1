import { type Death, deaths, dies } from "./deaths";
import { resourceNamed } from "./gateway";
import type { CommandResult, Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

const group = "chat-platform-rg";
let world: World;

beforeAll(async () => {
  world = await openWorld(() => undefined);
}, bringLimitMs);

afterAll(async () => {
  await world.close();
});

/** One resource of each operation, of services of their own. */
function program(name: string): string {
  return `
    const { apimanagement, kvstore, redisenterprise, webpubsub } = require("pulumi-patchbay");
    const place = { resourceGroupName: ${JSON.stringify(group)} };
    const gateway = { ...place, serviceName: "apim-${name}", backendId: "orders" };
    new apimanagement.BackendPatch("patch", { ...gateway, description: "ours", onDestroy: "restore" });
    new apimanagement.BackendReconnect("reconnect", gateway);
    new redisenterprise.PrivateEndpointConnection("connection", { ...place, clusterName: "cache-${name}", privateEndpointConnectionName: "partner", privateLinkServiceConnectionState: { status: "Approved" } });
    new webpubsub.KeyRegeneration("key", { ...place, resourceName: "chat-${name}", keyType: "Secondary", triggers: { month: "2026-11" } });
    new kvstore.DirectConnection("direct", { instanceId: "r-${name}", connectionString: "direct${name}" });
  `;
}

function prepare(name: string): void {
  const { cloud } = world;
  cloud.addApiManagementService(`apim-${name}`);
  cloud.addBackend(`apim-${name}`, "orders", { url: "https://orders.example.com/", protocol: "http", description: "before" });
  cloud.addCluster(`cache-${name}`);
  cloud.addPrivateEndpoint(`cache-${name}`, { connectionName: "partner" });
  cloud.addWebPubSub(`chat-${name}`);
  cloud.addInstance({ instanceId: `r-${name}` });
}

const writesOf = (name: string) =>
  [
    { method: "PATCH", path: `/apim-${name}/backends/` },
    { action: "reconnect", path: `/apim-${name}/` },
    { method: "PUT", path: `/cache-${name}/privateEndpointConnections/` },
    { action: "regenerateKey", path: `/chat-${name}/` },
    { action: "AllocateDirectConnection", query: { InstanceId: `r-${name}` } },
  ] as const;

/** Runs until each resource's write hangs in the cloud, acted on or not, lets the run die there, and gives what it printed. */
async function diedWriting(name: string, stack: Stack, death: Death, hasActed: boolean): Promise<CommandResult> {
  const { cloud } = world;
  for (const write of writesOf(name)) cloud.faults.add({ ...write, mode: "hang", apply: hasActed });
  const running = stack.start(["up", "--yes", "--skip-preview"]);
  while (cloud.faults.unused().length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (running.output().includes("Duration:")) throw new Error(`The run ended before it could die:\n${running.output()}`);
  }
  const ended = await dies(death, running);
  cloud.faults.clear();
  return ended;
}

describe.each(deaths)("%s", (death, slug, isKilled) => {
  it.each([
    ["after the cloud acted", true],
    ["before the cloud acted", false],
  ])(
    "in the middle of every write, %s: the next run finds out, does nothing twice, and a third has nothing to do",
    async (_when, hasActed) => {
      const { cloud } = world;
      const name = `${slug}${hasActed ? "acted" : "not"}`;
      prepare(name);
      const stack = await world.stack(program(name), { name });
      const died = await diedWriting(name, stack, death, hasActed);
      expect(died.exitCode).not.toBe(0);
      if (death === "the engine is killed") expect((await stack.run(["cancel", "--yes"])).exitCode).toBe(0);

      const next = await stack.up();
      expect([next.exitCode, next.exitCode === 0 ? "" : next.output]).toEqual([0, ""]);
      const rotations = cloud.rotations.filter((rotation) => rotation.name === `chat-${name}`).length;
      expect([rotations, rotations === 1 ? "" : `${died.output}${next.output}`]).toEqual([1, ""]);
      expect(cloud.directConnection(`r-${name}`)).toMatchObject({ prefix: `direct${name}` });
      expect(cloud.backend(`apim-${name}`, "orders").properties.description).toBe("ours");
      expect(cloud.connection(`cache-${name}`, "partner")?.status).toBe("Approved");
      expect(cloud.reconnects.filter(({ service }) => service === `apim-${name}`).length).toBeLessThanOrEqual(2);

      // The engine keeps what it had begun until it is told that it is settled.
      if (isKilled) expect((await stack.refresh(["--clear-pending-creates"])).exitCode).toBe(0);
      const state = await stack.exportState();
      expect(state.deployment.pending_operations ?? []).toEqual([]);
      expect(resourceNamed(state, "key").outputs).toMatchObject({ lastRun: { outcome: "rotated" } });
      expect(resourceNamed(state, "direct").outputs).toMatchObject({ adopted: false });
      const third = await stack.up();
      expect([third.exitCode, third.requests]).toEqual([0, []]);

      const destroy = await stack.destroy();
      expect(destroy.exitCode).toBe(0);
      expect(cloud.directConnection(`r-${name}`)).toBeUndefined();
    },
  );
});

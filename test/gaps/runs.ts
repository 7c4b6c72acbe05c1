import { AllocateDirectConnectionRequest } from "@alicloud/r-kvstore20150101";
import { ClientSecretCredential } from "@azure/identity";
import { operation as directConnection } from "../../provider/kvstore/directConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import { kvstoreClient } from "../cloud/officialClients";
import { outcomeOf } from "../support/cells";
import { requestOf, TransportBench } from "../support/transportBench";
import { rotateSdk, webPubSub } from "./clients";
import type { Row } from "./row";
import { counted } from "./words";
import { chat, group, instanceId, inWorld, ours, rotation, seen, type World } from "./world";

// What a whole run does: its sign-in, and its death.

const PARALLEL = 20;

async function tokensFor(work: (world: World) => Promise<unknown>): Promise<string> {
  return inWorld(async (world) => {
    // So that no answer can be there before the last call is made.
    world.cloud.settings.latencyMs = 200;
    await work(world);
    return counted(seen(world, "TOKEN"), "token request");
  });
}

async function sendInParallel({ cloud, url }: World): Promise<void> {
  const bench = new TransportBench({ ...cloud.environmentFor("clientSecret"), PATCHBAY_RESOURCE_MANAGER_ENDPOINT: url });
  const path = ["subscriptions", cloud.identity.subscriptionId, "resourceGroups", group, "providers"];
  const request = requestOf("read", { path: [...path, "Microsoft.SignalRService", "webPubSub", chat], apiVersion: "2024-03-01" });
  await Promise.all(Array.from({ length: PARALLEL }, () => bench.transport.send(request, bench.options())));
}

async function signInInParallel({ cloud, url }: World): Promise<void> {
  const { tenantId, clientId, clientSecret } = cloud.identity;
  const options = { authorityHost: url, disableInstanceDiscovery: true };
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, options);
  await Promise.all(Array.from({ length: PARALLEL }, () => credential.getToken(`${url}/.default`)));
}

/** A run that dies while the service regenerates a key, and the run after it. */
async function interruptedOurs(): Promise<string> {
  return inWorld((world) =>
    ours(world, keyRegeneration, async (driver) => {
      Object.assign(world.cloud.settings, { regenerateKey: "202", operationPolls: 3 });
      world.cloud.faults.add({ kind: "POLL", mode: "pass", after: () => driver.interrupt() });
      expect(await outcomeOf(driver.up(rotation))).toHaveProperty("threw");
      expect(driver.recorded).toMatchObject({ isUnfinished: true, state: { lastRun: { outcome: "unknown" } } });
      driver.restart();
      await driver.up(rotation);
      expect(driver.state).toMatchObject({ primaryKey: world.cloud.keys(chat).primaryKey, lastRun: { outcome: "rotated" } });
      return runTwice(world);
    }),
  );
}

/** `kept`: the caller stored the poller's own state before it died. */
async function interruptedSdk(kept: boolean): Promise<string> {
  return inWorld(async (world) => {
    Object.assign(world.cloud.settings, { regenerateKey: "202", operationPolls: 3 });
    const poller = await webPubSub(world).webPubSub.beginRegenerateKey(group, chat, { keyType: "Primary" });
    await poller.poll();
    await poller.poll();
    // The next one to look sees it ended.
    if (kept) await resumeSdk(world, poller.toString());
    else
      await webPubSub(world)
        .webPubSub.listKeys(group, chat)
        .then(() => rotateSdk(world));
    return runTwice(world);
  });
}

async function resumeSdk(world: World, resumeFrom: string): Promise<unknown> {
  const options = { resumeFrom, updateIntervalInMs: 20 };
  return webPubSub(world).webPubSub.beginRegenerateKeyAndWait(group, chat, { keyType: "Primary" }, options);
}

function runTwice(world: World): string {
  return `${counted(seen(world, "regenerateKey"), "POST")} and ${counted(world.cloud.rotations.length, "new key")} in two runs`;
}

const wanted = { instanceId, connectionString: "chatsessions", port: 6380 };

/** An allocation whose answer is lost. */
async function lostAllocation(allocate: (world: World) => Promise<unknown>): Promise<string> {
  return inWorld(async (world) => {
    world.cloud.settings.statusChangePolls = 0;
    world.cloud.faults.add({ action: "AllocateDirectConnection", mode: "reset", apply: true });
    const end = await outcomeOf(allocate(world));
    expect(world.cloud.directConnection(instanceId)).toBeDefined();
    expect(seen(world, "AllocateDirectConnection")).toBe(1);
    return `a lost creation ${"gave" in end ? "found by a read" : "told as an error, and there all the same"}`;
  });
}

export const rows: readonly Row[] = [
  {
    number: 18,
    promise: `${PARALLEL} calls at once ask for one token`,
    azapi: "2 to 4 sign-in requests a command, also for 100 resources",
    measure: async () => {
      const found = { ours: await tokensFor(sendInParallel), sdk: `${await tokensFor(signInInParallel)} by ClientSecretCredential` };
      expect(found.ours).toBe("1 token request");
      return found;
    },
  },
  {
    number: 19,
    promise: "A run that is interrupted is gone on with, and a creation whose answer is lost is found",
    measure: async () => {
      const request = new AllocateDirectConnectionRequest({ ...wanted, port: "6380" });
      const found = {
        ours: `${await interruptedOurs()}; ${await lostAllocation((world) => ours(world, directConnection, (driver) => driver.up(wanted)))}`,
        sdk: `${await interruptedSdk(false)}, ${await interruptedSdk(true)} when the caller kept the poller's state; ${await lostAllocation(({ cloud }) => kvstoreClient(cloud).allocateDirectConnection(request))}`,
      };
      expect(found.ours).toBe("1 POST and 1 new key in two runs; a lost creation found by a read");
      return found;
    },
  },
];

import { setTimeout as delay } from "node:timers/promises";
import { RestlessClient, sendToHub } from "../cloud/hubClient";
import type { Stack } from "./stack";
import { clean, pendingOperations, stateBytes, stateOf } from "./stateRules";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

const LIST = "POST …/webPubSub/chat-prod/listKeys";
const ROTATE = "POST …/webPubSub/chat-prod/regenerateKey";
const HUB = "POST /api/hubs/chat/:send";

let world: World;

beforeAll(async () => {
  world = await openWorld(() => undefined);
}, bringLimitMs);

beforeEach(() => {
  world.cloud.addWebPubSub("chat-prod");
  world.cloud.faults.clear();
  Object.assign(world.cloud.settings, { regenerateKey: "200", operationPolls: 2 });
});

afterAll(async () => {
  expect(world.cloud.failures).toEqual([]);
  await world.close();
});

function program(month: string, members = ""): string {
  return `
    const { RotatingKeys } = require("pulumi-patchbay/webpubsub");
    const keys = new RotatingKeys("keys", {
      resourceGroupName: "chat-platform-rg", resourceName: "chat-prod", triggers: { month: "${month}" }, ${members}
    });
    exports.connectionString = keys.activeConnectionString;
    exports.active = keys.activeKeyType;
  `;
}

/** Runs a command and leaves out of its requests those of the client beside it. */
async function run(stack: Stack, command: "preview" | "up" | "refresh" | "destroy") {
  const result = await clean(world.cloud, stack, stack[command]());
  return { ...result, requests: result.requests.filter((line) => line !== HUB) };
}

/** What a deployment hands to the client. */
async function handedOut(stack: Stack): Promise<string> {
  return (await stack.expect(["stack", "output", "connectionString", "--show-secrets"])).stdout.trim();
}

function rotatedSince(count: number): string[] {
  return world.cloud.rotations.slice(count).map(({ keyType }) => keyType);
}

/** Interrupts an up once, while the operation is polled. */
async function interruptedUp(stack: Stack): Promise<void> {
  const polls = () => world.cloud.requests.filter(({ kind }) => kind === "POLL").length;
  const before = polls();
  const running = stack.start(["up", "--yes", "--skip-preview"]);
  while (polls() === before) await delay(50);
  running.interrupt();
  expect((await clean(world.cloud, stack, running.result)).exitCode).not.toBe(0);
  expect(await pendingOperations(stack)).toBe(0);
}

it("over four deployments, of which one is interrupted and one loses its answer, a client with the key of the last one is never refused", async () => {
  const { cloud } = world;
  const earlier = cloud.rotations.length;
  const client = new RestlessClient(cloud.url);
  /** The client takes what is handed out only after it has sent for a while with what it had. */
  const deployClient = async (stack: Stack) => {
    await client.hasSent(20);
    expect(client.refusals).toEqual([]);
    const connectionString = await handedOut(stack);
    client.isGiven(connectionString);
    await client.hasSent(20);
    return connectionString;
  };

  try {
    const stack = await world.stack(program("2026-09"));
    const first = await run(stack, "up");
    expect([first.exitCode, first.requests]).toEqual([0, [LIST]]);
    expect(first.output).toContain("connectionString: [secret]");
    client.isGiven(await handedOut(stack));

    cloud.settings.regenerateKey = "202";
    await stack.writeProgram(program("2026-10"));
    const preview = await run(stack, "preview");
    expect(preview.requests).toEqual([]);
    expect(preview.output).toContain(
      '    webpubsub.RotatingKeys keys: will regenerate the Secondary key of chat-prod (triggers.month: "2026-09" → "2026-10") and hand it out; Primary, handed out until now, stays valid.\n',
    );
    const second = await run(stack, "up");
    expect([second.exitCode, second.requests]).toEqual([0, [LIST, ROTATE, "POLL", "POLL", LIST]]);
    const ofOctober = await deployClient(stack);
    expect((await run(stack, "up")).requests).toEqual([]);

    cloud.settings.operationPolls = 4;
    await stack.writeProgram(program("2026-11"));
    await interruptedUp(stack);
    expect((await stateOf(stack, "keys")).outputs).toMatchObject({ activeKeyType: "Secondary", lastRun: { outcome: "unknown" } });
    expect(await handedOut(stack)).toBe(ofOctober);
    expect((await run(stack, "refresh")).requests).toEqual([LIST]);
    const resumed = await run(stack, "up");
    expect([resumed.exitCode, [...new Set(resumed.requests)]]).toEqual([0, ["POLL", LIST]]);
    expect(resumed.output).toContain('active          : "Secondary" => "Primary"');
    await deployClient(stack);

    cloud.settings.regenerateKey = "200";
    cloud.faults.add({ action: "regenerateKey", mode: "reset" });
    await stack.writeProgram(program("2026-12"));
    const lost = await run(stack, "up");
    expect([lost.exitCode === 0, lost.requests]).toEqual([false, [LIST, ROTATE, LIST, LIST, LIST, LIST]]);
    const fourth = await run(stack, "up");
    expect([fourth.exitCode, fourth.requests]).toEqual([0, [LIST, LIST, ROTATE, LIST]]);
    expect(await sendToHub(cloud.url, ofOctober)).toBe(401);
    await deployClient(stack);

    expect(stateBytes(await stateOf(stack, "keys"))).toBeLessThan(2_500);
    expect((await run(stack, "up")).requests).toEqual([]);
    expect((await run(stack, "destroy")).requests).toEqual([]);
    await client.hasSent(20);
  } finally {
    await client.stop();
  }
  expect(rotatedSince(earlier)).toEqual(["Secondary", "Primary", "Secondary"]);
  expect(client.refusals).toEqual([]);
});

it("an active key that somebody else changed is told by a refresh, and what is handed out follows without a regeneration", async () => {
  const { cloud } = world;
  const stack = await world.stack(program("2026-10"));
  await run(stack, "up");
  cloud.rotateBySomebodyElse("chat-prod", "Primary");
  const earlier = cloud.rotations.length;
  const refreshed = await run(stack, "refresh");
  expect(refreshed.requests).toEqual([LIST]);
  expect(refreshed.output).toContain(
    "the active Primary key of chat-prod was changed by somebody else; whoever still uses the one handed out before is refused.",
  );
  const followed = await run(stack, "up");
  expect([followed.exitCode, followed.requests]).toEqual([0, []]);
  expect(await sendToHub(cloud.url, await handedOut(stack))).toBe(202);
  expect(rotatedSince(earlier)).toEqual([]);
});

it("a preview warns of an active key of unknown age and of one that is too old, and nothing follows from it", async () => {
  const stack = await world.stack(program("2026-10", 'maximumAge: "PT0S"'));
  await run(stack, "up");
  const unknown = await run(stack, "preview");
  expect(unknown.output).toContain(
    'how old the active Primary key of chat-prod is cannot be told (maximumAge is "PT0S"). A change of triggers',
  );
  expect(unknown.output).toContain("2 unchanged");
  await stack.writeProgram(program("2026-11", 'maximumAge: "PT0S"'));
  const rotated = await run(stack, "up");
  expect(rotated.output).not.toContain("the active Primary key");
  const old = await run(stack, "preview");
  expect(old.output).toMatch(/the active Secondary key of chat-prod was regenerated at \S+Z and is older than maximumAge "PT0S"\. /);
  expect(old.requests).toEqual([]);
  expect((await run(stack, "up")).output).toContain("2 unchanged");
});

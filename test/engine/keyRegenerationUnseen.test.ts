import { setTimeout as delay } from "node:timers/promises";
import type { Stack } from "./stack";
import { clean, lineWith, pendingOperations, stateOf } from "./stateRules";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

const LIST = "POST …/webPubSub/chat-prod/listKeys";
const ROTATE = "POST …/webPubSub/chat-prod/regenerateKey";

let world: World;

beforeAll(async () => {
  world = await openWorld(() => undefined);
}, bringLimitMs);

beforeEach(() => {
  world.cloud.addWebPubSub("chat-prod");
  Object.assign(world.cloud.settings, { regenerateKey: "200", operationPolls: 2 });
});

afterAll(async () => {
  expect(world.cloud.failures).toEqual([]);
  await world.close();
});

function program(month: string): string {
  return `
    const { KeyRegeneration } = require("pulumi-patchbay/webpubsub");
    const key = new KeyRegeneration("key", {
      resourceGroupName: "chat-platform-rg", resourceName: "chat-prod", keyType: "Secondary", triggers: { month: "${month}" },
    });
    exports.outcome = key.lastRun.outcome;
  `;
}

function run(stack: Stack, command: "preview" | "up" | "refresh" | "destroy") {
  return clean(world.cloud, stack, stack[command]());
}

function posts(): number {
  return world.cloud.requests.filter(({ action }) => action === "regenerateKey").length;
}

/** Starts an up, interrupts it once while the operation is polled, and gives its end with the time from ^C to it. */
async function interruptedUp(stack: Stack) {
  const { cloud } = world;
  const polls = () => cloud.requests.filter(({ kind }) => kind === "POLL").length;
  const before = polls();
  const running = stack.start(["up", "--yes", "--skip-preview"]);
  while (polls() === before) await delay(50);
  const interruptedAtMs = Date.now();
  running.interrupt();
  const result = await clean(cloud, stack, running.result);
  return { result, seconds: (Date.now() - interruptedAtMs) / 1000 };
}

it("a regeneration interrupted once ends soon, leaves nothing pending, and is resumed without a second POST", async () => {
  const { cloud } = world;
  Object.assign(cloud.settings, { regenerateKey: "202", operationPolls: 10_000 });
  const stack = await world.stack(program("2026-10"));
  const { result, seconds } = await interruptedUp(stack);
  expect(result.exitCode).not.toBe(0);
  expect(seconds).toBeLessThan(5);
  expect(await pendingOperations(stack)).toBe(0);
  const open = await stateOf(stack, "key");
  expect(open.outputs).toMatchObject({ lastRun: { outcome: "unknown" } });
  expect(open.outputs).toHaveProperty(["pendingOperation", "ciphertext"]);

  const preview = await run(stack, "preview");
  expect(preview.requests).toEqual([]);
  cloud.faults.add({ kind: "POLL", mode: "answer", status: 200, body: { status: "Succeeded" } });
  const resumed = await run(stack, "up");
  expect(resumed.exitCode).toBe(0);
  expect(resumed.requests).toEqual(["POLL", LIST]);
  expect(posts()).toBe(1);
  expect(resumed.output).toContain('outcome: "rotated"');
  expect((await stateOf(stack, "key")).outputs).not.toHaveProperty("pendingOperation");
  expect((await run(stack, "up")).output).toContain("2 unchanged");
}, 120_000);

it("a regeneration whose answer was lost is posted once if it took effect, and else looked at before the next POST", async () => {
  const { cloud } = world;
  const before = posts();
  const stack = await world.stack(program("2026-10"));
  cloud.faults.add({ action: "regenerateKey", mode: "reset", apply: true });
  const found = await run(stack, "up");
  expect(found.requests).toEqual([LIST, ROTATE, LIST]);
  expect(found.output).toContain('outcome: "rotated"');
  expect(posts()).toBe(before + 1);

  cloud.faults.add({ action: "regenerateKey", mode: "reset" });
  await stack.writeProgram(program("2026-11"));
  const unknown = await run(stack, "up");
  expect(unknown.exitCode).not.toBe(0);
  expect(unknown.requests).toEqual([LIST, ROTATE, LIST, LIST, LIST, LIST]);
  expect(lineWith(unknown, "* Whether")).toMatch(
    /Whether the Secondary key of \/subscriptions\/.* was regenerated is not known\. .* The next `pulumi up` looks first and regenerates only if nothing changed\.$/,
  );
  const open = await stateOf(stack, "key");
  expect(open.outputs).toMatchObject({ lastRun: { outcome: "unknown" }, triggers: { month: "2026-11" } });

  // A refresh in between must not take away what the next run compares with.
  expect((await run(stack, "refresh")).requests).toEqual([LIST]);
  expect((await stateOf(stack, "key")).outputs?.fingerprints).toEqual(open.outputs?.fingerprints);
  const preview = await run(stack, "preview");
  expect(preview.requests).toEqual([]);
  expect(preview.output).toContain(
    "will find out whether the last run regenerated the Secondary key of chat-prod, and regenerate it only if it did not.",
  );
  const settled = await run(stack, "up");
  expect(settled.requests).toEqual([LIST, LIST, ROTATE, LIST]);
  expect(settled.output).toContain('outcome: "rotated"');
  expect((await run(stack, "destroy")).requests).toEqual([]);
}, 120_000);

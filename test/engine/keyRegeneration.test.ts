import type { Stack } from "./stack";
import { clean, isInState, lineWith, stateBytes, stateOf } from "./stateRules";
import { bringLimitMs } from "./testEngine";
import { toldMistakes } from "./toldMistakes";
import { openWorld, type World } from "./world";

const LIST = "POST …/webPubSub/chat-prod/listKeys";
const ROTATE = "POST …/webPubSub/chat-prod/regenerateKey";
const PROVIDER =
  'exports.handler=()=>require("node:module").createRequire(process.cwd()+"/")("pulumi-patchbay/runtime").provider("webpubsub/KeyRegeneration")';

let world: World;

beforeAll(async () => {
  world = await openWorld((cloud) => cloud.addWebPubSub("chat-prod"));
}, bringLimitMs);

let earlier = 0;

beforeEach(() => {
  world.cloud.settings.regenerateKey = "200";
  earlier = world.cloud.rotations.length;
});

afterAll(async () => {
  expect(world.cloud.failures).toEqual([]);
  await world.close();
});

/** Keys that were regenerated in this test. */
function rotated(): string[] {
  return world.cloud.rotations.slice(earlier).map(({ keyType }) => keyType);
}

function program(...resources: string[]): string {
  return `
    const pulumi = require("@pulumi/pulumi");
    const { KeyRegeneration } = require("pulumi-patchbay/webpubsub");
    const chat = { resourceGroupName: "chat-platform-rg", resourceName: "chat-prod" };
    ${resources.join("\n")}
  `;
}

function secondary(members: string): string {
  return program(
    `const key = new KeyRegeneration("key", { ...chat, keyType: "Secondary", ${members} });`,
    "exports.fingerprints = key.fingerprints;",
    "exports.connectionString = key.secondaryConnectionString;",
  );
}

function run(stack: Stack, command: "preview" | "up" | "refresh" | "destroy", args: string[] = []) {
  return clean(world.cloud, stack, stack[command](args));
}

it("a key regeneration runs at create and when a trigger changes, and at nothing else", async () => {
  const { cloud } = world;
  const stack = await world.stack(secondary('triggers: { month: "2026-10", team: "chat" }'));

  const preview = await run(stack, "preview");
  expect(preview.requests).toEqual([]);
  expect(preview.output).toContain(
    "    webpubsub.KeyRegeneration key: will regenerate the Secondary key of chat-prod; Primary is not touched.\n",
  );
  const created = await run(stack, "up");
  expect(created.requests).toEqual([LIST, ROTATE, LIST]);
  expect(created.output).toContain("connectionString: [secret]");
  const again = await run(stack, "up");
  expect(again.requests).toEqual([]);
  expect(again.output).toContain("2 unchanged");

  // Order, secretness and timeouts are no reason.
  await stack.writeProgram(secondary('triggers: { team: pulumi.secret("chat"), month: "2026-10" }, timeouts: { create: "10m" }'));
  const same = await run(stack, "up");
  expect(same.requests).toEqual([]);
  expect(same.output).toContain("2 unchanged");

  await stack.writeProgram(secondary('triggers: { team: pulumi.secret("dispatch"), month: "2026-11" }'));
  const announced = await run(stack, "preview");
  expect(announced.requests).toEqual([]);
  expect(announced.output).toContain(
    '    webpubsub.KeyRegeneration key: will regenerate the Secondary key of chat-prod (triggers.month: "2026-10" → "2026-11", triggers.team: (secret) → (secret)); Primary is not touched.\n',
  );
  cloud.settings.regenerateKey = "202";
  expect((await run(stack, "up")).requests).toEqual([LIST, ROTATE, "POLL", "POLL", LIST]);
  expect(rotated()).toEqual(["Secondary", "Secondary"]);

  const destroyed = await run(stack, "destroy");
  expect(destroyed.requests).toEqual([]);
  expect(destroyed.output).toContain("2 deleted");
});

it("a key that somebody else rotated shows in the outputs after a refresh, and is left as it is", async () => {
  const { cloud } = world;
  const stack = await world.stack(secondary('keys: "secret", runOnCreate: false'));
  expect((await run(stack, "up")).requests).toEqual([LIST]);
  expect(rotated()).toEqual([]);
  const refreshed = await run(stack, "refresh");
  expect(refreshed.requests).toEqual([LIST]);
  expect(refreshed.output).toContain("2 unchanged");

  cloud.rotateBySomebodyElse("chat-prod", "Secondary");
  expect((await run(stack, "refresh")).requests).toEqual([LIST]);
  const after = await run(stack, "up");
  expect(after.requests).toEqual([]);
  expect(after.output).toMatch(/~ secondary: "[0-9a-f]{12}" => "[0-9a-f]{12}"/);

  // Keys go without a look, and come back with one.
  await stack.writeProgram(secondary('keys: "fingerprint", runOnCreate: false'));
  const switched = await run(stack, "up");
  expect(switched.requests).toEqual([]);
  expect(lineWith(switched, "will record")).toContain('will record keys "secret" → "fingerprint"; no key is regenerated.');
  const { outputs } = await stateOf(stack, "key");
  expect(Object.keys(outputs ?? {}).filter((member) => /key$|string$/i.test(member))).toEqual([]);
  expect(stateBytes(await stateOf(stack, "key"))).toBeLessThan(2_000);
  await stack.writeProgram(secondary("runOnCreate: false"));
  expect((await run(stack, "up")).requests).toEqual([LIST]);
  expect((await stateOf(stack, "key")).outputs).toHaveProperty("secondaryKey");
  await run(stack, "destroy");
  expect(rotated()).toHaveLength(1);
});

it("two regenerations of one service go one at a time, their keys are read by id, and their state is small", async () => {
  const { cloud } = world;
  const both = ["Primary", "Secondary"].map(
    (type) => `new KeyRegeneration("${type}", { ...chat, keyType: "${type}", triggers: { month: "2026-10" } });`,
  );
  const stack = await world.stack(program(...both));
  cloud.settings.regenerateKey = "202";
  const created = await run(stack, "up");
  expect(created.requests).toEqual([LIST, ROTATE, "POLL", "POLL", LIST, LIST, ROTATE, "POLL", "POLL", LIST]);
  expect(cloud.requests.filter(({ status }) => status === 409)).toEqual([]);
  expect(rotated().sort()).toEqual(["Primary", "Secondary"]);

  for (const name of ["Primary", "Secondary"]) {
    const state = await stateOf(stack, name);
    expect([state.inputs?.__provider, state.outputs?.__provider]).toEqual([PROVIDER, PROVIDER]);
    expect(Buffer.byteLength(PROVIDER)).toBeLessThanOrEqual(160);
    expect(stateBytes(state)).toBeLessThan(2_500);
  }
  const { id } = await stateOf(stack, "Primary");
  await stack.writeProgram(program(...both, `exports.read = KeyRegeneration.get("read", ${JSON.stringify(id)}).fingerprints;`));
  const read = await run(stack, "up");
  expect(read.requests).toEqual([LIST]);
  expect(read.output).toMatch(/read: \{/);
  const readAgain = await run(stack, "up");
  expect(readAgain.requests).toEqual([LIST]);
  expect(readAgain.output).toContain("3 unchanged");
  expect((await run(stack, "destroy")).requests).toEqual([]);
});

it("a preview lists every mistake with its path, takes unknown values, and sends nothing", async () => {
  const stack = await world.stack(
    program('new KeyRegeneration("key", { resourceName: "c", keyType: "primary", keys: "plain", timeouts: { create: "soon" } });'),
  );
  const refused = await run(stack, "preview");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.requests).toEqual([]);
  const told = Object.values(toldMistakes(refused.output))
    .flat()
    .map((mistake) => mistake.split(":")[0]);
  expect(told.sort()).toEqual(["keyType", "keys", "resourceGroupName", "resourceName", "timeouts.create"]);

  await stack.writeProgram(
    program(
      'const first = new KeyRegeneration("first", { ...chat, keyType: "Primary" });',
      'new KeyRegeneration("key", { ...chat, resourceName: first.lastRun.apply(() => "chat-prod"), keyType: "Secondary", triggers: { first: first.lastRun.at } });',
    ),
  );
  const unknown = await run(stack, "preview");
  expect(unknown.exitCode).toBe(0);
  expect(unknown.output).toContain("will regenerate the Secondary key of (not known yet); Primary is not touched.");
  expect(unknown.requests).toEqual([]);
  await run(stack, "up");
  expect(rotated()).toEqual(["Primary", "Secondary"]);
});

it("a service that does not exist is one paragraph, and leaves nothing in the state", async () => {
  const stack = await world.stack(program('new KeyRegeneration("key", { ...chat, resourceName: "chat-test", keyType: "Primary" });'));
  const failed = await run(stack, "up");
  expect(failed.exitCode).not.toBe(0);
  expect(failed.requests).toEqual(["POST …/webPubSub/chat-test/listKeys"]);
  expect(failed.output).toMatch(
    /chat-test\/listKeys was refused: 404 \(ResourceNotFound\)\. The Resource .* was not found\..* Request id: \S+\. Check the names/,
  );
  expect(failed.output).not.toMatch(/^\s+at /m);
  expect(await isInState(stack, "key")).toBe(false);
});

import { fleetOf, type Member } from "../load/fleet";
import { linesByRun, mostAtOnce, requestsOf } from "../load/overlap";
import { succeeded } from "./gateway";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

const COUNT = 64;
let world: World;
let stack: Stack;
let members: Member[];

const CLASSES: Readonly<Record<Member["kind"], string>> = {
  patch: "apimanagement.BackendPatch",
  reconnect: "apimanagement.BackendReconnect",
  rotation: "webpubsub.KeyRegeneration",
  approval: "redisenterprise.PrivateEndpointConnection",
  direct: "kvstore.DirectConnection",
};

beforeAll(async () => {
  world = await openWorld((cloud) => {
    cloud.settings.latencyMs = 20;
    cloud.settings.regenerateKey = "202";
    members = fleetOf(COUNT, cloud);
  });
  const resources = members.map(({ kind, given }, index) => `new patchbay.${CLASSES[kind]}("${kind}-${index}", ${JSON.stringify(given)});`);
  const { PATCHBAY_AZURE_ACCESS_TOKEN: _ready, ...others } = world.cloud.environment;
  stack = await world.stack(`const patchbay = require("pulumi-patchbay");\n${resources.join("\n")}`, {
    environment: { ...others, PATCHBAY_AZURE_ACCESS_TOKEN: "", ...world.cloud.environmentFor("clientSecret") },
    limitMs: 240_000,
  });
}, bringLimitMs);

afterAll(async () => {
  await world.close();
});

it(`the engine runs ${COUNT} resources at once: each request once, one at a time per service and key pair, one token`, async () => {
  const { cloud } = world;
  const up = succeeded(await stack.up(["--skip-preview", "--parallel", String(COUNT)]));
  expect(up.output).toContain(`+ ${COUNT + 1} created`);
  const lanes = [...new Set(members.map(({ lane }) => lane))];
  const sorted = (runs: readonly (readonly string[])[]) => runs.map((lines) => lines.join(", ")).sort();
  for (const lane of lanes) {
    const requests = requestsOf(lane, cloud);
    expect([lane, mostAtOnce(requests)]).toEqual([lane, 1]);
    const expected = members.filter((member) => member.lane === lane).map((member) => member.requests);
    expect([lane, sorted(linesByRun(requests))]).toEqual([lane, sorted(expected)]);
  }
  expect(mostAtOnce(cloud.requests)).toBeGreaterThan(1);
  expect(cloud.tokensIssued).toBe(1);
  process.stdout.write(`    ${mostAtOnce(cloud.requests)} requests at one time, ${cloud.connections.peak} connections\n`);

  const again = succeeded(await stack.up(["--skip-preview", "--parallel", String(COUNT)]));
  expect(again.requests).toEqual([]);
  expect(again.output).toContain(`${COUNT + 1} unchanged`);
});

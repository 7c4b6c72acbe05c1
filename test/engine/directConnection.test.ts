import type { Stack } from "./stack";
import { clean, isInState, lineWith, stateBytes, stateOf } from "./stateRules";
import { bringLimitMs } from "./testEngine";
import { toldMistakes } from "./toldMistakes";
import { openWorld, type World } from "./world";

const PROVIDER =
  'exports.handler=()=>require("node:module").createRequire(process.cwd()+"/")("pulumi-patchbay/runtime").provider("kvstore/DirectConnection")';
const INSTANCE = "ALIBABA DescribeInstanceAttribute";
const NET_INFO = "ALIBABA DescribeDBInstanceNetInfo";
const TLS = "ALIBABA DescribeInstanceSSL";
const ALLOCATE = "ALIBABA AllocateDirectConnection";
const RELEASE = "ALIBABA ReleaseDirectConnection";

let world: World;

beforeAll(async () => {
  world = await openWorld(() => undefined);
}, bringLimitMs);

afterAll(async () => {
  expect(world.cloud.failures).toEqual([]);
  await world.close();
});

function program(...resources: string[]): string {
  return `
    const pulumi = require("@pulumi/pulumi");
    const { DirectConnection } = require("pulumi-patchbay/kvstore");
    ${resources.join("\n")}
  `;
}

function one(members: string): string {
  return program(
    `const direct = new DirectConnection("direct", { ${members} });`,
    "exports.address = pulumi.interpolate`$" + "{direct.connectionDomain}:$" + "{direct.port}`;",
    "exports.adopted = direct.adopted;",
    "exports.prefix = direct.connectionString;",
  );
}

function run(stack: Stack, command: "preview" | "up" | "refresh" | "destroy", args: string[] = []) {
  return clean(world.cloud, stack, stack[command](args));
}

it("a direct connection is allocated, waited for, replaced with the old one released first, and released", async () => {
  const { cloud } = world;
  cloud.addInstance({ instanceId: "r-own" });
  const stack = await world.stack(one('instanceId: "r-own", connectionString: "chatsessions", port: 6380'));
  const preview = await run(stack, "preview");
  expect(preview.requests).toEqual([]);
  expect(lineWith(preview, "will adopt")).toContain("will adopt the direct connection of r-own, or allocate one if there is none.");

  const created = await run(stack, "up");
  expect(created.requests).toEqual([INSTANCE, NET_INFO, TLS, ALLOCATE, INSTANCE, INSTANCE, INSTANCE, NET_INFO]);
  expect(created.output).toContain('address: "chatsessions.redis.rds.aliyuncs.com:6380"');
  expect(cloud.directConnection("r-own")).toMatchObject({ prefix: "chatsessions", port: 6380 });
  const refreshed = await run(stack, "refresh");
  expect(refreshed.requests).toEqual([NET_INFO]);
  expect(refreshed.output).toContain("2 unchanged");

  // The same port as a text, and timeouts: nothing to do.
  await stack.writeProgram(one('instanceId: "r-own", connectionString: "chatsessions", port: "6380", timeouts: { delete: "20m" }'));
  const same = await run(stack, "up");
  expect(same.requests).toEqual([]);
  expect(same.output).toContain("2 unchanged");

  const state = await stateOf(stack, "direct");
  expect([state.inputs?.__provider, state.outputs?.__provider]).toEqual([PROVIDER, PROVIDER]);
  expect(Buffer.byteLength(PROVIDER)).toBeLessThanOrEqual(160);
  expect(stateBytes(state)).toBeLessThan(2_500);

  await stack.writeProgram(one('instanceId: "r-own", connectionString: "chatsessions", port: 6390'));
  const announced = await run(stack, "preview");
  expect(announced.requests).toEqual([]);
  expect(announced.output).toContain("+-1 to replace");
  const replaced = await run(stack, "up");
  expect(replaced.exitCode).toBe(0);
  expect(replaced.requests.filter((line) => line === ALLOCATE || line === RELEASE)).toEqual([RELEASE, ALLOCATE]);
  expect(cloud.directConnection("r-own")).toMatchObject({ prefix: "chatsessions", port: 6390 });

  const destroyed = await run(stack, "destroy");
  expect(destroyed.requests).toEqual([NET_INFO, RELEASE, NET_INFO, NET_INFO, NET_INFO]);
  expect(cloud.directConnection("r-own")).toBeUndefined();
});

it("a direct connection that is there is adopted with two looks, read by its id, and kept at destroy", async () => {
  const { cloud } = world;
  cloud.addInstance({ instanceId: "r-theirs", direct: { connectionString: "theirprefix", port: 6400 } });
  const stack = await world.stack(one('instanceId: "r-theirs"'));
  const created = await run(stack, "up");
  expect(created.requests).toEqual([INSTANCE, NET_INFO]);
  expect(created.output).toMatch(/adopted: true/);
  const again = await run(stack, "up");
  expect(again.requests).toEqual([]);
  expect(again.output).toContain("2 unchanged");

  await stack.writeProgram(one('instanceId: "r-theirs", onDestroy: "retain"'));
  const recorded = await run(stack, "up");
  expect(recorded.requests).toEqual([]);
  expect(lineWith(recorded, "will record")).toContain('will record onDestroy (nothing) → "retain".');

  await stack.writeProgram(
    `${one('instanceId: "r-theirs"')} const read = DirectConnection.get("read", "cn-hangzhou/r-theirs/direct"); exports.read = [read.instanceId, read.connectionDomain, read.port];`,
  );
  const read = await run(stack, "up");
  expect(read.requests).toEqual([NET_INFO]);
  expect(read.output).toContain('"theirprefix.redis.rds.aliyuncs.com"');
  expect((await run(stack, "destroy")).requests).toEqual([]);
  expect(cloud.directConnection("r-theirs")).toMatchObject({ prefix: "theirprefix" });
});

it("an endpoint that somebody else put in the place of the own one is explained and left alone", async () => {
  const { cloud } = world;
  cloud.addInstance({ instanceId: "r-taken" });
  cloud.settings.statusChangePolls = 0;
  const stack = await world.stack(one('instanceId: "r-taken", connectionString: "ourprefix"'));
  expect((await run(stack, "up")).exitCode).toBe(0);
  cloud.releaseBySomebodyElse("r-taken");
  cloud.allocateBySomebodyElse("r-taken", "otherprefix");
  const refreshed = await run(stack, "refresh");
  expect(refreshed.requests).toEqual([NET_INFO]);
  expect(lineWith(refreshed, "is gone")).toContain("r-taken has otherprefix.redis.rds.aliyuncs.com now, which is left as it is.");
  const refused = await run(stack, "up");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.requests).toEqual([INSTANCE, NET_INFO]);
  expect(refused.output).toContain(
    "r-taken has a direct connection already, and an instance can have one: its prefix is otherprefix, not ourprefix. Leave connectionString and port out to adopt it, or release it first",
  );
  expect(await isInState(stack, "direct")).toBe(false);
  expect((await run(stack, "destroy")).requests).toEqual([]);
  expect(cloud.directConnection("r-taken")?.prefix).toBe("otherprefix");
});

it("a preview lists every mistake with its path, takes unknown values, and sends nothing", async () => {
  const { cloud } = world;
  for (const instanceId of ["r-first", "r-second"]) cloud.addInstance({ instanceId });
  cloud.settings.statusChangePolls = 0;
  const stack = await world.stack(
    program('new DirectConnection("direct", { connectionString: "Chat", port: 80, regionId: "hangzhou", onDestroy: "keep" });'),
  );
  const refused = await run(stack, "preview");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.requests).toEqual([]);
  const paths = ["instanceId", "connectionString", "port", "regionId", "onDestroy"];
  expect(
    Object.values(toldMistakes(refused.output))
      .flat()
      .map((mistake) => mistake.split(":")[0]),
  ).toEqual(paths);
  await stack.writeProgram(
    program(
      'const first = new DirectConnection("first", { instanceId: "r-first" });',
      'new DirectConnection("second", { instanceId: first.ipAddress.apply(() => "r-second"), connectionString: first.vpcId.apply(() => "secondprefix") });',
    ),
  );
  const unknown = await run(stack, "preview");
  expect(unknown.exitCode).toBe(0);
  expect(unknown.requests).toEqual([]);
  expect(unknown.output).toContain(
    "will adopt the direct connection of an instance that is not known yet, or allocate one if there is none.",
  );
  expect((await run(stack, "up")).exitCode).toBe(0);
  expect(cloud.directConnection("r-second")?.prefix).toBe("secondprefix");
  // Released with the instance: nothing is left to do.
  cloud.removeInstance("r-first");
  const destroyed = await run(stack, "destroy");
  expect(destroyed.exitCode).toBe(0);
  expect(destroyed.requests).toEqual([NET_INFO, RELEASE, NET_INFO, NET_INFO]);
});

it("an instance that is missing or of the wrong kind is one paragraph each, and leaves nothing in the state", async () => {
  const { cloud } = world;
  cloud.addInstance({ instanceId: "r-standard", architecture: "standard" });
  const stack = await world.stack(
    program(
      'new DirectConnection("standard", { instanceId: "r-standard" });',
      'new DirectConnection("missing", { instanceId: "r-missing" });',
    ),
  );
  const failed = await clean(cloud, stack, stack.up(["--continue-on-error"]));
  expect(failed.exitCode).not.toBe(0);
  expect([...failed.requests].sort()).toEqual([NET_INFO, INSTANCE, INSTANCE]);
  expect(failed.output).toContain(
    "r-standard cannot have a direct connection: its architecture is standard, not cluster. Only a cluster instance has one;",
  );
  expect(failed.output).toMatch(
    /was refused: 404 \(InvalidDbInstanceId\.NotFound\)\. Specified instance does not exist\. Request id: \S+\. Check instanceId/,
  );
  for (const name of ["standard", "missing"]) expect(await isInState(stack, name)).toBe(false);
});

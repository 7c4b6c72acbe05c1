import { operation } from "../../provider/kvstore/directConnection";
import { type Cloud, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

const INSTANCE = "ALIBABA DescribeInstanceAttribute";
const NET_INFO = "ALIBABA DescribeDBInstanceNetInfo";
const TLS = "ALIBABA DescribeInstanceSSL";
const ALLOCATE = "ALIBABA AllocateDirectConnection";
const RELEASE = "ALIBABA ReleaseDirectConnection";

let cloud: Cloud;
let direct: HookDriver;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(20);
  cloud = await startCloud();
  direct = new HookDriver(operation, cloud);
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

describe("a direct connection", () => {
  const wanted = { instanceId: "r-chat", connectionString: "chatsessions", port: 6380 };

  it("is allocated and waited for, and its outputs are what the net info says", async () => {
    cloud.addInstance({ instanceId: "r-chat" });
    await direct.up(wanted);
    expect(cloud.takeRequests()).toEqual([INSTANCE, NET_INFO, TLS, ALLOCATE, INSTANCE, INSTANCE, INSTANCE, NET_INFO]);
    const [, entry] = cloud.netInfo("r-chat");
    expect(direct.recorded?.id).toBe("cn-hangzhou/r-chat/direct");
    expect(direct.state).toMatchObject({
      connectionDomain: "chatsessions.redis.rds.aliyuncs.com",
      port: 6380,
      ipAddress: entry?.IPAddress,
      vpcId: entry?.VPCId,
      vSwitchId: entry?.VSwitchId,
      adopted: false,
    });
    expect(await direct.up(wanted)).toBe("unchanged");
    await direct.destroy();
    expect(cloud.directConnection("r-chat")).toBeUndefined();
  });

  for (const as of ["number", "string"] as const) {
    it(`is recognised with every number written as a ${as}, and where the net info is empty during a change`, async () => {
      Object.assign(cloud.settings, { directConnectionAs: as, portAs: as, netInfoWhileChanging: "empty" });
      cloud.addInstance({ instanceId: "r-chat" });
      await direct.up({ ...wanted, port: "6380" });
      expect(direct.state).toMatchObject({ port: 6380, adopted: false });
      expect(await direct.up({ ...wanted, port: 6380 })).toBe("unchanged");
      await direct.refresh();
      expect(direct.state).toMatchObject({ port: 6380 });
      await direct.destroy();
      expect(cloud.directConnection("r-chat")).toBeUndefined();
    });
  }

  it("that is there is adopted when prefix and port agree or are not given, and kept at destroy", async () => {
    for (const given of [{}, { connectionString: "theirprefix" }, { port: "6400" }, { connectionString: "theirprefix", port: 6400 }]) {
      const instanceId = `r-${Object.keys(given).join("").toLowerCase() || "plain"}`;
      cloud.addInstance({ instanceId, direct: { connectionString: "theirprefix", port: 6400 } });
      const adopted = new HookDriver(operation, cloud);
      await adopted.up({ instanceId, ...given });
      expect(cloud.takeRequests()).toEqual([INSTANCE, NET_INFO]);
      expect(adopted.state).toMatchObject({ connectionDomain: "theirprefix.redis.rds.aliyuncs.com", port: 6400, adopted: true });
      await adopted.destroy();
      expect(cloud.takeRequests()).toEqual([]);
    }
  });

  it("that is there and disagrees is explained, and nothing is written", async () => {
    cloud.addInstance({ instanceId: "r-chat", direct: { connectionString: "theirprefix", port: 6400 } });
    await expect(direct.up(wanted)).rejects.toThrow(
      "r-chat has a direct connection already, and an instance can have one: its prefix is theirprefix, not chatsessions and its port is 6400, not 6380. Leave connectionString and port out to adopt it, or release it first (its clients lose their connection).",
    );
    expect(cloud.takeRequests()).toEqual([INSTANCE, NET_INFO]);
    expect(direct.recorded).toBeUndefined();
  });

  it("does what onDestroy says, whoever made it", async () => {
    cloud.settings.statusChangePolls = 0;
    cloud.addInstance({ instanceId: "r-own" });
    await direct.up({ instanceId: "r-own", onDestroy: "retain" });
    await direct.destroy();
    expect(cloud.directConnection("r-own")).toBeDefined();
    cloud.addInstance({ instanceId: "r-theirs", direct: {} });
    await direct.up({ instanceId: "r-theirs", onDestroy: "release" });
    await direct.destroy();
    expect(cloud.directConnection("r-theirs")).toBeUndefined();
  });

  it("of another instance, region, prefix or port is another resource, and the old one goes first", async () => {
    cloud.addInstance({ instanceId: "r-chat" });
    await direct.up(wanted);
    const replaces = async (change: object) => (await direct.preview({ ...wanted, ...change })).replaces;
    expect(await replaces({ instanceId: "r-other" })).toEqual(["instanceId"]);
    expect(await replaces({ regionId: "cn-shanghai" })).toEqual(["regionId"]);
    expect(await replaces({ connectionString: "othersessions" })).toEqual(["connectionString"]);
    expect(await replaces({ port: 6390 })).toEqual(["port"]);
    expect(await direct.preview({ instanceId: "r-chat" })).toEqual({ changes: false });
    cloud.takeRequests();
    expect(await direct.up({ ...wanted, port: 6390 })).toBe("replaced");
    expect(cloud.takeRequests()).toEqual([
      ...[NET_INFO, RELEASE, NET_INFO, NET_INFO, NET_INFO],
      ...[INSTANCE, NET_INFO, TLS, ALLOCATE, INSTANCE, INSTANCE, INSTANCE, NET_INFO],
    ]);
    expect(cloud.directConnection("r-chat")).toMatchObject({ prefix: "chatsessions", port: 6390 });
  });

  it("waits for a busy instance, and adopts what kept it busy", async () => {
    cloud.addInstance({ instanceId: "r-chat", status: "Changing" });
    cloud.faults.add({
      action: "DescribeInstanceAttribute",
      nth: 3,
      mode: "pass",
      before: () => cloud.changeInstance("r-chat", { status: "Normal" }),
    });
    await direct.up(wanted);
    expect(cloud.takeRequests()).toEqual([
      ...[INSTANCE, NET_INFO, TLS, INSTANCE, INSTANCE, NET_INFO],
      ...[ALLOCATE, INSTANCE, INSTANCE, INSTANCE, NET_INFO],
    ]);
    expect(direct.waits[0]).toMatch(
      /^waiting \d s, (?:30 min|29 min \d+ s) left, for r-chat, which is Changing, to be Normal; again in 1 s$/,
    );

    const second = new HookDriver(operation, cloud);
    cloud.addInstance({ instanceId: "r-busy", status: "Changing" });
    cloud.faults.add({
      action: "DescribeInstanceAttribute",
      nth: 2,
      mode: "pass",
      before: () => {
        cloud.changeInstance("r-busy", { status: "Normal" });
        cloud.allocateBySomebodyElse("r-busy", "theirprefix");
      },
    });
    cloud.takeRequests();
    await second.up({ instanceId: "r-busy" });
    expect(cloud.takeRequests()).toEqual([INSTANCE, NET_INFO, TLS, INSTANCE, NET_INFO]);
    expect(second.state).toMatchObject({ adopted: true });
  });

  it("that somebody else allocates in between is adopted when it agrees", async () => {
    cloud.addInstance({ instanceId: "r-chat" });
    cloud.faults.add({
      action: "AllocateDirectConnection",
      mode: "pass",
      before: () => cloud.allocateBySomebodyElse("r-chat", "theirprefix"),
    });
    await direct.up({ instanceId: "r-chat" });
    expect(direct.state).toMatchObject({ adopted: true, connectionDomain: "theirprefix.redis.rds.aliyuncs.com" });
  });

  it("is waited for no longer than the timeout, which leaves what is known and goes on in the next run", async () => {
    cloud.addInstance({ instanceId: "r-chat" });
    cloud.settings.statusChangePolls = 1_000;
    await expect(direct.up({ ...wanted, timeouts: { create: "20s", update: "20s" } })).rejects.toThrow(
      /^A direct connection of r-chat was allocated and is not seen serving yet\. Gave up after 20 s waiting for the direct connection of r-chat to serve\. Raise the timeout/,
    );
    expect(direct.state).toMatchObject({ ...wanted, adopted: false });
    await expect(direct.up({ ...wanted, timeouts: { create: "20s", update: "20s" } })).rejects.toThrow(
      /Gave up after 20 s waiting for r-chat, which is NetworkModifying, to be Normal/,
    );
    expect(direct.recorded?.isUnfinished).toBe(true);
    cloud.settings.statusChangePolls = 2;
    cloud.changeInstance("r-chat", { status: "Normal" });
    cloud.allocateBySomebodyElse("r-chat", "chatsessions", 6380);
    cloud.takeRequests();
    await direct.up(wanted);
    expect(cloud.takeRequests()).toEqual([INSTANCE, NET_INFO]);
    expect(direct.state).toMatchObject({ adopted: false, port: 6380 });
  });
});

describe("an instance that cannot have a direct connection is refused with the way out:", () => {
  const cases = [
    ["status", { status: "Released" }, "its status is Released. Renew or repair the instance, then run again."],
    ["architecture", { architecture: "standard" }, "its architecture is standard, not cluster. Only a cluster instance has one;"],
    ["engine version", { engineVersion: "6.0" }, "its engine version is 6.0. The service offers direct connections for Redis 4.0 and 5.0."],
    ["network", { networkType: "CLASSIC" }, "its network is CLASSIC, not a VPC. Move it into a VPC (SwitchNetwork), then run again."],
    ["TLS", { ssl: true }, "TLS is on. Turn TLS off (ModifyInstanceSSL), which restarts the instance, then run again."],
  ] as const;
  for (const [what, options, sentence] of cases) {
    it(what, async () => {
      cloud.addInstance({ instanceId: "r-chat", ...options });
      await expect(direct.up({ instanceId: "r-chat" })).rejects.toThrow(`r-chat cannot have a direct connection: ${sentence}`);
      expect(cloud.takeRequests()).toEqual([INSTANCE, NET_INFO, ...(what === "TLS" ? [TLS] : [])]);
      expect(direct.recorded).toBeUndefined();
    });
  }

  for (const missingInstance of ["404", "emptyList"] as const) {
    it(`it does not exist (${missingInstance})`, async () => {
      cloud.settings.missingInstance = missingInstance;
      const sentence =
        missingInstance === "404"
          ? /^DescribeInstanceAttribute .*was refused: 404 \(InvalidDbInstanceId\.NotFound\)\. Specified instance does not exist\. Request id: \S+\. Check instanceId, and that regionId is the region of the instance\.$/
          : /^Instance r-chat does not exist in region cn-hangzhou, or the account of these keys does not see it\. Check instanceId and regionId/;
      await expect(direct.up({ instanceId: "r-chat" })).rejects.toThrow(sentence);
      expect(cloud.takeRequests()).toEqual([INSTANCE]);
    });
  }

  it("the service's own reasons come with its sentence and request id", async () => {
    cloud.addInstance({ instanceId: "r-chat", minorVersionCurrent: false });
    await expect(direct.up({ instanceId: "r-chat" })).rejects.toThrow(
      /AllocateDirectConnection .*was refused: 403 \(IncorrectMinorVersion\)\. Current engine minor version does not support operations\. Request id: \S+\. /,
    );
    expect(direct.recorded).toBeUndefined();
  });
});

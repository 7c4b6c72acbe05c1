import { operation } from "../../provider/kvstore/directConnection";
import { type Cloud, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

const INSTANCE = "ALIBABA DescribeInstanceAttribute";
const NET_INFO = "ALIBABA DescribeDBInstanceNetInfo";
const TLS = "ALIBABA DescribeInstanceSSL";
const ALLOCATE = "ALIBABA AllocateDirectConnection";
const RELEASE = "ALIBABA ReleaseDirectConnection";
const wanted = { instanceId: "r-chat", connectionString: "chatsessions", port: 6380 };
const domain = "chatsessions.redis.rds.aliyuncs.com";

let cloud: Cloud;
let direct: HookDriver;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(20);
  cloud = await startCloud();
  cloud.addInstance({ instanceId: "r-chat" });
  direct = new HookDriver(operation, cloud);
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

function allocations(): number {
  return cloud.requests.filter(({ action }) => action === "AllocateDirectConnection").length;
}

describe("an allocation whose answer was lost", () => {
  for (const netInfoWhileChanging of ["before", "empty"] as const) {
    it(`after it took effect is seen and not sent again (net info ${netInfoWhileChanging} during the change)`, async () => {
      cloud.settings.netInfoWhileChanging = netInfoWhileChanging;
      cloud.faults.add({ action: "AllocateDirectConnection", mode: "reset", apply: true });
      await direct.up(wanted);
      expect(allocations()).toBe(1);
      expect(direct.state).toMatchObject({ connectionDomain: domain, adopted: false });
      expect(direct.said.at(-1)).toContain("no answer came to AllocateDirectConnection of r-chat; looking whether it was done.");
    });
  }

  it("without effect is sent again once, after a look", async () => {
    cloud.faults.add({ action: "AllocateDirectConnection", mode: "reset" });
    await direct.up(wanted);
    expect(cloud.takeRequests()).toEqual([
      ...[INSTANCE, NET_INFO, TLS, ALLOCATE],
      ...[NET_INFO, INSTANCE, NET_INFO, ALLOCATE],
      ...[INSTANCE, INSTANCE, INSTANCE, NET_INFO],
    ]);
    expect(direct.state).toMatchObject({ connectionDomain: domain, adopted: false });
  });

  it("twice is left open for the next run, which looks before it sends", async () => {
    cloud.faults.add({ action: "AllocateDirectConnection", mode: "reset" });
    cloud.faults.add({ action: "AllocateDirectConnection", mode: "reset", apply: true });
    await expect(direct.up(wanted)).rejects.toThrow(
      /^A direct connection of r-chat may have been allocated and is not seen serving yet\. /,
    );
    expect(allocations()).toBe(2);
    expect(direct.state).toMatchObject({ ...wanted, adopted: false });
    await direct.up(wanted);
    expect(allocations()).toBe(2);
    expect(direct.state).toMatchObject({ connectionDomain: domain, adopted: false });
    await direct.destroy();
    expect(cloud.directConnection("r-chat")).toBeUndefined();
  });

  it("and that cannot be looked up is recorded as ours, and released by a destroy", async () => {
    cloud.faults.add({
      action: "AllocateDirectConnection",
      mode: "reset",
      apply: true,
      after: () => cloud.faults.add({ action: "DescribeDBInstanceNetInfo", mode: "answer", status: 403, code: "Forbidden.RAM" }),
    });
    await expect(direct.up(wanted)).rejects.toThrow(/may have been allocated and is not seen serving yet\. .*Forbidden\.RAM/);
    cloud.takeRequests();
    await direct.destroy();
    expect(cloud.directConnection("r-chat")).toBeUndefined();
    expect(cloud.takeRequests()).toContain(RELEASE);
  });

  it("is refused as already there on the second try without becoming somebody else's", async () => {
    cloud.faults.add({ action: "AllocateDirectConnection", mode: "reset" });
    cloud.faults.add({
      action: "AllocateDirectConnection",
      mode: "pass",
      before: () => cloud.allocateBySomebodyElse("r-chat", "chatsessions", 6380),
    });
    await direct.up(wanted);
    expect(direct.state).toMatchObject({ connectionDomain: domain, adopted: false });
  });
});

describe("a direct connection that is interrupted while it is waited for", () => {
  async function interrupted(): Promise<Error> {
    cloud.settings.statusChangePolls = 1_000;
    const ended = direct.up(wanted).then(
      () => new Error("It ended well."),
      (error: Error) => error,
    );
    while (!direct.waits.some((line) => line.includes("to serve"))) await new Promise((resolve) => setTimeout(resolve, 20));
    direct.interrupt();
    const error = await ended;
    direct.restart();
    cloud.takeRequests();
    return error;
  }

  function finishChange(): void {
    cloud.settings.statusChangePolls = 2;
    cloud.changeInstance("r-chat", { status: "Normal" });
    cloud.allocateBySomebodyElse("r-chat", "chatsessions", 6380);
  }

  it("goes on in the next run without a second allocation", async () => {
    expect((await interrupted()).message).toMatch(/was allocated and is not seen serving yet\. Canceled while waiting/);
    finishChange();
    await direct.up(wanted);
    expect(cloud.takeRequests()).toEqual([INSTANCE, NET_INFO]);
    expect(direct.said.at(-1)).toContain("will go on with the direct connection of r-chat, which was not seen serving in the last run.");
    expect(direct.state).toMatchObject({ connectionDomain: domain, adopted: false });
    expect(allocations()).toBe(1);
  });

  it("is not taken for gone by a refresh during the change, and not left behind by a destroy", async () => {
    await interrupted();
    expect(await direct.refresh()).toBe(true);
    expect(cloud.takeRequests()).toEqual([NET_INFO, INSTANCE]);
    expect(direct.said.at(-1)).toContain("r-chat is NetworkModifying; what is known of its direct connection is kept.");
    const destroyed = direct.destroy();
    while (!direct.waits.some((line) => line.includes("to be Normal"))) await new Promise((resolve) => setTimeout(resolve, 20));
    finishChange();
    await destroyed;
    expect(cloud.takeRequests()).toContain(RELEASE);
  });
});

describe("a refresh or a destroy of a direct connection", () => {
  beforeEach(async () => {
    cloud.settings.statusChangePolls = 0;
    await direct.up(wanted);
    cloud.takeRequests();
  });

  it("does not take an instance that changes and shows nothing for a gone endpoint", async () => {
    cloud.changeInstance("r-chat", { status: "Changing" });
    cloud.faults.add({
      action: "DescribeDBInstanceNetInfo",
      mode: "answer",
      status: 200,
      body: { NetInfoItems: { InstanceNetInfo: [] } },
      times: 2,
    });
    expect(await direct.refresh()).toBe(true);
    expect(direct.state).toMatchObject({ connectionDomain: domain, adopted: false });
    cloud.faults.add({
      action: "DescribeInstanceAttribute",
      nth: 2,
      mode: "pass",
      before: () => cloud.changeInstance("r-chat", { status: "Normal" }),
    });
    await direct.destroy();
    expect(cloud.directConnection("r-chat")).toBeUndefined();
  });

  it("takes a released endpoint and a missing instance for gone", async () => {
    const kept = direct.recorded;
    cloud.releaseBySomebodyElse("r-chat");
    expect(await direct.refresh()).toBe(false);
    direct.recorded = kept;
    await direct.destroy();
    direct.recorded = kept;
    cloud.removeInstance("r-chat");
    expect(await direct.refresh()).toBe(false);
    direct.recorded = kept;
    cloud.takeRequests();
    await direct.destroy();
    expect(cloud.takeRequests()).toEqual([NET_INFO]);
  });

  it("leaves an endpoint alone that somebody else put in its place", async () => {
    cloud.releaseBySomebodyElse("r-chat");
    cloud.allocateBySomebodyElse("r-chat", "otherprefix");
    const kept = direct.recorded;
    await direct.destroy();
    expect(cloud.takeRequests()).toEqual([NET_INFO]);
    expect(direct.said.at(-1)).toContain(
      `otherprefix.redis.rds.aliyuncs.com is not the direct connection that this resource stands for (${domain}); it is left as it is.`,
    );
    direct.recorded = kept;
    expect(await direct.refresh()).toBe(false);
    await expect(direct.up(wanted)).rejects.toThrow("its prefix is otherprefix, not chatsessions");
    expect(cloud.directConnection("r-chat")?.prefix).toBe("otherprefix");
  });

  it("looks after a lost answer of the release, and sends it again only where it was not done", async () => {
    cloud.settings.statusChangePolls = 2;
    const kept = direct.recorded;
    cloud.faults.add({ action: "ReleaseDirectConnection", mode: "reset", apply: true });
    await direct.destroy();
    expect(cloud.takeRequests()).toEqual([NET_INFO, RELEASE, INSTANCE, INSTANCE, INSTANCE, NET_INFO, NET_INFO]);
    expect(cloud.directConnection("r-chat")).toBeUndefined();

    cloud.allocateBySomebodyElse("r-chat", "chatsessions");
    direct.recorded = kept;
    cloud.faults.add({ action: "ReleaseDirectConnection", mode: "reset" });
    await direct.destroy();
    expect(cloud.takeRequests()).toEqual([NET_INFO, RELEASE, INSTANCE, NET_INFO, RELEASE, NET_INFO, NET_INFO, NET_INFO]);
    expect(cloud.directConnection("r-chat")).toBeUndefined();
  });
});

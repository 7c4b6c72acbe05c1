import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as reconnect } from "../../provider/apimanagement/backendReconnect";
import { operation as directConnection } from "../../provider/kvstore/directConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import { type Cloud, defaultResourceGroup, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

// The cells of the retry table that say "read first": transport ends the call, and the operation reads and decides.

let cloud: Cloud;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(50);
  cloud = await startCloud();
  cloud.addApiManagementService("gateway");
  cloud.addBackend("gateway", "orders", { url: "https://orders.example.com", protocol: "http", title: "Before" });
  cloud.addWebPubSub("chat");
  cloud.addInstance({ instanceId: "r-chat" });
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

const backend = { resourceGroupName: defaultResourceGroup, serviceName: "gateway", backendId: "orders" };
const GET = "GET …/backends/orders";
const PATCH = "PATCH …/backends/orders";
const KEYS = "POST …/webPubSub/chat/listKeys";
const REGENERATE = "POST …/webPubSub/chat/regenerateKey";
const NET_INFO = "ALIBABA DescribeDBInstanceNetInfo";
const INSTANCE = "ALIBABA DescribeInstanceAttribute";
const ALLOCATE = "ALIBABA AllocateDirectConnection";

function allocations(requests: readonly string[]): number {
  return requests.filter((line) => line === ALLOCATE).length;
}

describe("a PATCH with an ETag", () => {
  it("whose answer was lost after it was done is read and compared, and not sent again", async () => {
    cloud.faults.add({ method: "PATCH", mode: "reset", apply: true });
    await new HookDriver(backendPatch, cloud).up({ ...backend, title: "Ours" });
    expect(cloud.takeRequests()).toEqual([GET, PATCH, GET]);
    expect(cloud.backend("gateway", "orders").properties).toMatchObject({ title: "Ours" });
  });

  it("that was done in spite of a 500 meets a 412 on its own repeat, which is read and found to be its own", async () => {
    cloud.faults.add({ method: "PATCH", mode: "answer", status: 500, apply: true });
    await new HookDriver(backendPatch, cloud).up({ ...backend, title: "Ours" });
    expect(cloud.takeRequests()).toEqual([GET, PATCH, PATCH, GET]);
    expect(cloud.backend("gateway", "orders").properties).toMatchObject({ title: "Ours" });
  });

  it("that meets a 412 is never sent again as it was: the backend is read anew, and what somebody else wrote is told with both values", async () => {
    const before = () => cloud.changeBackend("gateway", "orders", { title: "Theirs" });
    cloud.faults.add({ method: "PATCH", mode: "pass", before });
    await expect(new HookDriver(backendPatch, cloud).up({ ...backend, title: "Ours" })).rejects.toThrow(
      /title \(theirs "?Theirs"?, ours "?Ours"?\)/,
    );
    expect(cloud.takeRequests()).toEqual([GET, PATCH, GET]);
  });
});

describe("a POST that acts each time", () => {
  it.each([
    ["was lost after it was done", { mode: "reset", apply: true }],
    ["was a 500 after it was done", { mode: "answer", status: 500, apply: true }],
    ["was a 502 after it was done", { mode: "html", status: 502, apply: true }],
    ["was a 504 after it was done", { mode: "answer", status: 504, apply: true }],
  ] as const)("is decided by listKeys where the answer to regenerateKey %s", async (_how, fault) => {
    cloud.faults.add({ action: "regenerateKey", ...fault });
    await new HookDriver(keyRegeneration, cloud).up({ resourceGroupName: defaultResourceGroup, resourceName: "chat", keyType: "Primary" });
    expect(cloud.takeRequests()).toEqual([KEYS, REGENERATE, KEYS]);
    expect(cloud.rotations).toHaveLength(1);
  });

  it("is told as unknown where nothing can be read: a reconnect whose answer was lost", async () => {
    cloud.faults.add({ action: "reconnect", mode: "reset", apply: true });
    await expect(new HookDriver(reconnect, cloud).up(backend)).rejects.toThrow(/not known/);
    expect(cloud.reconnects).toHaveLength(1);
  });

  it("is decided by the net info where Allocate met an InternalError after it was done", async () => {
    cloud.faults.add({ action: "AllocateDirectConnection", mode: "answer", status: 500, code: "InternalError", apply: true });
    const direct = new HookDriver(directConnection, cloud);
    await direct.up({ instanceId: "r-chat" });
    expect(allocations(cloud.takeRequests())).toBe(1);
    expect(direct.state["adopted"]).toBe(false);
  });

  it.each(["TaskHasExist", "InstanceStatus.NotSupport"])("waits and is sent again for as long as the instance says %s", async (code) => {
    cloud.faults.add({ action: "AllocateDirectConnection", mode: "answer", status: 403, code, times: 8 });
    const direct = new HookDriver(directConnection, cloud);
    await direct.up({ instanceId: "r-chat" });
    expect(allocations(cloud.takeRequests())).toBe(9);
    expect(direct.waits.filter((line) => line.includes(`the answer was 403 ${code}`))).toHaveLength(8);
  });
});

describe.each(["DirectConnectionAlreadyExists", "NetTypeExists"])("%s after our own lost answer", (code) => {
  const wished = { instanceId: "r-chat", connectionString: "chatsessions", port: 6380 };

  function loseTheFirstAnswer(theirs: readonly [prefix: string, port: number]): void {
    cloud.faults.add({ action: "AllocateDirectConnection", mode: "reset" });
    const before = () => cloud.allocateBySomebodyElse("r-chat", ...theirs);
    cloud.faults.add({ action: "AllocateDirectConnection", mode: "answer", status: 400, code, before });
  }

  it("is read, and is ours where prefix and port are", async () => {
    loseTheFirstAnswer(["chatsessions", 6380]);
    const direct = new HookDriver(directConnection, cloud);
    await direct.up(wished);
    expect(direct.state).toMatchObject({ connectionDomain: "chatsessions.redis.rds.aliyuncs.com", adopted: false });
    const requests = cloud.takeRequests();
    expect(allocations(requests)).toBe(2);
    expect(requests.slice(requests.indexOf(ALLOCATE) + 1, requests.lastIndexOf(ALLOCATE))).toEqual([NET_INFO, INSTANCE, NET_INFO]);
  });

  it.each([
    ["prefix", ["theirsessions", 6380]],
    ["port", ["chatsessions", 6390]],
  ] as const)("is somebody else's where the %s is not ours, and is neither recorded nor ever released", async (_what, theirs) => {
    loseTheFirstAnswer(theirs);
    const direct = new HookDriver(directConnection, cloud);
    await expect(direct.up(wished)).rejects.toThrow(/^r-chat has a direct connection already, and an instance can have one: /);
    expect(direct.recorded).toBeUndefined();
    expect(cloud.directConnection("r-chat")).toBeDefined();
  });
});

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openJournal } from "../../provider/engine/journal";
import { operation } from "../../provider/kvstore/directConnection";
import { type Cloud, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

const wanted = { instanceId: "r-chat", connectionString: "chatdirect01" };

let cloud: Cloud;
let direct: HookDriver;
let folder: string;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(20);
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-killed-"));
  cloud = await startCloud();
  cloud.addInstance({ instanceId: "r-chat" });
  direct = new HookDriver(operation, cloud);
  direct.noteIn(openJournal(folder));
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(cloud.failures).toEqual([]);
});

const allocations = () => cloud.requests.filter(({ action }) => action === "AllocateDirectConnection").length;

/** Kills the process when the allocation has reached the cloud. */
async function killedWhileAllocating(given: Record<string, unknown>): Promise<void> {
  const ended = direct.up(given).catch(() => undefined);
  while (allocations() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  direct.kill();
  await ended;
  cloud.faults.clear();
}

describe("a process that is killed while it allocates a direct connection", () => {
  it("is followed by a run that finds its own one, allocates none, and releases it at destroy", async () => {
    cloud.faults.add({ action: "AllocateDirectConnection", mode: "hang", apply: true });
    await killedWhileAllocating(wanted);
    await direct.up(wanted);
    expect(allocations()).toBe(1);
    expect(direct.state).toMatchObject({ adopted: false, connectionDomain: expect.stringMatching(/^chatdirect01\./) });
    expect(direct.said.join("\n")).toContain("it is there, and is this resource's own");
    expect(readdirSync(folder)).toEqual([]);
    await direct.destroy();
    expect(cloud.directConnection("r-chat")).toBeUndefined();
  });

  it("is followed by a run that allocates where nothing took effect", async () => {
    cloud.faults.add({ action: "AllocateDirectConnection", mode: "hang" });
    await killedWhileAllocating(wanted);
    await direct.up(wanted);
    expect(allocations()).toBe(2);
    expect(direct.state).toMatchObject({ adopted: false });
  });

  it("without a prefix, cannot tell its own from somebody else's, and keeps what is there at destroy", async () => {
    cloud.faults.add({ action: "AllocateDirectConnection", mode: "hang" });
    await killedWhileAllocating({ instanceId: "r-chat" });
    cloud.allocateBySomebodyElse("r-chat", "otherprefix");
    await direct.up({ instanceId: "r-chat" });
    expect(direct.state).toMatchObject({ adopted: true });
    expect(direct.said.join("\n")).toContain("cannot be told, so destroy keeps it");
    await direct.destroy();
    expect(cloud.directConnection("r-chat")).toMatchObject({ prefix: "otherprefix" });
  });
});

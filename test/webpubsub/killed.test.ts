import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openJournal } from "../../provider/engine/journal";
import { operation } from "../../provider/webpubsub/keyRegeneration";
import { type Cloud, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

const LIST = "POST …/webPubSub/chat-prod/listKeys";
const ROTATE = "POST …/webPubSub/chat-prod/regenerateKey";
const october = { resourceGroupName: "chat-platform-rg", resourceName: "chat-prod", keyType: "Secondary", triggers: { month: "2026-10" } };
const november = { ...october, triggers: { month: "2026-11" } };

let cloud: Cloud;
let key: HookDriver;
let folder: string;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(20);
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-killed-"));
  cloud = await startCloud();
  cloud.addWebPubSub("chat-prod");
  key = new HookDriver(operation, cloud);
  key.noteIn(openJournal(folder));
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(cloud.failures).toEqual([]);
});

const notes = () => readdirSync(folder).map((file) => readFileSync(path.join(folder, file), "utf8"));

/** Runs until the cloud has seen a request of this kind, and kills the process in the middle of it. */
async function killedAt(given: Record<string, unknown>, isReached: () => boolean): Promise<void> {
  const ended = key.up(given).catch(() => undefined);
  while (!isReached()) await new Promise((resolve) => setTimeout(resolve, 20));
  key.kill();
  await ended;
  cloud.faults.clear();
  cloud.takeRequests();
}

const hasPosted = () => cloud.requests.some(({ action }) => action === "regenerateKey");

describe("a process that is killed while it regenerates a key", () => {
  it.each([
    ["at create, after it took effect", undefined],
    ["at update, after it took effect", october],
  ])("%s, is followed by a run that finds the new key and posts nothing", async (_when, earlier) => {
    if (earlier !== undefined) await key.up(earlier);
    const before = cloud.rotations.length;
    cloud.takeRequests();
    cloud.requests.length = 0;
    cloud.faults.add({ action: "regenerateKey", mode: "hang", apply: true });
    await killedAt(november, hasPosted);
    expect(notes()).toHaveLength(1);
    await key.up(november);
    expect(cloud.takeRequests()).toEqual([LIST]);
    expect(cloud.rotations.length - before).toBe(1);
    expect(key.state).toMatchObject({
      lastRun: { outcome: "rotated" },
      secondaryKey: cloud.keys("chat-prod").secondaryKey,
      triggers: { month: "2026-11" },
    });
    expect(key.said).toContain(
      "warning: an earlier run on this machine was killed while it regenerated the Secondary key; looking what became of it.",
    );
    expect(notes()).toEqual([]);
    expect(await key.up(november)).toBe("unchanged");
  });

  it("before it took effect, is followed by one that posts once", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "hang" });
    await killedAt(october, hasPosted);
    await key.up(october);
    expect(cloud.takeRequests()).toEqual([LIST, LIST, ROTATE, LIST]);
    expect(cloud.rotations).toHaveLength(1);
  });

  it("while the service is at it, is followed by one that waits for the end and posts no second time", async () => {
    cloud.settings.regenerateKey = "202";
    cloud.settings.keysChangeAt = "completion";
    cloud.settings.operationPolls = 6;
    await killedAt(october, () => cloud.requests.some(({ kind }) => kind === "POLL"));
    await key.up(october);
    expect(cloud.rotations).toHaveLength(1);
    expect(key.state).toMatchObject({ lastRun: { outcome: "rotated" }, secondaryKey: cloud.keys("chat-prod").secondaryKey });
    expect(key.waits.join("\n")).toContain("the key operation that runs in this service to end");
  });

  it("is of no concern to a run for another trigger, which regenerates as it is asked to", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "hang", apply: true });
    await killedAt(october, hasPosted);
    await key.up(november);
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST]);
    expect(cloud.rotations).toHaveLength(2);
  });

  it("leaves a note without any key in it", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "hang", apply: true });
    await killedAt(october, hasPosted);
    const [note = ""] = notes();
    expect(cloud.secrets.filter((secret) => note.includes(secret))).toEqual([]);
    expect(note).not.toContain("2026-10");
    expect(JSON.parse(note).intent).toEqual({
      id: expect.stringMatching(/\/webPubSub\/chat-prod\/regenerateKey\/Secondary$/),
      wish: expect.stringMatching(/^[0-9a-f]{12}$/),
      fingerprints: { primary: expect.stringMatching(/^[0-9a-f]{12}$/), secondary: expect.stringMatching(/^[0-9a-f]{12}$/) },
    });
  });

  it("of the Salt, is followed by one that says that nobody can know, and posts nothing", async () => {
    const salt = { ...october, keyType: "Salt" };
    cloud.faults.add({ action: "regenerateKey", mode: "hang", apply: true });
    await killedAt(salt, hasPosted);
    await key.up(salt);
    expect(cloud.rotations).toHaveLength(1);
    expect(key.state).toMatchObject({ lastRun: { outcome: "unknown" } });
    expect(key.said.at(-1)).toBe(
      "warning: whether the last run regenerated the Salt cannot be found out; change triggers to regenerate it again.",
    );
  });
});

it("a run that ends well, and one that fails, leave no note", async () => {
  await key.up(october);
  expect(notes()).toEqual([]);
  cloud.faults.add({ action: "regenerateKey", mode: "answer", status: 403 });
  await expect(key.up(november)).rejects.toThrow("403");
  expect(notes()).toEqual([]);
});

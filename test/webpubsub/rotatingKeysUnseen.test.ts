import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openJournal } from "../../provider/engine/journal";
import { operation } from "../../provider/webpubsub/rotatingKeys";
import { type Cloud, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

const LIST = "POST …/webPubSub/chat-prod/listKeys";
const ROTATE = "POST …/webPubSub/chat-prod/regenerateKey";
const october = { resourceGroupName: "chat-platform-rg", resourceName: "chat-prod", triggers: { month: "2026-10" } };
const november = { ...october, triggers: { month: "2026-11" } };
const december = { ...october, triggers: { month: "2026-12" } };
const FINDS_OUT =
  "info: webpubsub.RotatingKeys: will find out whether the last run regenerated the Secondary key of chat-prod, regenerate it only if it did not, and hand it out; Primary, handed out until now, stays valid.";

let cloud: Cloud;
let keys: HookDriver;
let folder: string;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(20);
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-rotating-"));
  cloud = await startCloud();
  cloud.addWebPubSub("chat-prod");
  keys = new HookDriver(operation, cloud);
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(cloud.failures).toEqual([]);
});

const rotations = () => cloud.rotations.map(({ keyType }) => keyType);
const notes = () => readdirSync(folder).map((file) => readFileSync(path.join(folder, file), "utf8"));

/** What is handed out while a run is open is the key of before, which is as it was. */
function expectStillPrimary(): void {
  const { primaryKey: activeKey, primaryConnectionString: activeConnectionString } = cloud.keys("chat-prod");
  expect(keys.state).toMatchObject({ activeKeyType: "Primary", idleKeyType: "Secondary", activeKey, activeConnectionString });
}

function expectSecondary(): void {
  expect(keys.state).toMatchObject({ activeKeyType: "Secondary", activeKey: cloud.keys("chat-prod").secondaryKey });
  expect(keys.state).toMatchObject({ lastRun: { outcome: "rotated" } });
}

/** Runs until the cloud has seen such a request, then does what ends the run, and gives the error it ended with. */
async function endedAt(given: object, isReached: () => boolean, end: () => void): Promise<Error> {
  const ended = keys.up({ ...given }).then(
    () => new Error("It ended well."),
    (error: Error) => error,
  );
  while (!isReached()) await new Promise((resolve) => setTimeout(resolve, 20));
  end();
  const error = await ended;
  keys.restart();
  cloud.faults.clear();
  cloud.takeRequests();
  return error;
}

const hasPosted = () => cloud.requests.some(({ action }) => action === "regenerateKey");
const isPolled = () => cloud.requests.some(({ kind }) => kind === "POLL");

describe("a rotation whose answer was lost", () => {
  beforeEach(() => keys.up(october));

  it("after it took effect is found in the keys, and its key is handed out", async () => {
    cloud.takeRequests();
    cloud.faults.add({ action: "regenerateKey", mode: "reset", apply: true });
    await keys.up(november);
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST]);
    expectSecondary();
  });

  it("without effect leaves the active key handed out, and the next run looks first and posts once", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "reset" });
    await expect(keys.up(november)).rejects.toThrow(/^Whether the Secondary key of .* was regenerated is not known\. /);
    expectStillPrimary();
    expect(keys.state).toMatchObject({ lastRun: { outcome: "unknown" }, triggers: { month: "2026-11" } });
    cloud.takeRequests();
    await keys.up(november);
    expect(keys.said).toContain(FINDS_OUT);
    expect(cloud.takeRequests()).toEqual([LIST, LIST, ROTATE, LIST]);
    expect(rotations()).toEqual(["Secondary"]);
    expectSecondary();
    expect(await keys.up(november)).toBe("unchanged");
  });

  it("and that takes effect late is handed out by the next run, which posts nothing, as old as the run before", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "reset" });
    await expect(keys.up(november)).rejects.toThrow("is not known");
    const { at } = keys.state["lastRun"] as { at: string };
    cloud.rotateBySomebodyElse("chat-prod", "Secondary");
    cloud.takeRequests();
    await keys.up(november);
    expect(cloud.takeRequests()).toEqual([LIST]);
    expectSecondary();
    expect(keys.state["rotatedAt"]).toBe(at);
    expect(keys.said.filter((line) => line.includes("somebody else"))).toEqual([]);
  });

  it("is still found out after a refresh, which hands out the key of before", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "reset" });
    await expect(keys.up(november)).rejects.toThrow("is not known");
    const { fingerprints } = keys.state;
    cloud.rotateBySomebodyElse("chat-prod", "Secondary");
    await keys.refresh();
    expectStillPrimary();
    expect(keys.state).toMatchObject({ fingerprints, lastRun: { outcome: "unknown" } });
    cloud.takeRequests();
    await keys.up(november);
    expect(cloud.takeRequests()).toEqual([LIST]);
    expectSecondary();
  });

  it.each([
    ["took effect late", true, ["Secondary", "Secondary"]],
    ["had no effect", false, ["Secondary"]],
  ] as const)(
    "and %s regenerates the idle key for a trigger that changed since, and never the one in use",
    async (_how, isLate, expected) => {
      cloud.faults.add({ action: "regenerateKey", mode: "reset" });
      await expect(keys.up(november)).rejects.toThrow("is not known");
      if (isLate) cloud.rotateBySomebodyElse("chat-prod", "Secondary");
      const { primaryKey } = cloud.keys("chat-prod");
      await keys.up(december);
      expect(rotations()).toEqual(expected);
      expect(cloud.keys("chat-prod").primaryKey).toBe(primaryKey);
      expectSecondary();
      expect(keys.state).toMatchObject({ triggers: { month: "2026-12" } });
      expect(keys.said.filter((line) => line.includes("somebody else"))).toEqual([]);
    },
  );

  it("at a create that regenerates is found out by the next run too", async () => {
    keys.recorded = undefined;
    cloud.faults.add({ action: "regenerateKey", mode: "reset" });
    await expect(keys.up({ ...october, runOnCreate: true })).rejects.toThrow("is not known");
    await keys.refresh();
    expectStillPrimary();
    await keys.up({ ...october, runOnCreate: true });
    expect(rotations()).toEqual(["Secondary"]);
    expectSecondary();
  });
});

it.each(["Failed", "Canceled"] as const)(
  "a rotation that ends as %s hands out nothing new, and is asked for again by the next run",
  async (outcome) => {
    await keys.up(october);
    Object.assign(cloud.settings, { regenerateKey: "202", keysChangeAt: "completion", operationOutcome: outcome });
    await expect(keys.up(november)).rejects.toThrow(`ended as ${outcome}`);
    expectStillPrimary();
    expect(keys.state).toMatchObject({ triggers: { month: "2026-10" }, lastRun: { outcome: "skipped" } });
    cloud.settings.operationOutcome = "Succeeded";
    await keys.up(november);
    expect(rotations()).toEqual(["Secondary"]);
    expectSecondary();
  },
);

it("a success that does not show in the keys hands out nothing new", async () => {
  await keys.up(october);
  cloud.faults.add({ action: "regenerateKey", mode: "answer", status: 200, body: {} });
  await expect(keys.up(november)).rejects.toThrow("listKeys still shows the old one");
  expectStillPrimary();
  await keys.up(november);
  expectSecondary();
});

it("a rotation interrupted while it is waited for is resumed without a second POST, and again after another interruption", async () => {
  await keys.up(october);
  Object.assign(cloud.settings, { regenerateKey: "202", operationPolls: 1_000 });
  for (const _time of ["first", "second"]) {
    const error = await endedAt(november, isPolled, () => keys.interrupt());
    expect(error.message).toMatch(/^Whether the Secondary key of .* was regenerated is not known\. .*interrupted/);
    expectStillPrimary();
    expect(keys.state).toMatchObject({ pendingOperation: { mode: "status" } });
  }
  cloud.faults.add({ kind: "POLL", mode: "answer", status: 200, body: { status: "Succeeded" } });
  await keys.up(november);
  expect(cloud.takeRequests()).toEqual(["POLL", LIST]);
  expect(rotations()).toEqual(["Secondary"]);
  expectSecondary();
  expect(keys.state).not.toHaveProperty("pendingOperation");
});

it("an operation that was settled is not asked again by a run whose own answer was lost", async () => {
  await keys.up(october);
  Object.assign(cloud.settings, { regenerateKey: "202", keysChangeAt: "completion", operationPolls: 1_000 });
  await endedAt(november, isPolled, () => keys.interrupt());
  cloud.faults.add({ kind: "POLL", mode: "answer", status: 200, body: { status: "Failed", error: { code: "Oops", message: "No." } } });
  cloud.faults.add({ action: "regenerateKey", mode: "reset" });
  await expect(keys.up(november)).rejects.toThrow("is not known");
  expect(keys.state).not.toHaveProperty("pendingOperation");
});

describe("a process that is killed while it rotates", () => {
  beforeEach(() => keys.noteIn(openJournal(folder)));

  it.each([
    ["at update", october, november],
    ["at create", undefined, { ...november, runOnCreate: true }],
  ])("%s, after it took effect, is followed by a run that hands out the new key and posts nothing", async (_when, earlier, given) => {
    if (earlier !== undefined) await keys.up(earlier);
    cloud.faults.add({ action: "regenerateKey", mode: "hang", apply: true });
    await endedAt(given, hasPosted, () => keys.kill());
    expect(notes()).toHaveLength(1);
    expect(cloud.secrets.filter((secret) => notes().join().includes(secret))).toEqual([]);
    await keys.up(given);
    expect(cloud.takeRequests()).toEqual([LIST]);
    expect(rotations()).toEqual(["Secondary"]);
    expectSecondary();
    expect(notes()).toEqual([]);
  });

  it("is followed by a run that posts nothing also where a refresh came in between", async () => {
    await keys.up(october);
    cloud.faults.add({ action: "regenerateKey", mode: "hang", apply: true });
    await endedAt(november, hasPosted, () => keys.kill());
    await keys.refresh();
    expectStillPrimary();
    await keys.up(november);
    expect(rotations()).toEqual(["Secondary"]);
    expectSecondary();
    expect(keys.said.filter((line) => line.includes("somebody else"))).toEqual([]);
  });

  it("is not taken for somebody else by a run with another trigger", async () => {
    await keys.up(october);
    cloud.faults.add({ action: "regenerateKey", mode: "hang", apply: true });
    await endedAt(november, hasPosted, () => keys.kill());
    await keys.up(december);
    expect(rotations()).toEqual(["Secondary", "Secondary"]);
    expectSecondary();
    expect(keys.said.filter((line) => line.includes("somebody else"))).toEqual([]);
  });

  it("before it took effect, is followed by one that posts once", async () => {
    await keys.up(october);
    cloud.faults.add({ action: "regenerateKey", mode: "hang" });
    await endedAt(november, hasPosted, () => keys.kill());
    await keys.up(november);
    expect(cloud.takeRequests()).toEqual([LIST, LIST, ROTATE, LIST]);
    expect(rotations()).toEqual(["Secondary"]);
  });

  it("leaves a note that is of no concern to a later run with the same triggers, when others have run since", async () => {
    await keys.up(october);
    cloud.faults.add({ action: "regenerateKey", mode: "hang", apply: true });
    await endedAt(november, hasPosted, () => keys.kill());
    const elsewhere = new HookDriver(operation, cloud);
    elsewhere.recorded = keys.recorded;
    await elsewhere.up(november);
    await elsewhere.up(december);
    keys.recorded = elsewhere.recorded;
    cloud.takeRequests();
    await keys.up(november);
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST]);
    expectSecondary();
  });
});

import { operation } from "../../provider/webpubsub/keyRegeneration";
import { type Cloud, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

const LIST = "POST …/webPubSub/chat-prod/listKeys";
const ROTATE = "POST …/webPubSub/chat-prod/regenerateKey";
const october = { resourceGroupName: "chat-platform-rg", resourceName: "chat-prod", keyType: "Secondary", triggers: { month: "2026-10" } };
const november = { ...october, triggers: { month: "2026-11" } };
const salt = { ...october, keyType: "Salt" };

let cloud: Cloud;
let key: HookDriver;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(20);
  cloud = await startCloud();
  cloud.addWebPubSub("chat-prod");
  key = new HookDriver(operation, cloud);
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

function posts(): number {
  return cloud.requests.filter(({ action }) => action === "regenerateKey").length;
}

/** Runs until the operation is being waited for, then interrupts, and gives what the run ended with. */
async function interrupted(given: Record<string, unknown>): Promise<Error> {
  cloud.settings.regenerateKey = "202";
  cloud.settings.operationPolls = 1_000;
  const ended = key.up(given).then(
    () => new Error("It ended well."),
    (error: Error) => error,
  );
  while (!cloud.requests.some(({ kind }) => kind === "POLL")) await new Promise((resolve) => setTimeout(resolve, 20));
  key.interrupt();
  const error = await ended;
  key.restart();
  cloud.takeRequests();
  return error;
}

describe("a regeneration whose answer was lost", () => {
  const losses = [{ mode: "reset" }, { mode: "close" }, { mode: "halfBody" }, { mode: "answer", status: 500 }] as const;
  for (const loss of losses) {
    it(`(${loss.mode}) after it took effect is found in the keys and never posted again`, async () => {
      cloud.faults.add({ action: "regenerateKey", ...loss, apply: true });
      await key.up(october);
      expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST]);
      expect(cloud.rotations).toHaveLength(1);
      expect(key.state).toMatchObject({ lastRun: { outcome: "rotated" }, secondaryKey: cloud.keys("chat-prod").secondaryKey });
      expect(key.said.at(-1)).toBe("warning: no answer came to the Secondary regeneration, and listKeys shows that it was done.");
    });
  }

  it("without effect ends as unknown with the fingerprints from before, and the next run looks first and posts once", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "reset" });
    await expect(key.up(october)).rejects.toThrow(
      /^Whether the Secondary key of \/subscriptions\/.*\/webPubSub\/chat-prod was regenerated is not known\. POST \S+ was sent, but .* The next `pulumi up` looks first and regenerates only if nothing changed\.$/,
    );
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST, LIST, LIST, LIST]);
    const { fingerprints } = key.state;
    expect(key.state).toMatchObject({ lastRun: { outcome: "unknown" }, triggers: { month: "2026-10" } });
    expect(await key.up(october)).toBe("updated");
    expect(cloud.takeRequests()).toEqual([LIST, LIST, ROTATE, LIST]);
    expect(cloud.rotations).toHaveLength(1);
    expect(key.state).toMatchObject({ lastRun: { outcome: "rotated" } });
    expect(key.state.fingerprints).not.toEqual(fingerprints);
    expect(await key.up(october)).toBe("unchanged");
  });

  it("and that takes effect late is found by the next run, which posts nothing", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "reset" });
    await expect(key.up(october)).rejects.toThrow("is not known");
    cloud.rotateBySomebodyElse("chat-prod", "Secondary");
    cloud.takeRequests();
    await key.up(october);
    expect(cloud.takeRequests()).toEqual([LIST]);
    expect(posts()).toBe(1);
    expect(key.state).toMatchObject({ lastRun: { outcome: "rotated" }, secondaryKey: cloud.keys("chat-prod").secondaryKey });
  });

  it("keeps the fingerprints from before at a refresh, so that the next run still finds out", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "reset" });
    await expect(key.up(october)).rejects.toThrow("is not known");
    const { fingerprints } = key.state;
    cloud.rotateBySomebodyElse("chat-prod", "Secondary");
    await key.refresh();
    expect(key.state).toMatchObject({ fingerprints, lastRun: { outcome: "unknown" }, secondaryKey: cloud.keys("chat-prod").secondaryKey });
    cloud.takeRequests();
    await key.up(october);
    expect(key.said).toContain(
      "info: webpubsub.KeyRegeneration: will find out whether the last run regenerated the Secondary key of chat-prod, and regenerate it only if it did not.",
    );
    expect(cloud.takeRequests()).toEqual([LIST]);
    expect(key.state.fingerprints).not.toEqual(fingerprints);
  });

  it("and a trigger that changed since are served by one POST together", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "reset" });
    await expect(key.up(october)).rejects.toThrow("is not known");
    await key.up(november);
    expect(cloud.rotations).toHaveLength(1);
    expect(key.state).toMatchObject({ triggers: { month: "2026-11" }, lastRun: { outcome: "rotated" } });
  });

  it("whose effect cannot be looked at either is still unknown, and so is the next time", async () => {
    cloud.faults.add({
      action: "regenerateKey",
      mode: "reset",
      apply: true,
      after: () => cloud.faults.add({ action: "listKeys", mode: "answer", status: 403, times: 2 }),
    });
    await expect(key.up(october)).rejects.toThrow(/not known\. .*listKeys was refused: 403/);
    await expect(key.up(november)).rejects.toThrow(/listKeys was refused: 403/);
    expect(key.state).toMatchObject({ triggers: { month: "2026-10" }, lastRun: { outcome: "unknown" } });
    await key.up(october);
    expect(posts()).toBe(1);
  });

  it("of the Salt is never posted again by itself, because nothing shows it", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "reset", apply: true });
    await expect(key.up(salt)).rejects.toThrow(
      "The Salt is returned nowhere, so this cannot be found out later either; change triggers to regenerate it again.",
    );
    await key.up(salt);
    expect(posts()).toBe(1);
    await key.up({ ...salt, triggers: { month: "2026-11" } });
    expect(posts()).toBe(2);
    expect(key.state).toMatchObject({ lastRun: { outcome: "accepted" } });
  });
});

describe("a regeneration interrupted while it is waited for", () => {
  it("is resumed by the next run without a second POST", async () => {
    const error = await interrupted(october);
    expect(error.message).toMatch(/^Whether the Secondary key of .* was regenerated is not known\. .*interrupted/);
    expect(key.state).toMatchObject({
      lastRun: { outcome: "unknown", requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      pendingOperation: { mode: "status" },
    });
    const { lastRun } = key.state as { lastRun: { requestId: string } };
    cloud.faults.add({ kind: "POLL", mode: "answer", status: 200, body: { status: "Succeeded" } });
    expect(await key.up(october)).toBe("updated");
    expect(cloud.takeRequests()).toEqual(["POLL", LIST]);
    expect(cloud.rotations).toHaveLength(1);
    expect(key.state).toMatchObject({ lastRun: { outcome: "rotated", requestId: lastRun.requestId } });
    expect(key.state).not.toHaveProperty("pendingOperation");
  });

  it("and again is resumed again", async () => {
    await interrupted(october);
    await interrupted(october);
    cloud.faults.add({ kind: "POLL", mode: "answer", status: 200, body: { status: "Succeeded" } });
    await key.up(october);
    expect(posts()).toBe(1);
  });

  it("whose operation the service has forgotten is looked up in the keys", async () => {
    await interrupted(october);
    cloud.faults.add({ kind: "POLL", mode: "answer", status: 404, times: 3 });
    await key.up(october);
    expect(cloud.takeRequests()).toEqual(["POLL", "POLL", "POLL", LIST]);
    expect(posts()).toBe(1);
    expect(key.state).toMatchObject({ lastRun: { outcome: "rotated" } });
  });

  it("whose operation has failed since is posted again where the key is the old one", async () => {
    cloud.settings.keysChangeAt = "completion";
    await interrupted(october);
    cloud.settings.regenerateKey = "200";
    cloud.faults.add({ kind: "POLL", mode: "answer", status: 200, body: { status: "Failed", error: { code: "Oops", message: "No." } } });
    cloud.faults.add({ action: "regenerateKey", mode: "pass", before: () => cloud.addWebPubSub("chat-prod") });
    await key.up(october);
    expect(cloud.takeRequests()).toEqual(["POLL", LIST, LIST, ROTATE, LIST]);
  });

  it("and a trigger that changed since are one POST more, after the first one has ended", async () => {
    await interrupted(october);
    cloud.settings.operationPolls = 1;
    cloud.faults.add({ kind: "POLL", mode: "pass", after: () => (cloud.settings.regenerateKey = "200") });
    cloud.faults.add({ kind: "POLL", mode: "answer", status: 200, body: { status: "Succeeded" } });
    cloud.faults.add({ action: "regenerateKey", mode: "pass", before: () => cloud.addWebPubSub("chat-prod") });
    await key.up(november);
    expect(cloud.takeRequests()).toEqual(["POLL", "POLL", LIST, LIST, ROTATE, LIST]);
    expect(key.state).toMatchObject({ triggers: { month: "2026-11" }, lastRun: { outcome: "rotated" } });
  });

  it("of the Salt is accepted when its operation ends well", async () => {
    await interrupted(salt);
    cloud.faults.add({ kind: "POLL", mode: "answer", status: 200, body: { status: "Succeeded" } });
    await key.up(salt);
    expect(cloud.takeRequests()).toEqual(["POLL", LIST]);
    expect(key.state).toMatchObject({ lastRun: { outcome: "accepted" } });
  });
});

describe("a regeneration that the service calls a success", () => {
  it("and whose key stays the old one is an error, and the next run looks first", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "answer", status: 200, body: {} });
    await expect(key.up(october)).rejects.toThrow(
      /^\/subscriptions\/.*\/webPubSub\/chat-prod: the service said that it regenerated the Secondary key, and listKeys still shows the old one\. Request id: \S+\. Run again/,
    );
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST, LIST, LIST, LIST]);
    await key.up(october);
    expect(cloud.takeRequests()).toEqual([LIST, LIST, ROTATE, LIST]);
  });

  it("and whose keys cannot be read afterwards is unknown, and the next run posts nothing", async () => {
    cloud.faults.add({
      action: "regenerateKey",
      mode: "pass",
      after: () => cloud.faults.add({ action: "listKeys", mode: "answer", status: 403 }),
    });
    await expect(key.up(october)).rejects.toThrow(/is not known\. .*403/);
    cloud.takeRequests();
    await key.up(october);
    expect(cloud.takeRequests()).toEqual([LIST]);
    expect(posts()).toBe(1);
  });
});

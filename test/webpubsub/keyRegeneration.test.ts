import { operation } from "../../provider/webpubsub/keyRegeneration";
import { type Cloud, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

const LIST = "POST …/webPubSub/chat-prod/listKeys";
const ROTATE = "POST …/webPubSub/chat-prod/regenerateKey";
const secondary = {
  resourceGroupName: "chat-platform-rg",
  resourceName: "chat-prod",
  keyType: "Secondary",
  triggers: { month: "2026-10" },
};

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

function rotations() {
  return cloud.rotations.map(({ keyType }) => keyType);
}

describe("a regeneration of a key", () => {
  it("answered with 200 is two looks around one POST, and gives the keys as they are then", async () => {
    const before = cloud.keys("chat-prod");
    expect(await key.up(secondary)).toBe("created");
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST]);
    const { saltVersion: _, ...now } = cloud.keys("chat-prod");
    expect(key.state).toMatchObject({ ...now, lastRun: { outcome: "rotated", requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    expect(now.primaryKey).toBe(before.primaryKey);
    expect(now.secondaryKey).not.toBe(before.secondaryKey);
    expect(key.recorded?.id).toMatch(/\/webPubSub\/chat-prod\/regenerateKey\/Secondary$/);
  });

  it("answered with 202 is followed to its end, and its own empty result is not asked for", async () => {
    cloud.settings.regenerateKey = "202";
    cloud.settings.keysChangeAt = "completion";
    cloud.settings.operationPolls = 3;
    await key.up({ ...secondary, keyType: "Primary" });
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, "POLL", "POLL", "POLL", LIST]);
    expect(rotations()).toEqual(["Primary"]);
    expect(key.state).toMatchObject({ primaryKey: cloud.keys("chat-prod").primaryKey, lastRun: { outcome: "rotated" } });
    expect(key.state).not.toHaveProperty("pendingOperation");
  });

  it("of the Salt is the operation's word alone", async () => {
    await key.up({ ...secondary, keyType: "Salt" });
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST]);
    expect(cloud.keys("chat-prod").saltVersion).toBe(2);
    expect(key.state).toMatchObject({ lastRun: { outcome: "accepted" } });
  });

  it("is left out at create with runOnCreate false, and takes place at the first changed trigger", async () => {
    await key.up({ ...secondary, runOnCreate: false });
    expect(cloud.takeRequests()).toEqual([LIST]);
    expect(key.state).toMatchObject({ lastRun: { outcome: "skipped", requestId: "" } });
    await key.up({ ...secondary, runOnCreate: false, triggers: { month: "2026-11" } });
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST]);
    expect(key.said.at(-1)).toBe(
      'info: webpubsub.KeyRegeneration: will regenerate the Secondary key of chat-prod (triggers.month: "2026-10" → "2026-11"); Primary is not touched.',
    );
  });

  it("follows from a trigger that appears, changes or disappears, and from no other order of the same triggers and no null", async () => {
    const triggers = { month: "2026-10", nested: { b: 1, a: [1, { d: 1, c: 2 }] } };
    await key.up({ ...secondary, triggers });
    expect(await key.up({ ...secondary, triggers: { nested: { a: [1, { c: 2, d: 1 }], b: 1 }, month: "2026-10" } })).toBe("unchanged");
    expect(rotations()).toHaveLength(1);
    expect(await key.up({ ...secondary, triggers: { ...triggers, extra: null } })).toBe("unchanged");
    await key.up({ ...secondary, triggers: { ...triggers, extra: "there" } });
    await key.up({ ...secondary, triggers: { ...triggers, nested: { b: 1, a: [{ d: 1, c: 2 }, 1] } } });
    await key.up({ ...secondary, triggers: undefined });
    expect(rotations()).toHaveLength(4);
  });

  it("does not follow from another argument, whose change is recorded without a call", async () => {
    await key.up(secondary);
    cloud.takeRequests();
    expect(await key.up({ ...secondary, timeouts: { create: "10m" } })).toBe("unchanged");
    expect(await key.up({ ...secondary, runOnCreate: true })).toBe("updated");
    expect(key.said.at(-1)).toContain("will record runOnCreate (nothing) → true; no key is regenerated.");
    expect(cloud.takeRequests()).toEqual([]);
  });

  it("of another key is another resource", async () => {
    await key.up(secondary);
    expect(await key.preview({ ...secondary, keyType: "Primary" })).toMatchObject({ replaces: ["keyType"] });
    expect(await key.preview({ ...secondary, resourceName: "chat-test" })).toMatchObject({ replaces: ["resourceName"] });
    expect(await key.preview({ ...secondary, resourceName: "CHAT-PROD", resourceGroupName: "Chat-Platform-RG" })).toMatchObject({
      changes: false,
    });
  });

  it("that the service ends as Failed or Canceled is an error with the service's sentence, and leaves no resource", async () => {
    cloud.settings.regenerateKey = "202";
    cloud.settings.keysChangeAt = "completion";
    for (const outcome of ["Failed", "Canceled"] as const) {
      cloud.settings.operationOutcome = outcome;
      await expect(key.up(secondary)).rejects.toThrow(
        new RegExp(
          `ended as ${outcome} \\(Operation${outcome}\\)\\. The operation (failed|was canceled), because this emulator was told so\\.`,
        ),
      );
      expect(key.recorded).toBeUndefined();
      expect(cloud.takeRequests()).toEqual([LIST, ROTATE, "POLL", "POLL"]);
    }
  });

  it("of a service that does not exist says so with the service's sentence and request id", async () => {
    await expect(key.up({ ...secondary, resourceName: "chat-test" })).rejects.toThrow(
      /^POST …\/webPubSub\/chat-test\/listKeys was refused: 404 \(ResourceNotFound\)\. The Resource '.*' under resource group 'chat-platform-rg' was not found\. .*Request id: [0-9a-f-]{36}\. Check the names/,
    );
    expect(key.recorded).toBeUndefined();
  });

  it("waits for the one that runs in the same service, where a second POST would be refused", async () => {
    cloud.settings.regenerateKey = "202";
    const other = new HookDriver(operation, cloud);
    await Promise.all([key.up({ ...secondary, keyType: "Primary" }), other.up(secondary)]);
    expect(rotations()).toEqual(["Primary", "Secondary"]);
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, "POLL", "POLL", LIST, LIST, ROTATE, "POLL", "POLL", LIST]);
    expect(cloud.requests.map(({ status }) => status)).not.toContain(409);
  });

  it("is refused in check with everything that is wrong, each with its path", async () => {
    expect(
      await key.problems({ resourceName: "c", keyType: "primary", keys: "plain", timeouts: { create: "soon" }, triggers: "x", colour: 1 }),
    ).toEqual([
      "resourceGroupName: is required and was not given",
      'timeouts.create: must be a duration above zero, such as "90s", "30m" or "1h30m" (is "soon")',
      'triggers: must be an object (is "x")',
      'resourceName: must be 3 to 63 letters, digits and hyphens, the first a letter, the last no hyphen (is "c")',
      'keyType: must be "Primary", "Secondary" or "Salt" (is "primary")',
      'keys: must be "secret" or "fingerprint" (is "plain")',
      '["colour"]: is not an argument of this resource; check its spelling',
    ]);
    expect(cloud.takeRequests()).toEqual([]);
  });
});

describe("the keys of a regeneration", () => {
  it("are left out of the state with fingerprint, and what is left tells nothing of them", async () => {
    await key.up({ ...secondary, keys: "fingerprint" });
    const { fingerprints } = key.state as { fingerprints: Record<string, string> };
    expect(fingerprints).toEqual({ primary: expect.stringMatching(/^[0-9a-f]{12}$/), secondary: expect.stringMatching(/^[0-9a-f]{12}$/) });
    const text = JSON.stringify(key.state);
    for (const secret of cloud.secrets) expect(text).not.toContain(secret);
    await key.refresh();
    expect(Object.keys(key.state)).not.toContain("primaryKey");
  });

  it("come and go when the mode is switched, with a look and without a regeneration", async () => {
    await key.up(secondary);
    cloud.takeRequests();
    expect(await key.up({ ...secondary, keys: "fingerprint" })).toBe("updated");
    expect(cloud.takeRequests()).toEqual([]);
    expect(Object.keys(key.state)).not.toContain("secondaryKey");
    cloud.rotateBySomebodyElse("chat-prod", "Primary");
    const before = key.state.fingerprints;
    await key.up(secondary);
    expect(cloud.takeRequests()).toEqual([LIST]);
    expect(key.state).toMatchObject({ primaryKey: cloud.keys("chat-prod").primaryKey });
    expect(key.state.fingerprints).not.toEqual(before);
    expect(rotations()).toEqual(["Secondary", "Primary"]);
  });

  it("that somebody else rotated show at a refresh, which regenerates none", async () => {
    await key.up(secondary);
    cloud.takeRequests();
    cloud.rotateBySomebodyElse("chat-prod", "Secondary");
    const before = key.state;
    expect(await key.refresh()).toBe(true);
    expect(cloud.takeRequests()).toEqual([LIST]);
    expect(key.state.secondaryKey).toBe(cloud.keys("chat-prod").secondaryKey);
    expect(key.state.lastRun).toEqual(before.lastRun);
    expect(key.state.fingerprints).not.toEqual(before.fingerprints);
    expect(await key.up(secondary)).toBe("unchanged");
    expect(cloud.takeRequests()).toEqual([]);
  });

  it("of a service that is gone end the resource at a refresh, and a destroy sends nothing", async () => {
    await key.up(secondary);
    cloud.takeRequests();
    const kept = key.recorded;
    cloud.faults.add({ action: "listKeys", mode: "answer", status: 404 });
    expect(await key.refresh()).toBe(false);
    key.recorded = kept;
    cloud.takeRequests();
    await key.destroy();
    expect(cloud.takeRequests()).toEqual([]);
  });

  it("of an existing regeneration are read by its id, and the same again the next time", async () => {
    const id = `/subscriptions/${cloud.identity.subscriptionId}/resourceGroups/chat-platform-rg/providers/Microsoft.SignalRService/webPubSub/chat-prod/regenerateKey/Primary`;
    const first = await key.get(id);
    expect(first.state).toMatchObject({
      resourceGroupName: "chat-platform-rg",
      resourceName: "chat-prod",
      keyType: "Primary",
      primaryKey: cloud.keys("chat-prod").primaryKey,
      lastRun: { outcome: "skipped" },
    });
    expect(first.inputs).toEqual({
      __provider: "text",
      resourceGroupName: "chat-platform-rg",
      resourceName: "chat-prod",
      keyType: "Primary",
    });
    expect(await key.get(id)).toEqual(first);
    expect(cloud.takeRequests()).toEqual([LIST, LIST]);
  });
});

import { operation } from "../../provider/webpubsub/rotatingKeys";
import { type Cloud, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

const LIST = "POST …/webPubSub/chat-prod/listKeys";
const ROTATE = "POST …/webPubSub/chat-prod/regenerateKey";
const DAY_MS = 86_400_000;
const october = { resourceGroupName: "chat-platform-rg", resourceName: "chat-prod", triggers: { month: "2026-10" } };
const november = { ...october, triggers: { month: "2026-11" } };
const december = { ...october, triggers: { month: "2026-12" } };

let cloud: Cloud;
let keys: HookDriver;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(20);
  cloud = await startCloud();
  cloud.addWebPubSub("chat-prod");
  keys = new HookDriver(operation, cloud);
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

const rotations = () => cloud.rotations.map(({ keyType }) => keyType);

/** What the state hands out, and what the service takes. */
function expectHandedOut(keyType: "Primary" | "Secondary"): void {
  const { primaryKey, primaryConnectionString, secondaryKey, secondaryConnectionString } = cloud.keys("chat-prod");
  const [activeKey, activeConnectionString] =
    keyType === "Primary" ? [primaryKey, primaryConnectionString] : [secondaryKey, secondaryConnectionString];
  const idleKeyType = keyType === "Primary" ? "Secondary" : "Primary";
  expect(keys.state).toMatchObject({ activeKeyType: keyType, activeKey, activeConnectionString, idleKeyType });
}

describe("of two keys that take turns", () => {
  it("the first is handed out as it is at create, with one look", async () => {
    expect(await keys.up(october)).toBe("created");
    expect(cloud.takeRequests()).toEqual([LIST]);
    expectHandedOut("Primary");
    expect(keys.state).toMatchObject({ lastRun: { outcome: "skipped" } });
    expect(keys.state).not.toHaveProperty("rotatedAt");
    expect(keys.recorded?.id).toMatch(/\/webPubSub\/chat-prod\/rotatingKeys$/);
    expect(keys.said).toEqual([
      "info: webpubsub.RotatingKeys: will hand out the Primary key of chat-prod as it is; Secondary is regenerated and handed out when triggers change.",
    ]);
  });

  it("the idle one is regenerated and handed out at each change of triggers, and the one of before stays as it is", async () => {
    await keys.up(october);
    cloud.takeRequests();
    for (const [given, next, before] of [
      [november, "Secondary", "Primary"],
      [december, "Primary", "Secondary"],
      [october, "Secondary", "Primary"],
    ] as const) {
      const handedOut = keys.state["activeKey"];
      await keys.up(given);
      expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST]);
      expectHandedOut(next);
      expect(cloud.keys("chat-prod")[before === "Primary" ? "primaryKey" : "secondaryKey"]).toBe(handedOut);
      const { lastRun, rotatedAt } = keys.state as { lastRun: { at: string; outcome: string }; rotatedAt: string };
      expect([lastRun.outcome, rotatedAt]).toEqual(["rotated", lastRun.at]);
      expect(await keys.up(given)).toBe("unchanged");
      expect(cloud.takeRequests()).toEqual([]);
    }
    expect(rotations()).toEqual(["Secondary", "Primary", "Secondary"]);
  });

  it("a preview names the one that is regenerated and the one that stays valid", async () => {
    await keys.up(october);
    await keys.up(november);
    keys.said.length = 0;
    await keys.preview(december);
    expect(keys.said).toEqual([
      'info: webpubsub.RotatingKeys: will regenerate the Primary key of chat-prod (triggers.month: "2026-11" → "2026-12") and hand it out; Secondary, handed out until now, stays valid.',
    ]);
  });

  it("a regeneration answered with 202 is followed to its end before its key is handed out", async () => {
    Object.assign(cloud.settings, { regenerateKey: "202", keysChangeAt: "completion", operationPolls: 3 });
    await keys.up(october);
    await keys.up(november);
    expect(cloud.takeRequests()).toEqual([LIST, LIST, ROTATE, "POLL", "POLL", "POLL", LIST]);
    expectHandedOut("Secondary");
    expect(keys.state).not.toHaveProperty("pendingOperation");
  });

  it.each([
    ["Primary", "Secondary"],
    ["Secondary", "Primary"],
  ] as const)("with %s as the first, %s is regenerated at create where that is asked for", async (firstKeyType, idle) => {
    const before = cloud.keys("chat-prod");
    await keys.up({ ...october, firstKeyType, runOnCreate: true });
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST]);
    expect(rotations()).toEqual([idle]);
    expectHandedOut(idle);
    const untouched = firstKeyType === "Primary" ? "primaryKey" : "secondaryKey";
    expect(cloud.keys("chat-prod")[untouched]).toBe(before[untouched]);
    expect(keys.said[0]).toBe(
      `info: webpubsub.RotatingKeys: will regenerate the ${idle} key of chat-prod and hand it out; ${firstKeyType} is not touched.`,
    );
  });

  it("the first may be the Secondary, and its change later is recorded and changes nothing", async () => {
    await keys.up({ ...october, firstKeyType: "Secondary" });
    expectHandedOut("Secondary");
    cloud.takeRequests();
    expect(await keys.up({ ...october, firstKeyType: "Primary" })).toBe("updated");
    expectHandedOut("Secondary");
    expect(keys.said.at(-1)).toBe(
      'info: webpubsub.RotatingKeys: will record firstKeyType "Secondary" → "Primary"; no key is regenerated, and Secondary stays the active one.',
    );
    expect(cloud.takeRequests()).toEqual([]);
    await keys.up({ ...november, firstKeyType: "Primary" });
    expect(rotations()).toEqual(["Primary"]);
  });

  it("none is regenerated for another argument, another order of triggers, a refresh or a destroy", async () => {
    await keys.up({ ...october, triggers: { a: 1, b: 2 } });
    cloud.takeRequests();
    expect(await keys.up({ ...october, triggers: { b: 2, a: 1 }, timeouts: { update: "10m" } })).toBe("unchanged");
    expect(await keys.up({ ...october, triggers: { a: 1, b: 2 }, runOnCreate: true, maximumAge: "P90D" })).toBe("updated");
    expect(cloud.takeRequests()).toEqual([]);
    expect(await keys.refresh()).toBe(true);
    expect(cloud.takeRequests()).toEqual([LIST]);
    await keys.destroy();
    expect(cloud.takeRequests()).toEqual([]);
    expect(rotations()).toEqual([]);
  });

  it("those of another service are another resource, which begins without a regeneration", async () => {
    cloud.addWebPubSub("chat-test");
    await keys.up(october);
    await keys.up(november);
    expect(await keys.preview({ ...november, resourceName: "CHAT-PROD" })).toMatchObject({ changes: false });
    expect(await keys.up({ ...december, resourceName: "chat-test" })).toBe("replaced");
    expect(keys.state).toMatchObject({ activeKeyType: "Primary", activeKey: cloud.keys("chat-test").primaryKey });
    expect(rotations()).toEqual(["Secondary"]);
  });

  it("those of a service that is gone end the resource at a refresh", async () => {
    await keys.up(october);
    cloud.faults.add({ action: "listKeys", mode: "answer", status: 404 });
    expect(await keys.refresh()).toBe(false);
  });

  it("a state that does not tell which is active is no reason to guess", async () => {
    await keys.up(october);
    if (keys.recorded === undefined) throw new Error("Nothing is recorded.");
    const { activeKeyType: _, ...state } = keys.recorded.state;
    keys.recorded = { ...keys.recorded, state };
    await expect(keys.up(november)).rejects.toThrow(
      /does not tell which key is the active one, so none is regenerated\. Run `pulumi refresh`/,
    );
    expect(rotations()).toEqual([]);
    await keys.refresh();
    expectHandedOut("Primary");
    await keys.up(november);
    expect(rotations()).toEqual(["Secondary"]);
  });

  it("an id and a state of the program are enough to read them, the same each time", async () => {
    const id = `/subscriptions/${cloud.identity.subscriptionId}/resourceGroups/chat-platform-rg/providers/Microsoft.SignalRService/webPubSub/chat-prod/rotatingKeys`;
    const { activeKey, inputs } = await keys.get(id).then(({ state, inputs }) => ({ activeKey: state["activeKey"], inputs }));
    expect(activeKey).toBe(cloud.keys("chat-prod").primaryKey);
    expect(inputs).toEqual({ __provider: "text", resourceGroupName: "chat-platform-rg", resourceName: "chat-prod" });
    const second = await keys.get(id, { firstKeyType: "Secondary" });
    expect(second.state).toMatchObject({ activeKeyType: "Secondary", activeKey: cloud.keys("chat-prod").secondaryKey });
    expect(await keys.get(id, { firstKeyType: "Secondary" })).toEqual(second);
    expect(rotations()).toEqual([]);
  });

  it("a wrong argument is refused in check, with its path", async () => {
    const wrong = { resourceName: "c", firstKeyType: "Salt", maximumAge: "90 days", keys: "plain", keyType: "Primary" };
    expect(await keys.problems(wrong)).toEqual([
      "resourceGroupName: is required and was not given",
      'resourceName: must be 3 to 63 letters, digits and hyphens, the first a letter, the last no hyphen (is "c")',
      'firstKeyType: must be "Primary" or "Secondary" (is "Salt")',
      'maximumAge: must be an ISO 8601 duration such as "P90D" (is "90 days")',
      'keys: must be "secret" or "fingerprint" (is "plain")',
      '["keyType"]: is not an argument of this resource; check its spelling',
    ]);
  });
});

describe("with fingerprints alone", () => {
  it("no key is in the state, and the turns are the same", async () => {
    const given = { ...october, keys: "fingerprint" };
    await keys.up(given);
    await keys.up({ ...given, triggers: { month: "2026-11" } });
    await keys.up({ ...given, triggers: { month: "2026-12" } });
    await keys.refresh();
    expect(rotations()).toEqual(["Secondary", "Primary"]);
    expect(keys.state).toMatchObject({ activeKeyType: "Primary", fingerprints: { primary: expect.stringMatching(/^[0-9a-f]{12}$/) } });
    const text = JSON.stringify(keys.state);
    for (const secret of cloud.secrets) expect(text).not.toContain(secret);
  });

  it("the active key comes and goes when the mode is switched, with a look and without a regeneration", async () => {
    await keys.up({ ...october, keys: "fingerprint" });
    cloud.takeRequests();
    await keys.up(october);
    expect(cloud.takeRequests()).toEqual([LIST]);
    expectHandedOut("Primary");
    await keys.up({ ...october, keys: "fingerprint" });
    expect(cloud.takeRequests()).toEqual([]);
    expect(keys.state).not.toHaveProperty("activeKey");
    expect(keys.state).not.toHaveProperty("activeConnectionString");
  });
});

describe("a preview with a maximum age", () => {
  const remedy = "A change of triggers regenerates the idle one and hands it out.";
  const aged = { ...november, maximumAge: "P3M" };

  /** What a preview says, with the active key regenerated so many days ago. */
  async function saidAfter(days: number, given: Record<string, unknown> = aged): Promise<string[]> {
    if (keys.recorded === undefined) throw new Error("Nothing is recorded.");
    const rotatedAt = new Date(Date.now() - days * DAY_MS).toISOString();
    keys.recorded = { ...keys.recorded, state: { ...keys.recorded.state, rotatedAt } };
    keys.said.length = 0;
    await keys.preview(given);
    return keys.said.map((line) => line.replaceAll(rotatedAt, "THEN"));
  }

  it("warns of an active key that is older, by the calendar, and does nothing else", async () => {
    await keys.up({ ...october, maximumAge: "P3M" });
    await keys.up(aged);
    cloud.takeRequests();
    expect(await saidAfter(88)).toEqual([]);
    expect(await saidAfter(93)).toEqual([
      `warning: webpubsub.RotatingKeys: the active Secondary key of chat-prod was regenerated at THEN and is older than maximumAge "P3M". ${remedy}`,
    ]);
    expect(await keys.preview(aged)).toMatchObject({ changes: false });
    expect(await saidAfter(93, { ...aged, maximumAge: "P94D" })).toEqual([
      'info: webpubsub.RotatingKeys: will record maximumAge "P3M" → "P94D"; no key is regenerated, and Secondary stays the active one.',
    ]);
    expect(cloud.takeRequests()).toEqual([]);
  });

  it("warns of none where a new key is about to be handed out, nor of an age that is not known yet", async () => {
    await keys.up({ ...october, maximumAge: "P3M" });
    await keys.up(aged);
    expect(await saidAfter(93, { ...aged, triggers: { month: "2026-12" } })).toEqual([
      expect.stringContaining("info: webpubsub.RotatingKeys: will regenerate the Primary key"),
    ]);
    const unknown = { ...aged, maximumAge: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };
    expect(await saidAfter(93, unknown)).toEqual([expect.stringMatching(/^info: .* will record maximumAge "P3M" → \(not known yet\)/)]);
  });

  it("warns of a key that this resource has not regenerated, since nothing tells its age", async () => {
    await keys.up({ ...october, maximumAge: "P90D" });
    keys.said.length = 0;
    expect(await keys.preview({ ...october, maximumAge: "P90D" })).toMatchObject({ changes: false });
    expect(keys.said).toEqual([
      `warning: webpubsub.RotatingKeys: how old the active Primary key of chat-prod is cannot be told (maximumAge is "P90D"). ${remedy}`,
    ]);
  });
});

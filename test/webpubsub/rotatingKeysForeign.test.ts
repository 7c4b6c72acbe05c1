import { operation } from "../../provider/webpubsub/rotatingKeys";
import { type Cloud, type KeyType, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

// Somebody else regenerates a key of the two.

const LIST = "POST …/webPubSub/chat-prod/listKeys";
const ROTATE = "POST …/webPubSub/chat-prod/regenerateKey";
const october = { resourceGroupName: "chat-platform-rg", resourceName: "chat-prod", triggers: { month: "2026-10" } };
const november = { ...october, triggers: { month: "2026-11" } };
const december = { ...october, triggers: { month: "2026-12" } };

const told = (active: string) =>
  `warning: the active ${active} key of chat-prod was changed by somebody else; whoever still uses the one handed out before is refused.`;
const toldOfIdle = (idle: string) =>
  `warning: the idle ${idle} key of chat-prod was changed by somebody else; whoever uses it is refused once it is regenerated here.`;

let cloud: Cloud;
let keys: HookDriver;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(20);
  cloud = await startCloud();
  cloud.addWebPubSub("chat-prod");
  keys = new HookDriver(operation, cloud);
  await keys.up(october);
  await keys.up(november);
  cloud.takeRequests();
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

const theirs = (keyType: KeyType) => cloud.rotateBySomebodyElse("chat-prod", keyType);
const warnings = () => keys.said.filter((line) => line.startsWith("warning: "));
const posts = () => cloud.requests.filter(({ action }) => action === "regenerateKey").length;

describe("an active key that somebody else changed", () => {
  it("shows at a refresh: the outputs follow, its age is not known any more, and it is said once", async () => {
    expect(keys.state).toHaveProperty("rotatedAt");
    theirs("Secondary");
    await keys.refresh();
    expect(warnings()).toEqual([told("Secondary")]);
    const { secondaryKey: activeKey, secondaryConnectionString: activeConnectionString } = cloud.keys("chat-prod");
    expect(keys.state).toMatchObject({ activeKeyType: "Secondary", activeKey, activeConnectionString, lastRun: { outcome: "rotated" } });
    expect(keys.state).not.toHaveProperty("rotatedAt");
    await keys.refresh();
    expect(await keys.up(november)).toBe("unchanged");
    expect(warnings()).toHaveLength(1);
    expect(posts()).toBe(1);
  });

  it("shows at the look before a rotation, which takes place once all the same", async () => {
    theirs("Secondary");
    await keys.up(december);
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST]);
    expect(warnings()).toEqual([told("Secondary")]);
    expect(keys.state).toMatchObject({ activeKeyType: "Primary", activeKey: cloud.keys("chat-prod").primaryKey });
  });

  it("while the idle one is regenerated is said too", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "pass", after: () => theirs("Secondary") });
    await keys.up(december);
    expect(warnings()).toEqual([told("Secondary")]);
    expect(keys.state).toMatchObject({ activeKeyType: "Primary", activeKey: cloud.keys("chat-prod").primaryKey });
  });

  it("while a run is left open shows at a refresh, and that run is found out as before", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "reset" });
    await expect(keys.up(december)).rejects.toThrow("is not known");
    theirs("Secondary");
    theirs("Primary");
    await keys.refresh();
    expect(keys.state).toMatchObject({ activeKeyType: "Secondary", activeKey: cloud.keys("chat-prod").secondaryKey });
    await keys.up(december);
    expect(new Set(warnings())).toEqual(new Set([told("Secondary")]));
    expect(posts()).toBe(2);
    expect(keys.state).toMatchObject({ activeKeyType: "Primary", activeKey: cloud.keys("chat-prod").primaryKey });
  });

  it("shows where the keys are asked for after fingerprints alone", async () => {
    await keys.up({ ...november, keys: "fingerprint" });
    theirs("Secondary");
    await keys.up(november);
    expect(warnings()).toEqual([told("Secondary")]);
    expect(keys.state).toMatchObject({ activeKey: cloud.keys("chat-prod").secondaryKey });
    expect(posts()).toBe(1);
  });
});

describe("an idle key that somebody else changed", () => {
  it("is told at a refresh, and changes nothing that is handed out", async () => {
    const { activeKey, rotatedAt } = keys.state;
    theirs("Primary");
    await keys.refresh();
    expect(warnings()).toEqual([toldOfIdle("Primary")]);
    expect(keys.state).toMatchObject({ activeKeyType: "Secondary", activeKey, rotatedAt });
    expect(await keys.up(november)).toBe("unchanged");
  });

  it("is told at the look before a rotation, and is regenerated once", async () => {
    theirs("Primary");
    await keys.up(december);
    expect(cloud.takeRequests()).toEqual([LIST, ROTATE, LIST]);
    expect(warnings()).toEqual([toldOfIdle("Primary")]);
    expect(keys.state).toMatchObject({ activeKeyType: "Primary", activeKey: cloud.keys("chat-prod").primaryKey });
  });

  it("between that look and the POST is regenerated once, and nothing is handed out that is refused", async () => {
    cloud.faults.add({ action: "regenerateKey", mode: "pass", before: () => theirs("Primary") });
    await keys.up(december);
    expect(posts()).toBe(2);
    expect(warnings()).toEqual([]);
    expect(keys.state).toMatchObject({ activeKeyType: "Primary", activeKey: cloud.keys("chat-prod").primaryKey });
  });
});

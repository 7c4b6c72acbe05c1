import { operation } from "../../provider/webpubsub/keyRegeneration";
import { type Answer, type Cloud, type FaultRule, type KeyType, startCloud } from "../cloud";
import { combinations, differences, outcomeOf, requestsAbout } from "../support/cells";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

// Somebody else regenerates a key while this resource does.

interface ForeignCell {
  readonly keyType: KeyType;
  readonly when: "before our look" | "between our look and our POST" | "between our POST and the look that verifies" | "after our run";
  readonly whose: "ours" | "the other" | "both";
  /** What becomes of our own POST. */
  readonly way: "done" | "followed" | "answer lost, done" | "answer lost, not done" | "called done, not done";
}

const THEIRS = { ours: ["Secondary"], "the other": ["Primary"], both: ["Primary", "Secondary"] } as const;
const FORETOLD: Record<KeyType, string> = {
  Primary: 'will regenerate the Primary key of chat (triggers.month: "2026-10" → "2026-11"); Secondary is not touched.',
  Secondary: 'will regenerate the Secondary key of chat (triggers.month: "2026-10" → "2026-11"); Primary is not touched.',
  Salt: 'will regenerate the Salt key of chat (triggers.month: "2026-10" → "2026-11").',
};

let cloud: Cloud;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(30);
  cloud = await startCloud();
  cloud.settings.regenerateKey = "202";
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

/** For the key type of the cell: with Primary and Secondary exchanged where ours is the Primary. */
function theirKeys({ whose, keyType }: ForeignCell): KeyType[] {
  const exchanged: Record<KeyType, KeyType> = { Primary: "Secondary", Secondary: "Primary", Salt: "Salt" };
  return THEIRS[whose].map((key) => (keyType === "Primary" ? exchanged[key] : key));
}

/** Whether listKeys shows another key of our type at the end than at our look. */
function isSeenChanged({ keyType, when, whose, way }: ForeignCell): boolean {
  if (keyType === "Salt") return false;
  const isTheirs = whose !== "the other" && when !== "before our look" && when !== "after our run";
  return isTheirs || (way !== "answer lost, not done" && way !== "called done, not done");
}

interface Outcome {
  readonly posts: number;
  readonly outcome: string;
  /** What stays under the resource, but for the preview's sentence. */
  readonly said: readonly string[];
  readonly error: "none" | "unknown" | "still the old one";
}

/** Whoever made the new key: what is recorded is what listKeys shows, and one POST was all. */
function expected(cell: ForeignCell): Outcome {
  const isLost = cell.way.startsWith("answer lost");
  if (cell.keyType === "Salt") {
    return isLost
      ? { posts: 1, outcome: "unknown", said: [], error: "unknown" }
      : { posts: 1, outcome: "accepted", said: [], error: "none" };
  }
  if (!isSeenChanged(cell)) return { posts: 1, outcome: "unknown", said: [], error: isLost ? "unknown" : "still the old one" };
  const said = isLost ? [`warning: no answer came to the ${cell.keyType} regeneration, and listKeys shows that it was done.`] : [];
  return { posts: 1, outcome: "rotated", said, error: "none" };
}

function ownPost(way: ForeignCell["way"]): Pick<FaultRule, "mode"> & Partial<FaultRule> {
  const atOnce = (answer: Answer): Answer => ({ status: 200, headers: { "Content-Type": "application/json" }, body: answer.body });
  const faults: Record<ForeignCell["way"], object> = {
    done: { mode: "amend", change: atOnce },
    followed: { mode: "pass" },
    "answer lost, done": { mode: "reset", apply: true },
    "answer lost, not done": { mode: "reset" },
    "called done, not done": { mode: "answer", status: 200, body: {} },
  };
  return faults[way] as Pick<FaultRule, "mode"> & Partial<FaultRule>;
}

/** Our update is the second run; the first one has asked for the keys once. */
function script(cell: ForeignCell, service: string): void {
  const theirs = () => {
    for (const key of theirKeys(cell)) cloud.rotateBySomebodyElse(service, key);
  };
  const path = `/${service}/`;
  if (cell.when === "before our look") theirs();
  const before = cell.when === "between our look and our POST" ? theirs : () => undefined;
  cloud.faults.add({ ...ownPost(cell.way), path, action: "regenerateKey", before } as FaultRule);
  // Nothing would show the Salt, so a lost answer is not looked after.
  const isVerified = cell.keyType !== "Salt" || !cell.way.startsWith("answer lost");
  if (isVerified && cell.when === "between our POST and the look that verifies") {
    cloud.faults.add({ path, action: "listKeys", nth: 2, mode: "pass", before: theirs });
  }
}

async function seen(cell: ForeignCell, lane: HookDriver, number: number): Promise<Outcome> {
  const service = `chat-${number}`;
  cloud.addWebPubSub(service);
  lane.recorded = undefined;
  const given = {
    resourceGroupName: "chat-platform-rg",
    resourceName: service,
    keyType: cell.keyType,
    runOnCreate: false,
    timeouts: { update: "5m" },
  };
  await lane.up({ ...given, triggers: { month: "2026-10" } });
  const before = lane.state["fingerprints"];
  lane.said.length = 0;
  script(cell, service);
  const end = await outcomeOf(lane.up({ ...given, triggers: { month: "2026-11" } }));
  const outcome = (lane.state["lastRun"] as { outcome: string }).outcome;
  const [, foretold, ...said] = lane.said.map((line) => line.replaceAll(service, "chat"));
  expect(foretold).toBe(`info: webpubsub.KeyRegeneration: ${FORETOLD[cell.keyType]}`);
  if (outcome === "unknown" && cell.when !== "before our look") expect(lane.state["fingerprints"]).toEqual(before);
  await afterwards(cell, lane, service, outcome);
  const posts = requestsAbout(cloud, `/${service}/`).filter(({ action }) => action === "regenerateKey").length;
  return { posts, outcome, said, error: "threw" in end ? errorIn(end.threw) : "none" };
}

/** The state holds the service's keys, at the end of the run, and after a refresh where somebody comes later. */
async function afterwards(cell: ForeignCell, lane: HookDriver, service: string, outcome: string): Promise<void> {
  const expectKeys = () => {
    const { saltVersion: _, ...now } = cloud.keys(service);
    expect(lane.state).toMatchObject(now);
  };
  if (outcome !== "unknown") expectKeys();
  if (cell.when !== "after our run") return;
  for (const key of theirKeys(cell)) cloud.rotateBySomebodyElse(service, key);
  await lane.refresh();
  expectKeys();
  expect(lane.state["lastRun"]).toMatchObject({ outcome });
}

function errorIn({ message }: Error): Outcome["error"] {
  if (/: the service said that it regenerated the \w+ key, and listKeys still shows the old one\. /.test(message))
    return "still the old one";
  return /^Whether the \w+ key of \S+ was regenerated is not known\. /.test(message) ? "unknown" : (message as Outcome["error"]);
}

const cells: readonly ForeignCell[] = combinations({
  keyType: ["Primary", "Secondary", "Salt"],
  when: ["before our look", "between our look and our POST", "between our POST and the look that verifies", "after our run"],
  whose: ["ours", "the other", "both"],
  way: ["done", "followed", "answer lost, done", "answer lost, not done", "called done, not done"],
} as const);

it(`a key that somebody else changes meanwhile costs no second POST and is recorded as listKeys shows it (${cells.length} cells)`, async () => {
  const lanes = Array.from({ length: 10 }, () => new HookDriver(operation, cloud));
  expect(await differences({ cells, lanes, expected, seen })).toEqual([]);
  expect(cloud.faults.unused()).toEqual([]);
});

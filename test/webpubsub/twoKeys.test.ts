import { operation } from "../../provider/webpubsub/keyRegeneration";
import { type Answer, type Cloud, type FaultRule, startCloud } from "../cloud";
import { combinations, differences, outcomeOf, requestsAbout } from "../support/cells";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

// Two resources of one program regenerate both keys of one service at the same time.

type Line = "LIST" | "ROTATE" | "POLL";

/** How one of the two regenerations goes. */
interface Way {
  readonly name: string;
  /** The fault at the regeneration, or at the look before it. */
  readonly fault?: Partial<FaultRule> & Pick<FaultRule, "mode">;
  readonly at: "listKeys" | "regenerateKey";
  readonly lines: readonly Line[];
  readonly outcome: "rotated" | "unknown" | "nothing recorded";
  /** Whether the service makes a new key. */
  readonly isDone: boolean;
}

function withoutAddress({ status: _, headers, body }: Answer): Answer {
  const { "Azure-AsyncOperation": __, Location: ___, ...others } = headers;
  return { status: 200, headers: others, body };
}

const followed: readonly Line[] = ["LIST", "ROTATE", "POLL", "POLL", "LIST"];
const ways: readonly Way[] = [
  { name: "followed to its end", at: "regenerateKey", lines: followed, outcome: "rotated", isDone: true },
  {
    name: "done at once",
    at: "regenerateKey",
    fault: { mode: "amend", change: withoutAddress },
    lines: ["LIST", "ROTATE", "LIST"],
    outcome: "rotated",
    isDone: true,
  },
  {
    name: "answer lost after it was done",
    at: "regenerateKey",
    fault: { mode: "reset", apply: true },
    lines: ["LIST", "ROTATE", "LIST"],
    outcome: "rotated",
    isDone: true,
  },
  {
    name: "lost before it was done",
    at: "regenerateKey",
    fault: { mode: "reset" },
    lines: ["LIST", "ROTATE", "LIST", "LIST", "LIST", "LIST"],
    outcome: "unknown",
    isDone: false,
  },
  {
    name: "refused",
    at: "regenerateKey",
    fault: { mode: "answer", status: 403 },
    lines: ["LIST", "ROTATE"],
    outcome: "nothing recorded",
    isDone: false,
  },
  {
    name: "turned away once and then followed",
    at: "regenerateKey",
    fault: { mode: "answer", status: 429 },
    lines: ["LIST", "ROTATE", "ROTATE", "POLL", "POLL", "LIST"],
    outcome: "rotated",
    isDone: true,
  },
  {
    name: "not even looked at",
    at: "listKeys",
    fault: { mode: "answer", status: 403 },
    lines: ["LIST"],
    outcome: "nothing recorded",
    isDone: false,
  },
];

interface PairCell {
  readonly first: Way;
  readonly second: Way;
  /** Azure takes names in any case. */
  readonly spelling: "same" | "other case";
}

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

/** The n-th request of its kind is the second run's first one, where n is one more than what the first run sends. */
function script({ fault, at }: Way, service: string, nth: number): void {
  if (fault !== undefined) cloud.faults.add({ ...fault, path: `/${service}/`, action: at, nth } as FaultRule);
}

function countOf({ lines }: Way, wanted: Line): number {
  return lines.filter((line) => line === wanted).length;
}

function expected({ first, second }: PairCell) {
  return {
    lines: [...first.lines.map((line) => `Primary ${line}`), ...second.lines.map((line) => `Secondary ${line}`)],
    outcomes: [first.outcome, second.outcome],
    isDone: [first.isDone, second.isDone],
    refusals: [],
  };
}

async function seen({ first, second, spelling }: PairCell, lanes: readonly HookDriver[], number: number) {
  const service = `pair-${number}`;
  cloud.addWebPubSub(service);
  script(first, service, 1);
  script(second, service, countOf(first, second.at === "listKeys" ? "LIST" : "ROTATE") + 1);
  const before = cloud.keys(service);
  for (const lane of lanes) lane.recorded = undefined;
  const names = [service, spelling === "same" ? service : service.toUpperCase()];
  const given = { resourceGroupName: "chat-platform-rg", timeouts: { create: "5m" } };
  await Promise.all(
    lanes.map((lane, index) =>
      outcomeOf(lane.up({ ...given, resourceName: names[index], keyType: index === 0 ? "Primary" : "Secondary" })),
    ),
  );
  const now = cloud.keys(service);
  const requests = requestsAbout(cloud, `/${service}/`);
  const [firstId] = requests.map(({ clientRequestId }) => clientRequestId);
  const states = lanes.map(({ recorded }) => recorded?.state);
  // The key that a run regenerated is the service's; the other one may have been regenerated after it looked.
  if (first.outcome === "rotated") expect(states[0]).toMatchObject({ primaryKey: now.primaryKey });
  if (second.outcome === "rotated") expect(states[1]).toMatchObject({ primaryKey: now.primaryKey, secondaryKey: now.secondaryKey });
  return {
    lines: requests.map(({ kind, action, clientRequestId }) => {
      const line = kind === "POLL" ? "POLL" : action === "listKeys" ? "LIST" : "ROTATE";
      return `${clientRequestId === firstId ? "Primary" : "Secondary"} ${line}`;
    }),
    outcomes: states.map((state) => (state?.["lastRun"] as { outcome: string } | undefined)?.outcome ?? "nothing recorded"),
    isDone: [now.primaryKey !== before.primaryKey, now.secondaryKey !== before.secondaryKey],
    // The service would say that something else runs.
    refusals: requests.filter(({ status }) => status === 409).map(({ line }) => line),
  };
}

const cells: readonly PairCell[] = combinations({ first: ways, second: ways, spelling: ["same", "other case"] } as const);

it(`two regenerations in one service go one after the other, however the first one ends (${cells.length} cells)`, async () => {
  const lanes = Array.from({ length: 8 }, () => [new HookDriver(operation, cloud), new HookDriver(operation, cloud)]);
  expect(await differences({ cells, lanes, expected, seen })).toEqual([]);
  expect(cloud.faults.unused()).toEqual([]);
});

it("regenerations in two services do not wait for each other", async () => {
  for (const service of ["chat-slow", "chat-fast"]) cloud.addWebPubSub(service);
  const [slow, fast] = [new HookDriver(operation, cloud), new HookDriver(operation, cloud)];
  const given = { resourceGroupName: "chat-platform-rg", keyType: "Primary" };
  cloud.settings.operationPolls = 1_000;
  let hasEnded = false;
  const waiting = outcomeOf(slow.up({ ...given, resourceName: "chat-slow" })).then((end) => {
    hasEnded = true;
    return end;
  });
  while (!cloud.requests.some(({ kind }) => kind === "POLL")) await new Promise((resolve) => setTimeout(resolve, 20));
  cloud.settings.operationPolls = 1;
  // Bounded: a queue for all services would let it wait for the slow one for ever.
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise((resolve) => {
    timer = setTimeout(resolve, 90_000, "still waiting");
  });
  const ended = await Promise.race([fast.up({ ...given, resourceName: "chat-fast" }), tooLong]);
  clearTimeout(timer);
  expect([ended, hasEnded]).toEqual(["created", false]);
  slow.interrupt();
  expect(await waiting).toMatchObject({ threw: { name: "PartialStateError" } });
});

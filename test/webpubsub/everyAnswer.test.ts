import { operation } from "../../provider/webpubsub/keyRegeneration";
import { type Answer, type Cloud, startCloud } from "../cloud";
import { combinations, differences, outcomeOf, requestsAbout } from "../support/cells";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";
import {
  type AnswerCell,
  type AnswerOutcome,
  type End,
  expectedOf,
  type First,
  firsts,
  type Kind,
  locationEnds,
  sentences,
  staleKeys,
  statusEnds,
} from "./answerRules";

let cloud: Cloud;
let lanes: HookDriver[];
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(30);
  cloud = await startCloud();
  cloud.settings.regenerateKey = "202";
  lanes = Array.from({ length: 12 }, () => new HookDriver(operation, cloud));
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

function bodyOf({ body }: First, real: string): string {
  const bodies: Record<First["body"], string> = {
    keys: real,
    stale: JSON.stringify(staleKeys),
    "{}": "{}",
    nothing: "",
    "other members": JSON.stringify({ primaryKey: null, secondaryKey: null, tertiaryKey: "unheard-of", value: [] }),
  };
  return bodies[body];
}

function firstAnswer(first: First, real: Answer): Answer {
  const { "Azure-AsyncOperation": status, Location: location, ...headers } = real.headers;
  const polling = {
    ...(first.polledBy === "status" ? { "Azure-AsyncOperation": status ?? "" } : {}),
    ...(first.polledBy === "location" || first.hasLocation === true ? { Location: location ?? "" } : {}),
  };
  return { status: first.status, headers: { ...headers, ...polling }, body: bodyOf(first, real.body) };
}

function script(first: First, end: End, service: string): void {
  const path = `/${service}/`;
  let poll = 0;
  cloud.faults.add({ path, action: "regenerateKey", mode: "amend", change: (answer) => firstAnswer(first, answer) });
  cloud.faults.add({
    ...{ path, kind: "POLL", times: 1_000, mode: "amend" },
    change: (answer) => {
      poll += 1;
      return end.change?.(answer, poll) ?? answer;
    },
  });
}

function kinds(service: string, from = 0): Kind[] {
  return requestsAbout(cloud, `/${service}/`, from).map(({ kind, action }) =>
    kind === "POLL" ? "POLL" : action === "listKeys" ? "LIST" : "ROTATE",
  );
}

/** The keys in the state are those of the service, or there is none in it. */
function checkKeys({ keys }: AnswerCell, { state }: HookDriver, service: string): void {
  const { saltVersion: _, ...now } = cloud.keys(service);
  if (keys === "secret") expect(state).toMatchObject(now);
  else for (const secret of Object.values(now)) expect(JSON.stringify(state)).not.toContain(secret);
}

function outcomeIn({ recorded }: HookDriver): AnswerOutcome["outcome"] {
  return (recorded?.state["lastRun"] as { outcome: AnswerOutcome["outcome"] } | undefined)?.outcome ?? "failed";
}

async function seen(first: First, cell: AnswerCell, lane: HookDriver, service: string): Promise<AnswerOutcome> {
  cloud.addWebPubSub(service);
  script(first, cell.end, service);
  lane.recorded = undefined;
  lane.said.length = 0;
  const { keyType, keys } = cell;
  const timeouts = { create: "5m", update: "5m" };
  const given = { resourceGroupName: "chat-platform-rg", resourceName: service, keyType, keys, triggers: { month: "2026-10" }, timeouts };
  const before = cloud.keys(service);
  const end = await outcomeOf(lane.up(given));
  const requests = kinds(service);
  const outcome = outcomeIn(lane);
  if ("threw" in end && outcome === "failed") {
    expect(end.threw.message).toMatch(
      /ended as \w+ \(KeysAreLocked\)\. The keys are locked\. Request id: \S+\. Correct the cause and run again\.$/,
    );
    return { outcome, requests, next: undefined, said: [] };
  }
  expect("threw" in end).toBe(outcome === "unknown");
  if (outcome !== "unknown") checkKeys(cell, lane, service);
  const from = cloud.requests.length;
  await lane.up(given);
  checkKeys(cell, lane, service);
  const untouched = keyType === "Primary" ? "secondaryKey" : "primaryKey";
  expect(cloud.keys(service)[untouched]).toBe(before[untouched]);
  const said = sentences.filter((sentence) => lane.said.some((line) => sentence.test(line))).map(({ source }) => source);
  return { outcome, requests, next: { requests: kinds(service, from), outcome: outcomeIn(lane) }, said };
}

function endsFor({ polledBy }: First): readonly End[] {
  if (polledBy === "status") return statusEnds;
  return polledBy === "location" ? locationEnds : [{ name: "nothing to poll", polls: 0, how: "well" }];
}

describe("a regeneration is one POST, and its keys are those of listKeys, when it is answered with", () => {
  for (const first of firsts) {
    const all = combinations({ keyType: ["Primary", "Secondary", "Salt"], keys: ["secret", "fingerprint"], end: endsFor(first) } as const);
    const cells: AnswerCell[] = all.filter(({ keyType, keys }) => keys === "secret" || keyType === "Secondary");
    for (const change of ["accept", "completion"] as const) {
      it(`${first.name} (${cells.length} cells, new key shown at ${change})`, async () => {
        cloud.settings.keysChangeAt = change;
        const expected = (cell: AnswerCell) => expectedOf(first, change, cell);
        const table = { cells, lanes, expected };
        expect(await differences({ ...table, seen: (cell, lane, number) => seen(first, cell, lane, `answer-${number}`) })).toEqual([]);
        // The operation's own failures aside, the service rotated once for each cell, and was asked once.
        expect(cloud.requests.filter(({ action }) => action === "regenerateKey")).toHaveLength(cells.length);
      });
    }
  }
});

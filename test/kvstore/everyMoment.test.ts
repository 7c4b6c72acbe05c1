import { operation } from "../../provider/kvstore/directConnection";
import { type Cloud, startCloud } from "../cloud";
import { missingInstanceCodes } from "../cloud/settings";
import { differences, outcomeOf } from "../support/cells";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";
import { type Change, type Courses, canBe, type Deed, expectedOf, type MomentCell, type MomentOutcome } from "./momentRules";

const THEIR_PREFIX = "theirprefix";
const DEEDS: readonly Deed[] = ["allocate", "adopt", "release", "replace"];
const CHANGES: readonly Change[] = ["NetworkModifying", "Rebooting", "Released", "gone", "theirs appears", "endpoint disappears"];

let cloud: Cloud;
let setTimeRight: () => void = () => undefined;
let counter = 0;

beforeEach(async () => {
  cloud = await startCloud();
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

function actionsOf(instanceId: string, from: number): string[] {
  return cloud.requests
    .slice(from)
    .flatMap(({ action, query }) => (query["InstanceId"] === instanceId && action !== undefined ? [action] : []));
}

/** The deed, ready to be done. Only a replacement wishes for a prefix, so that what is there after it can disagree. */
async function prepare(deed: Deed, lane: HookDriver, instanceId: string, timeouts: object): Promise<() => Promise<unknown>> {
  lane.recorded = undefined;
  cloud.addInstance({ instanceId, ...(deed === "adopt" ? { direct: { connectionString: THEIR_PREFIX, port: 6400 } } : {}) });
  const given = { instanceId, timeouts };
  if (deed === "allocate" || deed === "adopt") return () => lane.up(given);
  const connectionString = `chatsessions${instanceId.slice(2)}`;
  await lane.up({ ...given, connectionString });
  return deed === "release" ? () => lane.destroy() : () => lane.up({ ...given, connectionString, port: 6390 });
}

function change({ change: what }: MomentCell, instanceId: string): void {
  const deeds: Record<Change, () => void> = {
    NetworkModifying: () => cloud.keepInstanceBusy(instanceId, "NetworkModifying", 2),
    Rebooting: () => cloud.keepInstanceBusy(instanceId, "Rebooting", 2),
    Released: () => cloud.changeInstance(instanceId, { status: "Released" }),
    gone: () => cloud.removeInstance(instanceId),
    "theirs appears": () => cloud.allocateBySomebodyElse(instanceId, THEIR_PREFIX, 6400),
    "endpoint disappears": () => cloud.releaseBySomebodyElse(instanceId),
  };
  deeds[what]();
}

const ENDS: readonly (readonly [MomentOutcome["end"], RegExp])[] = [
  [
    "open",
    /^A direct connection of \S+ was allocated and is not seen serving yet\. .* The next run goes on from here and allocates nothing that is there\.$/,
  ],
  ["final status", /^\S+ cannot have a direct connection: its status is Released\. Renew or repair the instance, then run again\.$/],
  [
    "missing",
    /^\w+ \S+ was refused: 404 \(Invalid\w+\.NotFound\)\. .* Request id: \S+\. Check instanceId, and that regionId is the region of the instance\.$|^Instance \S+ does not exist in region /,
  ],
  [
    "disagrees",
    /^\S+ has a direct connection already, and an instance can have one: its prefix is theirprefix, not \S+ and its port is 6400, not 6390\. /,
  ],
  [
    "deadline",
    /^(?:Allocate|Release)DirectConnection \S+: the time is up; at the last try the answer was 403 InstanceStatus\.NotSupport\. Instance status does not support this operation\. Request id: \S+\. Give it longer/,
  ],
];

function endOf(result: { readonly threw: Error } | { readonly gave: unknown }): MomentOutcome["end"] {
  if ("gave" in result) return "done";
  const { message } = result.threw;
  return ENDS.find(([, sentence]) => sentence.test(message))?.[0] ?? (message as MomentOutcome["end"]);
}

function recordedIn({ recorded }: HookDriver): MomentOutcome["recorded"] {
  if (recorded === undefined) return "nothing";
  if (recorded.state["connectionDomain"] === undefined) return "open";
  return recorded.state["adopted"] === true ? "adopted" : "ours";
}

function endpointOf(instanceId: string, cell: MomentCell): MomentOutcome["endpoint"] {
  if (cell.change === "gone") return "gone with the instance";
  const endpoint = cloud.directConnection(instanceId);
  if (endpoint === undefined) return "none";
  return endpoint.prefix === THEIR_PREFIX ? "theirs" : "ours";
}

async function seen(cell: MomentCell, lane: HookDriver, timeouts: object): Promise<MomentOutcome> {
  counter += 1;
  const instanceId = `r-moment${counter}`;
  const deed = await prepare(cell.deed, lane, instanceId, timeouts);
  const from = cloud.requests.length;
  const query = { InstanceId: instanceId };
  cloud.faults.add({ query, nth: cell.before + 1, mode: "pass", before: () => change(cell, instanceId) });
  const end = endOf(await outcomeOf(deed()));
  const sent = cloud.requests.slice(from).filter((request) => request.query["InstanceId"] === instanceId);
  const countOf = (wanted: string, statusOf: number) =>
    sent.filter(({ action, status }) => action === wanted && status === statusOf).length;
  return {
    end,
    allocated: countOf("AllocateDirectConnection", 200),
    // 403 is a busy instance, 404 a missing one.
    ...(countOf("AllocateDirectConnection", 400) > 0 ? { inVain: true } : {}),
    released: countOf("ReleaseDirectConnection", 200),
    recorded: recordedIn(lane),
    endpoint: endpointOf(instanceId, cell),
  };
}

/** What each deed asks when nothing disturbs it. */
async function coursesNow(): Promise<Courses> {
  const courses: Partial<Record<Deed, string[]>> = {};
  for (const deed of DEEDS) {
    const lane = new HookDriver(operation, cloud);
    const work = await prepare(deed, lane, `r-${deed}`, {});
    const from = cloud.requests.length;
    await work();
    courses[deed] = actionsOf(`r-${deed}`, from);
  }
  expect(courses.replace).toEqual([...(courses.release ?? []), ...(courses.allocate ?? [])]);
  return courses as Courses;
}

function cellsOf(courses: Courses, netInfoWhileChanging: MomentCell["netInfoWhileChanging"]): MomentCell[] {
  const all = DEEDS.flatMap((deed) =>
    CHANGES.flatMap((each) => courses[deed].map((_action, before) => ({ deed, change: each, before, netInfoWhileChanging }))),
  );
  return all.filter((cell) => canBe(cell, courses));
}

function lanesFor(count: number): HookDriver[] {
  return Array.from({ length: count }, () => new HookDriver(operation, cloud));
}

describe("an instance that changes before any request of a deed", () => {
  for (const mode of ["before", "empty"] as const) {
    it(`is waited for, refused or left alone, and nothing is written twice (132 cells, net info ${mode} during a change)`, async () => {
      setTimeRight = runTimeFaster(30);
      cloud.settings.netInfoWhileChanging = mode;
      const courses = await coursesNow();
      const expected = (cell: MomentCell) => expectedOf(cell, courses);
      const cells = cellsOf(courses, mode).filter((cell) => expected(cell).end !== "deadline");
      expect(await differences({ cells, lanes: lanesFor(16), expected, seen: (cell, lane) => seen(cell, lane, {}) })).toEqual([]);
      expect(cells).toHaveLength(132);
      expect(cloud.faults.unused()).toEqual([]);
    });
  }

  for (const missing of [...missingInstanceCodes, "an empty list"] as const) {
    it(`is known to be gone by ${missing} (28 cells)`, async () => {
      setTimeRight = runTimeFaster(30);
      if (missing === "an empty list") cloud.settings.missingInstance = "emptyList";
      else cloud.settings.missingInstanceCode = missing;
      const courses = await coursesNow();
      const cells = cellsOf(courses, "before").filter((cell) => cell.change === "gone");
      expect(cells).toHaveLength(28);
      const table = { cells, lanes: lanesFor(16), expected: (cell: MomentCell) => expectedOf(cell, courses) };
      expect(await differences({ ...table, seen: (cell, lane) => seen(cell, lane, {}) })).toEqual([]);
    });
  }

  // The clock of the machine: near the end of the time a hundredth of a second may not become half a second.
  it("and stays as it is, is asked again until the time is up, and the error names the last answer (10 cells)", async () => {
    cloud.settings.statusChangePolls = 0;
    const courses = await coursesNow();
    const expected = (cell: MomentCell) => expectedOf(cell, courses);
    const cells = cellsOf(courses, "before").filter((cell) => expected(cell).end === "deadline");
    const timeouts = { create: "4s", delete: "4s" };
    expect(await differences({ cells, lanes: lanesFor(cells.length), expected, seen: (cell, lane) => seen(cell, lane, timeouts) })).toEqual(
      [],
    );
    expect(cells).toHaveLength(10);
  });
});

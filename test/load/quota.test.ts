import { armQuota, type Cloud, type CloudRequest, startCloud } from "../cloud";
import { runs } from "../support/runs";
import { SimulatedTime } from "../support/simulatedTime";
import { driversOf, fleetOf, type Member } from "./fleet";

// Runs that are larger than ARM's buckets, in simulated time: how long they take, and how often they are turned away.
const PARALLEL = 64;
let cloud: Cloud;
const time = new SimulatedTime(() => cloud);

beforeEach(async () => {
  time.start();
  cloud = await startCloud({ latencyMs: 50 });
  cloud.settings.quota = "buckets";
  cloud.settings.regenerateKey = "202";
});

afterEach(async () => {
  time.stop();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

interface Course {
  readonly ends: readonly string[];
  readonly seconds: number;
  /** What ARM's buckets alone would take for the requests that were let in. */
  readonly atLeastSeconds: number;
  readonly turnedAway: number;
}

/** As many at a time as a large machine's engine has under way. */
async function inParallel(work: readonly (() => Promise<string>)[]): Promise<string[]> {
  const queue = [...work];
  const ends: string[] = [];
  const follow = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) ends.push(await next().catch((error: Error) => error.message));
  };
  await Promise.all(Array.from({ length: PARALLEL }, follow));
  return ends;
}

async function courseOf(work: () => Promise<readonly string[]>): Promise<Course> {
  const [startedMs, from] = [Date.now(), cloud.requests.length];
  const ends = await time.passes(work());
  const counted = cloud.requests.slice(from).filter(({ kind }) => kind === "ARM" || kind === "POLL");
  const letIn = counted.filter(({ status }) => status !== 429);
  const course = {
    ends,
    seconds: (Date.now() - startedMs) / 1000,
    atLeastSeconds: Math.max(timeFor("reads", letIn), timeFor("writes", letIn)),
    turnedAway: counted.length - letIn.length,
  };
  const { seconds, atLeastSeconds, turnedAway } = course;
  const ratio = (seconds / atLeastSeconds).toFixed(3);
  process.stdout.write(
    `    ${ends.length} operations, ${letIn.length} requests: ${seconds} s of ${atLeastSeconds} s (${ratio}), ${turnedAway} answers 429\n`,
  );
  return course;
}

function timeFor(kind: "reads" | "writes", letIn: readonly CloudRequest[]): number {
  const { size, perSecond } = armQuota[kind];
  const count = letIn.filter(({ method }) => (method === "GET") === (kind === "reads")).length;
  return (count - size) / perSecond;
}

function runsOf(members: readonly Member[]) {
  const drivers = driversOf(members, cloud);
  return drivers.map((driver, index) => async () => {
    const step = await driver.up(members[index]?.given ?? {});
    return step === "created" ? "done" : step;
  });
}

/** Finishes, within a pause of what the buckets alone take, and is turned away by no more than was out at one time. */
function expectNearTheLimit({ ends, seconds, atLeastSeconds, turnedAway }: Course, processes = 1): void {
  expect(new Set(ends)).toEqual(new Set(["done"]));
  expect(atLeastSeconds).toBeGreaterThan(5);
  expect(seconds - atLeastSeconds).toBeLessThan(1.5);
  expect(turnedAway).toBeGreaterThan(0);
  expect(turnedAway).toBeLessThanOrEqual(processes * PARALLEL);
}

const many = (count: number) => runs(count).numRuns;

function writersOf(count: number): Member[] {
  const members = fleetOf(2 * count, cloud).filter(({ kind }) => kind === "patch" || kind === "reconnect");
  return members.slice(0, count);
}

describe("a run that is larger than ARM's buckets takes what they take, and a turned away request pauses the others:", () => {
  it("patches and reconnects of many services", async () => {
    expectNearTheLimit(await courseOf(() => inParallel(runsOf(writersOf(many(360))))));
  });

  it("all five kinds", async () => {
    expectNearTheLimit(await courseOf(() => inParallel(runsOf(fleetOf(many(320), cloud)))));
  });

  it("a thousand operations: within five per cent", async () => {
    const { ends, seconds, atLeastSeconds, turnedAway } = await courseOf(() => inParallel(runsOf(fleetOf(1_000, cloud))));
    expect(new Set(ends)).toEqual(new Set(["done"]));
    expect(seconds / atLeastSeconds).toBeLessThan(1.05);
    expect(turnedAway).toBeLessThanOrEqual(PARALLEL);
  });

  it("reads, which wait for nobody", async () => {
    const [member] = fleetOf(1, cloud);
    const [driver] = member === undefined ? [] : driversOf([member], cloud);
    if (member === undefined || driver === undefined) throw new Error("The fleet is empty.");
    await time.passes(driver.up(member.given));
    const { id } = driver.recorded ?? { id: "" };
    const read = async () => ((await driver.get(id)).id === id ? "done" : "gone");
    expectNearTheLimit(await courseOf(() => inParallel(Array.from({ length: many(600) }, () => read))));
  });

  it("two provider processes, which know nothing of each other", async () => {
    const members = writersOf(many(320));
    const half = members.length / 2;
    const processes = [members.slice(0, half), members.slice(half)].map(runsOf);
    const course = await courseOf(async () => (await Promise.all(processes.map((work) => inParallel(work)))).flat());
    expectNearTheLimit(course, processes.length);
  });
});

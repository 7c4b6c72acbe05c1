import { type Cloud, startCloud } from "../cloud";
import { SimulatedTime } from "../support/simulatedTime";
import { driversOf, fleetOf, type Member } from "./fleet";
import { linesByRun, mostAtOnce, requestsOf } from "./overlap";

// Every request takes 20 ms, so what may be out at the same time is.
let cloud: Cloud;
let environment: Record<string, string>;
const time = new SimulatedTime(() => cloud);

beforeEach(async () => {
  time.start();
  cloud = await startCloud({ latencyMs: 20 });
  cloud.settings.regenerateKey = "202";
  environment = cloud.environmentFor("clientSecret");
  Object.assign(process.env, environment);
});

afterEach(async () => {
  for (const name of Object.keys(environment)) delete process.env[name];
  time.stop();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

function laneNames(members: readonly Member[]): string[] {
  return [...new Set(members.map(({ lane }) => lane))];
}

/** What each member should have sent, beside what its lane has seen. */
function sentByLane(members: readonly Member[]) {
  const sorted = (runs: readonly (readonly string[])[]) => runs.map((lines) => lines.join(", ")).sort();
  return laneNames(members).map((lane) => ({
    lane,
    expected: sorted(members.filter((member) => member.lane === lane).map(({ requests }) => requests)),
    seen: sorted(linesByRun(requestsOf(lane, cloud))),
  }));
}

/** Leaves of backends that are not as some patch wants them. */
function lostLeaves(members: readonly Member[]): string[] {
  return members.flatMap(({ kind, given: { serviceName, backendId, description, title } }) => {
    if (kind !== "patch") return [];
    const { properties } = cloud.backend(String(serviceName), String(backendId));
    const isThere = description === undefined ? properties.title === title : properties.description === description;
    return isThere ? [] : [`${serviceName}/${backendId}`];
  });
}

it.each([1, 8, 64])(
  "%i resources at once: one at a time per service and key pair, all services side by side, each request once, one token",
  async (count) => {
    const members = fleetOf(count, cloud);
    const drivers = driversOf(members, cloud, environment);
    const up = () => Promise.all(drivers.map((driver, index) => driver.up(members[index]?.given ?? {})));
    expect(await time.passes(up())).toEqual(members.map(() => "created"));
    for (const { lane, expected, seen } of sentByLane(members)) expect([lane, seen]).toEqual([lane, expected]);
    expect(lostLeaves(members)).toEqual([]);
    expect(cloud.reconnects).toHaveLength(members.filter(({ kind }) => kind === "reconnect").length);
    expect(cloud.rotations).toHaveLength(members.filter(({ kind }) => kind === "rotation").length);

    const busiest = laneNames(members).map((lane) => [lane, mostAtOnce(requestsOf(lane, cloud))]);
    // Two private endpoints or instances share nothing; each of them, like each service, sees one request at a time.
    expect(busiest).toEqual(laneNames(members).map((lane) => [lane, 1]));
    const azureLanes = laneNames(members.filter(({ kind }) => kind !== "direct"));
    expect(mostAtOnce(cloud.requests.filter(({ kind }) => kind === "ARM"))).toBe(azureLanes.length);
    expect(cloud.tokensIssued).toBe(1);

    const sent = cloud.requests.length;
    expect(await time.passes(up())).toEqual(members.map(() => "unchanged"));
    expect(cloud.requests.length - sent).toBe(0);
  },
);

it("a patch that waits for another one of its service says so, and ends at its own deadline without having sent anything", async () => {
  const [held, behind, last] = fleetOf(8, cloud).filter(({ kind }) => kind === "patch");
  if (held === undefined || behind === undefined || last === undefined) throw new Error("The fleet is too small.");
  cloud.faults.add({ method: "PATCH", mode: "delay", delayMs: 60_000 });
  const drivers = driversOf([held, behind, last], cloud, environment);
  const timeouts = [undefined, { create: "30s" }, undefined];
  const runs = [held, behind, last].map(({ given }, index) => drivers[index]?.up({ ...given, timeouts: timeouts[index] ?? {} }));
  const ends = await time.passes(Promise.allSettled(runs));
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(ends[1]).toMatchObject({ reason: { name: "DeadlineError", message: expect.stringContaining("Gave up after 30 s") } });
  expect(drivers[1]?.waits).toEqual([
    "waiting 0 s, 30 s left: another resource of this run is at work on the same service, which takes one write at a time",
  ]);
  expect(linesByRun(requestsOf(held.lane, cloud))).toEqual([held.requests, last.requests]);
});

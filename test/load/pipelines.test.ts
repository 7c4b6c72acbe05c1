import { type Cloud, startCloud } from "../cloud";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { SimulatedTime } from "../support/simulatedTime";
import { type Course, deploy, lostUpdates, type Pipeline, type pipelineOf, pipelinesOf, rivalsOf, SERVICE } from "./pipelines";

// Twenty pipelines on one API Management service that takes one write at a time and refuses others with 409, behind ARM's
// buckets. In simulated time and with repeatable chance, so that the figures in the document are the same in each run.

jest.mock("../../provider/engine/exclusive", () => {
  const { exclusively } = jest.requireActual("../../provider/engine/exclusive");
  const ofProcess = (key: string) =>
    `${(jest.requireActual("./pipelines") as { pipelineOf: typeof pipelineOf }).pipelineOf.getStore()} ${key}`;
  return { exclusively: (key: string, ...others: unknown[]) => exclusively(ofProcess(key), ...others) };
});

const LATENCY_MS = 100;
const PIPELINES = 20;
let cloud: Cloud;
const time = new SimulatedTime(() => cloud);
const rows: string[][] = [];

beforeEach(async () => {
  time.start();
  cloud = await startCloud({ latencyMs: LATENCY_MS });
  cloud.settings.quota = "buckets";
  cloud.settings.backendWrites = "oneAtATime";
  cloud.addApiManagementService(SERVICE);
  let seed = 1;
  jest.spyOn(Math, "random").mockImplementation(() => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  });
});

afterEach(async () => {
  jest.restoreAllMocks();
  time.stop();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

function record(what: string, { patches, requests, refused, seconds }: Course, pipelines: readonly Pipeline[]): void {
  const lost = String(lostUpdates(pipelines, cloud).length);
  const counts = [patches, requests, refused[409], refused[412], refused[429]].map(String);
  rows.push([what, ...counts, lost, `${seconds.toFixed(1)} s`]);
}

const endsOf = (pipelines: readonly Pipeline[]) => new Set(pipelines.flatMap(({ ends }) => ends));

it.each([
  ["one after the other, 5 patches each", 4, true],
  ["all at once, 5 patches each", 4, false],
  ["one after the other, 20 patches each", 19, true],
  ["all at once, 20 patches each", 19, false],
] as const)("20 pipelines %s: nothing is lost, and a second run sends nothing", async (what, own, isQueued) => {
  const pipelines = pipelinesOf(PIPELINES, own, cloud);
  const course = await deploy(pipelines, isQueued, cloud, time);
  expect(endsOf(pipelines)).toEqual(new Set(["created"]));
  expect(lostUpdates(pipelines, cloud)).toEqual([]);
  if (isQueued) expect(course.refused).toMatchObject({ 409: 0, 412: 0 });
  else expect(course.refused[409]).toBeGreaterThan(0);
  record(what, course, pipelines);
  const again = await deploy(pipelines, isQueued, cloud, time);
  expect([again.requests, endsOf(pipelines)]).toEqual([0, new Set(["unchanged"])]);
});

describe("two pipelines that want the same member to be something else each", () => {
  it("at once: the second one is told, with both values, and overwrites nothing", async () => {
    const rivals = rivalsOf(2, cloud);
    const course = await deploy(rivals, false, cloud, time);
    const [first, second] = rivals.map(({ ends }) => ends[0]);
    expect(first).toBe("created");
    expect(second).toMatch(/^Somebody else changed .*: title \(theirs "of 0", ours "of 1"\)\. Nothing of theirs was overwritten\./);
    expect(lostUpdates(rivals, cloud)).toEqual([]);
    record("2 of them on one member, at once", course, rivals);
  });

  it("one after the other: the later one wins, and the next refresh of the first shows it", async () => {
    const rivals = rivalsOf(2, cloud);
    const course = await deploy(rivals, true, cloud, time);
    expect(endsOf(rivals)).toEqual(new Set(["created"]));
    const overwritten = rivals[0]?.drivers[0];
    await time.passes(overwritten?.refresh() ?? Promise.reject(new Error("There is no first one.")));
    expect(overwritten?.state["title"]).toBe("of 1");
    record("2 of them on one member, one after the other", course, rivals);
  });
});

it("docs/state-and-stacks.md shows these figures", () => {
  const head = ["20 pipelines", "patches", "requests", "409", "412", "429", "lost updates", "time"];
  expectDocumentPart("docs/state-and-stacks.md", "pipelines", markdownTable(head, rows));
});

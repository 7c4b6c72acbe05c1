import { operation } from "../../provider/webpubsub/keyRegeneration";
import { type Answer, type Cloud, type JsonObject, startCloud } from "../cloud";
import { combinations, differences, outcomeOf, requestsAbout } from "../support/cells";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

// What listKeys may answer, at each place where it is asked.

interface Shape {
  readonly name: string;
  change(answer: Answer): Answer;
  /** What the error says; undefined where the answer is good. */
  readonly says?: RegExp;
}

const MEMBERS = ["primaryKey", "secondaryKey", "primaryConnectionString", "secondaryConnectionString"];

function withMembers(answer: Answer, members: JsonObject): Answer {
  return { ...answer, body: JSON.stringify({ ...(JSON.parse(answer.body) as JsonObject), ...members }) };
}

function without(member: string): Shape {
  const change = (answer: Answer) => {
    const { [member]: _, ...others } = JSON.parse(answer.body) as JsonObject;
    return { ...answer, body: JSON.stringify(others) };
  };
  return { name: `${member} absent`, change, says: lacking(member) };
}

function lacking(...members: string[]): RegExp {
  return new RegExp(`listKeys of /subscriptions/\\S+/webPubSub/\\S+ answered without ${members.join(", ")}\\. Request id: \\S+\\.`);
}

function notAnObject(name: string, body: string): Shape {
  return {
    name,
    change: (answer) => ({ ...answer, body }),
    says: /POST …\/webPubSub\/\S+\/listKeys: a JSON object was promised, and the answer was 200 with application\/json; charset=utf-8 and .* Request id: \S+\. /,
  };
}

const shapes: readonly Shape[] = [
  { name: "all four", change: (answer) => answer },
  { name: "members that nobody knows", change: (answer) => withMembers(answer, { tertiaryKey: "unheard-of", properties: { a: [1] } }) },
  ...MEMBERS.map(without),
  ...[null, "", 7, ["list"], { value: "object" }].map((value): Shape => {
    const name = `secondaryKey as ${JSON.stringify(value)}`;
    return { name, change: (answer) => withMembers(answer, { secondaryKey: value }), says: lacking("secondaryKey") };
  }),
  { name: "{}, as in the example", change: (answer) => ({ ...answer, body: "{}" }), says: lacking(...MEMBERS) },
  notAnObject("a list", "[]"),
  notAnObject("null", "null"),
  notAnObject("nothing", ""),
  notAnObject("half of it", '{"primaryKey":'),
];

const PLACES = ["before the POST", "after the POST", "at a create without a run", "at a refresh", "when keys are asked for"] as const;

interface KeysCell {
  readonly shape: Shape;
  readonly place: (typeof PLACES)[number];
}

interface Outcome {
  readonly posts: number;
  readonly outcome: string;
  /** Undefined where it ended well, else whether the error names what was wrong. */
  readonly isSaid: boolean | undefined;
}

let cloud: Cloud;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(30);
  cloud = await startCloud();
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

function expected({ shape, place }: KeysCell): Outcome {
  const isGood = shape.says === undefined;
  const isSaid = isGood ? undefined : true;
  const isPosted = place === "after the POST" || (place === "before the POST" && isGood);
  const good = isPosted ? "rotated" : "skipped";
  const bad = { "before the POST": "nothing recorded", "at a create without a run": "nothing recorded", "after the POST": "unknown" };
  return { posts: isPosted ? 1 : 0, outcome: isGood ? good : (bad[place as keyof typeof bad] ?? "skipped"), isSaid };
}

async function seen({ shape, place }: KeysCell, lane: HookDriver, number: number): Promise<Outcome> {
  const service = `keys-${number}`;
  cloud.addWebPubSub(service);
  lane.recorded = undefined;
  const run = { resourceGroupName: "chat-platform-rg", resourceName: service, keyType: "Secondary" };
  const record = { ...run, runOnCreate: false, keys: "fingerprint" };
  if (place === "at a refresh" || place === "when keys are asked for") await lane.up(record);
  const nth = place === "before the POST" || place === "at a create without a run" ? 1 : 2;
  const { change } = shape;
  cloud.faults.add({ path: `/${service}/`, action: "listKeys", nth: nth - (lane.recorded === undefined ? 0 : 1), mode: "amend", change });
  const deeds: Record<KeysCell["place"], () => Promise<unknown>> = {
    "before the POST": () => lane.up(run),
    "after the POST": () => lane.up(run),
    "at a create without a run": () => lane.up({ ...run, runOnCreate: false }),
    "at a refresh": () => lane.refresh(),
    "when keys are asked for": () => lane.up({ ...record, keys: "secret" }),
  };
  const before = lane.recorded;
  const end = await outcomeOf(deeds[place]());
  const posts = requestsAbout(cloud, `/${service}/`).filter(({ action }) => action === "regenerateKey").length;
  const outcome = outcomeIn(lane);
  if ("threw" in end && before !== undefined) expect(lane.recorded).toEqual(before);
  if (outcome === "unknown") await findOut(lane, run, service);
  if (lane.recorded !== undefined) expect(JSON.stringify(lane.recorded)).not.toContain("unheard-of");
  return { posts, outcome, isSaid: "threw" in end ? (shape.says?.test(end.threw.message) ?? false) : undefined };
}

function outcomeIn({ recorded }: HookDriver): string {
  return (recorded?.state["lastRun"] as { outcome: string } | undefined)?.outcome ?? "nothing recorded";
}

/** A key that was regenerated and could not be read is found by the next run's look alone. */
async function findOut(lane: HookDriver, run: Record<string, unknown>, service: string): Promise<void> {
  const from = cloud.requests.length;
  await lane.up(run);
  expect(requestsAbout(cloud, `/${service}/`, from).map(({ action }) => action)).toEqual(["listKeys"]);
  expect(lane.state).toMatchObject({ lastRun: { outcome: "rotated" }, secondaryKey: cloud.keys(service).secondaryKey });
}

const cells: readonly KeysCell[] = combinations({ shape: shapes, place: PLACES });

it(`an answer of listKeys without all four keys is an error that names what is lacking, and never leads to a second POST (${cells.length} cells)`, async () => {
  const lanes = Array.from({ length: 10 }, () => new HookDriver(operation, cloud));
  expect(await differences({ cells, lanes, expected, seen })).toEqual([]);
  expect(cloud.faults.unused()).toEqual([]);
});

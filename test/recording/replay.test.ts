import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Canaries } from "../canaries/canary";
import { type Cloud, startCloud, startReplay } from "../cloud";
import { type RecordedExchange, readRecording } from "../cloud/recordingFile";
import { runTimeFaster } from "../support/fastClock";
import { dictionaryOf, translated } from "./dictionary";
import { given, live, prepare } from "./story";

// A run is recorded against the local cloud; the recording alone then gives the same run.

const folder = mkdtempSync(path.join(tmpdir(), "patchbay-recording-"));
const file = path.join(folder, "bug.jsonl");
let cloud: Cloud;
let told: unknown[];
const said: string[] = [];
let recorded: RecordedExchange[];
let setTimeRight: () => void;

beforeAll(async () => {
  setTimeRight = runTimeFaster(40);
  cloud = await startCloud();
  prepare(cloud);
  told = await live(cloud, { ...cloud.environment, PATCHBAY_RECORDING: file }, given, said);
  recorded = readRecording(file);
  await cloud.stop();
});

afterAll(() => {
  setTimeRight();
  rmSync(folder, { recursive: true });
});

it("holds each exchange of the run, refusals and failures too", () => {
  expect(cloud.faults.unused()).toEqual([]);
  expect(recorded).toHaveLength(cloud.requests.length);
  expect(recorded.map(({ answer, failure }) => answer?.status ?? failure?.kind)).toEqual(
    cloud.requests.map(({ status }) => status ?? "lost"),
  );
  const statuses = new Set(recorded.map(({ answer }) => answer?.status));
  for (const status of [200, 202, 412, 429, 502, undefined]) expect(statuses).toContain(status);
  expect(cloud.requests.filter(({ kind }) => kind === "POLL").length).toBeGreaterThan(3);
});

it("is told of once", () => {
  expect(said.filter((line) => line.includes(file))).toEqual([
    `info: What is sent and answered in this run is recorded in ${file}, without names, texts, keys and tokens.`,
  ]);
});

it("can be read and written by its owner alone", () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it("gives the same run: the same ends, the same requests with the same bodies, and nothing is left", async () => {
  const replay = await startReplay(file);
  const names = translated(given, dictionaryOf(cloud.requests, recorded));
  try {
    expect(await live(cloud, replay.environment, names)).toEqual(told);
    expect(replay.unexpected).toEqual([]);
    expect(replay.unused()).toEqual([]);
    expect(replay.requests.map(({ body }) => body)).toEqual(recorded.map(({ body }) => body));
    expect(replay.requests.map(({ line }) => line.split(" ")[0])).toEqual(recorded.map(({ method }) => method));
  } finally {
    await replay.stop();
  }
});

it("refuses what it does not hold, and says what comes next", async () => {
  const replay = await startReplay(file);
  try {
    const names = translated(given, dictionaryOf(cloud.requests, recorded));
    const others = { ...names, patch: { ...names.patch, backendId: "another" } };
    const ends = await live(cloud, replay.environment, others);
    expect(ends[0]).toEqual(["ServiceError", "nothing"]);
    expect(replay.unexpected[0]).toMatch(/^GET \/subscriptions\/aaaaaaaa-\S+\/backends\/another$/);
    expect(replay.unused()[0]).toMatch(/^GET \/subscriptions\/aaaaaaaa-\S+\/backends\/name\d+$/);
    const answer = await fetch(`${replay.url}/subscriptions/s/x`);
    expect([answer.status, await answer.json()]).toEqual([
      400,
      {
        error: {
          code: "NotInRecording",
          message: `The recording holds no further answer to GET /subscriptions/s/x. Next in it: ${replay.unused()[0]}.`,
        },
      },
    ]);
  } finally {
    await replay.stop();
  }
});

it("holds no secret of the cloud, no name and no text of the user, in any spelling", () => {
  const text = readFileSync(file, "utf8");
  const canaries = new Canaries();
  for (const secret of cloud.secrets) canaries.adopt("secret", secret);
  const { subscriptionId, accessKeyId } = cloud.identity;
  for (const name of [cloud.accessToken, subscriptionId, accessKeyId, cloud.url, "placeholder-of-a-test", "chat-platform-rg", "apim-prod"])
    canaries.adopt(name, name);
  for (const name of [
    "cache-prod",
    "chat-prod",
    "r-chatsessions",
    "chatsessions",
    "Orders, for the chat platform",
    "Somebody else's",
    "x-team",
  ])
    canaries.adopt(name, name);
  for (const name of ["orders.example.com", "Approved by the chat platform"]) canaries.adopt(name, name);
  expect([...canaries.foundIn(text)]).toEqual([]);
  for (const { requestId } of cloud.requests.filter(({ requestId }) => requestId !== undefined)) expect(text).not.toContain(requestId);
});

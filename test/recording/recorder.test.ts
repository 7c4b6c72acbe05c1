import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Configuration } from "../../provider/configuration";
import { RECORDING_LIMITS, Recorder } from "../../provider/transport/recorder";
import { Transport } from "../../provider/transport/transport";
import { type Cloud, startCloud } from "../cloud";
import { readRecording } from "../cloud/recordingFile";
import { inOwnProcess } from "../support/ownProcess";
import { listKeysOf } from "../transport/signInBench";

let folder: string;
let cloud: Cloud;
let told: string[];
const tell = (severity: string, sentence: string) => void told.push(`${severity}: ${sentence}`);

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-recorder-"));
  cloud = await startCloud();
  cloud.addWebPubSub("chat");
  told = [];
});

afterEach(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

/** What so many calls at once end with, under this recording. */
async function calls(count: number, file: string | undefined): Promise<string[]> {
  const call = listKeysOf(cloud);
  const environment = { ...cloud.environment, ...(file === undefined ? {} : { PATCHBAY_RECORDING: file }) };
  const transport = new Transport(new Configuration(() => undefined, environment));
  const options = {
    deadlineMs: Date.now() + 60_000,
    signal: new AbortController().signal,
    clientRequestId: "c",
    onWait: () => {},
    onNote: tell,
  };
  const ends = await Promise.all(Array.from({ length: count }, () => transport.send(call, options).then(() => "done", String)));
  transport.close();
  return ends;
}

const done = (count: number) => Array.from({ length: count }, () => "done");

it("writes whole lines when many requests are answered at once, and says once where", async () => {
  const file = path.join(folder, "many.jsonl");
  expect(await calls(60, file)).toEqual(done(60));
  expect(readRecording(file).map(({ index }) => index)).toEqual(Array.from({ length: 60 }, (_, index) => index));
  expect(told).toEqual([`info: What is sent and answered in this run is recorded in ${file}, without names, texts, keys and tokens.`]);
});

it.each([
  ["a folder that is not there", (inside: string) => path.join(inside, "missing/bug.jsonl"), "ENOENT"],
  ["a file in the place of its folder", () => path.join(__filename, "bug.jsonl"), "ENOTDIR"],
])("goes on without a recording where it cannot be written: %s, told once", async (_case, fileIn, code) => {
  const file = fileIn(folder);
  expect(await calls(3, file)).toEqual(done(3));
  expect(told).toEqual([
    expect.stringMatching(
      new RegExp(`^warning: The recording in .* ends here: it cannot be written \\(${code}\\)\\. The run itself goes on\\.$`, "s"),
    ),
  ]);
});

it("never adds to a file that is there: each process has its own, readable by its owner alone", () => {
  const file = path.join(folder, "bug.jsonl");
  for (let process = 0; process < 3; process++) new Recorder(file).write(() => ({ index: process }), tell);
  expect(readdirSync(folder).sort()).toEqual(["bug-2.jsonl", "bug-3.jsonl", "bug.jsonl"]);
  expect(readFileSync(path.join(folder, "bug-2.jsonl"), "utf8")).toContain('{"index":1}\n');
});

it("makes no file before something was sent", () => {
  const recorder = new Recorder(path.join(folder, "bug.jsonl"));
  expect(readdirSync(folder)).toEqual([]);
  recorder.write(() => ({ index: 0 }), tell);
  expect(readdirSync(folder)).toEqual(["bug.jsonl"]);
});

it("ends when it is full, says so in the file and once to the user, and leaves long bodies out", () => {
  const file = path.join(folder, "full.jsonl");
  const recorder = new Recorder(file, { bytes: 2_000, lineBytes: 200 });
  for (let index = 0; index < 40; index++) {
    recorder.write(() => ({ index, request: { body: "x".repeat(index) }, answer: { status: 200, body: "y".repeat(index * 10) } }), tell);
  }
  const lines = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(readFileSync(file).byteLength).toBeLessThan(2_100);
  expect(lines.at(-1)).toEqual({ ended: "full" });
  expect(lines.at(-2)?.answer).toEqual({ status: 200, tooLong: true });
  expect(told.map((line) => line.split(":")[0])).toEqual(["info", "warning"]);
});

it("grows to what docs/recordings.md says", () => {
  const page = readFileSync(path.join(__dirname, "../../docs/recordings.md"), "utf8");
  expect(page).toContain(`it grows to ${RECORDING_LIMITS.bytes / 2 ** 20} MiB at most`);
});

it("has a line when its answer comes, and numbers in the order of sending, as docs/recordings.md says", () => {
  const file = path.join(folder, "order.jsonl");
  const recorder = new Recorder(file);
  const [first, second] = [recorder.begin(), recorder.begin()];
  for (const { index } of [second, first]) recorder.write(() => ({ index }), tell);
  const written = readFileSync(file, "utf8").matchAll(/^\{"index":(\d)\}$/gm);
  expect([...written].map(([, index]) => index)).toEqual(["1", "0"]);
});

it("the command of docs/recordings.md counts every spelling of a placeholder, and no other word", () => {
  const page = readFileSync(path.join(__dirname, "../../docs/recordings.md"), "utf8");
  const [command = ""] = /^grep .*$/m.exec(page) ?? [];
  writeFileSync(path.join(folder, "bug.jsonl"), '{"name":"name0003","a":"name0010/Name0010","hostname":1}\n');
  const { stdout } = spawnSync("bash", ["-c", command], { cwd: folder, encoding: "utf8" });
  expect(stdout.toLowerCase().trim().split(/\s+/)).toEqual(["1", "name0003", "2", "name0010"]);
});

it("a line that cannot be made ends the recording and not the request", () => {
  const recorder = new Recorder(path.join(folder, "broken.jsonl"));
  const broken = () => {
    throw new RangeError("Maximum call stack size exceeded");
  };
  recorder.write(broken, tell);
  recorder.write(() => ({ index: 1 }), tell);
  expect(told).toHaveLength(1);
  expect(readdirSync(folder)).toEqual([]);
});

it("is loaded only where the variable is set", async () => {
  const script = `
    const { Configuration } = require("./provider/configuration");
    const { Transport } = require("./provider/transport/transport");
    const options = { deadlineMs: Date.now() + 60000, signal: new AbortController().signal, clientRequestId: "c", onWait() {} };
    const transport = new Transport(new Configuration(() => undefined, process.env));
    transport.send(${JSON.stringify(listKeysOf(cloud))}, options).then(() => {
      transport.close();
      console.log(JSON.stringify(Object.keys(require.cache).filter((file) => /transport.(record|placeholders)/.test(file)).length));
    });`;
  expect(await inOwnProcess(script, cloud.environment)).toBe("0");
  expect(await inOwnProcess(script, { ...cloud.environment, PATCHBAY_RECORDING: path.join(folder, "own.jsonl") })).toBe("4");
});

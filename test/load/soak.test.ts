import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Cloud, type Fault, type FaultRule, startCloud } from "../cloud";
import { inOwnProcess } from "../support/ownProcess";
import { runs } from "../support/runs";
import type { Holding, Soaked } from "./soakProcess";
import { type Kind, TASKS, type Task } from "./soakRound";

const ROUNDS = runs(5).numRuns;
let cloud: Cloud;
let script: Server;
let tokens = 0;

beforeEach(async () => {
  cloud = await startCloud();
  cloud.settings.regenerateKey = "202";
  cloud.settings.retryAfter = "0";
  cloud.settings.statusChangePolls = 0;
  prepare();
  script = createServer((request, response) => {
    void play(request.url ?? "").then((said) => response.end(said));
  });
  await new Promise<void>((resolve) => script.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  await new Promise((resolve) => script.close(resolve));
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

function prepare(): void {
  for (const { kind, name } of TASKS) {
    if (kind === "rotation") cloud.addWebPubSub(name);
    if (kind === "approval") cloud.addCluster(name);
    if (kind === "direct") cloud.addInstance({ instanceId: name });
    if (kind !== "patch" && kind !== "reconnect") continue;
    cloud.addApiManagementService(name);
    cloud.addBackend(name, "orders", { url: "https://orders.example/", protocol: "http" });
  }
}

// Of this request alone: a quota that is used up would slow down all others.
const TURNED_AWAY = { "retry-after-ms": "20", "x-ms-ratelimit-remaining-subscription-writes": "100" };
const WAYS: Readonly<Record<string, Fault & { apply?: boolean }>> = {
  throttled: { mode: "answer", status: 429, headers: TURNED_AWAY },
  faulted: { mode: "answer", status: 503 },
  lost: { mode: "reset", apply: true },
  halfBody: { mode: "halfBody" },
  notJson: { mode: "html" },
  refused: { mode: "answer", status: 403, code: "Forbidden" },
  timedOut: { mode: "hang" },
};
const WRITES: Readonly<Record<Kind, Partial<FaultRule>>> = {
  patch: { method: "PATCH" },
  reconnect: { action: "reconnect" },
  rotation: { action: "regenerateKey" },
  approval: { method: "PUT" },
  direct: { action: "AllocateDirectConnection" },
};

/** Does what the process of the soak asks for; gives the answer. */
async function play(url: string): Promise<string> {
  if (url === "/connections") return connectionsOpen();
  if (url === "/hanging") return allHang();
  tokens += cloud.tokensIssued;
  cloud.requests.length = 0;
  cloud.faults.clear();
  TASKS.forEach(putBack);
  if (url === "/canceled") cloud.faults.add({ mode: "hang", times: TASKS.length });
  else TASKS.forEach(scriptFault);
  return "";
}

/** Undoes what the round before did. */
function putBack({ kind, name }: Task): void {
  if (kind === "approval") {
    cloud.removeConnection(name, "partner");
    cloud.addPrivateEndpoint(name, { connectionName: "partner" });
  }
  if (kind === "direct" && cloud.directConnection(name) !== undefined) cloud.releaseBySomebodyElse(name);
}

function scriptFault({ kind, way, name }: Task): void {
  const fault = WAYS[way];
  const target = kind === "direct" ? { query: { InstanceId: name } } : { path: `/${name}/` };
  if (fault !== undefined) cloud.faults.add({ ...fault, ...WRITES[kind], ...target } as FaultRule);
}

/** What the process has just closed is known here a few turns later. */
async function connectionsOpen(): Promise<string> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return String(cloud.connections.open);
}

/** Until each operation has sent its first request; where one does not, its end tells. */
async function allHang(): Promise<string> {
  for (let look = 0; cloud.requests.length < TASKS.length && look < 3_000; look += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return "";
}

// A round takes three seconds, of which two are waits for an instance.
const ROUND_LIMIT_MS = 60_000;
const MIB = 1024 * 1024;
const OPERATIONS = ROUNDS * TASKS.length;

/** How an operation ends that its deadline does not end first. */
function endOf({ kind, way }: Pick<Task, "kind" | "way">): string {
  if (way === "refused") return "ServiceError";
  // Nothing shows whether a gateway reconnected; all others look and go on.
  return way === "lost" && kind === "reconnect" ? "OutcomeUnknownError" : "done";
}

/** Of a round in which the engine cancels while every first request hangs: a reconnect's may have been heard. */
function canceledEndOf({ kind }: Pick<Task, "kind">): string {
  return kind === "reconnect" ? "OutcomeUnknownError" : "CanceledError";
}

function expectedEnds(rounds: number, canceledRounds: number): Record<string, number> {
  const ends: Record<string, number> = {};
  for (const task of TASKS) {
    const { kind, way } = task;
    const [end, canceled] = [`${kind} ${way}: ${endOf(task)}`, `canceled ${kind} ${way}: ${canceledEndOf(task)}`];
    if (way !== "timedOut") ends[end] = (ends[end] ?? 0) + rounds;
    ends[canceled] = (ends[canceled] ?? 0) + canceledRounds;
  }
  return ends;
}

it(
  `${OPERATIONS} operations of all kinds and ends leave one process as they found it`,
  async () => {
    const { port } = script.address() as AddressInfo;
    const code = `require("./test/load/soakProcess").soak(${ROUNDS}, "http://127.0.0.1:${port}");`;
    const printed = await inOwnProcess(code, cloud.environmentFor("clientSecret"));
    const { before, underway, after, ends, warmRounds } = JSON.parse(printed) as Soaked;
    const tell = ({ heapBytes, residentBytes, connections }: Holding) =>
      `heap ${(heapBytes / MIB).toFixed(2)} MiB, resident ${(residentBytes / MIB).toFixed(1)} MiB, ${connections} connections`;
    process.stdout.write([before, ...underway, after].map((holding) => `    ${tell(holding)}\n`).join(""));

    const timedOut = Object.entries(ends).filter(([end]) => / timedOut: /.test(end) && !end.startsWith("canceled"));
    const others = Object.fromEntries(Object.entries(ends).filter((entry) => !timedOut.some(([end]) => end === entry[0])));
    expect(others).toEqual(expectedEnds(warmRounds + ROUNDS, 1 + underway.length));
    expect(timedOut.filter(([end]) => !/: (DeadlineError|OutcomeUnknownError|PartialStateError)$/.test(end))).toEqual([]);
    expect(tokens + cloud.tokensIssued).toBe(1);

    for (const { listeners, resources } of [before, ...underway, after]) {
      expect({ listeners, resources }).toEqual({ listeners: 0, resources: before.resources });
    }
    // While it goes on: no more than are out at one time. The one that is left is the sign-in library's own, until it is idle for long.
    for (const { connections } of underway) expect(connections).toBeLessThanOrEqual(TASKS.length + before.connections);
    expect(before.connections).toBeLessThanOrEqual(1);
    expect(after.connections).toBeLessThanOrEqual(before.connections);
    expect(after.heapBytes - before.heapBytes).toBeLessThan(2 * MIB);
    expect(after.residentBytes - before.residentBytes).toBeLessThan(20 * MIB);
  },
  ROUND_LIMIT_MS * ROUNDS,
);

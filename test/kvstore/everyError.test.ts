import { randomUUID } from "node:crypto";
import { operation } from "../../provider/kvstore/directConnection";
import { type Cloud, type FaultRule, startCloud } from "../cloud";
import { type KvstoreErrorCode, kvstoreErrors } from "../cloud/kvstoreErrors";
import { differences, outcomeOf } from "../support/cells";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";
import { type Action, type BodyShape, type Deed, type ErrorCell, type ErrorOutcome, expectedOf, sentenceOf } from "./errorRules";

let cloud: Cloud;
let lanes: HookDriver[];
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(30);
  cloud = await startCloud();
  cloud.settings.statusChangePolls = 0;
  lanes = Array.from({ length: 16 }, () => new HookDriver(operation, cloud));
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

const PREFIX = "chatsessions";
const THEIR_PREFIX = "theirprefix";

function bodyOf({ code, body }: ErrorCell): { readonly body: string; readonly type: string } {
  const [requestId, message] = [randomUUID().toUpperCase(), code === "" ? "" : kvstoreErrors[code][1]];
  const members = { RequestId: requestId, HostId: "r-kvstore.aliyuncs.com", Code: code, Message: message };
  const lower = { requestId, code, message };
  const xml = Object.entries(members).map(([name, value]) => `<${name}>${value}</${name}>`);
  const bodies: Record<BodyShape, [body: string, type: string]> = {
    JSON: [JSON.stringify(members), "application/json;charset=utf-8"],
    "JSON in lower case": [JSON.stringify(lower), "application/json;charset=utf-8"],
    XML: [`<?xml version='1.0' encoding='UTF-8'?><Error>${xml.join("")}</Error>`, "text/xml;charset=utf-8"],
    "a page": ["<!DOCTYPE html><title>Sign in</title><h1>Please sign in to continue</h1>", "text/html"],
  };
  const [text, type] = bodies[body];
  return { body: text, type };
}

/** A minute ahead: a clock that is right to the second would have nothing to go by. */
function serviceDate(): string {
  return new Date(Date.now() + 60_000).toUTCString();
}

function script(cell: ErrorCell, instanceId: string): void {
  const { action, nth, times, status, code, isDone = false } = cell;
  const { body, type } = bodyOf(cell);
  const isTheirs = action === "AllocateDirectConnection" && /^(DirectConnectionAlreadyExists|NetTypeExists)$/.test(code);
  const before = isTheirs ? () => cloud.allocateBySomebodyElse(instanceId, THEIR_PREFIX, 6400) : () => undefined;
  const headers = { "Content-Type": type, Date: serviceDate() };
  cloud.faults.add({
    action,
    query: { InstanceId: instanceId },
    nth,
    times,
    before,
    mode: "answer",
    status,
    headers,
    body,
    apply: isDone,
  } satisfies FaultRule);
}

/** What each deed finds, and does. A replacement wishes for another port, an allocation for nothing in particular. */
async function prepare(deed: Deed, lane: HookDriver, instanceId: string): Promise<() => Promise<unknown>> {
  lane.close();
  lane.restart();
  lane.recorded = undefined;
  cloud.addInstance({ instanceId, ...(deed === "adopt" ? { direct: { connectionString: THEIR_PREFIX, port: 6400 } } : {}) });
  if (deed === "allocate" || deed === "adopt") return () => lane.up({ instanceId });
  await lane.up({ instanceId, connectionString: `${PREFIX}${instanceId.slice(2)}` });
  if (deed === "refresh") return () => lane.refresh();
  return deed === "release"
    ? () => lane.destroy()
    : () => lane.up({ instanceId, connectionString: `${PREFIX}${instanceId.slice(2)}`, port: 6390 });
}

function counts(instanceId: string, action: Action, from: number): [sent: number, done: number] {
  const sent = cloud.requests.slice(from).filter((request) => request.action === action && request.query["InstanceId"] === instanceId);
  // What the script answers in the place of the service's own 200 is done too, where it lets the service act.
  return [sent.length, sent.filter(({ applied, status, fault }) => applied && (status === 200 || fault === "answer")).length];
}

function recordedIn({ recorded }: HookDriver): ErrorOutcome["recorded"] {
  if (recorded === undefined) return "nothing";
  if (recorded.state["connectionDomain"] === undefined) return "open";
  return recorded.state["adopted"] === true ? "adopted" : "ours";
}

function endpointOf(instanceId: string): ErrorOutcome["endpoint"] {
  const endpoint = cloud.directConnection(instanceId);
  if (endpoint === undefined) return "none";
  return endpoint.prefix === THEIR_PREFIX ? "theirs" : "ours";
}

function endOf(cell: ErrorCell, error: Error | undefined, instanceId: string): ErrorOutcome["end"] {
  if (error === undefined) return "done";
  const { message } = error;
  if (message.startsWith(`${instanceId} has a direct connection already, and an instance can have one: `)) return "disagrees";
  const isOpen = /^A direct connection of \S+ (was|may have been) allocated and is not seen serving yet\. /.test(message);
  const isUnknown = /was sent, but the answer was 5\d\d/.test(message) && /Request id: \S+\. /.test(message);
  if (sentenceOf(cell, instanceId).test(message) || isUnknown) return isOpen ? "open" : "refused";
  return message as ErrorOutcome["end"];
}

async function seen(cell: ErrorCell, lane: HookDriver, number: number): Promise<ErrorOutcome> {
  const instanceId = `r-cell${number}`;
  const deed = await prepare(cell.deed, lane, instanceId);
  const from = cloud.requests.length;
  script(cell, instanceId);
  const end = await outcomeOf(deed());
  return {
    end: endOf(cell, "threw" in end ? end.threw : undefined, instanceId),
    allocations: counts(instanceId, "AllocateDirectConnection", from),
    releases: counts(instanceId, "ReleaseDirectConnection", from),
    recorded: recordedIn(lane),
    endpoint: endpointOf(instanceId),
  };
}

type Strike = Pick<ErrorCell, "deed" | "action" | "nth">;

const strikes: readonly Strike[] = [
  { deed: "allocate", action: "DescribeInstanceAttribute", nth: 1 },
  { deed: "allocate", action: "DescribeDBInstanceNetInfo", nth: 1 },
  { deed: "allocate", action: "DescribeInstanceSSL", nth: 1 },
  { deed: "allocate", action: "AllocateDirectConnection", nth: 1 },
  { deed: "allocate", action: "DescribeInstanceAttribute", nth: 2 },
  { deed: "allocate", action: "DescribeDBInstanceNetInfo", nth: 2 },
  { deed: "adopt", action: "DescribeInstanceAttribute", nth: 1 },
  { deed: "adopt", action: "DescribeDBInstanceNetInfo", nth: 1 },
  { deed: "release", action: "DescribeDBInstanceNetInfo", nth: 1 },
  { deed: "release", action: "ReleaseDirectConnection", nth: 1 },
  { deed: "release", action: "DescribeDBInstanceNetInfo", nth: 2 },
  { deed: "replace", action: "ReleaseDirectConnection", nth: 1 },
  { deed: "replace", action: "AllocateDirectConnection", nth: 1 },
  { deed: "refresh", action: "DescribeDBInstanceNetInfo", nth: 1 },
];

const codes = Object.keys(kvstoreErrors) as KvstoreErrorCode[];

/** Who answers in lower case is a gateway of its own: one request is enough to see it understood. */
function coded({ action }: Strike): Omit<ErrorCell, keyof Strike>[] {
  const bodies: readonly BodyShape[] = action === "AllocateDirectConnection" ? ["JSON", "JSON in lower case", "XML"] : ["JSON", "XML"];
  return codes.flatMap((code) => bodies.map((body) => ({ code, status: kvstoreErrors[code][0], body, times: 1 })));
}

const twice = (["InternalError", "InvalidTimeStamp.Expired"] as const).map((code) => ({
  ...{ code, status: kvstoreErrors[code][0], body: "JSON" as const, times: 2 },
}));
const pages = [400, 403, 404, 429, 500, 502, 503, 504].map((status) => ({ code: "" as const, status, body: "a page" as const, times: 1 }));

/** Failures behind which the service has acted. */
function done({ action }: Strike): Omit<ErrorCell, keyof Strike>[] {
  if (action.startsWith("Describe")) return [];
  return [
    { code: "InternalError", status: 500, body: "JSON", times: 1, isDone: true },
    { code: "", status: 502, body: "a page", times: 1, isDone: true },
  ];
}

describe("every error of R-KVStore", () => {
  for (const strike of strikes) {
    const cells: ErrorCell[] = [...coded(strike), ...twice, ...pages, ...done(strike)].map((error) => ({ ...strike, ...error }));
    it(`as the answer to ${strike.action} ${strike.nth} of a deed to ${strike.deed} (${cells.length} cells)`, async () => {
      expect(await differences({ cells, lanes, expected: expectedOf, seen })).toEqual([]);
      expect(cloud.faults.unused()).toEqual([]);
    });
  }
});

import { operation } from "../../provider/kvstore/directConnection";
import { type Cloud, startCloud } from "../cloud";
import { type KvstoreErrorCode, kvstoreErrors } from "../cloud/kvstoreErrors";
import { combinations, differences, outcomeOf } from "../support/cells";
import { HookDriver } from "../support/hookDriver";

// By the machine's own clock: a clock that runs faster would let the last try before the end be cut off.

let cloud: Cloud;

beforeEach(async () => {
  cloud = await startCloud();
  cloud.settings.statusChangePolls = 0;
});

afterEach(async () => {
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

const passing: readonly KvstoreErrorCode[] = [
  ...(["TaskHasExist", "InstanceStatus.NotSupport", "LockTimeout", "Task.Conflict"] as const),
  ...(["OperationDenied.KVstoreInstanceStatus", "IncorrectDBInstanceState"] as const),
  ...(["Throttling", "Throttling.User", "Throttling.Api", "ServiceUnavailable"] as const),
];
const TIMEOUTS = { create: "4s", delete: "4s" };

interface Outcome {
  readonly end: string;
  readonly isAskedAgain: boolean;
  readonly done: number;
  readonly recorded: boolean;
}

function sentenceOf(action: string, instanceId: string, code: KvstoreErrorCode): string {
  const [status, said] = kvstoreErrors[code];
  return `${action} ${instanceId}: the time is up; at the last try the answer was ${status} ${code}. ${said}`;
}

/** Without the request id, which has to be there. */
function endOf(result: { readonly threw: Error } | { readonly gave: unknown }): string {
  if ("gave" in result) return "done";
  const [, before, advice] =
    /^(.*?)\.? Request id: [0-9A-F-]{36}\. (Give it longer with `timeouts` or `customTimeouts`, and run again\.)$/.exec(
      result.threw.message,
    ) ?? [];
  return advice === undefined ? result.threw.message : `${before}`;
}

it(`an answer that passes by itself is waited out to the deadline, at an allocation and at a release (${2 * passing.length} cells)`, async () => {
  const cells = combinations({ code: passing, action: ["AllocateDirectConnection", "ReleaseDirectConnection"] } as const);
  const nameOf = ({ code, action }: (typeof cells)[number]) => `r-${action}-${code.replaceAll(".", "-")}`.toLowerCase();
  const expected = (cell: (typeof cells)[number]): Outcome => ({
    end: sentenceOf(cell.action, nameOf(cell), cell.code).replace(/\.$/, ""),
    ...{ isAskedAgain: true, done: 0, recorded: cell.action === "ReleaseDirectConnection" },
  });
  const seen = async (cell: (typeof cells)[number], lane: HookDriver): Promise<Outcome> => {
    const instanceId = nameOf(cell);
    const { code, action } = cell;
    cloud.addInstance({ instanceId });
    const given = { instanceId, timeouts: TIMEOUTS };
    if (action === "ReleaseDirectConnection") await lane.up(given);
    cloud.faults.add({ action, query: { InstanceId: instanceId }, mode: "answer", status: kvstoreErrors[code][0], code, times: 1_000 });
    const from = cloud.requests.length;
    const end = endOf(await outcomeOf<unknown>(action === "ReleaseDirectConnection" ? lane.destroy() : lane.up(given)));
    const sent = cloud.requests.slice(from).filter((request) => request.action === action && request.query["InstanceId"] === instanceId);
    const done = sent.filter(({ applied }) => applied).length;
    return { end, isAskedAgain: sent.length > 1, done, recorded: lane.recorded !== undefined };
  };
  const lanes = cells.map(() => new HookDriver(operation, cloud));
  expect(await differences({ cells, lanes, expected, seen })).toEqual([]);
});

it("an endpoint that the service says is there and shows nowhere is waited for, and the error names what it said", async () => {
  const codes = ["DirectConnectionAlreadyExists", "NetTypeExists"] as const;
  const expected = (code: (typeof codes)[number]) => ({
    end: `Gave up after 4 s waiting for the direct connection of r-${code.toLowerCase()}, of which the service says ${code} (request id ID), to serve. Raise the timeout (customTimeouts or the timeouts argument) if it takes longer, then run again.`,
    ...{ allocations: 1, recorded: false },
  });
  const seen = async (code: (typeof codes)[number], lane: HookDriver) => {
    const instanceId = `r-${code.toLowerCase()}`;
    cloud.addInstance({ instanceId });
    const action = "AllocateDirectConnection";
    cloud.faults.add({ action, query: { InstanceId: instanceId }, mode: "answer", status: 400, code });
    const end = await outcomeOf(lane.up({ instanceId, timeouts: TIMEOUTS }));
    return {
      end: "threw" in end ? end.threw.message.replace(/request id [0-9A-F-]{36}/, "request id ID") : "done",
      allocations: cloud.requests.filter((request) => request.action === action && request.query["InstanceId"] === instanceId).length,
      recorded: lane.recorded !== undefined,
    };
  };
  const lanes = codes.map(() => new HookDriver(operation, cloud));
  expect(await differences({ cells: codes, lanes, expected, seen })).toEqual([]);
});

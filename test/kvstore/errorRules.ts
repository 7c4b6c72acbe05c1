import { type KvstoreErrorCode, kvstoreErrors } from "../cloud/kvstoreErrors";

// What has to come of an error of R-KVStore, by its code, the request it is the answer to, and what is being done: the rules
// of the contract and of the retry table, and nothing of the code that they judge.

export type Deed = "allocate" | "adopt" | "replace" | "release" | "refresh";
export type Action =
  | "DescribeInstanceAttribute"
  | "DescribeDBInstanceNetInfo"
  | "DescribeInstanceSSL"
  | "AllocateDirectConnection"
  | "ReleaseDirectConnection";
export type BodyShape = "JSON" | "JSON in lower case" | "XML" | "a page";

export interface ErrorCell {
  readonly deed: Deed;
  readonly action: Action;
  /** Which request of the action, from 1, counted from the deed on. */
  readonly nth: number;
  /** None for a page. */
  readonly code: KvstoreErrorCode | "";
  readonly status: number;
  readonly body: BodyShape;
  /** How many requests in a row it is the answer to. */
  readonly times: number;
  /** Whether the service has done what it calls a failure. */
  readonly isDone?: boolean;
}

export interface ErrorOutcome {
  /** `open`: an error, and a record from which the next run goes on. */
  readonly end: "done" | "refused" | "disagrees" | "open";
  /** Requests, and those of them that the service did. */
  readonly allocations: readonly [sent: number, done: number];
  readonly releases: readonly [sent: number, done: number];
  readonly recorded: "nothing" | "ours" | "adopted" | "open";
  /** Whose endpoint the instance has afterwards. */
  readonly endpoint: "none" | "ours" | "theirs";
}

type Meaning = "passes" | "act unknown" | "clock" | "gone" | "not there" | "is there" | "refused";

const PASSING: readonly string[] = [
  // Ends by itself when the instance is Normal again.
  ...["TaskHasExist", "InstanceStatus.NotSupport", "LockTimeout", "Task.Conflict"],
  ...["OperationDenied.KVstoreInstanceStatus", "IncorrectDBInstanceState"],
  // Turned away at the door.
  ...["Throttling", "Throttling.User", "Throttling.Api", "ServiceUnavailable"],
];

function meaningOf({ code, status }: ErrorCell): Meaning {
  if (PASSING.includes(code) || (code === "" && [429, 503].includes(status))) return "passes";
  if (status >= 500) return "act unknown";
  if (code === "InvalidTimeStamp.Expired" || code === "InvalidTimeStamp.Format") return "clock";
  if (/^Invalid.*Instance.*\.NotFound$/.test(code)) return "gone";
  if (code === "NetTypeNotExists") return "not there";
  return code === "DirectConnectionAlreadyExists" || code === "NetTypeExists" ? "is there" : "refused";
}

/** Whether a request is simply sent again. The service's clock is believed once; a write that may have acted is looked after. */
function isRepeated(cell: ErrorCell): boolean {
  const meaning = meaningOf(cell);
  return (
    meaning === "passes" || (meaning === "act unknown" && cell.action.startsWith("Describe")) || (meaning === "clock" && cell.times === 1)
  );
}

const DONE: Readonly<Record<Deed, ErrorOutcome>> = {
  allocate: { end: "done", allocations: [1, 1], releases: [0, 0], recorded: "ours", endpoint: "ours" },
  adopt: { end: "done", allocations: [0, 0], releases: [0, 0], recorded: "adopted", endpoint: "theirs" },
  replace: { end: "done", allocations: [1, 1], releases: [1, 1], recorded: "ours", endpoint: "ours" },
  release: { end: "done", allocations: [0, 0], releases: [1, 1], recorded: "nothing", endpoint: "none" },
  refresh: { end: "done", allocations: [0, 0], releases: [0, 0], recorded: "ours", endpoint: "ours" },
};

export function expectedOf(cell: ErrorCell): ErrorOutcome {
  if (isRepeated(cell)) return withTries(cell);
  if (cell.action === "AllocateDirectConnection") return atAllocation(cell);
  if (cell.action === "ReleaseDirectConnection") return atRelease(cell);
  // Whether TLS is on is asked for a better message alone.
  if (cell.action === "DescribeInstanceSSL") return DONE[cell.deed];
  return atLook(cell);
}

/** As without the error, but for one more request of the action for each answer like it. */
function withTries({ deed, action, times }: ErrorCell, outcome = DONE[deed]): ErrorOutcome {
  const { allocations, releases } = outcome;
  if (action === "AllocateDirectConnection") return { ...outcome, allocations: [allocations[0] + times, allocations[1]] };
  if (action === "ReleaseDirectConnection") return { ...outcome, releases: [releases[0] + times, releases[1]] };
  return outcome;
}

function atAllocation(cell: ErrorCell): ErrorOutcome {
  const { releases } = DONE[cell.deed];
  const meaning = meaningOf(cell);
  if (cell.isDone === true) return DONE[cell.deed];
  // Looked after, and sent again once where nothing was done; what fails twice is left to the next run.
  if (meaning === "act unknown" && cell.times === 1) return withTries(cell);
  if (meaning === "act unknown") return { end: "open", allocations: [2, 0], releases, recorded: "open", endpoint: "none" };
  if (meaning === "is there") {
    // Somebody was quicker, with another prefix and port than a replacement wishes for.
    const isAdopted = cell.deed === "allocate";
    return {
      end: isAdopted ? "done" : "disagrees",
      allocations: [1, 0],
      releases,
      recorded: isAdopted ? "adopted" : "nothing",
      endpoint: "theirs",
    };
  }
  return { end: "refused", allocations: [cell.times > 1 ? 2 : 1, 0], releases, recorded: "nothing", endpoint: "none" };
}

function atRelease(cell: ErrorCell): ErrorOutcome {
  const meaning = meaningOf(cell);
  if (cell.isDone === true) return DONE[cell.deed];
  if (meaning === "act unknown" && cell.times === 1) return withTries(cell);
  const sent = cell.times > 1 ? 2 : 1;
  const refused: ErrorOutcome = { end: "refused", allocations: [0, 0], releases: [sent, 0], recorded: "ours", endpoint: "ours" };
  if (meaning !== "gone" && meaning !== "not there") return refused;
  // Said to be gone is done. Here it is a lie: the old one is still there when a replacement looks for it.
  const end = cell.deed === "replace" ? "disagrees" : "done";
  return { ...refused, end, recorded: "nothing" };
}

function atLook(cell: ErrorCell): ErrorOutcome {
  const meaning = meaningOf(cell);
  const untouched = { allocations: [0, 0], releases: [0, 0] } as const;
  const refused = { end: "refused", ...untouched } as const;
  switch (cell.deed) {
    case "allocate":
      // After the allocation there is something to go on from.
      if (cell.nth > 1) return { end: "open", allocations: [1, 1], releases: [0, 0], recorded: "open", endpoint: "ours" };
      return { ...refused, recorded: "nothing", endpoint: "none" };
    case "adopt":
      return { ...refused, recorded: "nothing", endpoint: "theirs" };
    case "refresh":
      if (meaning === "gone") return { end: "done", ...untouched, recorded: "nothing", endpoint: "ours" };
      return { ...refused, recorded: "ours", endpoint: "ours" };
    default:
      return atLookOfRelease(cell, meaning === "gone" || meaning === "not there");
  }
}

/** The second look comes after the release. */
function atLookOfRelease({ nth }: ErrorCell, isDone: boolean): ErrorOutcome {
  const left = nth > 1 ? ({ releases: [1, 1], endpoint: "none" } as const) : ({ releases: [0, 0], endpoint: "ours" } as const);
  return { end: isDone ? "done" : "refused", allocations: [0, 0], recorded: isDone ? "nothing" : "ours", ...left };
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/^Forbidden\.RAM$/, "Grant the RAM user or role the kvstore action"],
  [/^InvalidAccessKeyId/, "Check patchbay:accessKeyId and patchbay:accessKeySecret"],
  [/^(SignatureDoesNotMatch|IncompleteSignature)$/, "The access key's secret does not belong to its id"],
  [/^InvalidSecurityToken/, "get a new set of all three"],
  [/^InvalidTimeStamp/, "The clock of this machine differs from the service's"],
  [/^Invalid.*Instance.*\.NotFound$/, "Check instanceId, and that regionId is the region of the instance"],
  [/^IncorrectMinorVersion$/, "Update the instance to its newest minor version"],
  [/^UnsupportedEngineVersion$/, "other engine versions"],
  [/^ConnectionStringAlreadyExists$/, "choose another connectionString"],
  [/^InvalidConnectionString/, "8 to 40 lower-case letters and digits"],
  [/^InvalidConnType$/, "Only a cluster instance without TLS"],
  [/^InvalidVPCParamGroup$/, "in a VPC"],
];

/** What the error has to say: the call, status and code, the service's sentence, its request id, and what to do. */
export function sentenceOf({ action, code, status }: ErrorCell, instanceId: string): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const said = code === "" ? "Sign in Please sign in to continue" : kvstoreErrors[code][1];
  const remedy =
    REMEDIES.find(([codes]) => codes.test(code))?.[1] ?? (status >= 500 ? "The service has a fault" : "Correct the named arguments");
  const named = code === "" ? "" : ` (${code})`;
  return new RegExp(
    `${action} ${instanceId} was refused: ${literal(`${status}${named}. ${said}`)}\\.? Request id: [0-9A-Za-z-]{36}\\. .*${literal(remedy)}`,
  );
}

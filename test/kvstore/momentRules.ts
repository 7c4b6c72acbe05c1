// An instance that changes under us, before any of the requests of a deed: what has to come of it.

export type Deed = "allocate" | "adopt" | "release" | "replace";
export type Change =
  /** Busy for two requests, then Normal. */
  | "NetworkModifying"
  | "Rebooting"
  /** For ever. */
  | "Released"
  | "gone"
  /** Somebody else's endpoint appears, in the place of any other. */
  | "theirs appears"
  /** The endpoint disappears. */
  | "endpoint disappears";

export interface MomentCell {
  readonly deed: Deed;
  readonly change: Change;
  /** Before which request of the deed, from 0. */
  readonly before: number;
  readonly netInfoWhileChanging: "before" | "empty";
}

/** The requests of each deed that nothing disturbs. A replacement is a release and then an allocation. */
export type Courses = Readonly<Record<Deed, readonly string[]>>;

export interface MomentOutcome {
  /** `deadline`: waited for to the end of the time, and the error says for what. */
  readonly end: "done" | "final status" | "missing" | "open" | "disagrees" | "deadline";
  readonly allocated: number;
  /** An allocation was asked for although there is an endpoint: only where no look could have told. */
  readonly inVain?: true;
  readonly released: number;
  readonly recorded: "nothing" | "ours" | "adopted" | "open";
  readonly endpoint: "none" | "ours" | "theirs" | "gone with the instance";
}

const ALLOCATE = "AllocateDirectConnection";
const NET_INFO = "DescribeDBInstanceNetInfo";
const RELEASE = "ReleaseDirectConnection";

export function expectedOf(cell: MomentCell, courses: Courses): MomentOutcome {
  if (cell.deed === "adopt") return ofAdoption(cell);
  if (cell.deed === "allocate") return ofAllocation(cell, courses);
  if (cell.deed === "release") return ofRelease(cell, courses);
  return ofReplacement(cell, courses);
}

/** What can be: no endpoint appears where there is one or one is being made, and none disappears where there is none. */
export function canBe({ deed, change, before }: MomentCell, { allocate, release }: Courses): boolean {
  const allocating = deed === "allocate" ? before : before - release.length;
  if (deed === "adopt") return change !== "theirs appears";
  if (deed === "release" || allocating < 0) return true;
  return change === "theirs appears" ? allocating <= allocate.indexOf(ALLOCATE) : change !== "endpoint disappears";
}

/** An endpoint that is there is adopted whatever else goes on with the instance, and nothing is written. */
function ofAdoption({ change, before, netInfoWhileChanging }: MomentCell): MomentOutcome {
  const nothing = { allocated: 0, released: 0 };
  if (change === "gone") return { end: "missing", ...nothing, recorded: "nothing", endpoint: "gone with the instance" };
  if (change === "endpoint disappears") return { end: "done", allocated: 1, released: 0, recorded: "ours", endpoint: "ours" };
  const done: MomentOutcome = { end: "done", ...nothing, recorded: "adopted", endpoint: "theirs" };
  // The instance was Normal when it was looked at, and shows nothing since.
  const isHidden = netInfoWhileChanging === "empty" && before === 1 && change !== "Released";
  return isHidden ? { ...done, inVain: true } : done;
}

function ofAllocation({ change, before }: MomentCell, { allocate: course }: Courses): MomentOutcome {
  const isWritten = before > course.indexOf(ALLOCATE);
  const done: MomentOutcome = { end: "done", allocated: 1, released: 0, recorded: "ours", endpoint: "ours" };
  const unwritten: MomentOutcome = { ...done, end: "missing", allocated: 0, recorded: "nothing", endpoint: "none" };
  // After the allocation there is something to go on from.
  const open: MomentOutcome = { ...done, end: "open", recorded: "open" };
  switch (change) {
    case "Released":
      if (!isWritten) return { ...unwritten, end: before === 0 ? "final status" : "deadline" };
      // The last look is at the net info alone, which shows the endpoint.
      return before === course.length - 1 ? done : open;
    case "gone":
      return { ...(isWritten ? open : unwritten), endpoint: "gone with the instance" };
    case "theirs appears":
      return {
        ...{ ...unwritten, end: "done", recorded: "adopted", endpoint: "theirs" },
        ...(before > course.indexOf(NET_INFO) ? { inVain: true } : {}),
      };
    default:
      return done;
  }
}

function ofRelease({ change, before }: MomentCell, { release: course }: Courses): MomentOutcome {
  const isWritten = before > course.indexOf(RELEASE);
  const done: MomentOutcome = { end: "done", allocated: 0, released: 1, recorded: "nothing", endpoint: "none" };
  const unwritten = { ...done, released: isWritten ? 1 : 0 };
  switch (change) {
    case "Released":
      return isWritten ? done : { ...unwritten, end: "deadline", recorded: "ours", endpoint: "ours" };
    case "gone":
      return { ...unwritten, endpoint: "gone with the instance" };
    case "endpoint disappears":
      return unwritten;
    case "theirs appears":
      // The call names no endpoint: between our look and our call nobody can tell whose it is.
      return before === 0 ? { ...unwritten, endpoint: "theirs" } : done;
    default:
      return done;
  }
}

function ofReplacement(cell: MomentCell, courses: Courses): MomentOutcome {
  const half = courses.release.length;
  if (cell.before >= half) {
    const second = { ...ofAllocation({ ...cell, before: cell.before - half }, courses), released: 1 };
    // It wishes for a prefix, which theirs is not.
    return second.recorded === "adopted" ? { ...second, end: "disagrees", recorded: "nothing" } : second;
  }
  const first = ofRelease(cell, courses);
  if (first.end !== "done") return first;
  if (cell.change === "gone") return { ...first, end: "missing" };
  if (cell.change === "Released") return { ...first, end: "final status" };
  if (first.endpoint === "theirs") return { ...first, end: "disagrees" };
  return { ...first, allocated: 1, recorded: "ours", endpoint: "ours" };
}

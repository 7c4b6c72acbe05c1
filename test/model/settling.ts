import { type Conversation, differing, Failure, type Write, writeFor } from "./conversation";
import { type Leaves, valueAt } from "./leaves";
import { sameMeaning } from "./meaning";

/** Nobody in these sequences interferes this often. */
const mostRounds = 5;

export interface Settling {
  /** What is wanted of what is there. */
  wantedOf(now: Leaves): Leaves;
  /** What of it the program gives; the rest is put back. */
  readonly given: Leaves;
  readonly onConflict: "fail" | "overwrite";
  readonly ifMatch?: string;
}

/**
 * Read, compare, write what differs, and read again when somebody was faster or the answer was lost.
 * @returns the backend before the write that made it so and after it; as it was read where there was nothing to write
 */
export function settle(conversation: Conversation, settling: Settling): { before: Leaves; after: Leaves } {
  let first: Leaves | undefined;
  let before: Leaves | undefined;
  for (let round = 1; round <= mostRounds; round += 1) {
    const { now, version } = conversation.read();
    first ??= now;
    const wanted = settling.wantedOf(now);
    noticeLanded(conversation, wanted, before, now);
    if (settling.onConflict === "fail") refuseConflict(first, now, wanted);
    if (differing(wanted, now).size === 0) return { before: before ?? now, after: now };
    before = now;
    const outcome = written(conversation, writeFor(wanted, settling.given, now), version, settling);
    if (outcome === "written") return { before, after: conversation.answered() };
    if (outcome === "unknown") conversation.unseen ??= now;
  }
  throw new Error("More rounds than the sequences have troubles.");
}

/** A write that is in doubt and brought the backend nearer to what is wanted has landed, as far as anybody can see. */
function noticeLanded(conversation: Conversation, wanted: Leaves, before: Leaves | undefined, now: Leaves): void {
  if (!conversation.isInDoubt || before === undefined) return;
  if (differing(wanted, now).size < differing(wanted, before).size) conversation.unseen ??= before;
}

/** An ETag that was pinned does not come back by reading again. */
function written(conversation: Conversation, write: Write, version: number, { ifMatch }: Settling) {
  const isPinned = ifMatch !== undefined && ifMatch !== "*";
  const outcome = conversation.write(write, isPinned ? "stale" : (ifMatch ?? version));
  if (isPinned && outcome === "stale") throw new Failure("pinned");
  return outcome;
}

function refuseConflict(first: Leaves, now: Leaves, wanted: Leaves): void {
  const touched = touchedBetween(first, now, wanted);
  if (touched.length > 0) throw new Failure("conflict", touched);
}

/** Leaves that somebody else changed to something that is not wanted either. */
function touchedBetween(first: Leaves, now: Leaves, wanted: Leaves): string[] {
  return [...wanted]
    .filter(([path, value]) => {
      const at = valueAt(now, path);
      return !sameMeaning(path, valueAt(first, path), at) && !sameMeaning(path, at, value);
    })
    .map(([path]) => path);
}

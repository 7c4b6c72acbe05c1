import { armId } from "../engine/armId";
import type { Run } from "../engine/operation";
import { leftOpen, type Rotation, rotate, settle, type Target, type UnknownRotation } from "./keyRotation";
import type { KeyFingerprints, KeyType } from "./keys";

/** Whether an earlier run ended without knowing what it did, and the next one can find out. */
export function isOpen({ lastRun, pendingOperation }: Partial<UnknownRotation>, keyType: KeyType): boolean {
  return lastRun?.outcome === "unknown" && (keyType !== "Salt" || pendingOperation !== undefined);
}

/**
 * Regenerates, unless a run that was killed is seen to have done so.
 * @param isWatched whether an earlier run may still be at it
 * @param since the keys before that run, where its wish is the one of this run
 */
export function regenerate(target: Target, run: Run, isWatched = false, since?: KeyFingerprints): Promise<Rotation> {
  return exclusively(target, run, async () => {
    const open = leftOpen(target, run);
    return (open && (await settle(target, open, run))) ?? rotate(target, run, isWatched || open !== undefined, since ?? open?.fingerprints);
  });
}

/**
 * Finds out what a run whose end was not seen has done, and regenerates where it has done nothing.
 * @param open the target of that run: until its end is known, its triggers are the recorded ones
 * @param next the target of this run, where triggers have changed since: a regeneration of its own
 */
export async function finish(open: Target, state: UnknownRotation, next: Target | undefined, run: Run): Promise<Rotation> {
  const settled = await exclusively(open, run, () => settle(open, state, run));
  if (settled !== undefined && next === undefined) return settled;
  return regenerate(next ?? open, run, settled === undefined, next === undefined ? state.fingerprints : undefined);
}

/** One key operation per service at a time: the service refuses a second one, or forgets it. */
function exclusively<T>(target: Target, run: Run, work: () => Promise<T>): Promise<T> {
  return run.exclusively(armId(target.service).toLowerCase(), work);
}

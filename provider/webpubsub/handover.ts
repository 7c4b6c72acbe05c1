import { isTriggered, neverRan } from "../engine/action";
import { wishFingerprint } from "../engine/fingerprint";
import type { Run, RunningOperation } from "../engine/operation";
import { PreconditionError } from "../errors";
import { type AccessKeyType, handOut, otherThan, tellOfActive, tellOfIdle } from "./activeKey";
import type { KeyRegenerationRun, Target, UnknownRotation } from "./keyRotation";
import { fingerprintsOf, hasChanged, type KeyFingerprints, type WebPubSubKeys } from "./keys";
import { finish, isOpen, regenerate } from "./regeneration";
import { serviceOf } from "./service";

/** What is known of the two keys of a service. */
export interface Handover {
  activeKeyType: AccessKeyType;
  activeKey?: string;
  activeConnectionString?: string;
  fingerprints: KeyFingerprints;
  /** When the active key was regenerated; undefined where that is not known. */
  rotatedAt?: string;
  lastRun: KeyRegenerationRun;
  /** The operation of a run whose end was not seen. Secret: its address is signed. */
  pendingOperation?: RunningOperation;
}

/** What an earlier run knew; before the first one hardly more than which key is to be the active one. */
export type Known = Pick<Handover, "activeKeyType"> & Partial<Handover>;

type Triggers = Record<string, unknown> | undefined;

/** One handover, for whom. */
export interface Task {
  readonly id: string;
  readonly serviceName: string;
  readonly known: Known;
  /** Of the last run, and of this one. */
  readonly triggers: { readonly recorded: Triggers; readonly given: Triggers };
  /** Turns what is known into the state to record. */
  record(triggers: Triggers, handover: Handover): object;
}

/**
 * Regenerates the idle key, or finds out that an earlier run did, and makes it the active one. A key that a run without
 * an end has regenerated was handed out to nobody: it is still the idle one then, also for another trigger.
 */
export async function handOver({ id, serviceName, known, triggers, record }: Task, run: Run): Promise<Handover> {
  const { activeKeyType, activeKey, activeConnectionString, rotatedAt, lastRun } = known;
  const idleKeyType = otherThan(knownActive(id, activeKeyType));
  const open = openRunOf(known);
  const mayBeOurs = open !== undefined || wasKilled(id, run);
  let before = known.fingerprints;
  let hasLooked = false;
  const targetOf = (wanted: Triggers): Target => ({
    id,
    service: serviceOf(id),
    keyType: idleKeyType,
    // Tells the run of a note apart from a later one with the same triggers, when the keys have changed places.
    wish: wishFingerprint(id, { wanted, idleKeyType, since: lastRun?.at }),
    record: (unknown) => record(wanted, { activeKeyType, activeKey, activeConnectionString, rotatedAt, ...unknown }),
    onLook: (after) => {
      const looks = { serviceName, activeKeyType, before, after };
      tellOfActive(looks, run);
      if (!mayBeOurs) tellOfIdle(looks, run);
      before = after;
      hasLooked = true;
    },
  });
  const asked = targetOf(triggers.given);
  const isAskedAgain = isTriggered({ triggers: triggers.recorded }, { triggers: triggers.given });
  const {
    keys,
    fingerprints,
    lastRun: ended,
  } = await (open === undefined
    ? regenerate(asked, run)
    : finish(targetOf(triggers.recorded), open, isAskedAgain ? asked : undefined, run));
  tellOfActive({ serviceName, activeKeyType, before, after: fingerprints }, run);
  // What an earlier run has done is as old as that run.
  const at = hasLooked || open === undefined ? ended.at : open.lastRun.at;
  return { activeKeyType: idleKeyType, ...handOut(idleKeyType, keys), fingerprints, rotatedAt: at, lastRun: ended };
}

/** What the keys are now, and what of it is somebody else's doing; nothing is regenerated. */
export function observe({ id, serviceName, known }: Pick<Task, "id" | "serviceName" | "known">, keys: WebPubSubKeys, run: Run): Handover {
  const { activeKeyType, fingerprints: before, lastRun = neverRan("skipped") } = known;
  const after = fingerprintsOf(serviceOf(id), keys);
  const looks = { serviceName, activeKeyType, before, after };
  tellOfActive(looks, run);
  const rotatedAt = hasChanged(activeKeyType, before ?? after, after) ? undefined : known.rotatedAt;
  const seen = { activeKeyType, ...handOut(activeKeyType, keys), rotatedAt, lastRun };
  const open = openRunOf(known);
  // While the outcome of a run is unknown, the fingerprints from before it are what the next run compares with.
  if (open !== undefined) return { ...seen, ...open };
  if (!wasKilled(id, run)) tellOfIdle(looks, run);
  return { ...seen, fingerprints: after };
}

/** Whether the last run ended without knowing what it did. */
export function isLeftOpen(known: Known): boolean {
  return openRunOf(known) !== undefined;
}

function openRunOf({ activeKeyType, fingerprints, lastRun, pendingOperation }: Known): UnknownRotation | undefined {
  if (fingerprints === undefined || lastRun === undefined) return undefined;
  return isOpen({ lastRun, pendingOperation }, activeKeyType) ? { fingerprints, lastRun, pendingOperation } : undefined;
}

/** Whether a run on this machine may have regenerated the idle key without a word of it in the state. */
function wasKilled(id: string, run: Run): boolean {
  return run.recall()?.id === id;
}

/** Without it, the key that is in use might be the one that is regenerated. */
function knownActive(id: string, activeKeyType: string): AccessKeyType {
  if (activeKeyType === "Primary" || activeKeyType === "Secondary") return activeKeyType;
  throw new PreconditionError(
    `The state of ${id} does not tell which key is the active one, so none is regenerated. Run \`pulumi refresh\`, look at activeKeyType, and run again.`,
  );
}

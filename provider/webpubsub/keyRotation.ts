import { type ActionRun, notRan, ran } from "../engine/action";
import { armId } from "../engine/armId";
import { isAnswerLost } from "../engine/lostAnswer";
import type { Answer, Run, RunningOperation } from "../engine/operation";
import { PartialStateError } from "../engine/partialState";
import { isObject } from "../engine/state";
import { OperationFailedError, PatchbayError, requestIdOf, ServiceError, UnexpectedAnswerError } from "../errors";
import { fingerprintsOf, hasChanged, type KeyFingerprints, type KeyType, listKeys, regenerateRequest, type WebPubSubKeys } from "./keys";

export type KeyRegenerationRun = ActionRun<"rotated" | "accepted" | "skipped" | "unknown">;

/** What a rotation ends with. */
export interface Rotation {
  readonly keys: WebPubSubKeys;
  readonly fingerprints: KeyFingerprints;
  readonly lastRun: KeyRegenerationRun;
}

/** What is recorded of a rotation whose end was not seen: the fingerprints are those from before it. */
export interface UnknownRotation {
  readonly fingerprints: KeyFingerprints;
  readonly lastRun: KeyRegenerationRun;
  readonly pendingOperation?: RunningOperation;
}

/** How often, after an answer that never came or a success that does not show, the keys are looked at before giving up. */
const LOOK_AGAIN_MS = [1_000, 2_000, 4_000];
/** Two and a half minutes: an operation was seen to take 20 to 75 s. */
const LOOK_WHILE_BUSY_MS = [2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000];

/** One key to regenerate, for whom. */
export interface Target {
  readonly id: string;
  readonly service: readonly string[];
  readonly keyType: KeyType;
  /** Fingerprint of the triggers. */
  readonly wish: string;
  /** Turns what is known into the state to record. */
  record(unknown: UnknownRotation): object;
  /** Hears of the look at the keys just before the POST. */
  onLook?(before: KeyFingerprints): void;
}

/** What a run that was killed left to find out: the state it would have recorded. Undefined where there was none for the same wish. */
export function leftOpen({ id, wish, keyType }: Target, run: Run): UnknownRotation | undefined {
  const intent = run.recall();
  if (intent?.id !== id || intent.wish !== wish || !isObject(intent.fingerprints)) return undefined;
  run.say("warning", `an earlier run on this machine was killed while it regenerated the ${keyType} key; looking what became of it.`);
  return { fingerprints: intent.fingerprints as unknown as KeyFingerprints, lastRun: notRan("unknown") };
}

/**
 * listKeys, one POST, its end, listKeys. The POST is never repeated: what it did shows in the keys.
 * @param isWatched whether an earlier run may still be at it, so that a busy service is a reason to look at the keys again
 * @param since the keys before that run; its operation may have ended since they were last compared
 */
export async function rotate(target: Target, run: Run, isWatched = false, since?: KeyFingerprints): Promise<Rotation> {
  const keys = await listKeys(target.service, run);
  const before = fingerprintsOf(target.service, keys);
  if (since !== undefined && hasChanged(target.keyType, since, before)) {
    run.say("info", `the ${target.keyType} key has just changed with what the last run started; it is not regenerated again.`);
    return { keys, fingerprints: before, lastRun: notRan("rotated") };
  }
  target.onLook?.(before);
  run.note({ id: target.id, wish: target.wish, fingerprints: { ...before } });
  let answer: Answer;
  try {
    const posted = isWatched
      ? await postUnlessDone(target, before, run)
      : await run.send(regenerateRequest(target.service, target.keyType));
    if ("lastRun" in posted) return posted;
    answer = posted;
  } catch (error) {
    if (!isAnswerLost(error)) throw error;
    return afterLostAnswer(target, before, error, run);
  }
  const accepted = { requestId: answer.requestId, correlationId: answer.correlationId };
  let pendingOperation: RunningOperation | undefined;
  try {
    await run.follow(regenerateRequest(target.service, target.keyType), answer, (running) => {
      pendingOperation = running;
    });
  } catch (error) {
    throw endUnseen(target, { fingerprints: before, lastRun: ran("unknown", accepted), pendingOperation }, error);
  }
  return verified(target, before, accepted, run);
}

/**
 * Finds out what a run whose end was not seen has done: asks its operation, then the keys. Undefined when it has done
 * nothing, so that the key is still to be regenerated.
 */
export async function settle(target: Target, state: UnknownRotation, run: Run): Promise<Rotation | undefined> {
  const { fingerprints: before, lastRun, pendingOperation } = state;
  let hasFailed = false;
  if (pendingOperation !== undefined) {
    try {
      await run.resume(pendingOperation);
      run.say("info", `the ${target.keyType} regeneration that the last run started has ended well.`);
      return await verified(target, before, lastRun, run);
    } catch (error) {
      if (!keysDecide(error)) throw endUnseen(target, { fingerprints: before, lastRun, pendingOperation }, error);
      hasFailed = error instanceof OperationFailedError;
    }
  }
  const keys = await listKeys(target.service, run);
  const now = fingerprintsOf(target.service, keys);
  if (hasChanged(target.keyType, before, now)) {
    run.say("info", `the ${target.keyType} key did change in the last run; it is not regenerated again.`);
    return { keys, fingerprints: now, lastRun: ran("rotated", lastRun) };
  }
  if (target.keyType === "Salt" && !hasFailed) {
    run.say("warning", "whether the last run regenerated the Salt cannot be found out; change triggers to regenerate it again.");
    return { keys, fingerprints: now, lastRun };
  }
  run.say("info", `the ${target.keyType} ${target.keyType === "Salt" ? "" : "key "}did not change in the last run; it is regenerated now.`);
  return undefined;
}

/** The service forgets operations, and may say of one what cannot be read; the keys stay. Without an answer there is nothing to decide on. */
function keysDecide(error: unknown): boolean {
  return error instanceof OperationFailedError || error instanceof ServiceError || error instanceof UnexpectedAnswerError;
}

async function verified(
  target: Target,
  before: KeyFingerprints,
  accepted: { requestId: string; correlationId: string },
  run: Run,
): Promise<Rotation> {
  const unknown: UnknownRotation = { fingerprints: before, lastRun: ran("unknown", accepted) };
  try {
    const seen = await lookForChange(target, before, run);
    if (target.keyType === "Salt") return { ...seen, lastRun: ran("accepted", accepted) };
    if (hasChanged(target.keyType, before, seen.fingerprints)) return { ...seen, lastRun: ran("rotated", accepted) };
  } catch (error) {
    throw endUnseen(target, unknown, error);
  }
  throw new PartialStateError(
    `${armId(target.service)}: the service said that it regenerated the ${target.keyType} key, and listKeys still shows the old one.${requestIdOf(accepted.requestId)} Run again: the next run looks first and regenerates only if it is still the old one.`,
    target.id,
    target.record(unknown),
  );
}

/**
 * What keeps the service busy may be the earlier run's own POST: its end shows in the keys, and then nothing is left to
 * do. A second POST is no way to ask, since it would be taken in the moment in which the first one ends.
 */
async function postUnlessDone(target: Target, before: KeyFingerprints, run: Run): Promise<Answer | Rotation> {
  for (;;) {
    try {
      return await run.send({ ...regenerateRequest(target.service, target.keyType), whenBusy: "fail" });
    } catch (error) {
      if (!(error instanceof ServiceError) || error.status !== 409) throw error;
    }
    for (const delayMs of LOOK_WHILE_BUSY_MS) {
      await run.wait(delayMs, "the key operation that runs in this service to end");
      const keys = await listKeys(target.service, run);
      const fingerprints = fingerprintsOf(target.service, keys);
      if (!hasChanged(target.keyType, before, fingerprints)) continue;
      run.say("info", `the ${target.keyType} key has changed with the operation that ran already; it is not regenerated again.`);
      return { keys, fingerprints, lastRun: notRan("rotated") };
    }
  }
}

async function afterLostAnswer(target: Target, before: KeyFingerprints, lost: PatchbayError, run: Run): Promise<Rotation> {
  const unknown: UnknownRotation = { fingerprints: before, lastRun: notRan("unknown") };
  try {
    if (target.keyType !== "Salt") {
      const seen = await lookForChange(target, before, run);
      if (hasChanged(target.keyType, before, seen.fingerprints)) {
        run.say("warning", `no answer came to the ${target.keyType} regeneration, and listKeys shows that it was done.`);
        return { ...seen, lastRun: notRan("rotated") };
      }
    }
  } catch (error) {
    throw endUnseen(target, unknown, error);
  }
  throw endUnseen(target, unknown, lost);
}

/** The keys, looked at until the wanted one has changed or looking again makes no sense. */
async function lookForChange(target: Target, before: KeyFingerprints, run: Run): Promise<Omit<Rotation, "lastRun">> {
  for (let look = 0; ; look += 1) {
    const keys = await listKeys(target.service, run);
    const fingerprints = fingerprintsOf(target.service, keys);
    const delayMs = LOOK_AGAIN_MS[look];
    if (delayMs === undefined || target.keyType === "Salt" || hasChanged(target.keyType, before, fingerprints))
      return { keys, fingerprints };
    await run.wait(delayMs, `listKeys to show the new ${target.keyType} key`);
  }
}

function endUnseen(target: Target, unknown: UnknownRotation, error: unknown): unknown {
  if (!(error instanceof PatchbayError) || error instanceof PartialStateError || error instanceof OperationFailedError) return error;
  const canFindOut = target.keyType !== "Salt" || unknown.pendingOperation !== undefined;
  const next = canFindOut
    ? "The next `pulumi up` looks first and regenerates only if nothing changed."
    : "The Salt is returned nowhere, so this cannot be found out later either; change triggers to regenerate it again.";
  // Its advice is the same in other words.
  const cause = error.message.replace(/ (?:Whether the service acted is not known|The service may have acted).*$/, "");
  return new PartialStateError(
    `Whether the ${target.keyType} key of ${armId(target.service)} was regenerated is not known. ${cause} ${next}`,
    target.id,
    target.record(unknown),
  );
}

import { type ActionRun, notRan, ran } from "../engine/action";
import { armId } from "../engine/armId";
import type { Answer, Run, RunningOperation } from "../engine/operation";
import { PartialStateError } from "../engine/partialState";
import { OperationFailedError, OutcomeUnknownError, PatchbayError, ServiceError, UnexpectedAnswerError } from "../errors";
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

interface Target {
  readonly id: string;
  readonly service: readonly string[];
  readonly keyType: KeyType;
  /** Turns what is known into the state to record. */
  record(unknown: UnknownRotation): object;
}

/** listKeys, one POST, its end, listKeys. The POST is never repeated: what it did shows in the keys. */
export async function rotate(target: Target, run: Run): Promise<Rotation> {
  const before = fingerprintsOf(target.service, await listKeys(target.service, run));
  const request = regenerateRequest(target.service, target.keyType);
  let answer: Answer;
  try {
    answer = await run.send(request);
  } catch (error) {
    if (!(error instanceof OutcomeUnknownError)) throw error;
    return afterLostAnswer(target, before, error, run);
  }
  const accepted = { requestId: answer.requestId, correlationId: answer.correlationId };
  let pendingOperation: RunningOperation | undefined;
  try {
    await run.follow(request, answer, (running) => {
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
    `${armId(target.service)}: the service said that it regenerated the ${target.keyType} key, and listKeys still shows the old one. Request id: ${accepted.requestId}. Run again: the next run looks first and regenerates only if it is still the old one.`,
    target.id,
    target.record(unknown),
  );
}

async function afterLostAnswer(target: Target, before: KeyFingerprints, lost: OutcomeUnknownError, run: Run): Promise<Rotation> {
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
  const cause = error.message.replace(/ Whether the service acted is not known.*$/, "");
  return new PartialStateError(
    `Whether the ${target.keyType} key of ${armId(target.service)} was regenerated is not known. ${cause} ${next}`,
    target.id,
    target.record(unknown),
  );
}

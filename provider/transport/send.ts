import type { Answer, Repeat } from "../engine/operation";
import { CanceledError, DeadlineError, OutcomeUnknownError, PatchbayError, ServiceError, UnexpectedAnswerError } from "../errors";
import type { Clock } from "./clock";
import { type CallEvent, decide, nextWait, type RetryBudget } from "./retry";

/** What a call may take, and where it says that it waits. */
export interface CallOptions {
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  /** The engine's cancel. */
  readonly signal: AbortSignal;
  /** The same over all tries of all requests of one operation. */
  readonly clientRequestId: string;
  onWait(delayMs: number, reason: string): void;
  /** Says something that stays under the resource. */
  onNote?(severity: "info" | "warning", sentence: string): void;
}

/** A try that did not end in a 2xx. */
export interface Refusal {
  readonly event: CallEvent | "deadline" | "canceled";
  /** Half a sentence: what happened. */
  readonly reason: string;
  /** Whole sentences: what the service said about it. */
  readonly said?: string;
  /** Whether the service may have got the request and acted. */
  readonly sent: boolean;
  /** HTTP status, when there was an answer. */
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly timedOut?: boolean;
  /** The error for this refusal; `remedy` replaces its usual advice. */
  error(remedy?: string): PatchbayError;
  /** Throws away what the service did not accept; false when there is nothing newer to be had. */
  renew?(): boolean;
}

/** A request that can be tried again and again. */
export interface Call<Result extends object = Answer> {
  /** `PATCH …/backends/orders` */
  readonly name: string;
  readonly repeat: Repeat;
  /** What the next run does when no answer told whether the service acted. @default "it looks at the cloud first" */
  readonly nextRun?: string;
  attempt(options: CallOptions): Promise<Result | Refusal>;
}

export interface Patience {
  readonly clock: Clock;
  readonly budget: RetryBudget;
}

// A host that is not there after this many tries (about half a minute) is misspelled or down: waiting out a deadline of
// half an hour would hide that.
const NOT_SENT_TRIES = 6;

/** What the tries of one call have met so far. */
interface Past {
  last?: Refusal;
  /** The last one after which a write may be done: no later end may hide it. */
  uncertain?: Refusal;
}

/** Tries a call until it is answered with a 2xx, must not be tried again, or its time is up. */
export async function sendPatiently<Result extends object>(call: Call<Result>, options: CallOptions, patience: Patience): Promise<Result> {
  const past: Past = {};
  let renewed = false;
  for (let tries = 1; ; tries++) {
    const result = await attempt(call, options, patience, past);
    if (!isRefusal(result)) {
      patience.budget.giveBack();
      return result;
    }
    const decision = decisionOn(result, call.repeat);
    if (mayHaveActed(call, result)) past.uncertain = result;
    const isRenewed: boolean = decision === "renewToken" && !renewed && result.renew?.() === true;
    if (!isRenewed && decision !== "retry") throw ending(call, result, past);
    past.last = result;
    renewed ||= isRenewed;
    if (!isRenewed) await waitForNextTry(call, result, tries, options, patience, past);
  }
}

async function attempt<Result extends object>(
  call: Call<Result>,
  options: CallOptions,
  { clock }: Patience,
  past: Past,
): Promise<Result | Refusal> {
  try {
    throwIfOver(call.name, options, clock, past.last);
    return await call.attempt(options);
  } catch (error) {
    // The deadline, the engine's cancel, or a sign-in that failed before this try.
    throw error instanceof PatchbayError && !(error instanceof UnexpectedAnswerError)
      ? orUnknown(call, past, error, sentenceOf(error))
      : error;
  }
}

export function isRefusal(result: object): result is Refusal {
  return "event" in result;
}

/** Throws when the engine canceled or the deadline has passed; `last` is what the time was spent on. */
export function throwIfOver(name: string, options: CallOptions, clock: Clock, last?: Refusal): void {
  if (options.signal.aborted) throw new CanceledError(`${name}: the run was interrupted${because(last)}.`);
  if (clock.now() >= options.deadlineMs) throw deadline(name, last);
}

function decisionOn(refusal: Refusal, repeat: Repeat) {
  if (refusal.event !== "deadline" && refusal.event !== "canceled") return decide(refusal.event, repeat);
  return refusal.sent && repeat !== "read" ? "outcomeUnknown" : "fail";
}

function mayHaveActed(call: Call<object>, { event, sent }: Refusal): boolean {
  if (call.repeat === "read") return false;
  return event === "lost" || event === "faulted" || (sent && (event === "deadline" || event === "canceled"));
}

function ending(call: Call<object>, refusal: Refusal, past: Past): PatchbayError {
  if (past.uncertain === refusal) return outcomeUnknown(call, refusal);
  // What the service says of the request itself, its caller knows to read: 412 and 404 may be the traces of a lost try.
  if (refusal.event === "refused") return told(refusal.error(), past);
  return orUnknown(call, past, endOf(call, refusal, past), `Then ${refusal.reason}.`);
}

function told(error: PatchbayError, past: Past): PatchbayError {
  if (error instanceof ServiceError) error.followsAnotherTry = past.last?.sent === true;
  return error;
}

function endOf(call: Call<object>, refusal: Refusal, past: Past): PatchbayError {
  if (refusal.event === "canceled") return new CanceledError(`${call.name}: ${refusal.reason}.`);
  return refusal.event === "deadline" ? deadline(call.name, past.last ?? refusal) : refusal.error();
}

async function waitForNextTry(call: Call<object>, refusal: Refusal, tries: number, options: CallOptions, patience: Patience, past: Past) {
  const { clock, budget } = patience;
  const timeLeftMs = options.deadlineMs - clock.now();
  const wait = nextWait(tries, refusal.retryAfterMs, timeLeftMs, clock.random());
  if ("stop" in wait) {
    const tooLong = wait.stop === "askedTooLong" ? askedTooLong(refusal, timeLeftMs) : undefined;
    if (tooLong !== undefined) throw orUnknown(call, past, refusal.error(tooLong), tooLong);
    throw orUnknown(call, past, deadline(call.name, refusal), "Then the time was up.");
  }
  if (refusal.event === "notSent" && tries >= NOT_SENT_TRIES) throw orUnknown(call, past, refusal.error(), `Then ${refusal.reason}.`);
  if (refusal.event !== "canceled" && refusal.event !== "deadline" && !budget.take(refusal.event, refusal.timedOut === true)) {
    const advice = "So many calls of this run failed that nothing is repeated any more; run again later.";
    throw orUnknown(call, past, refusal.error(advice), advice);
  }
  options.onWait(wait.delayMs, refusal.reason);
  await clock.sleep(wait.delayMs, options.signal);
}

/** The end that came, unless a write may be done: then that is what has to be said, and `since` what came after it. */
function orUnknown(call: Call<object>, past: Past, end: PatchbayError, since: string): PatchbayError {
  return past.uncertain === undefined ? end : outcomeUnknown(call, past.uncertain, since);
}

function outcomeUnknown(
  { name, nextRun = "it looks at the cloud first" }: Call<object>,
  refusal: Refusal,
  since = "",
): OutcomeUnknownError {
  const end = since === "" ? ", so it was not sent again" : "";
  const parts = [
    `${name} was sent, but ${refusal.reason}.`,
    refusal.said ?? "",
    since,
    `Whether the service acted is not known${end}. Run \`pulumi up\` again: ${nextRun}.`,
  ];
  return new OutcomeUnknownError(parts.filter((part) => part !== "").join(" "));
}

function sentenceOf(end: PatchbayError): string {
  if (end instanceof DeadlineError) return "Then the time was up.";
  return end instanceof CanceledError ? "Then the run was interrupted." : end.message;
}

function deadline(name: string, last: Refusal | undefined): DeadlineError {
  const said = last?.said === undefined || last.said === "" ? "" : ` ${last.said}`;
  const advice = "Give it longer with `timeouts` or `customTimeouts`, and run again.";
  return new DeadlineError(`${name}: the time is up${because(last)}.${said} ${advice}`);
}

function because(last: Refusal | undefined): string {
  return last === undefined ? "" : `; at the last try ${last.reason}`;
}

function askedTooLong(refusal: Refusal, timeLeftMs: number): string {
  const asked = Math.ceil((refusal.retryAfterMs ?? 0) / 1000);
  const left = Math.max(0, Math.floor(timeLeftMs / 1000));
  return `The service asks to wait ${asked} s, which is more than the ${Math.min(left, 600)} s that may be waited; run again later.`;
}

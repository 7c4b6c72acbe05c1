import type { Answer, Repeat } from "../engine/operation";
import { CanceledError, DeadlineError, OutcomeUnknownError, type PatchbayError } from "../errors";
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
export interface Call {
  /** `PATCH …/backends/orders` */
  readonly name: string;
  readonly repeat: Repeat;
  attempt(options: CallOptions): Promise<Answer | Refusal>;
}

export interface Patience {
  readonly clock: Clock;
  readonly budget: RetryBudget;
}

// A host that is not there after this many tries (about half a minute) is misspelled or down: waiting out a deadline of
// half an hour would hide that.
const NOT_SENT_TRIES = 6;

/** Tries a call until it is answered with a 2xx, must not be tried again, or its time is up. */
export async function sendPatiently(call: Call, options: CallOptions, patience: Patience): Promise<Answer> {
  let renewed = false;
  let last: Refusal | undefined;
  for (let tries = 1; ; tries++) {
    throwIfOver(call.name, options, patience.clock, last);
    const result = await call.attempt(options);
    if (!isRefusal(result)) {
      patience.budget.giveBack();
      return result;
    }
    last = result;
    const decision = decisionOn(result, call.repeat);
    if (decision === "renewToken" && !renewed && result.renew?.() === true) {
      renewed = true;
      continue;
    }
    if (decision !== "retry") throw ending(call, result, decision === "outcomeUnknown");
    await waitForNextTry(call, result, tries, options, patience);
  }
}

export function isRefusal(result: Answer | Refusal): result is Refusal {
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

function ending(call: Call, refusal: Refusal, unknown: boolean): PatchbayError {
  if (unknown) return outcomeUnknown(call.name, refusal);
  if (refusal.event === "canceled") return new CanceledError(`${call.name}: ${refusal.reason}.`);
  if (refusal.event === "deadline") return deadline(call.name, refusal);
  return refusal.error();
}

async function waitForNextTry(call: Call, refusal: Refusal, tries: number, options: CallOptions, patience: Patience) {
  const { clock, budget } = patience;
  const timeLeftMs = options.deadlineMs - clock.now();
  const wait = nextWait(tries, refusal.retryAfterMs, timeLeftMs, clock.random());
  if ("stop" in wait) {
    if (wait.stop === "askedTooLong") throw refusal.error(askedTooLong(refusal, timeLeftMs));
    throw lostWrite(call, refusal) ?? deadline(call.name, refusal);
  }
  if (refusal.event === "notSent" && tries >= NOT_SENT_TRIES) throw refusal.error();
  if (refusal.event !== "canceled" && refusal.event !== "deadline" && !budget.take(refusal.event, refusal.timedOut === true)) {
    throw lostWrite(call, refusal) ?? refusal.error("So many calls of this run failed that nothing is repeated any more; run again later.");
  }
  options.onWait(wait.delayMs, refusal.reason);
  await clock.sleep(wait.delayMs, options.signal);
  if (options.signal.aborted)
    throw lostWrite(call, refusal) ?? new CanceledError(`${call.name}: the run was interrupted${because(refusal)}.`);
}

/** When a write's last try may have acted, no other error may hide it. */
function lostWrite(call: Call, refusal: Refusal): OutcomeUnknownError | undefined {
  const mayHaveActed = refusal.event === "lost" || refusal.event === "faulted";
  return mayHaveActed && call.repeat !== "read" ? outcomeUnknown(call.name, refusal) : undefined;
}

function outcomeUnknown(name: string, refusal: Refusal): OutcomeUnknownError {
  const parts = [
    `${name} was sent, but ${refusal.reason}.`,
    refusal.said ?? "",
    "Whether the service acted is not known, so it was not sent again. Run `pulumi up` again: it looks at the cloud first.",
  ];
  return new OutcomeUnknownError(parts.filter((part) => part !== "").join(" "));
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

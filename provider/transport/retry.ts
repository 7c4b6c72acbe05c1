import type { Repeat } from "../engine/operation";

/** What one try met, as far as retrying is concerned. */
export type CallEvent =
  /** Refused connection, no such host: surely not sent. */
  | "notSent"
  /** TLS failed: surely not sent, and a second try meets the same certificate. */
  | "untrusted"
  /** Reset, timeout or cut body after the request was sent. */
  | "lost"
  /** 429 and 503: turned away at the door. */
  | "throttled"
  /** 408, 500, 502, 504: may have acted. */
  | "faulted"
  /** The service says that something else is running and has to end first. */
  | "busy"
  /** 401. */
  | "unauthorized"
  /** Everything else: 403, 404, 412, a refused argument. */
  | "refused";

export type Decision = "retry" | "renewToken" | "fail" | "outcomeUnknown";

const TABLE: Readonly<Record<CallEvent, Readonly<Record<Repeat, Decision>>>> = {
  notSent: { read: "retry", converge: "retry", guarded: "retry", once: "retry" },
  untrusted: { read: "fail", converge: "fail", guarded: "fail", once: "fail" },
  lost: { read: "retry", converge: "retry", guarded: "outcomeUnknown", once: "outcomeUnknown" },
  throttled: { read: "retry", converge: "retry", guarded: "retry", once: "retry" },
  faulted: { read: "retry", converge: "retry", guarded: "retry", once: "outcomeUnknown" },
  busy: { read: "retry", converge: "retry", guarded: "retry", once: "retry" },
  unauthorized: { read: "renewToken", converge: "renewToken", guarded: "renewToken", once: "renewToken" },
  refused: { read: "fail", converge: "fail", guarded: "fail", once: "fail" },
};

/** What to do after a try that did not end in a 2xx. */
export function decide(event: CallEvent, repeat: Repeat): Decision {
  return TABLE[event][repeat];
}

/** What an Azure status and error code mean for retrying. */
export function azureEvent(status: number, code: string): CallEvent {
  if (status === 409 && /InProgress$|^PessimisticConcurrencyConflict$/i.test(code)) return "busy";
  if (status === 422 && code === "ManagementApiRequestFailed") return "busy";
  if (status === 401) return "unauthorized";
  return eventOfStatus(status);
}

// Seen while an instance changes; each ends by itself (terraform-provider-alicloud waits on the same codes).
const ALIBABA_BUSY = new Set([
  "TaskHasExist",
  "InstanceStatus.NotSupport",
  "LockTimeout",
  "Task.Conflict",
  "OperationDenied.KVstoreInstanceStatus",
  "IncorrectDBInstanceState",
]);

/** What an Alibaba Cloud status and error code mean for retrying. */
export function alibabaEvent(status: number, code: string): CallEvent {
  if (ALIBABA_BUSY.has(code)) return "busy";
  if (/Throttling/.test(code) || /^ServiceUnavailable/.test(code)) return "throttled";
  return eventOfStatus(status);
}

function eventOfStatus(status: number): CallEvent {
  if (status === 429 || status === 503) return "throttled";
  // 501 and 505 say that the service cannot do this at all.
  if (status === 408 || (status >= 500 && status !== 501 && status !== 505)) return "faulted";
  return "refused";
}

const BASE_DELAY_MS = 800;
const LONGEST_OWN_DELAY_MS = 60_000;
export const LONGEST_ASKED_DELAY_MS = 600_000;
// A try that could not end before the deadline is not worth starting.
const SHORTEST_TRY_MS = 250;

export type Wait = { readonly delayMs: number } | { readonly stop: "deadline" | "askedTooLong" };

/** How long to wait before the next try. `tries` counts those already made, from 1. */
export function nextWait(tries: number, askedMs: number | undefined, timeLeftMs: number, random: number): Wait {
  if (askedMs !== undefined) {
    if (askedMs > Math.min(LONGEST_ASKED_DELAY_MS, timeLeftMs)) return { stop: "askedTooLong" };
    // "Retry-After: 0" for ever must not become a busy loop.
    return { delayMs: Math.max(askedMs, Math.min(1_000, 25 * 2 ** tries)) };
  }
  const spareMs = timeLeftMs - SHORTEST_TRY_MS;
  if (spareMs <= 0) return { stop: "deadline" };
  const ceilingMs = Math.min(LONGEST_OWN_DELAY_MS, BASE_DELAY_MS * 2 ** (tries - 1));
  return { delayMs: Math.min(Math.round(ceilingMs * random), spareMs) };
}

const BUDGET = 500;

/**
 * Stops a process in which everything fails from repeating everything: a retry takes, a success gives back.
 * Sizes are those of the AWS clients' standard retry mode. Waits that the service asked for are not charged: they are
 * bounded by the deadline.
 */
export class RetryBudget {
  private tokens = BUDGET;

  /** Whether another try may be made after this event. */
  take(event: CallEvent, timedOut: boolean): boolean {
    if (event === "throttled" || event === "busy") return true;
    const cost = timedOut ? 10 : 5;
    if (this.tokens < cost) return false;
    this.tokens -= cost;
    return true;
  }

  giveBack(): void {
    this.tokens = Math.min(BUDGET, this.tokens + 1);
  }
}

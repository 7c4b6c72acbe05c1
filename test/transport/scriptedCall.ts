import fc from "fast-check";
import type { Answer, Repeat } from "../../provider/engine/operation";
import { ServiceError } from "../../provider/errors";
import type { Clock } from "../../provider/transport/clock";
import { type CallEvent, RetryBudget } from "../../provider/transport/retry";
import { type Refusal, sendPatiently } from "../../provider/transport/send";

/** What one try meets. */
export interface Step {
  readonly event: CallEvent | "ok";
  readonly tookMs: number;
  readonly retryAfterMs?: number;
  /** The engine cancels while it runs, or in the wait after it. */
  readonly cancel?: "meanwhile" | "afterwards";
}

export interface Script {
  readonly repeat: Repeat;
  readonly steps: readonly Step[];
  readonly timeLeftMs: number;
  readonly chances: readonly number[];
  /** Whether the token can be renewed. */
  readonly isRenewable: boolean;
}

export interface Try {
  readonly step: Step;
  /** What came of the step: a deadline or a cancel may have come first. */
  readonly event: CallEvent | "ok" | "deadline" | "canceled";
  readonly startedMs: number;
}

export interface Trace {
  readonly tries: readonly Try[];
  readonly waits: readonly { readonly atMs: number; readonly delayMs: number; readonly reason: string }[];
  readonly renewals: number;
  readonly end: { readonly answer: Answer } | { readonly error: Error };
  readonly canceledAfterTry: number | undefined;
}

const ANSWER: Answer = { status: 200, headers: {}, body: {}, requestId: "", correlationId: "" };
/** After the script everything works. */
const OK: Step = { event: "ok", tookMs: 1 };

/** Runs a script through the retry loop, in time of its own. */
export async function play({ repeat, steps, timeLeftMs, chances, isRenewable }: Script): Promise<Trace> {
  const stop = new AbortController();
  const tries: Try[] = [];
  const waits: { atMs: number; delayMs: number; reason: string }[] = [];
  let [nowMs, renewals, chance] = [0, 0, 0];
  let canceledAfterTry: number | undefined;
  const cancel = () => {
    canceledAfterTry = tries.length;
    stop.abort();
  };
  const clock: Clock = {
    now: () => nowMs,
    random: () => chances[chance++ % chances.length] ?? 0,
    sleep: async (delayMs) => {
      nowMs += delayMs;
      if (tries.at(-1)?.step.cancel === "afterwards") cancel();
    },
  };
  const attempt = async (): Promise<Answer | Refusal> => {
    const step = steps[tries.length] ?? OK;
    const startedMs = nowMs;
    nowMs = Math.min(nowMs + step.tookMs, timeLeftMs);
    const event = step.cancel === "meanwhile" ? "canceled" : nowMs >= timeLeftMs ? "deadline" : step.event;
    tries.push({ step, event, startedMs });
    if (event === "canceled") cancel();
    if (event === "ok") return ANSWER;
    const renew = () => {
      if (isRenewable) renewals++;
      return isRenewable;
    };
    return { event, reason: `it met ${event}`, sent: isSent(event), retryAfterMs: step.retryAfterMs, renew, error: refusedFor(event) };
  };
  const onWait = (delayMs: number, reason: string) => waits.push({ atMs: nowMs, delayMs, reason });
  const options = { deadlineMs: timeLeftMs, signal: stop.signal, clientRequestId: "", onWait };
  const sent = sendPatiently({ name: "CALL", repeat, attempt }, options, { clock, budget: new RetryBudget() });
  const end = await sent.then(
    (answer) => ({ answer }),
    (error: Error) => ({ error }),
  );
  return { tries, waits, renewals, end, canceledAfterTry };
}

function isSent(event: Try["event"]): boolean {
  return event !== "notSent" && event !== "untrusted";
}

function refusedFor(event: string) {
  return (remedy = "") => new ServiceError({ call: "CALL", status: 0, code: event, sentence: "", requestId: "", remedy });
}

const EVENTS: readonly CallEvent[] = ["notSent", "untrusted", "lost", "throttled", "faulted", "busy", "unauthorized", "refused"];

const step: fc.Arbitrary<Step> = fc.record(
  {
    // What ends a call at once is kept rare, or the scripts would be short.
    event: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom<CallEvent>("notSent", "lost", "throttled", "faulted", "busy") },
      { weight: 1, arbitrary: fc.constantFrom<Step["event"]>(...EVENTS, "ok") },
    ),
    tookMs: fc.oneof(fc.nat(5_000), fc.constantFrom(100_000, 1_000_000)),
    retryAfterMs: fc.oneof(fc.nat(20_000), fc.constantFrom(0, 600_000, 600_001, 1e15)),
    cancel: fc.constantFrom("meanwhile", "afterwards"),
  },
  { requiredKeys: ["event", "tookMs"] },
);

/** Most steps are not interrupted. */
const calmStep = fc.oneof({ weight: 12, arbitrary: step.map(({ cancel: _, ...calm }) => calm) }, { weight: 1, arbitrary: step });

export const script: fc.Arbitrary<Script> = fc.record({
  repeat: fc.constantFrom<Repeat>("read", "converge", "guarded", "once"),
  steps: fc.array(calmStep, { maxLength: 15 }),
  timeLeftMs: fc.oneof(fc.integer({ min: 1, max: 120_000 }), fc.constant(1_800_000)),
  chances: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 15 }),
  isRenewable: fc.boolean(),
});

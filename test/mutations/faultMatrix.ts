import type { Mutation } from "./mutations";

const RECONNECT = "test/faults/backendReconnect.test.ts";
const PATCH = "test/faults/backendPatch.test.ts";
const KEYS = "test/faults/webPubSub.test.ts";
const DIRECT = "test/faults/kvstore.test.ts";
const CONNECTION = "test/faults/redisEnterprise.test.ts";

/** What the fault matrix has to notice, whatever else does. */
export const faultMatrixMutations: readonly Mutation[] = [
  {
    breaks: "a POST whose answer was lost is not repeated",
    file: "transport/retry.ts",
    find: 'lost: { read: "retry", converge: "retry", guarded: "outcomeUnknown", once: "outcomeUnknown" },',
    replace: 'lost: { read: "retry", converge: "retry", guarded: "outcomeUnknown", once: "retry" },',
    caughtBy: [RECONNECT],
  },
  {
    breaks: "a PATCH whose answer was lost is looked up",
    file: "transport/retry.ts",
    find: 'lost: { read: "retry", converge: "retry", guarded: "outcomeUnknown",',
    replace: 'lost: { read: "retry", converge: "retry", guarded: "retry",',
    caughtBy: [PATCH],
  },
  {
    breaks: "a host that is not trusted is not asked again",
    file: "transport/retry.ts",
    find: 'untrusted: { read: "fail", converge: "fail", guarded: "fail", once: "fail" },',
    replace: 'untrusted: { read: "retry", converge: "retry", guarded: "retry", once: "retry" },',
    caughtBy: [RECONNECT],
  },
  {
    breaks: "a redirect is not followed",
    file: "transport/http.ts",
    find: "maxRedirects: 0,",
    replace: "maxRedirects: 5,",
    caughtBy: [RECONNECT],
  },
  {
    breaks: "a run ends at its deadline",
    file: "engine/run.ts",
    find: "const deadlineMs = startedMs + timeoutMs;",
    replace: "const deadlineMs = startedMs + 100 * timeoutMs;",
    caughtBy: [RECONNECT],
  },
  {
    breaks: "a try ends, and with it a body that never does",
    file: "transport/http.ts",
    find: "this.after(Math.min(timeLeftMs, attemptLimitMs), failure);",
    replace: "if (failure.sentence === timeLeftMs.toString()) this.after(attemptLimitMs, failure);",
    caughtBy: [RECONNECT],
  },
  {
    breaks: "a wait that the service asks for is clamped",
    file: "transport/retry.ts",
    find: 'if (askedMs > Math.min(LONGEST_ASKED_DELAY_MS, timeLeftMs)) return { stop: "askedTooLong" };',
    replace: "",
    caughtBy: [RECONNECT],
  },
  {
    breaks: "no connection is made to a host that only a header names",
    file: "transport/sameOrigin.ts",
    find: "resolved.origin === new URL(endpoint).origin",
    replace: "resolved.origin !== undefined",
    caughtBy: [CONNECTION],
  },
  {
    breaks: "no error shows what the service sent as it is",
    file: "transport/answers.ts",
    find: "const shown = redactBody(answer.text);",
    replace: "const shown = JSON.stringify(answer.text.slice(0, 1_600));",
    caughtBy: [KEYS],
  },
  {
    breaks: "what a lost regeneration found before it is recorded",
    file: "webpubsub/keyRotation.ts",
    find: "if (!(error instanceof PatchbayError) || error instanceof PartialStateError || error instanceof OperationFailedError) return error;",
    replace: "if (error instanceof Error) return error;",
    caughtBy: [KEYS],
  },
  {
    breaks: "an allocation that is not seen serving is recorded",
    file: "kvstore/directAllocation.ts",
    find: "throw notSeenServing(target, outcome, id, given, error);",
    replace: "throw error;",
    caughtBy: [DIRECT],
  },
  {
    breaks: "a key that has changed since it was looked at is not regenerated again",
    file: "webpubsub/keyRotation.ts",
    find: "since !== undefined && hasChanged(target.keyType, since, before)",
    replace: "since === null",
    caughtBy: [KEYS],
  },
  {
    breaks: "the look after a lost write says that it may be done",
    file: "apimanagement/backendSync.ts",
    find: "throw again?.lost === undefined ? error : afterLostAnswer(",
    replace: "throw again?.lost !== 0 ? error : afterLostAnswer(",
    caughtBy: [PATCH],
  },
  {
    breaks: "lost answers are not another writer",
    file: "apimanagement/backendSync.ts",
    find: "if (again?.lost !== undefined) throw again.lost;",
    replace: "",
    caughtBy: [PATCH],
  },
  {
    breaks: "the look after a lost release says that it may be done",
    file: "kvstore/directRelease.ts",
    find: "throw instanceIsGone(end) ? end",
    replace: "throw end instanceof Error ? end",
    caughtBy: [DIRECT],
  },
  {
    breaks: "a call listens to the engine's cancel no longer than it takes",
    file: "transport/http.ts",
    find: 'this.limits.signal.removeEventListener("abort", this.cancel);',
    replace: "",
    caughtBy: [RECONNECT],
  },
];

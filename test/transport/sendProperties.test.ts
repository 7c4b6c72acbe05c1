import fc from "fast-check";
import { PatchbayError } from "../../provider/errors";
import { runs } from "../support/runs";
import { COLUMNS, type Column, PUBLISHED, REPEATS, UNPUBLISHED_CELLS } from "./publishedRetryTable";
import { play, type Script, script, type Trace, type Try } from "./scriptedCall";

// Rules of the published table that must hold for every sequence of events. They know nothing of the loop.

const MAY_HAVE_ACTED = new Set<Try["event"]>(["lost", "faulted", "deadline", "canceled"]);
const LEAST_TRY_MS = 250;

type Rules = Readonly<Record<string, boolean>>;

/** Whether a request may be sent again after an event: by the published table, and by the list of the cells that it leaves out. */
function isRepeatable(event: Try["event"], { repeat, isRenewable }: Script, isFirst401: boolean): boolean {
  if (event === "unauthorized") return isFirst401 && isRenewable;
  return PUBLISHED.filter(({ met }) => met.some((one) => one === event)).some((row) =>
    COLUMNS.some((column, index) => REPEATS[column] === repeat && (row.cells[index] === "retry" || isRetriedBeyond(row.event, column))),
  );
}

function isRetriedBeyond(event: string, column: Column): boolean {
  return UNPUBLISHED_CELLS.some((cell) => cell.event === event && cell.column === column && cell.ours === "retry");
}

function broken(rules: Rules): string[] {
  return Object.keys(rules).filter((rule) => !rules[rule]);
}

function all(given: Script, rules: (trace: Trace) => Rules) {
  return play(given).then((trace) => expect({ broken: broken(rules(trace)), trace }).toMatchObject({ broken: [] }));
}

describe("for any sequence of events", () => {
  it("a request is sent again only where the table lets it be, and in time", () =>
    fc.assert(
      fc.asyncProperty(script, (given) =>
        all(given, ({ tries, renewals, canceledAfterTry }) => {
          const again = tries.slice(0, -1);
          const unauthorized = tries.flatMap(({ event }, index) => (event === "unauthorized" ? [index] : []));
          return {
            "every repeated try was repeatable": again.every(({ event }, index) => isRepeatable(event, given, index === unauthorized[0])),
            "once means once": given.repeat !== "once" || !again.some(({ event }) => MAY_HAVE_ACTED.has(event)),
            "a guarded write whose answer was lost is not repeated":
              given.repeat !== "guarded" || !again.some(({ event }) => event === "lost"),
            "the token is renewed at most once": renewals <= 1,
            "no try starts at or after the deadline": tries.every(({ startedMs }) => startedMs < given.timeLeftMs),
            "no try starts after the cancel": canceledAfterTry === undefined || tries.length === canceledAfterTry,
          };
        }),
      ),
      runs(4_000),
    ));

  it("each wait is told, bounded, and as long as the service asks", () =>
    fc.assert(
      fc.asyncProperty(script, (given) =>
        all(given, ({ tries, waits, renewals }) => {
          const waited = tries.filter(({ event }) => event !== "unauthorized" || !given.isRenewable);
          const longest = (index: number) => Math.min(60_000, 800 * 2 ** index);
          const each = (rule: (wait: Trace["waits"][number], after: Try, tries: number) => boolean) =>
            waits.every((wait, index) => {
              const after = waited[index];
              return after !== undefined && rule(wait, after, tries.indexOf(after));
            });
          return {
            "there is a wait between two tries, but none after a renewal":
              tries.length - 1 - renewals <= waits.length && waits.length <= tries.length,
            "it is within the time left": each(({ atMs, delayMs }) => atMs + delayMs <= given.timeLeftMs || delayMs <= 1_000),
            "it says what was met": each(({ reason }, { event }) => reason === `it met ${event}`),
            "what the service asks is waited for": each(({ delayMs }, { step }) => delayMs >= (step.retryAfterMs ?? 0)),
            "and little more": each(
              ({ delayMs }, { step }) => step.retryAfterMs === undefined || delayMs <= Math.max(step.retryAfterMs, 1_000),
            ),
            "never more than ten minutes": each(({ delayMs }) => delayMs <= 600_000),
            "full jitter under 0.8 s · 2^n": each(
              ({ delayMs }, { step }, index) => step.retryAfterMs !== undefined || delayMs <= longest(index),
            ),
          };
        }),
      ),
      runs(4_000),
    ));

  it("the end says what is known: the answer, the refusal, or that a write may be done", () =>
    fc.assert(
      fc.asyncProperty(script, (given) =>
        all(given, ({ tries, end }): Rules => {
          const last = tries.at(-1);
          const mayBeDone = given.repeat !== "read" && tries.some(({ event }) => MAY_HAVE_ACTED.has(event));
          if ("answer" in end) return { "the last try was answered": last?.event === "ok" };
          const { name, message } = end.error;
          const isRefusal = last?.event === "refused";
          return {
            "the error is one of ours": end.error instanceof PatchbayError,
            "an answered call does not fail": last?.event !== "ok",
            "a refusal is told as it is": !isRefusal || name === "ServiceError",
            "a write that may be done is told": isRefusal || (name === "OutcomeUnknownError") === mayBeDone,
            "the deadline is told with what the time was spent on":
              name !== "DeadlineError" || tries.length === 0 || message.includes("; at the last try it met ") || last?.event === "deadline",
          };
        }),
      ),
      runs(4_000),
    ));

  it("nothing is given up while it may be sent again and there is time", () =>
    fc.assert(
      fc.asyncProperty(script, (given) =>
        all(given, ({ tries, waits, end, canceledAfterTry }): Rules => {
          const last = tries.at(-1);
          if (last === undefined || "answer" in end || canceledAfterTry !== undefined) return {};
          const unauthorized = tries.filter(({ event }) => event === "unauthorized");
          const nowMs = last.startedMs + last.step.tookMs;
          const spareMs = given.timeLeftMs - nowMs;
          const asked = last.step.retryAfterMs ?? 0;
          const wasLastWaitTooLong = waits.length === tries.length;
          const hasReason =
            !isRepeatable(last.event, given, unauthorized.length === 1) ||
            (last.event === "notSent" && tries.length >= 6) ||
            asked > Math.min(600_000, spareMs) ||
            (last.step.retryAfterMs === undefined && spareMs <= LEAST_TRY_MS) ||
            wasLastWaitTooLong;
          return { "there was a reason to give up": hasReason };
        }),
      ),
      runs(4_000),
    ));
});

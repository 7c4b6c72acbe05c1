import { setTimeout as timer } from "node:timers/promises";

/** Time and chance, handed in so that tests record delays and never sleep. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
  /** At least 0, less than 1. */
  random(): number;
}

// setTimeout turns anything above 2^31-1 into 1 ms.
const LONGEST_TIMER_MS = 2_147_483_647;

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  sleep: async (delayMs, signal) => {
    await timer(Math.min(delayMs, LONGEST_TIMER_MS), undefined, { signal }).catch(() => undefined);
  },
  random: () => Math.random(),
};

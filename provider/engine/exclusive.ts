/** What a wait in a line may take, and what it says. */
export interface InLine {
  /** Called once, and only where somebody else is first. */
  onWait(): void;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  readonly canceled: AbortSignal;
  /** What is thrown where the line did not come to this one in time. */
  gaveUp(why: "deadline" | "canceled"): Error;
}

const lines = new Map<string, Promise<unknown>>();
// setTimeout turns anything above 2^31-1 into 1 ms.
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Runs work after everything that was queued under the same key in this process has ended, well or not. Whoever gives up
 * before its turn has done nothing, and those behind it still wait for those before it.
 */
export async function exclusively<T>(key: string, work: () => Promise<T>, inLine: InLine): Promise<T> {
  const previous = lines.get(key);
  const mine = previous === undefined ? work() : turn(previous, inLine).then(work);
  // Without the results: the line would hold them, and keys are among them.
  const settled = Promise.allSettled([previous, mine]).then(() => {});
  lines.set(key, settled);
  try {
    return await mine;
  } finally {
    void settled.then(() => {
      if (lines.get(key) === settled) lines.delete(key);
    });
  }
}

async function turn(previous: Promise<unknown>, { onWait, deadlineMs, canceled, gaveUp }: InLine): Promise<void> {
  onWait();
  let giveUp = (): void => {};
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    giveUp = () => reject(gaveUp("canceled"));
    const leftMs = Math.min(Math.max(0, deadlineMs - Date.now()), LONGEST_TIMER_MS);
    timer = setTimeout(() => reject(gaveUp("deadline")), leftMs);
    canceled.addEventListener("abort", giveUp);
    if (canceled.aborted) giveUp();
  });
  try {
    await Promise.race([previous, over]);
  } finally {
    clearTimeout(timer);
    canceled.removeEventListener("abort", giveUp);
  }
}

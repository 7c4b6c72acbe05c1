import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import type { Cloud } from "../cloud";

// Between an answer and what a run does next there are promises and a few turns of the event loop, but no timer.
const QUIET_TURNS = 12;
const LONGEST_STANDSTILL_TURNS = 200_000;

/**
 * Time that stands still while anything is being done and jumps to the next timer when nothing is: what a run measures
 * of it is the same on a busy machine and on a quiet one. Requests go over real sockets; those that the cloud holds back
 * (`latencyMs`) wait for a timer like everything else.
 */
export class SimulatedTime {
  private onTheWire = 0;
  private changes = 0;

  constructor(private readonly cloud: () => Cloud) {}

  start(): void {
    // setImmediate and ticks carry the sockets.
    jest.useFakeTimers({ doNotFake: ["setImmediate", "clearImmediate", "nextTick", "queueMicrotask", "performance", "hrtime"] });
    subscribe("http.client.request.start", this.begun);
  }

  stop(): void {
    unsubscribe("http.client.request.start", this.begun);
    jest.useRealTimers();
  }

  /** Lets time pass until the work has ended. */
  async passes<T>(work: Promise<T>): Promise<T> {
    let hasEnded = false;
    const end = () => {
      hasEnded = true;
    };
    work.then(end, end);
    while (!hasEnded) {
      await this.quiet(() => hasEnded);
      if (hasEnded) break;
      if (jest.getTimerCount() === 0) throw new Error("The work waits for something that is no timer.");
      jest.advanceTimersToNextTimer();
    }
    return work;
  }

  private readonly begun = (message: unknown): void => {
    const { request } = message as { readonly request: ClientRequest };
    this.onTheWire += 1;
    this.changes += 1;
    request.once("close", () => {
      this.onTheWire -= 1;
      this.changes += 1;
    });
  };

  /** Until every request that is out waits at the cloud, and nobody has anything left to do. */
  private async quiet(hasEnded: () => boolean): Promise<void> {
    let turns = 0;
    let seen = this.changes;
    for (let all = 0; turns < QUIET_TURNS && !hasEnded(); all += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      const isIdle = seen === this.changes && this.onTheWire === this.cloud().requestsHeld;
      turns = isIdle ? turns + 1 : 0;
      seen = this.changes;
      if (all > LONGEST_STANDSTILL_TURNS) throw new Error("Requests are out that neither end nor wait for a timer.");
    }
  }
}

import { Traffic } from "./traffic";

// Waits of minutes and deadlines of hours cost nothing here, and come out the same on a busy machine: the clock stands
// still while anything happens, and jumps to the next timer when nothing can happen without it.

const system = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: Date.now, random: Math.random };

/** Turns of the event loop in which nothing moves, before the clock may jump. */
const QUIET_TURNS = 4;
/** Real time besides, while a request is under way: what the kernel and the threads of the pool do takes no turn. */
const QUIET_MS = 5;
/** A jump further than this ends the request that is under way, so it is only made where no answer comes. */
const SHORT_JUMP_MS = 2_500;
const NO_ANSWER_AFTER_MS = 5_000;

class Timer {
  /** Where it was set. */
  readonly origin = new Error("set");
  constructor(
    public atMs: number,
    readonly run: () => void,
    private readonly restart: (timer: Timer) => void,
  ) {}
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  refresh(): this {
    this.restart(this);
    return this;
  }
}

/** Takes the place of `Date.now`, `setTimeout`, `clearTimeout` and, so that waits are the same each time, `Math.random`. */
export class SimulatedTime {
  /** Whether a fault leaves a request without an answer. */
  isStalling = false;
  private readonly timers = new Set<Timer>();
  private readonly traffic = Traffic.watch();
  private timersSet = 0;
  private isRunning = true;
  private wake = () => {};

  private constructor(private nowMs: number) {
    Date.now = () => Math.floor(this.nowMs);
    Math.random = () => 0.5;
    const set = (work: (...given: unknown[]) => void, delayMs = 0, ...given: unknown[]) => this.set(() => work(...given), Number(delayMs));
    const clear = (timer?: unknown) => (timer instanceof Timer ? void this.timers.delete(timer) : system.clearTimeout(timer as never));
    globalThis.setTimeout = Object.assign(set, system.setTimeout) as unknown as typeof setTimeout;
    globalThis.clearTimeout = clear as typeof clearTimeout;
  }

  static start(): SimulatedTime {
    const time = new SimulatedTime(system.now());
    void time.jumpWhileRunning();
    return time;
  }

  stop(): void {
    this.isRunning = false;
    this.wake();
    this.traffic.stop();
    Date.now = system.now;
    Math.random = system.random;
    globalThis.setTimeout = system.setTimeout;
    globalThis.clearTimeout = system.clearTimeout;
  }

  /** Where timers were set that have neither run nor been cleared, by code that is meant. */
  pendingOf(code: RegExp): string[] {
    return [...this.timers].map(({ origin }) => callerIn(origin.stack ?? "")).filter((caller) => code.test(caller));
  }

  /** A date in a header says no more than the second: what it comes to depends on how much of it is over. */
  beginSecond(): void {
    this.nowMs = Math.ceil(this.nowMs / 1_000) * 1_000;
  }

  get requestsUnderWay(): number {
    return this.traffic.underWay;
  }

  /** Until nothing moves any more, without a jump. */
  async settled(): Promise<void> {
    while (!(await this.staysQuiet(QUIET_MS)));
  }

  private set(run: () => void, delayMs: number): Timer {
    const lengthMs = Math.max(1, Number.isFinite(delayMs) ? delayMs : 1);
    const restart = (timer: Timer) => {
      timer.atMs = this.nowMs + lengthMs;
      this.timers.add(timer);
      this.timersSet += 1;
      this.wake();
    };
    const timer = new Timer(0, run, restart);
    restart(timer);
    return timer;
  }

  private async jumpWhileRunning(): Promise<void> {
    while (this.isRunning) {
      const next = this.next();
      if (next === undefined) await new Promise<void>((resolve) => Object.assign(this, { wake: resolve }));
      else if (await this.mayJumpTo(next)) this.jumpTo(next);
    }
  }

  private next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.timers) if (next === undefined || timer.atMs < next.atMs) next = timer;
    return next;
  }

  private async mayJumpTo(timer: Timer): Promise<boolean> {
    const isShort = timer.atMs - this.nowMs <= SHORT_JUMP_MS;
    return this.staysQuiet(isShort || this.isStalling ? QUIET_MS : NO_ANSWER_AFTER_MS);
  }

  private jumpTo(timer: Timer): void {
    if (!this.timers.delete(timer)) return;
    this.nowMs = Math.max(this.nowMs, timer.atMs);
    timer.run();
  }

  /** Whether nothing moves for some turns and, while a request is under way, for so long. */
  private async staysQuiet(whileUnderWayMs: number): Promise<boolean> {
    const before = this.moved();
    for (let turn = 0; turn < QUIET_TURNS; turn += 1) {
      await nextTurn();
      if (this.moved() !== before) return false;
    }
    const sinceMs = system.now();
    while (this.traffic.underWay > 0 && system.now() - sinceMs < whileUnderWayMs) {
      await new Promise((resolve) => system.setTimeout(resolve, 1));
      await nextTurn();
      await nextTurn();
      if (this.moved() !== before) return false;
    }
    return true;
  }

  private moved(): number {
    return this.traffic.moved + this.timersSet * 1_000_003 + this.timers.size;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function callerIn(stack: string): string {
  return stack.split("\n").find((line) => /^\s+at /.test(line) && !line.includes("simulatedTime")) ?? "";
}

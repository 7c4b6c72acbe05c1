import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { Configuration } from "../../provider/configuration";
import type { Host } from "../../provider/engine/host";
import type { Journal } from "../../provider/engine/journal";
import { type Hooks, lifecycle } from "../../provider/engine/lifecycle";
import type { Operation } from "../../provider/engine/operation";
import { Transport } from "../../provider/transport/transport";
import type { Cloud } from "../cloud";

type Members = Record<string, unknown>;

export interface Recorded {
  readonly id: string;
  readonly state: Members;
  /** Whether the last call threw with a partial state: the engine then calls `update` whatever `diff` says. */
  readonly isUnfinished: boolean;
}

/** A line that begins with the resource's title and does not say what is to come. */
const ENDS = /^[a-z]+\.[A-Z]\w+(?: \S+)?: (?!will )/;

export type Step = "created" | "updated" | "unchanged" | "replaced";

/**
 * One resource, driven as the engine drives it: check, diff, then create, update or delete; with the lifecycle, the
 * transport and a cloud as they are, in this process. What the engine itself does to state is the engine tests' matter.
 */
export class HookDriver {
  recorded: Recorded | undefined;
  /** What the last line of each run said: what was done. */
  readonly ends: string[] = [];
  /** The other lines but those of waits, in order, `info: …`. */
  readonly said: string[] = [];
  /** What was waited for. */
  readonly waits: string[] = [];
  private hooks: Hooks;
  private transport: Transport;
  private cancel = new AbortController();
  private life = { isOver: false };
  /** Where its runs note what they are about to do; without one they note nothing. */
  private notes: { readonly journal: Journal; readonly urn: string } | undefined;

  constructor(
    // biome-ignore lint/suspicious/noExplicitAny: hooks take any members
    private readonly operation: Operation<any, any>,
    cloud: Cloud,
    private readonly environment: Record<string, string> = cloud.environment,
    private readonly config: Record<string, string> = {},
    /** Another resource of the same provider process. */
    private readonly neighbour?: HookDriver,
  ) {
    this.transport = this.openTransport();
    this.hooks = this.openProcess();
  }

  get state(): Members {
    if (this.recorded === undefined) throw new Error("Nothing is recorded.");
    return this.recorded.state;
  }

  /** What the check of a preview refuses: `path: reason` each. */
  async problems(given: Members): Promise<string[]> {
    const { failures } = await this.hooks.check({}, given);
    return failures.map(({ property, reason }) => `${property}: ${reason}`);
  }

  /** check and diff, marked as the program of a preview marks them. */
  async preview(given: Members) {
    const { id, state } = this.known();
    await this.hooks.check(state, { ...given, __mistakes: [] });
    return this.hooks.diff(id, state, given);
  }

  /** check, diff, and what diff asks for. */
  async up(given: Members): Promise<Step> {
    const inputs = { ...given, __provider: "text" };
    const problems = await this.problems(inputs);
    if (problems.length > 0) throw new Error(problems.join("\n"));
    if (this.recorded === undefined) return this.create(inputs, "created");
    const { id, state, isUnfinished } = this.recorded;
    const { changes, replaces, deleteBeforeReplace } = await this.hooks.diff(id, state, inputs);
    if (replaces !== undefined) {
      if (deleteBeforeReplace) await this.destroy();
      return this.create(inputs, "replaced");
    }
    if (!changes && !isUnfinished) return "unchanged";
    await this.recording(async () => ({ id, state: (await this.hooks.update(id, state, inputs)).outs }));
    return "updated";
  }

  /** Whether it is still there. */
  async refresh(): Promise<boolean> {
    const { id, state } = this.known();
    const read = await this.hooks.read(id, state);
    this.recorded = read.id === "" ? undefined : { id: read.id, state: plainJson(read.props), isUnfinished: false };
    return this.recorded !== undefined;
  }

  /** What `.get` does. */
  async get(id: string, given: Members = {}) {
    const read = await this.hooks.read(id, { ...given, __provider: "text" });
    if (read.id === "") return { id: "", state: {}, inputs: {} };
    return { id: read.id, state: plainJson(read.props), inputs: plainJson(read.inputs ?? {}) };
  }

  async destroy(): Promise<void> {
    const { id, state } = this.known();
    await this.hooks.delete(id, state);
    this.recorded = undefined;
  }

  /** What ^C does to the provider. */
  interrupt(): void {
    this.cancel.abort();
  }

  /** What the engine's cancel is told by: whoever listens to it longer than it works leaks. */
  get canceled(): AbortSignal {
    return this.cancel.signal;
  }

  /** Lets runs note what they are about to do. */
  noteIn(journal: Journal): void {
    this.notes = { journal, urn: `urn:pulumi:stack::project::${this.operation.name}::${randomUUID()}` };
    this.restart();
  }

  /** What SIGKILL does to the provider, or to the engine: nobody hears how the hooks under way end. */
  kill(): void {
    this.life.isOver = true;
    this.interrupt();
    this.restart();
  }

  /** Closes the connections that are kept. */
  close(): void {
    this.transport.close();
  }

  /** The provider process of the next command. */
  restart(): void {
    this.cancel = new AbortController();
    this.transport = this.openTransport();
    this.hooks = this.openProcess();
  }

  private openTransport(): Transport {
    if (this.neighbour !== undefined) return this.neighbour.transport;
    return new Transport(this.settings(), {
      now: () => Date.now(),
      // The system's own sleep does not follow a clock that runs faster.
      sleep: (delayMs, signal) =>
        new Promise((resolve) => {
          const end = () => {
            clearTimeout(timer);
            signal.removeEventListener("abort", end);
            resolve();
          };
          const timer = setTimeout(end, delayMs);
          signal.addEventListener("abort", end);
        }),
    });
  }

  private settings(): Configuration {
    return new Configuration((key) => this.config[key], this.environment);
  }

  private openProcess(): Hooks {
    const { transport, notes } = this;
    const life = { isOver: false };
    this.life = life;
    const host: Host = {
      callOf: () => notes && { urn: notes.urn, timeoutMs: 0 },
      isEngineThere: async () => !life.isOver,
      canceled: (this.neighbour ?? this).cancel.signal,
      log: (severity, message, _urn, ephemeral) => {
        const isWait = ephemeral && message.startsWith("waiting ");
        const isEnd = severity === "info" && ENDS.test(message);
        if (isWait) this.waits.push(message);
        else if (isEnd) this.ends.push(message.replace(ENDS, ""));
        else this.said.push(`${severity}: ${message}`);
      },
    };
    return lifecycle(this.operation, { host, settings: this.settings(), journal: notes?.journal, carrier: () => transport });
  }

  private known(): Recorded {
    if (this.recorded === undefined) throw new Error("Nothing is recorded.");
    return this.recorded;
  }

  private async create(inputs: Members, step: Step): Promise<Step> {
    await this.recording(async () => {
      const { id, outs } = await this.hooks.create(inputs);
      return { id, state: outs };
    });
    return step;
  }

  private async recording(work: () => Promise<{ id: string; state: Members }>): Promise<void> {
    const { life } = this;
    try {
      const { id, state } = await work();
      this.recorded = { id, state: plainJson(state), isUnfinished: false };
    } catch (error) {
      const partial = error as { id?: string; properties?: Members };
      if (!life.isOver && partial.id !== undefined && partial.properties !== undefined) {
        this.recorded = { id: partial.id, state: plainJson(partial.properties), isUnfinished: true };
      }
      throw error;
    }
  }
}

/** The host refuses anything else, after the call has succeeded. */
function plainJson(members: Members): Members {
  const copy = JSON.parse(JSON.stringify(members)) as Members;
  if (!isDeepStrictEqual(copy, members)) throw new Error("The hook gave something that is not JSON.");
  if (copy.__provider !== "text") throw new Error("The hook lost __provider.");
  return copy;
}

import { getEventListeners } from "node:events";
import { get } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Configuration } from "../../provider/configuration";
import type { Host } from "../../provider/engine/host";
import { SYSTEM_CLOCK } from "../../provider/transport/clock";
import { Transport } from "../../provider/transport/transport";
import { Rounds } from "./soakRound";

// The provider process of a soak: what it holds is measured from inside, and the cloud is in another process.

/** What the process holds at one moment, after two collections. */
export interface Holding {
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** Kinds of what keeps the event loop alive, each with its number. */
  readonly resources: Readonly<Record<string, number>>;
  /** On the signal of the engine's cancel. */
  readonly listeners: number;
  /** Open at the cloud, idle ones included. */
  readonly connections: number;
}

export interface Soaked {
  readonly before: Holding;
  /** A few times on the way, each after the same number of rounds. */
  readonly underway: readonly Holding[];
  /** After the last round, when connections have been closed. */
  readonly after: Holding;
  /** Before the first measurement, of those in which nothing is canceled. */
  readonly warmRounds: number;
  /** How many operations ended how. */
  readonly ends: Readonly<Record<string, number>>;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const WARM_ROUNDS = 2;
const SAMPLES = 5;
const SETTLING_TURNS = 50;

export async function soak(rounds: number, script: string): Promise<void> {
  let cancel = new AbortController();
  const host: Host = {
    callOf: () => undefined,
    get canceled() {
      return cancel.signal;
    },
    log: () => {},
  };
  const settings = new Configuration(() => undefined, process.env);
  // Waits between tries are short; everything else is as it is.
  const transport = new Transport(settings, { ...SYSTEM_CLOCK, random: () => 0.01 });
  const all = new Rounds({ host, settings, carrier: () => transport });
  const ends: Record<string, number> = {};
  const count = (end: string) => {
    ends[end] = (ends[end] ?? 0) + 1;
  };

  async function round(number: number): Promise<void> {
    await ask(`${script}/${number}`);
    for (const end of await all.run({ number, isPatient: false })) count(end);
  }

  /** The engine cancels while every request hangs. */
  async function canceledRound(number: number): Promise<void> {
    await ask(`${script}/canceled`);
    const running = all.run({ number, isPatient: true });
    await ask(`${script}/hanging`);
    cancel.abort();
    for (const end of await running) count(`canceled ${end}`);
    // The engine would start a new process.
    cancel = new AbortController();
  }

  async function holding(): Promise<Holding> {
    // What has been closed is told to its owner in later turns of the event loop.
    for (let turn = 0; turn < SETTLING_TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const connections = Number(await ask(`${script}/connections`));
    collect();
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    const resources: Record<string, number> = {};
    for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
    const listeners = getEventListeners(cancel.signal, "abort").length;
    return { heapBytes: heapUsed, residentBytes: rss, resources, listeners, connections };
  }

  for (let number = 0; number < WARM_ROUNDS; number += 1) await round(number);
  await canceledRound(0);
  transport.close();
  const before = await holding();
  const underway: Holding[] = [];
  for (let number = 0; number < rounds; number += 1) {
    await round(WARM_ROUNDS + number);
    if ((number + 1) % Math.ceil(rounds / SAMPLES) !== 0) continue;
    underway.push(await holding());
    await canceledRound(number);
  }
  transport.close();
  const after = await holding();
  const soaked: Soaked = { before, underway, after, ends, warmRounds: WARM_ROUNDS };
  process.stdout.write(JSON.stringify(soaked));
  await new Promise((resolve) => process.stdout.write("", resolve));
  process.exit(0);
}

function ask(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      answer.on("end", () => resolve(text));
    }).on("error", reject);
  });
}

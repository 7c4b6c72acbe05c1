import { randomUUID } from "node:crypto";
import { CanceledError, DeadlineError, shownLine } from "../errors";
import { spokenDuration } from "./durations";
import type { Host } from "./host";
import type { Journal } from "./journal";
import type { Answer, AzureRequest, Run, RunningOperation, ServiceRequest, Settings, Show } from "./operation";

/** What carries requests. Implemented by transport/; the engine side knows only this much of it. */
export interface Carrier {
  send(request: ServiceRequest, options: CarrierOptions): Promise<Answer>;
  follow(request: AzureRequest, answer: Answer, options: CarrierOptions, onRunning?: (running: RunningOperation) => void): Promise<Answer>;
  resume(running: RunningOperation, options: CarrierOptions): Promise<Answer>;
}
export interface CarrierOptions {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly clientRequestId: string;
  onWait(delayMs: number, reason: string): void;
}

export interface RunOptions {
  readonly carrier: Carrier;
  readonly host: Host;
  readonly settings: Settings;
  readonly show: Show;
  readonly urn: string;
  readonly timeoutMs: number;
  readonly journal?: Journal;
}

/** A run, and its end. */
export interface OpenRun extends Run {
  /** Forgets what was noted, once the engine is seen to be there to hear of the end. */
  close(): Promise<void>;
}

const queues = new Map<string, Promise<unknown>>();

/** One hook call's hold on the world: requests, waits, messages, all under one deadline. */
export function openRun({ carrier, host, settings, show, urn, timeoutMs, journal }: RunOptions): OpenRun {
  const startedMs = Date.now();
  const deadlineMs = startedMs + timeoutMs;
  const tellWait = (delayMs: number, reason: string) => {
    const waitedFor = spokenDuration(Date.now() - startedMs);
    const left = spokenDuration(deadlineMs - Date.now());
    const line = `waiting ${spokenDuration(Math.max(delayMs, 1_000))}: ${reason} (${waitedFor} so far, ${left} left)`;
    host.log("info", shownLine(line), urn, true);
  };
  // Without a urn nothing tells whose note it is.
  const notes = urn === "" ? undefined : journal;
  let hasNoted = false;
  const options: CarrierOptions = { deadlineMs, signal: host.canceled, clientRequestId: randomUUID(), onWait: tellWait };
  return {
    send: (request) => carrier.send(request, options),
    follow: (request, answer, onRunning) => carrier.follow(request, answer, options, onRunning),
    resume: (running) => carrier.resume(running, options),
    wait: async (delayMs, waitingFor) => {
      if (Date.now() + delayMs > deadlineMs) {
        throw new DeadlineError(
          `Gave up after ${spokenDuration(timeoutMs)} waiting for ${waitingFor}. Raise the timeout (customTimeouts or the timeouts argument) if it takes longer, then run again.`,
        );
      }
      tellWait(delayMs, waitingFor);
      await pause(delayMs, host.canceled, waitingFor);
    },
    say: (severity, sentence) => host.log(severity, shownLine(sentence), urn, false),
    recall: () => notes?.recall(urn),
    note: (intent) => {
      hasNoted = true;
      notes?.note(urn, intent);
    },
    exclusively: (key, work) => exclusively(key, work),
    show,
    settings,
    close: async () => {
      if (!hasNoted && notes?.recall(urn) === undefined) return;
      if ((await host.isEngineThere?.()) !== false) notes?.forget(urn);
    },
  };
}

function pause(delayMs: number, canceled: AbortSignal, waitingFor: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new CanceledError(`Canceled while waiting for ${waitingFor}.`));
    };
    const timer = setTimeout(() => {
      canceled.removeEventListener("abort", stop);
      resolve();
    }, delayMs);
    if (canceled.aborted) stop();
    else canceled.addEventListener("abort", stop, { once: true });
  });
}

/** Runs work after everything that was queued under the same key in this process has ended, well or not. */
async function exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
  const previous = queues.get(key) ?? Promise.resolve();
  const mine = previous.then(work, work);
  const settled = mine.then(
    () => {},
    () => {},
  );
  queues.set(key, settled);
  try {
    return await mine;
  } finally {
    if (queues.get(key) === settled) queues.delete(key);
  }
}

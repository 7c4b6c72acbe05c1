import { randomUUID } from "node:crypto";
import { CanceledError, DeadlineError, requestIdOf, shownLine } from "../errors";
import { spokenDuration } from "./durations";
import { exclusively, type InLine } from "./exclusive";
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
  onNote?(severity: "info" | "warning", sentence: string): void;
}

export interface RunOptions {
  readonly carrier: Carrier;
  readonly host: Host;
  readonly settings: Settings;
  readonly show: Show;
  readonly urn: string;
  /** `apimanagement.BackendPatch orders` */
  readonly title: string;
  readonly timeoutMs: number;
  readonly journal?: Journal;
}

/** A run, and its end. */
export interface OpenRun extends Run {
  /**
   * Forgets what was noted, once the engine is seen to be there to hear of the end; unless `keepsNotes`. Ends when the engine
   * has every line of the run: one that comes after the end of the row is lost with the process.
   */
  close(keepsNotes: boolean): Promise<void>;
}

/** One hook call's hold on the world: requests, waits, messages, all under one deadline. */
export function openRun({ carrier, host, settings, show, urn, title, timeoutMs, journal }: RunOptions): OpenRun {
  const startedMs = Date.now();
  const deadlineMs = startedMs + timeoutMs;
  const log = (severity: "info" | "warning", sentence: string, isEphemeral = false) => {
    host.log(severity, shownLine(sentence), urn, isEphemeral);
  };
  const tellWait = (reason: string, nextMs?: number) => log("info", waitLine(reason, { startedMs, deadlineMs, nextMs }), true);
  const inLine: InLine = {
    onWait: () => tellWait(`: ${OTHERS} is at work on the same service, which takes one write at a time`),
    deadlineMs,
    canceled: host.canceled,
    gaveUp: (why) => leftTheLine(why, timeoutMs),
  };
  // Without a urn nothing tells whose note it is.
  const notes = urn === "" ? undefined : journal;
  let hasNoted = false;
  const say: Run["say"] = (severity, sentence) => log(severity, sentence);
  const onWait = (delayMs: number, reason: string) => tellWait(`: ${reason}`, delayMs);
  const options: CarrierOptions = { deadlineMs, signal: host.canceled, clientRequestId: randomUUID(), onWait, onNote: say };
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
      tellWait(`, for ${waitingFor}`, delayMs);
      await pause(delayMs, host.canceled, waitingFor);
    },
    done: (sentence, requestId = "") => log("info", `${title}: ${sentence}${requestIdOf(requestId)}`),
    say,
    recall: () => notes?.recall(urn),
    note: (intent) => {
      hasNoted = true;
      notes?.note(urn, intent);
    },
    exclusively: (key, work) => exclusively(key, work, inLine),
    show,
    settings,
    close: async (keepsNotes) => {
      await host.heard?.();
      if (keepsNotes) return;
      if (!hasNoted && notes?.recall(urn) === undefined) return;
      if ((await host.isEngineThere?.()) !== false) notes?.forget(urn);
    },
  };
}

interface Times {
  readonly startedMs: number;
  readonly deadlineMs: number;
  /** How long until it is tried or looked at again. */
  readonly nextMs?: number;
}

const WHOLE_MINUTES_FROM_MS = 120_000;

/** Short, and the numbers first: a row is cut off at the end of the terminal's line, and the engine leaves it 45 characters of 170. */
function waitLine(reason: string, { startedMs, deadlineMs, nextMs }: Times): string {
  const nowMs = Date.now();
  const leftMs = deadlineMs - nowMs;
  const left = spokenDuration(leftMs < WHOLE_MINUTES_FROM_MS ? leftMs : Math.ceil(leftMs / 60_000) * 60_000);
  const next = nextMs === undefined ? "" : `; again in ${spokenDuration(Math.max(nextMs, 1_000))}`;
  return `waiting ${spokenDuration(nowMs - startedMs)}, ${left} left${reason}${next}`;
}

const OTHERS = "another resource of this run";

function leftTheLine(why: "deadline" | "canceled", timeoutMs: number): Error {
  if (why === "canceled") return new CanceledError(`Canceled while ${OTHERS} was at work on the same service. Nothing was sent.`);
  return new DeadlineError(
    `Gave up after ${spokenDuration(timeoutMs)} in which ${OTHERS} was at work on the same service. Nothing was sent. Raise the timeout (customTimeouts or the timeouts argument), then run again.`,
  );
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

import { createHttpPoller, type OperationResponse, type OperationState } from "@azure/core-lro";
import type { Answer, AzureRequest, RunningOperation } from "../../provider/engine/operation";
import { addressed } from "../../provider/transport/azure";
import { type Received, type Reply, ScriptedServer } from "../support/scriptedServer";
import { readyAt, requestOf, TransportBench } from "../support/transportBench";

// One scripted conversation, held once with our own follower and once with the official poller over a plain HTTP client.

export type Method = "PUT" | "PATCH" | "POST" | "DELETE";

/** A request that starts an operation, and everything the service answers, in order. `{origin}` in a header is the server's. */
export interface Conversation {
  readonly method: Method;
  /** Whether the caller asks for what the operation gave. */
  readonly isResultWanted: boolean;
  readonly answers: readonly Reply[];
}

export interface Told {
  /** What was asked, the first request included. */
  readonly requests: readonly string[];
  readonly end: End;
  /** What was waited before each poll; the official poller does not wait before the first. */
  readonly delays: readonly number[];
}

export type End =
  | { readonly ended: "succeeded"; readonly result: unknown }
  /** By the service's own word. `said` is the error. */
  | { readonly ended: "failed"; readonly said: string }
  /** An answer that cannot be read, or that must not be followed. */
  | { readonly ended: "error"; readonly said: string }
  /** It wanted more answers than there are. */
  | { readonly ended: "over" };

// Some conversations ask for hours.
const DAY_MS = 86_400_000;

export interface Interruption {
  /** Interrupted after so many polls, and resumed by another process. */
  readonly afterPolls?: number;
  readonly settings?: Readonly<Record<string, string>>;
}

export function requestFor({ method, isResultWanted }: Pick<Conversation, "method" | "isResultWanted">): AzureRequest {
  const answer = isResultWanted ? "optional" : "ignored";
  if (method === "POST") return requestOf("once", { answer });
  if (method === "PUT") return requestOf("converge", { answer });
  return requestOf("converge", { method, answer, ...(method === "DELETE" ? { body: undefined } : { ifMatch: "*" }) });
}

async function open({ answers }: Conversation, whenOver: () => void): Promise<ScriptedServer> {
  const server = await ScriptedServer.start();
  const placed = (value: string | string[]) =>
    typeof value === "string" ? value.replace("{origin}", server.url) : value.map((each) => each.replace("{origin}", server.url));
  for (const answer of answers) {
    const headers = Object.fromEntries(Object.entries(answer.headers ?? {}).map(([name, value]) => [name, placed(value)]));
    server.expect({ reply: { ...answer, headers } });
  }
  const noMore = () => {
    whenOver();
    return { status: 500 };
  };
  server.expect({ reply: noMore }, { reply: noMore });
  return server;
}

async function close(server: ScriptedServer): Promise<string[]> {
  // What was not asked for is part of what is compared.
  await server.finish().catch(() => {});
  return server.received.map(({ method, path }: Received) => `${method} ${path}`);
}

/** The conversation as our transport holds it. */
export async function ours(conversation: Conversation, { afterPolls, settings }: Interruption = {}): Promise<Told> {
  let isOver = false;
  const benches: TransportBench[] = [];
  const end = () => {
    isOver = true;
    for (const bench of benches) bench.cancel.abort();
  };
  const server = await open(conversation, end);
  const benchAt = (options = {}) => {
    const bench = new TransportBench({ ...readyAt(server.url), ...settings }, options);
    benches.push(bench);
    return bench;
  };
  const request = requestFor(conversation);
  const handles: RunningOperation[] = [];
  let waits = 0;
  const first: TransportBench = benchAt(
    afterPolls === undefined ? {} : { sleep: async () => void (waits++ === afterPolls && first.cancel.abort()) },
  );
  const followed = first.transport
    .send(request, first.options(DAY_MS))
    .then((answer) => first.transport.follow(request, answer, first.options(DAY_MS), (handle) => handles.push(handle)));
  let told = await followed.then(ended, failed);
  const stored = JSON.stringify(handles.at(-1));
  if (waits > (afterPolls ?? Number.POSITIVE_INFINITY) && !isOver) {
    const next = benchAt();
    told = await next.transport.resume(JSON.parse(stored) as RunningOperation, next.options(DAY_MS)).then(ended, failed);
  }
  return { requests: await close(server), end: isOver ? { ended: "over" } : told, delays: first.delays };
}

function ended({ body }: Answer): End {
  return { ended: "succeeded", result: body };
}

function failed({ name, message }: Error): End {
  return { ended: name === "OperationFailedError" ? "failed" : "error", said: message };
}

interface OracleOptions extends Interruption {
  /** Whether the final GET is left out where nobody wants the result. @default as `isResultWanted` says */
  readonly skipFinalGet?: boolean;
}

/** An answer of 400 or above, named as the official clients name it. */
class RestError extends Error {
  override readonly name = "RestError";
}

/** The conversation as the official poller holds it. */
export async function theirs(conversation: Conversation, options: OracleOptions = {}): Promise<Told> {
  let isOver = false;
  const server = await open(conversation, () => {
    isOver = true;
  });
  const request = requestFor(conversation);
  const { url } = addressed(request, server.url);
  const send = (method: string, target: string) => plainly(method, new URL(target, server.url).href);
  const lro = { sendInitialRequest: () => send(request.method, url), sendPollRequest: (target: string) => send("GET", target) };
  const config = {
    // What the resource's own description says: final-state-via original-uri for a PATCH, location for a POST.
    resourceLocationConfig: request.method === "PATCH" ? ("original-uri" as const) : ("location" as const),
    skipFinalGet: options.skipFinalGet ?? !conversation.isResultWanted,
  };
  const { delays, setTimeRight } = withoutDelays();
  let poller = createHttpPoller<unknown, OperationState<unknown>>(lro, config);
  const hold = async (): Promise<End> => {
    await poller.submitted();
    if (options.afterPolls !== undefined) {
      for (let poll = 0; poll < options.afterPolls && !poller.isDone; poll++) await poller.poll();
      if (!poller.isDone) poller = createHttpPoller(lro, { ...config, restoreFrom: await poller.serialize() });
    }
    return { ended: "succeeded", result: await poller.pollUntilDone() };
  };
  const end = await hold().catch((error: Error | undefined) => endOf(error, poller.operationState?.status));
  setTimeRight();
  return { requests: await close(server), end: isOver ? { ended: "over" } : end, delays };
}

function endOf(error: Error | undefined, status = ""): End {
  const isByItsWord = ["failed", "canceled"].includes(status) && !(error instanceof RestError);
  return { ended: isByItsWord ? "failed" : "error", said: String(error?.message) };
}

async function plainly(method: string, url: string): Promise<OperationResponse<unknown>> {
  const body = method === "PUT" || method === "PATCH" ? { body: "{}", headers: { "content-type": "application/json" } } : {};
  const response = await fetch(url, { method, redirect: "manual", ...body });
  const text = await response.text();
  if (response.status >= 400) throw new RestError(`the answer was ${response.status}`);
  const parsed = parse(text);
  const headers = Object.fromEntries(response.headers.entries());
  return { flatResponse: parsed, rawResponse: { statusCode: response.status, headers, body: parsed, request: { method, url } } };
}

/** A page becomes {}, as in the official clients. */
function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The official poller has no clock to hand in: its waits, a second or more or below zero, are recorded and not waited. */
function withoutDelays(): { delays: number[]; setTimeRight: () => void } {
  const delays: number[] = [];
  const timer = globalThis.setTimeout;
  const instant = (work: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) => {
    const isWait = delayMs >= 1_000 || delayMs < 0;
    if (isWait) delays.push(delayMs);
    return timer(work, isWait ? 0 : delayMs, ...args);
  };
  globalThis.setTimeout = Object.assign(instant, timer) as typeof setTimeout;
  return {
    delays,
    setTimeRight: () => {
      globalThis.setTimeout = timer;
    },
  };
}

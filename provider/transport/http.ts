import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { AxiosAdapter, AxiosResponse, GenericAbortSignal, InternalAxiosRequestConfig } from "axios";
import { isOnThisMachine } from "./endpoint";
import { describeFailure, type HttpFailure } from "./httpFailure";

/** One request as it goes on the wire. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A write gets a moment to end when the engine cancels. */
  readonly writes: boolean;
}

export interface HttpAnswer {
  readonly kind: "answer";
  readonly status: number;
  /** Lower-case names; a repeated header keeps its first value. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface HttpLimits {
  /** How long the whole of the answer, headers and body, may take. */
  readonly timeLeftMs: number;
  readonly signal: AbortSignal;
}

/** Sends once. Every way to fail is a value. */
export interface Sender {
  send(request: HttpRequest, limits: HttpLimits): Promise<HttpAnswer | HttpFailure>;
}

// ARM gives up on a provider after 60 s and answers 504, so nothing that still works takes longer than this.
const ATTEMPT_LIMIT_MS = 100_000;
export const CANCEL_GRACE_MS = 1_500;
export const LONGEST_BODY_BYTES = 4 * 1024 * 1024;
// Shorter than the idle limits of the load balancers in front of the services, which reset what they forgot.
const IDLE_SOCKET_MS = 20_000;
// As axios sets it on each socket: with node's own second, each request would set it twice, at a tenth of its cost.
const KEEP_ALIVE_PROBE_MS = 60_000;
const AGENT_OPTIONS = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_PROBE_MS, timeout: IDLE_SOCKET_MS };

/**
 * What is used of axios: the adapter below its client. What the client adds (defaults, interceptors, transformations, a
 * form type on every POST without a body) is not wanted here, and costs as much processor time as the adapter itself.
 */
interface Axios {
  readonly adapter: AxiosAdapter;
  headers(headers: Readonly<Record<string, string>>): InternalAxiosRequestConfig["headers"];
}

/** The connections of this process, and the one place that uses axios. */
export class Http implements Sender {
  private readonly httpAgent = new HttpAgent(AGENT_OPTIONS);
  private readonly httpsAgent = new HttpsAgent(AGENT_OPTIONS);
  private axios: Axios | undefined;
  /** Whether a proxy may be asked for the beginning of a URL, up to its path. */
  private readonly direct = new Map<string, boolean>();

  constructor(
    readonly attemptLimitMs = ATTEMPT_LIMIT_MS,
    private readonly cancelGraceMs = CANCEL_GRACE_MS,
  ) {}

  /** Sends once. Every way to fail is a value: no error of axios, which carries the token and the body, leaves this file. */
  async send(request: HttpRequest, limits: HttpLimits): Promise<HttpAnswer | HttpFailure> {
    if (limits.signal.aborted) return { kind: "canceled", sent: false, sentence: "the run was interrupted" };
    const stop = new Stop(request.writes ? this.cancelGraceMs : 0, limits, this.attemptLimitMs);
    try {
      const { adapter, headers } = this.client();
      return toAnswer(await adapter({ ...this.settings(request), headers: headers(request.headers), signal: stop }));
    } catch (error) {
      return stop.failure ?? describeFailure(error, new URL(request.url).host);
    } finally {
      stop.release();
    }
  }

  /** Closes the idle connections. */
  close(): void {
    this.httpAgent.destroy();
    this.httpsAgent.destroy();
  }

  private client(): Axios {
    // At first use: a program that only declares resources loads no HTTP client (82 ms).
    this.axios ??= open(require("axios") as typeof import("axios"));
    return this.axios;
  }

  private isDirect(url: string): boolean {
    const pathAt = url.indexOf("/", "https://".length);
    const beginning = pathAt < 0 ? url : url.slice(0, pathAt);
    const isDirect = this.direct.get(beginning) ?? isOnThisMachine(new URL(beginning).hostname);
    this.direct.set(beginning, isDirect);
    return isDirect;
  }

  private settings(request: HttpRequest) {
    return {
      method: request.method,
      url: request.url,
      data: request.body,
      httpAgent: this.httpAgent,
      httpsAgent: this.httpsAgent,
      // Undefined lets axios ask HTTPS_PROXY, HTTP_PROXY and NO_PROXY; it reaches https through CONNECT.
      ...(this.isDirect(request.url) ? { proxy: false as const } : {}),
      maxRedirects: 0,
      maxContentLength: LONGEST_BODY_BYTES,
      maxBodyLength: LONGEST_BODY_BYTES,
      decompress: true,
      validateStatus: null,
      responseType: "text" as const,
    };
  }
}

function open({ AxiosHeaders, getAdapter }: typeof import("axios")): Axios {
  return { adapter: getAdapter("http"), headers: (headers) => Object.assign(new AxiosHeaders(), headers) };
}

/** One abort for the deadline, the limit of a try and the engine's cancel, and the memory of which it was. */
class Stop implements GenericAbortSignal {
  aborted = false;
  failure: HttpFailure | undefined;
  private abort: (() => void) | undefined;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly graceMs: number,
    private readonly limits: HttpLimits,
    attemptLimitMs: number,
  ) {
    const timeLeftMs = Math.max(0, limits.timeLeftMs);
    const failure: HttpFailure =
      timeLeftMs <= attemptLimitMs
        ? { kind: "deadline", sent: true, sentence: "the time was up before an answer came" }
        : { kind: "lost", sent: true, timedOut: true, sentence: `no answer came within ${attemptLimitMs / 1000} s` };
    this.after(Math.min(timeLeftMs, attemptLimitMs), failure);
    limits.signal.addEventListener("abort", this.cancel);
  }

  addEventListener(_type: "abort", abort: () => void): void {
    this.abort = abort;
  }

  removeEventListener(): void {
    this.abort = undefined;
  }

  release(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.limits.signal.removeEventListener("abort", this.cancel);
  }

  private readonly cancel = () => {
    const failure: HttpFailure = { kind: "canceled", sent: true, sentence: "the run was interrupted before an answer came" };
    if (this.graceMs > 0) this.after(this.graceMs, failure);
    else this.now(failure);
  };

  private after(delayMs: number, failure: HttpFailure): void {
    this.timers.push(setTimeout(() => this.now(failure), delayMs));
  }

  private now(failure: HttpFailure): void {
    this.failure ??= failure;
    this.aborted = true;
    this.abort?.();
  }
}

function toAnswer(response: AxiosResponse<string>): HttpAnswer {
  const headers: Record<string, string> = Object.create(null);
  // Node joins repeated headers with a comma; ARM sends x-ms-request-id twice at times.
  const raw: unknown = response.request?.res?.rawHeaders;
  const pairs = Array.isArray(raw) ? raw.map(String) : Object.entries(response.headers).flat().map(String);
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const name = (pairs[index] ?? "").toLowerCase();
    headers[name] ??= pairs[index + 1] ?? "";
  }
  return { kind: "answer", status: response.status, headers, text: typeof response.data === "string" ? response.data : "" };
}

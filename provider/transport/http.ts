import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { AxiosInstance, AxiosResponse } from "axios";
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
const CANCEL_GRACE_MS = 1_500;
export const LONGEST_BODY_BYTES = 4 * 1024 * 1024;
// Shorter than the idle limits of the load balancers in front of the services, which reset what they forgot.
const IDLE_SOCKET_MS = 20_000;

/** The connections of this process, and the one place that uses axios. */
export class Http implements Sender {
  private readonly httpAgent = new HttpAgent({ keepAlive: true, timeout: IDLE_SOCKET_MS });
  private readonly httpsAgent = new HttpsAgent({ keepAlive: true, timeout: IDLE_SOCKET_MS });
  private axios: AxiosInstance | undefined;

  constructor(
    readonly attemptLimitMs = ATTEMPT_LIMIT_MS,
    private readonly cancelGraceMs = CANCEL_GRACE_MS,
  ) {}

  /** Sends once. Every way to fail is a value: no error of axios, which carries the token and the body, leaves this file. */
  async send(request: HttpRequest, limits: HttpLimits): Promise<HttpAnswer | HttpFailure> {
    if (limits.signal.aborted) return { kind: "canceled", sent: false, sentence: "the run was interrupted" };
    const stop = new Stop(request.writes ? this.cancelGraceMs : 0, limits, this.attemptLimitMs);
    try {
      return toAnswer(await this.client().request<string>({ ...this.settings(request), signal: stop.signal }));
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

  private client(): AxiosInstance {
    // At first use: a program that only declares resources loads no HTTP client (82 ms).
    this.axios ??= (require("axios") as typeof import("axios")).create();
    return this.axios;
  }

  private settings(request: HttpRequest) {
    return {
      method: request.method,
      url: request.url,
      // axios names a form type on a POST without a body, and Alibaba's signature would have to cover it.
      headers: { "Content-Type": false, ...request.headers },
      data: request.body,
      httpAgent: this.httpAgent,
      httpsAgent: this.httpsAgent,
      // Undefined lets axios ask HTTPS_PROXY, HTTP_PROXY and NO_PROXY; it reaches https through CONNECT.
      ...(isOnThisMachine(new URL(request.url).hostname) ? { proxy: false as const } : {}),
      maxRedirects: 0,
      maxContentLength: LONGEST_BODY_BYTES,
      maxBodyLength: LONGEST_BODY_BYTES,
      decompress: true,
      validateStatus: null,
      responseType: "text" as const,
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
    };
  }
}

/** One abort for the deadline, the limit of a try and the engine's cancel, and the memory of which it was. */
class Stop {
  failure: HttpFailure | undefined;
  private readonly controller = new AbortController();
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

  get signal(): AbortSignal {
    return this.controller.signal;
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
    this.controller.abort();
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

import { setMaxListeners } from "node:events";
import type { Configuration } from "../configuration";
import type { AlibabaRequest, Answer, AzureRequest, RunningOperation, ServiceRequest } from "../engine/operation";
import { type AlibabaSession, alibabaCall, alibabaKeys } from "./alibaba";
import { type AzureSession, addressed, azureCall } from "./azure";
import { type Clock, SYSTEM_CLOCK } from "./clock";
import { Credentials } from "./credentials";
import { Http, type Sender } from "./http";
import { follow, resume } from "./longRunning";
import { Quota } from "./quota";
import { RetryBudget } from "./retry";
import { type CallOptions, type Patience, sendPatiently } from "./send";

export type { CallOptions } from "./send";

/** What a test puts in the place of time and chance. */
export interface TransportOptions extends Partial<Clock> {
  /** The longest one try may take. */
  readonly attemptLimitMs?: number;
}

/** The way to the services. One per process: connections, tokens, quotas and the retry budget live in it. */
export class Transport {
  private readonly clock: Clock;
  private readonly http: Http;
  private readonly patience: Patience;
  private readonly credentials: Credentials;
  private readonly quota: Quota;
  private readonly skew = { behindMs: 0 };

  constructor(
    private readonly configuration: Configuration,
    options: TransportOptions = {},
  ) {
    this.clock = {
      now: options.now ?? SYSTEM_CLOCK.now,
      sleep: options.sleep ?? SYSTEM_CLOCK.sleep,
      random: options.random ?? SYSTEM_CLOCK.random,
    };
    this.http = new Http(options.attemptLimitMs);
    this.quota = new Quota(this.clock);
    this.patience = { clock: this.clock, budget: new RetryBudget() };
    this.credentials = new Credentials(configuration, this.http, this.patience);
  }

  /** Sends one request with the retries that its `repeat` allows. Resolves with a 2xx, throws an error of ours for anything else. */
  async send(request: ServiceRequest, options: CallOptions): Promise<Answer> {
    const call = request.cloud === "azure" ? this.azure(request, options) : this.alibaba(request, options);
    return sendPatiently(call, shared(options), this.patience);
  }

  /** Follows a 2xx to the end of the long-running operation it started, if it started one; `onRunning` sees each handle. */
  async follow(
    request: AzureRequest,
    answer: Answer,
    options: CallOptions,
    onRunning: (running: RunningOperation) => void = () => {},
  ): Promise<Answer> {
    return follow(request, answer, { session: this.session(options), patience: this.patience, options: shared(options), onRunning });
  }

  /** Goes on with an operation that an interrupted run left behind, without a second write. */
  async resume(running: RunningOperation, options: CallOptions): Promise<Answer> {
    return resume(running, { session: this.session(options), patience: this.patience, options: shared(options), onRunning: () => {} });
  }

  /** Closes idle connections. */
  close(): void {
    this.http.close();
  }

  private azure(request: AzureRequest, options: CallOptions) {
    const session = this.session(options);
    return azureCall(addressed(request, session.endpoint), session);
  }

  private session(options: CallOptions): AzureSession {
    const cloud = this.configuration.cloud();
    const endpoint = cloud.resourceManagerEndpoint;
    const tokens = this.credentials.source(cloud);
    return { endpoint, tokens, http: this.sender("azure", endpoint, options), clock: this.clock, quota: this.quota };
  }

  private alibaba(request: AlibabaRequest, options: CallOptions) {
    const endpoint = this.configuration.kvstoreEndpoint(request.regionId);
    const session: AlibabaSession = {
      endpoint,
      keys: alibabaKeys(this.configuration),
      http: this.sender("alibaba", endpoint, options),
      clock: this.clock,
      skew: this.skew,
    };
    return alibabaCall(request, session);
  }

  private sender(cloud: "azure" | "alibaba", endpoint: string, options: CallOptions): Sender {
    const file = this.configuration.text("recording");
    if (file === undefined) return this.http;
    const { recording } = require("./recording") as typeof import("./recording");
    return recording(this.http, { file, cloud, endpoint, tell: (severity, sentence) => options.onNote?.(severity, sentence) });
  }
}

const unlimited = new WeakSet<AbortSignal>();

/** One cancel serves all calls of the process: with eleven listeners node would print a warning into the user's run. */
function shared(options: CallOptions): CallOptions {
  if (unlimited.has(options.signal)) return options;
  setMaxListeners(0, options.signal);
  unlimited.add(options.signal);
  return options;
}

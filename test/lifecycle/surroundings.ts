import type { EngineCall, Host, Severity } from "../../provider/engine/host";
import { type Hooks, lifecycle } from "../../provider/engine/lifecycle";
import type { Answer, Operation, RunningOperation, ServiceRequest, Settings } from "../../provider/engine/operation";
import { type Carrier, type CarrierOptions, openRun } from "../../provider/engine/run";

export type AnyOperation = Operation<object, object>;

export interface Line {
  readonly severity: Severity;
  readonly message: string;
  readonly urn: string;
  readonly ephemeral: boolean;
}

/** A host that keeps what it is told, and is canceled by hand. */
export class RecordingHost implements Host {
  readonly lines: Line[] = [];
  readonly calls = new WeakMap<object, EngineCall>();
  readonly cancel = new AbortController();
  readonly canceled: AbortSignal = this.cancel.signal;

  callOf(properties: object): EngineCall | undefined {
    return this.calls.get(properties);
  }

  log(severity: Severity, message: string, urn: string, ephemeral: boolean): void {
    this.lines.push({ severity, message, urn, ephemeral });
  }

  sentences(): string[] {
    return this.lines.map((line) => line.message);
  }
}

/** A carrier that answers each request with the next answer, and keeps requests and options. */
export class RecordingCarrier implements Carrier {
  readonly requests: ServiceRequest[] = [];
  readonly options: CarrierOptions[] = [];
  constructor(private readonly answers: readonly (Answer | Error)[] = []) {}

  async send(request: ServiceRequest, options: CarrierOptions): Promise<Answer> {
    const answer = this.answers[this.requests.length];
    this.requests.push(request);
    this.options.push(options);
    if (answer === undefined) throw new Error("a request that nobody expected");
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async follow(_request: ServiceRequest, answer: Answer): Promise<Answer> {
    return answer;
  }

  async resume(_running: RunningOperation): Promise<Answer> {
    throw new Error("an operation that nobody started");
  }
}

export function settingsOf(values: { subscriptionId?: string; regionId?: string }): Settings {
  return {
    subscriptionId: () => values.subscriptionId,
    regionId: () => values.regionId,
    lookedFor: (setting) => [`patchbay:${setting}`, `ENV_${setting}`],
  };
}

export const CONFIGURED = settingsOf({ subscriptionId: "00000000-0000-0000-0000-000000000001", regionId: "cn-hangzhou" });

/** The hooks of an operation over a recording host and carrier. */
export function hooksOf(
  operation: unknown,
  { host = new RecordingHost(), carrier = new RecordingCarrier(), settings = CONFIGURED }: Partial<Bench> = {},
): Bench & { hooks: Hooks } {
  const hooks = lifecycle(operation as AnyOperation, { host, settings, carrier: () => carrier });
  return { hooks, host, carrier, settings };
}

export interface Bench {
  readonly host: RecordingHost;
  readonly carrier: RecordingCarrier;
  readonly settings: Settings;
}

export const RUN_URN = "urn:pulumi:s::p::t::orders";

/** A run of a resource, over a host and a carrier that keep what they are told. */
export function openedRun({ host = new RecordingHost(), carrier = new RecordingCarrier(), timeoutMs = 60_000 } = {}) {
  const run = openRun({
    host,
    carrier,
    settings: CONFIGURED,
    show: (_path, value) => String(value),
    urn: RUN_URN,
    title: "service.Class name",
    timeoutMs,
  });
  return { run, host, carrier };
}

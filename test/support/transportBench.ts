import { Configuration } from "../../provider/configuration";
import type { AzureRequest, Repeat } from "../../provider/engine/operation";
import { type CallOptions, Transport, type TransportOptions } from "../../provider/transport/transport";

/** A transport whose waits are recorded instead of slept, over settings given as a table. */
export class TransportBench {
  readonly transport: Transport;
  readonly configuration: Configuration;
  readonly delays: number[] = [];
  readonly reasons: string[] = [];
  readonly cancel = new AbortController();
  /** How much the recorded waits have moved the clock. */
  slept = 0;

  constructor(settings: Readonly<Record<string, string>>, options: TransportOptions = {}) {
    this.configuration = new Configuration((key) => settings[key], settings);
    this.transport = new Transport(this.configuration, {
      now: () => Date.now() + this.slept,
      sleep: async (delayMs) => {
        this.delays.push(delayMs);
        this.slept += delayMs;
      },
      random: () => 0.5,
      ...options,
    });
  }

  options(timeLeftMs = 600_000): CallOptions {
    return {
      deadlineMs: Date.now() + this.slept + timeLeftMs,
      signal: this.cancel.signal,
      clientRequestId: "11111111-2222-3333-4444-555555555555",
      onWait: (_delayMs, reason) => this.reasons.push(reason),
    };
  }
}

export const TOKEN = "ready-token-of-the-test";

/** Settings for an endpoint that needs no sign-in. */
export function readyAt(endpoint: string): Record<string, string> {
  return { "patchbay:azureAccessToken": TOKEN, "patchbay:resourceManagerEndpoint": endpoint };
}

const PATH = [
  "subscriptions",
  "s1",
  "resourceGroups",
  "rg",
  "providers",
  "Microsoft.ApiManagement",
  "service",
  "svc",
  "backends",
  "orders",
];

/** A request of one column of the retry table. */
export function requestOf(repeat: Repeat, change: Partial<AzureRequest> = {}): AzureRequest {
  const common = { cloud: "azure", path: PATH, apiVersion: "2024-05-01", repeat, answer: "object" } as const;
  if (repeat === "read") return { ...common, method: "GET", ...change };
  if (repeat === "converge") return { ...common, method: "PUT", body: { properties: { title: "t" } }, ...change };
  if (repeat === "guarded") return { ...common, method: "PATCH", ifMatch: '"AAAA="', body: { properties: { title: "t" } }, ...change };
  return { ...common, method: "POST", path: [...PATH, "reconnect"], ...change };
}

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("expected a rejection");
}

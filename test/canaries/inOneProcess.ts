import { readFileSync } from "node:fs";
import type * as nodeProcess from "node:process";
import { inspect } from "node:util";
import { Configuration } from "../../provider/configuration";
import type { Host } from "../../provider/engine/host";
import { lifecycle } from "../../provider/engine/lifecycle";
import type { AzureRequest, Operation } from "../../provider/engine/operation";
import { Transport } from "../../provider/transport/transport";
import type { Carrier } from "./scenario";

// What runs in a process of its own, as a provider does: the Azure CLI is found by the process's PATH, and only a process
// can write a report or end by an uncaught exception.

/** What the process is to do; made by the parent, which holds the cloud. */
export interface Plan {
  readonly configuration: Readonly<Record<string, string>>;
  readonly carriers: readonly Carrier[];
  readonly signIns: readonly Readonly<Record<string, string>>[];
  /** The call that needs a token. */
  readonly call: AzureRequest;
  readonly url: string;
  /** How it ends: by itself, by an exception while a request is waited for, or by a rejection that nobody takes. */
  readonly end: "well" | "exception" | "rejection";
}

/** What it prints in its own words, one line of JSON. */
export interface Printed {
  readonly errors: string;
  readonly reports: string;
}

export async function run(file: string): Promise<void> {
  const plan = JSON.parse(readFileSync(file, "utf8")) as Plan;
  const errors: unknown[] = [];
  const settings = new Configuration((key) => plan.configuration[key], process.env);
  const transport = new Transport(settings);
  const create = ({ service, type, given }: Carrier) => {
    const { operation } = require(`../../provider/${service}/${type.charAt(0).toLowerCase()}${type.slice(1)}`) as {
      operation: Operation<object, object>;
    };
    return lifecycle(operation, { host: hostOf(plan), settings, carrier: () => transport }).create(given);
  };
  for (const [index, carrier] of plan.carriers.entries()) {
    const created = create(carrier);
    // The last one is left to itself.
    if (plan.end === "rejection" && index === plan.carriers.length - 1) return;
    await created.catch((error: unknown) => errors.push(error));
  }
  for (const environment of plan.signIns) errors.push(await signInError(environment, plan));
  transport.close();
  const printed: Printed = { errors: everyView(errors), reports: errors.map(reportOf).join("\n") };
  process.stdout.write(JSON.stringify(printed));
}

function hostOf({ end }: Plan): Host {
  const wait = () => {
    if (end === "exception") throw new Error("a crash while a request is waited for");
  };
  return {
    callOf: () => undefined,
    log: (_severity, message) => void (message.startsWith("waiting ") && setImmediate(wait)),
    canceled: new AbortController().signal,
  };
}

async function signInError(environment: Readonly<Record<string, string>>, { url, call }: Plan): Promise<unknown> {
  const kept = { ...process.env };
  Object.assign(process.env, environment);
  const settings: Record<string, string> = { PATCHBAY_RESOURCE_MANAGER_ENDPOINT: url, ...environment };
  const transport = new Transport(new Configuration(() => undefined, settings));
  const options = { deadlineMs: Date.now() + 60_000, signal: new AbortController().signal, clientRequestId: "c", onWait: () => {} };
  const refused = await transport.send(call, options).then(
    () => new Error("A sign-in did not fail."),
    (error: unknown) => error,
  );
  transport.close();
  for (const name of Object.keys(environment)) delete process.env[name];
  Object.assign(process.env, kept);
  return refused;
}

/** The ways in which an error, its hidden members and its causes can be printed. */
export function everyView(errors: readonly unknown[]): string {
  const all = { showHidden: true, depth: Number.POSITIVE_INFINITY, maxStringLength: null, maxArrayLength: null };
  const views = errors.map((error) => {
    const { message, stack, cause } = error as Error;
    return [inspect(error, all), JSON.stringify(error), String(error), message, stack, inspect(cause, all)].join("\n");
  });
  return views.join("\n");
}

/** What Node writes at the end of a process, but for the list of environment variables that it copies into it. */
function reportOf(error: unknown): string {
  const { getReport } = (process as typeof nodeProcess).report as { getReport(error: unknown): object };
  return withoutEnvironment(JSON.stringify(getReport.call(process.report, error)));
}

export function withoutEnvironment(report: string): string {
  const { environmentVariables, ...others } = JSON.parse(report) as Record<string, unknown>;
  if (environmentVariables === undefined) throw new Error("The report is none of Node's.");
  return JSON.stringify(others);
}

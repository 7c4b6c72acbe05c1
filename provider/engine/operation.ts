// The contract between an operation file, the lifecycle that drives it and the transport that serves it. Types only.
import type { z } from "zod";

/** A JSON value: the only thing that crosses into state. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [member: string]: Json;
}

/**
 * How often a request may be sent, a column of the retry table.
 * - `read`: changes nothing; sent again after any transient failure.
 * - `converge`: sending it twice ends in the same state (PUT, DELETE, PATCH with `If-Match: *`).
 * - `guarded`: PATCH with a strong ETag; after a lost answer the caller must read and compare.
 * - `once`: acts each time it arrives; sent again only where the service surely did not act.
 */
export type Repeat = "read" | "converge" | "guarded" | "once";

/** One call of Azure Resource Manager, as plain data. */
export interface AzureRequest {
  readonly cloud: "azure";
  readonly method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  /** Path segments as the service names them, not encoded: `["subscriptions", "…", …]`. */
  readonly path: readonly string[];
  readonly apiVersion: string;
  /** `*` or an ETag with its quotes, sent as it is. */
  readonly ifMatch?: string;
  readonly body?: JsonObject;
  readonly repeat: Repeat;
  /** Where it is not to be sent again because something else runs: the caller looks first whether it is still wanted. @default "wait" */
  readonly whenBusy?: "wait" | "fail";
  /** What the next run does when no answer told whether the service acted. @default "it looks at the cloud first" */
  readonly nextRun?: string;
  /** What a 2xx promises: a JSON object, a JSON object or nothing, or nothing that is looked at. */
  readonly answer: "object" | "optional" | "ignored";
}

/** One RPC call of Alibaba Cloud R-KVStore, version 2015-01-01, as plain data. The answer is a JSON object. */
export interface AlibabaRequest {
  readonly cloud: "alibaba";
  readonly action: string;
  readonly regionId: string;
  readonly query: Readonly<Record<string, string>>;
  readonly repeat: Exclude<Repeat, "guarded">;
}

export type ServiceRequest = AzureRequest | AlibabaRequest;

/** A 2xx answer. */
export interface Answer {
  readonly status: number;
  /** Lower-case names; a repeated header keeps its first value. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject | undefined;
  readonly requestId: string;
  readonly correlationId: string;
}

/**
 * A long-running operation that was accepted and has not ended. Its URL is signed by the service:
 * secret in state, never in a message.
 */
export interface RunningOperation extends JsonObject {
  /** `status`: Azure-AsyncOperation. `location`: Location. `resource`: the resource's own provisioningState. */
  mode: "status" | "location" | "resource";
  url: string;
  method: string;
}

/** What one hook call may do to the world. Everything in it knows the deadline and the engine's cancel. */
export interface Run {
  /** Sends one request with the retries its `repeat` allows. Throws a typed error for anything but a 2xx. */
  send(request: ServiceRequest): Promise<Answer>;
  /** Follows a 2xx to the end of the operation it started, if it started one. `onRunning` sees each handle. */
  follow(request: AzureRequest, answer: Answer, onRunning?: (running: RunningOperation) => void): Promise<Answer>;
  /** Goes on with an operation that an interrupted run left behind. */
  resume(running: RunningOperation): Promise<Answer>;
  /** Waits and says why on the resource's own row. Throws when the deadline comes first or the engine cancels. */
  wait(delayMs: number, waitingFor: string): Promise<void>;
  /** The line that stays when the work has ended: what was done, and how that was seen. `requestId`: of the write, if there was one. */
  done(sentence: string, requestId?: string): void;
  /** A kept line under the resource. */
  say(severity: "info" | "warning", sentence: string): void;
  /**
   * What an earlier run of this resource noted and never came to the end of, because its process or the engine was killed.
   */
  recall(): JsonObject | undefined;
  /** Notes on this machine what is about to be done, until the engine has heard of the end. Holds no secret. */
  note(intent: JsonObject): void;
  /** One at a time in this process for equal keys. */
  exclusively<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Values as a sentence may show them. */
  readonly show: Show;
  readonly settings: Settings;
}

/** The schema library, handed in by the lifecycle so that a program that only declares resources never loads it. */
export type Zod = typeof z;

/**
 * A rule between members: what is wrong, one entry a problem. It is asked also while members are of a wrong type or not
 * known yet in a preview, so that all mistakes are told at once, and speaks only of what is sure.
 */
export type Rule<Arguments> = (given: Loose<Arguments>) => readonly Problem[];

/** Arguments that nothing is known of but their names. */
export type Loose<Arguments> = { readonly [Member in keyof Arguments]?: unknown };

export interface Problem {
  /** Below the arguments. */
  readonly path: readonly PropertyKey[];
  readonly reason: string;
  /** False where the value at the path is not what is wrong, or may be somebody's secret in the wrong place. */
  readonly isValueShown?: false;
  /** Arguments whose own mistakes say it already. */
  readonly unlessWrong?: readonly string[];
}

/** What an operation is: one file gives one of these and the resource class that declares it. */
export interface Operation<Arguments extends object, State extends object> {
  /** Folder and class, `apimanagement/BackendPatch`. Stored in state for ever. */
  readonly name: string;
  /** Shape, types and limits of the arguments. */
  schema(zod: Zod): z.ZodObject;
  readonly rules: readonly Rule<Arguments>[];
  /** Members whose values no message may show. */
  readonly secretMembers: readonly string[];
  /** Arguments that the service reports also when they are not given, with dots below the first; inputs only when given. */
  readonly reportedArguments: readonly string[];
  /** What is allowed and unwise, in a sentence each. */
  advice?(given: Arguments): readonly string[];
  /** The sentence of a pending create. */
  announce(given: Arguments, show: Show): string;
  /** Arguments that name another target than the one this resource stands for: a change of them replaces it. */
  replaces(id: string, state: State, given: Arguments, settings: Settings): readonly string[];
  /** The old one must be gone before the new one can be made. */
  readonly deleteBeforeReplace: boolean;
  /** What an update would do, a sentence each; empty when there is nothing to do. */
  changes(state: State, given: Arguments, show: Show): readonly string[];
  /** What a preview warns of as things stand, a sentence each; nothing follows from it. */
  warnings?(state: State, given: Arguments): readonly string[];
  create(given: Arguments, run: Run): Promise<Created<State>>;
  /** What is there now; undefined when it is gone. `state` is empty after `.get` with an id alone. */
  read(id: string, state: State, run: Run): Promise<State | undefined>;
  update(id: string, state: State, given: Arguments, run: Run): Promise<State>;
  delete(id: string, state: State, run: Run): Promise<void>;
}

export interface Created<State> {
  readonly id: string;
  readonly state: State;
}

/** Puts a value into a sentence: shortened, and never a secret one. */
export type Show = (path: readonly PropertyKey[], value: unknown) => string;

/** Settings that an operation may need; resolved at call time, never stored in state. */
export interface Settings {
  /** The default subscription, or undefined when none is configured. */
  subscriptionId(): string | undefined;
  /** The default Alibaba Cloud region, or undefined when none is configured. */
  regionId(): string | undefined;
  /** The names under which a setting may be given, for a message that says where to put it. */
  lookedFor(setting: "subscriptionId" | "regionId"): readonly string[];
}

import { randomBytes, randomUUID } from "node:crypto";
import { armError } from "./armErrors";
import type { CloudContext } from "./context";
import { type Answer, type Call, emptyAnswer, type JsonObject, jsonAnswer } from "./exchange";

export type Outcome = "Succeeded" | "Failed" | "Canceled";

export interface OperationPlan {
  /** Percent-encoded path of the status URL; the operation's id is appended. */
  readonly statusPath: string;
  /** The same for the result URL, where the service has one. */
  readonly resultPath?: string;
  readonly apiVersion: string;
  /** Signed URLs are about 3 KB and must come back unchanged. */
  readonly signed: boolean;
  readonly runningStatuses: readonly string[];
  readonly firstEndTime?: "year one" | "now";
  onEnd(outcome: Outcome): void;
  /** What the result URL answers once the operation has succeeded. */
  finalAnswer(): Answer;
}

interface PollingUrl {
  readonly path: string;
  readonly signature: string;
}

export class RunningOperation {
  readonly id = randomUUID();
  readonly startedAtMs: number;
  readonly status: PollingUrl;
  readonly result: PollingUrl | undefined;
  endedAtMs: number | undefined;
  outcome: Outcome | undefined;
  polls = 0;
  readonly #pollsNeeded: number;
  readonly #endsAtMs: number | undefined;

  constructor(
    readonly plan: OperationPlan,
    private readonly context: CloudContext,
  ) {
    this.startedAtMs = context.nowMs();
    this.#pollsNeeded = context.settings.operationPolls;
    const { operationMs } = context.settings;
    this.#endsAtMs = operationMs === undefined ? undefined : this.startedAtMs + operationMs;
    this.status = { path: `${plan.statusPath}/${this.id}`, signature: plan.signed ? signature() : "" };
    this.result =
      plan.resultPath === undefined ? undefined : { path: `${plan.resultPath}/${this.id}`, signature: plan.signed ? signature() : "" };
    if (this.#endsAtMs === undefined && this.#pollsNeeded <= 0) this.#end();
  }

  get ended(): boolean {
    return this.outcome !== undefined;
  }

  /** A poll, or a read of the resource itself: without the latter an operation whose answer was lost would run for ever. */
  advance(): void {
    if (this.ended) return;
    this.polls += 1;
    const isOver = this.#endsAtMs === undefined ? this.polls >= this.#pollsNeeded : this.context.nowMs() >= this.#endsAtMs;
    if (isOver) this.#end();
  }

  url(which: "status" | "result"): string {
    const { path, signature } = (which === "result" ? this.result : this.status) ?? this.status;
    return `${this.context.origin()}${path}?api-version=${this.plan.apiVersion}${signature}`;
  }

  #end(): void {
    this.outcome = this.context.settings.operationOutcome;
    this.endedAtMs = this.context.nowMs();
    this.plan.onEnd(this.outcome);
  }
}

/** Status and result URLs of all services. */
export class LongRunningOperations {
  readonly #byPath = new Map<string, { operation: RunningOperation; which: "status" | "result"; isUnsigned?: boolean }>();

  constructor(private readonly context: CloudContext) {}

  start(plan: OperationPlan): RunningOperation {
    const operation = new RunningOperation(plan, this.context);
    // The documented address of a status has the location's short name and no signature; the polling URL has both otherwise.
    this.#byPath.set(documentedKeyOf(operation.status.path), { operation, which: "status", isUnsigned: true });
    this.#byPath.set(keyOf(operation.status.path), { operation, which: "status" });
    if (operation.result !== undefined) this.#byPath.set(keyOf(operation.result.path), { operation, which: "result" });
    return operation;
  }

  retryAfter(): Record<string, string> {
    return this.context.settings.retryAfter === undefined ? {} : { "Retry-After": this.context.settings.retryAfter };
  }

  /** Removes what lies below a deleted resource, so that polling it answers 404 as the gateway does. */
  forget(operation: RunningOperation): void {
    this.#byPath.delete(documentedKeyOf(operation.status.path));
    this.#byPath.delete(keyOf(operation.status.path));
    if (operation.result !== undefined) this.#byPath.delete(keyOf(operation.result.path));
  }

  answer(call: Call): Answer | undefined {
    const found = this.#byPath.get(keyOf(call.path));
    if (found === undefined) return undefined;
    const { operation, which, isUnsigned = false } = found;
    const expected = isUnsigned ? "" : ((which === "result" ? operation.result : operation.status)?.signature ?? "");
    if (signatureIn(call.rawQuery) !== expected) {
      throw armError(
        403,
        "InvalidOperationSignature",
        "The signature of the operation's URL does not fit: the URL must be used as it was given.",
      );
    }
    operation.advance();
    return which === "status" ? this.#statusAnswer(operation) : this.#resultAnswer(operation);
  }

  #statusAnswer(operation: RunningOperation): Answer {
    const words = this.context.settings.runningStatuses ?? operation.plan.runningStatuses;
    const running = words[Math.min(operation.polls, words.length) - 1] ?? "Running";
    const body: JsonObject = {
      id: decodeURIComponent(operation.status.path),
      name: operation.id,
      status: operation.outcome ?? running,
      startTime: timeOf(operation.startedAtMs),
      ...endTimeOf(operation),
      ...(operation.outcome === "Failed" || operation.outcome === "Canceled" ? { error: this.#failure(operation.outcome) } : {}),
    };
    return jsonAnswer(200, body, operation.ended ? {} : this.retryAfter());
  }

  #failure(outcome: Outcome): JsonObject {
    const word = outcome === "Failed" ? "failed" : "was canceled";
    const error = { code: `Operation${outcome}`, message: `The operation ${word}, because this emulator was told so.` };
    return this.context.settings.operationErrorNesting === "double" ? { error } : error;
  }

  #resultAnswer(operation: RunningOperation): Answer {
    if (!operation.ended) return emptyAnswer(202, { Location: operation.url("result"), ...this.retryAfter() });
    if (operation.outcome === "Succeeded") return operation.plan.finalAnswer();
    return jsonAnswer(409, { error: this.#failure(operation.outcome ?? "Failed") });
  }
}

/** Decoded, so that an escaped space fits, and a space escaped twice does not. */
function keyOf(path: string): string {
  try {
    return decodeURIComponent(path).toLowerCase();
  } catch {
    return path;
  }
}

/** `Central US EUAP` is `centraluseuap` too. */
function documentedKeyOf(path: string): string {
  return keyOf(path).replaceAll(" ", "");
}

function signature(): string {
  const text = (bytes: number) => randomBytes(bytes).toString("base64url");
  return `&t=${Date.now()}0000&c=${text(1875)}&s=${text(256)}&h=${text(32)}`;
}

/** Everything but the api-version: the official JavaScript clients overwrite that one. */
function signatureIn(rawQuery: string): string {
  const parts = rawQuery.split("&").filter((part) => part !== "" && !part.startsWith("api-version="));
  return parts.map((part) => `&${part}`).join("");
}

function timeOf(atMs: number): string {
  return new Date(atMs).toISOString().replace("Z", "0000+00:00");
}

function endTimeOf(operation: RunningOperation): JsonObject {
  if (operation.endedAtMs !== undefined) return { endTime: timeOf(operation.endedAtMs) };
  if (operation.plan.firstEndTime === undefined) return {};
  // As recorded: year one while queued, then a time that means nothing.
  return { endTime: operation.polls <= 1 ? "0001-01-01T00:00:00+00:00" : timeOf(operation.startedAtMs + 155) };
}

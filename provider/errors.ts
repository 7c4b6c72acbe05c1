// One class per cause. Messages are one paragraph: what failed, why, what to do next. Built from known fields only.

const LONGEST_LINE = 2_000;
const LONGEST_END = 500;

/**
 * A text as one line that a terminal and the engine take. What a service said may be in it: control characters would
 * draw over the terminal, half a surrogate pair makes gRPC drop the whole answer. A long one keeps its end, the advice.
 */
export function shownLine(text: string): string {
  const line = oneLine(text);
  return line.length <= LONGEST_LINE ? line : oneLine(`${line.slice(0, LONGEST_LINE - LONGEST_END - 3)} … ${line.slice(-LONGEST_END)}`);
}

/** A text of at most so many characters, cut between two of them. */
export function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, "")}…` : text;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ");
}

/** The sentence ` Request id: 4f1c….` with its blank before it; nothing where the service gave none. */
export function requestIdOf(requestId: string): string {
  return requestId === "" ? "" : ` Request id: ${requestId}.`;
}

/** Every error of this package. The message is complete and redacted; there is nothing else in the object to print. */
export abstract class PatchbayError extends Error {
  abstract override readonly name: string;
  constructor(message: string) {
    super(shownLine(message));
  }
}

/** A setting or credential is missing, contradictory or not usable. */
export class ConfigurationError extends PatchbayError {
  override readonly name = "ConfigurationError";
}

/** What a service said about a refused request. Known fields only, redacted. */
export interface ServiceFailure {
  /** `PATCH …/backends/orders` */
  readonly call: string;
  readonly status: number;
  readonly code: string;
  /** The service's last useful sentence. */
  readonly sentence: string;
  readonly requestId: string;
  /** What to do next. */
  readonly remedy: string;
}

const GONE = new Set(["resourcenotfound", "parentresourcenotfound", "resourcegroupnotfound", "notfound"]);

/** The service answered, and its answer is a refusal. */
export class ServiceError extends PatchbayError {
  override readonly name = "ServiceError";
  readonly status: number;
  readonly code: string;
  readonly sentence: string;
  readonly requestId: string;
  /** Whether an earlier try of the same request had reached the service, so that it may have acted on that one. */
  followsAnotherTry = false;
  constructor(failure: ServiceFailure) {
    const code = failure.code === "" ? "" : ` (${failure.code})`;
    const requestId = requestIdOf(failure.requestId).trim();
    const parts = [`${failure.call} was refused: ${failure.status}${code}.`, failure.sentence, requestId, failure.remedy];
    super(parts.filter((part) => part !== "").join(" "));
    this.status = failure.status;
    this.code = failure.code;
    this.sentence = failure.sentence;
    this.requestId = failure.requestId;
  }

  /**
   * Whether it says that an Azure resource is not there. Only the codes that say so count: a 404 can also come from a
   * wrong subscription, a wrong endpoint or a gateway, and taking these for "gone" would make the next run create again.
   */
  get saysGone(): boolean {
    return this.status === 404 && GONE.has(this.code.toLowerCase());
  }
}

/** The service answered with something that its contract does not allow: a wrong type, bad JSON, a missing status. */
export class UnexpectedAnswerError extends PatchbayError {
  override readonly name = "UnexpectedAnswerError";
}

/** The request surely did not reach the service: name resolution, refused connection, TLS. */
export class NotSentError extends PatchbayError {
  override readonly name = "NotSentError";
}

/** The request was sent and no usable answer came: whether the service acted is not known. */
export class OutcomeUnknownError extends PatchbayError {
  override readonly name = "OutcomeUnknownError";
}

/** A long-running operation ended as failed or canceled, by the service's own word. */
export class OperationFailedError extends PatchbayError {
  override readonly name = "OperationFailedError";
}

/** The deadline came first. */
export class DeadlineError extends PatchbayError {
  override readonly name = "DeadlineError";
}

/** The engine was interrupted. */
export class CanceledError extends PatchbayError {
  override readonly name = "CanceledError";
  constructor(what: string) {
    super(`${what} Run the command again: it goes on from there.`);
  }
}

/** Somebody else changed what this resource owns between its read and its write. */
export class ConflictError extends PatchbayError {
  override readonly name = "ConflictError";
}

/** The cloud is in a state in which the operation cannot do what was asked; the message says how to get out. */
export class PreconditionError extends PatchbayError {
  override readonly name = "PreconditionError";
}

/** A mistake in this package. */
export class ProviderBugError extends PatchbayError {
  override readonly name = "ProviderBugError";
  constructor(what: string) {
    super(`${what} This is a mistake in pulumi-patchbay, not in your program; please report it with this line.`);
  }
}

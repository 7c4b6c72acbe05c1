import { NotSentError, OutcomeUnknownError, type PatchbayError, requestIdOf, ServiceError, UnexpectedAnswerError } from "../errors";
import type { HttpFailure } from "./httpFailure";
import type { Refusal } from "./send";

/** A try that no answer came to, in the terms of the retry table. */
export function refusalOf(call: string, writes: boolean, failure: HttpFailure): Refusal {
  return {
    event: failure.kind === "tooLarge" ? "refused" : failure.kind,
    reason: failure.kind === "tooLarge" ? `the ${failure.sent ? "answer" : "request"} was too large` : failure.sentence,
    sent: failure.sent,
    timedOut: failure.timedOut,
    error: (remedy) => errorOf(call, writes, failure, remedy),
  };
}

/** What a service said about a request that it refused, in the terms of both clouds. */
export interface Said {
  readonly status: number;
  readonly code: string;
  readonly sentence: string;
  readonly requestId: string;
  /** What to do next, unless the retry loop knows better. */
  readonly remedy: string;
}

/** A try that the service answered with a refusal. */
export function refusedBy(call: string, said: Said, next: Pick<Refusal, "event" | "retryAfterMs" | "renew">): Refusal {
  const { status, code, sentence, requestId, remedy: usual } = said;
  return {
    ...next,
    reason: `the answer was ${status} ${code}`.trim(),
    said: `${sentence}${requestIdOf(requestId)}`.trim(),
    sent: true,
    status,
    error: (remedy = usual) => new ServiceError({ call, status, code, sentence, requestId, remedy }),
  };
}

function errorOf(call: string, writes: boolean, failure: HttpFailure, remedy: string | undefined): PatchbayError {
  const advice = remedy ?? failure.remedy ?? "";
  if (!failure.sent) return new NotSentError(`${call} was not sent: ${notSentReason(failure)}. ${advice}`.trim());
  if (failure.kind === "tooLarge") {
    const next = writes
      ? "The service may have acted; run `pulumi refresh` before the next `pulumi up`."
      : "No answer of the service is that large: check HTTPS_PROXY and NO_PROXY, then run again.";
    return new UnexpectedAnswerError(`${call}: the answer is larger than the 4 MiB that are read. ${next}`);
  }
  if (writes) {
    return new OutcomeUnknownError(`${call} was sent, but ${failure.sentence}. Whether the service acted is not known. ${advice}`.trim());
  }
  return new UnexpectedAnswerError(`${call}: no usable answer came, because ${failure.sentence}. ${advice}`.trim());
}

function notSentReason(failure: HttpFailure): string {
  return failure.kind === "tooLarge" ? "its body is larger than 4 MiB" : failure.sentence;
}

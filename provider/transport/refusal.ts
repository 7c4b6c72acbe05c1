import { NotSentError, OutcomeUnknownError, type PatchbayError, UnexpectedAnswerError } from "../errors";
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

function errorOf(call: string, writes: boolean, failure: HttpFailure, remedy: string | undefined): PatchbayError {
  const advice = remedy ?? failure.remedy ?? "";
  if (!failure.sent) return new NotSentError(`${call} was not sent: ${notSentReason(failure)}. ${advice}`.trim());
  if (failure.kind === "tooLarge") {
    const acted = writes ? " The service may have acted; run `pulumi refresh` before the next `pulumi up`." : "";
    return new UnexpectedAnswerError(`${call}: the answer is larger than the 4 MiB that are read.${acted}`);
  }
  if (writes) {
    return new OutcomeUnknownError(`${call} was sent, but ${failure.sentence}. Whether the service acted is not known. ${advice}`.trim());
  }
  return new UnexpectedAnswerError(`${call}: no usable answer came, because ${failure.sentence}. ${advice}`.trim());
}

function notSentReason(failure: HttpFailure): string {
  return failure.kind === "tooLarge" ? "its body is larger than 4 MiB" : failure.sentence;
}

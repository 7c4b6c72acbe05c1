import { OutcomeUnknownError, PatchbayError, UnexpectedAnswerError } from "../errors";

/** Whether a write may be done although its answer does not say so: one that cannot be read says as little as one that never came. */
export function isAnswerLost(error: unknown): error is OutcomeUnknownError | UnexpectedAnswerError {
  return error instanceof OutcomeUnknownError || error instanceof UnexpectedAnswerError;
}

/** How the look ended that should have told what became of a write without an answer: it must not hide that the write may be done. */
export function afterLostAnswer(write: string, end: unknown): unknown {
  if (!(end instanceof PatchbayError)) return end;
  return new OutcomeUnknownError(`No answer came to ${write}, so it may have been done, and looking whether it was failed. ${end.message}`);
}

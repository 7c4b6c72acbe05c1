import { OutcomeUnknownError, PatchbayError } from "../errors";

/** How the look ended that should have told what became of a write without an answer: it must not hide that the write may be done. */
export function afterLostAnswer(write: string, end: unknown): unknown {
  if (!(end instanceof PatchbayError)) return end;
  return new OutcomeUnknownError(`No answer came to ${write}, so it may have been done, and looking whether it was failed. ${end.message}`);
}

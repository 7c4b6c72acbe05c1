import { inspect } from "node:util";
import { PartialStateError } from "../../provider/engine/partialState";
import * as errors from "../../provider/errors";

const TYPED = new Set(
  Object.values({ ...errors, PartialStateError }).flatMap((each) =>
    typeof each === "function" && each.name !== "PatchbayError" ? [each.name] : [],
  ),
);
/** How a sentence begins that tells the reader what to do. */
const NEXT_STEP =
  /(^|[.;:,] |and |or )(the next `pulumi|`pulumi|run|check|look|give|set|grant|correct|raise|sign in|remove|register|turn|change|agree|find|renew|have|add|leave|use)\b|the job needs/i;

/** What is wrong with an error that a hook threw. */
export function wrongInError(error: Error, secrets: readonly string[]): string[] {
  const { name, message } = error;
  if (!TYPED.has(name) || error instanceof errors.ProviderBugError || !(error instanceof errors.PatchbayError)) {
    return [`no error of this package's classes: ${name}: ${message}`];
  }
  const wrong = NEXT_STEP.test(message) ? [] : [`no next step: ${message}`];
  const everything = [message, error.stack ?? "", JSON.stringify(error), inspect(error, { depth: 10, showHidden: true })].join("\n");
  return [...wrong, ...wrongInLine(message, secrets), ...(holdsSecret(everything, secrets) ? [`a secret inside ${name}`] : [])];
}

/** What is wrong with a line that is shown to the user. */
export function wrongInLine(line: string, secrets: readonly string[]): string[] {
  const wrong = /[\p{Cc}\p{Zl}\p{Zp}]/u.test(line) ? [`more than one line: ${JSON.stringify(line)}`] : [];
  if (/\[object |\bundefined\b|\bNaN\b| {2}|\(\)/.test(line)) wrong.push(`a gap: ${line}`);
  return holdsSecret(line, secrets) ? [...wrong, `a secret: ${line}`] : wrong;
}

function holdsSecret(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
}

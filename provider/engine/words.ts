import { shortened } from "../errors";
import type { Operation, Show } from "./operation";
import { isUnknown, quoted, textsOf } from "./state";

/** In the place of a value that no message may show. */
export const SECRET = "(secret)";
const LONGEST_VALUE = 60;

/** What a sentence begins with that may stand alone in a log: `apimanagement.BackendPatch orders`. */
export function titleOf(operation: Operation<object, object>, urn: string): string {
  const name = urn.split("::").pop() ?? "";
  return `${operation.name.replace("/", ".")} ${name}`.trim();
}

/**
 * Puts values into sentences. A value is secret when the operation says so, or when the program wrapped it: the engine
 * unwraps secrets before it calls a provider, so the resource class lists what was wrapped in `__secret`.
 */
export function showing(operation: Operation<object, object>, ...members: Record<string, unknown>[]): Show {
  const wrapped = members.flatMap((from) => textsOf(from.__secret));
  const secret = [...operation.secretMembers, ...wrapped];
  return (path, value) => {
    const spelled = path.map(String).join(".");
    const isSecret = secret.some((member) => spelled === member || spelled.startsWith(`${member}.`) || member.startsWith(`${spelled}.`));
    if (isSecret) return SECRET;
    if (isUnknown(value)) return "(not known yet)";
    if (value === undefined || value === null) return "(nothing)";
    return shortened(quoted(value), LONGEST_VALUE);
  };
}

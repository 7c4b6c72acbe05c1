import type { JsonObject } from "../engine/operation";
import { isObject } from "../engine/state";
import { UnexpectedAnswerError } from "../errors";

const TEXTS = new Set(["title", "description", "url", "protocol", "resourceId", "type"]);
const OBJECTS = new Set(["credentials", "proxy", "tls", "properties", "circuitBreaker", "pool"]);

/** Refuses an answer in which one of these members is not of the contract's type: it would become an output of another type than declared. */
export function refuseOtherTypes(members: readonly string[], properties: JsonObject): void {
  const wrong = members.filter((member) => {
    const value = properties[member] ?? null;
    return value !== null && ((TEXTS.has(member) && typeof value !== "string") || (OBJECTS.has(member) && !isObject(value)));
  });
  if (wrong.length === 0) return;
  const named = wrong.map((member) => `${member} (${TEXTS.has(member) ? "a text" : "an object"} by the contract)`).join(", ");
  throw new UnexpectedAnswerError(
    `API Management answered with another type of ${named}. Run again later; if it stays, look at the backend in the portal and set that member anew.`,
  );
}

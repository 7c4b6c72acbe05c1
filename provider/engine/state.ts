import { shortened } from "../errors";
import type { Json, JsonObject } from "./operation";

/** How the engine writes a value it does not know yet in a preview, also inside objects and lists. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Members that Pulumi and this package keep beside the arguments; never compared, never sent. */
export function isInternal(member: string): boolean {
  return member.startsWith("__");
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is unknown, or holds something unknown. */
export function isUnknown(value: unknown): boolean {
  if (typeof value === "string") return value === UNKNOWN;
  if (Array.isArray(value)) return value.some(isUnknown);
  return isObject(value) && Object.values(value).some(isUnknown);
}

/** Whether an argument is there for sure: neither left out nor null, and known, if not to its depths. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== UNKNOWN;
}

/** The value at a path, or undefined. Only own members are looked at. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return at;
}

const LONGEST_NAME = 100;
const LONGEST_PATH = 300;

/** `circuitBreaker.rules[0].name`, as Pulumi writes property paths; a very long one without its end. */
export function propertyPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const step of path) {
    if (text.length > LONGEST_PATH) break;
    const name = String(step);
    if (typeof step === "number") text += `[${name}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(name) && name.length <= LONGEST_NAME) text += text === "" ? name : `.${name}`;
    else text += `[${shortened(quoted(name), LONGEST_NAME)}]`;
  }
  return shortened(text, LONGEST_PATH);
}

/** What a terminal does not draw, or draws in another order than it stands: a value that looks right may hold it. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** A value as JSON in which everything can be seen. */
export function quoted(value: unknown): string {
  return JSON.stringify(value).replace(INVISIBLE, (character) =>
    character.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

/** The texts of a list; what is none is no list of ours. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** The same text for values that mean the same: the order of an object's members does not count. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_member, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

export function sameValue(a: unknown, b: unknown): boolean {
  return canonical(a ?? null) === canonical(b ?? null);
}

/**
 * What may be stored: JSON leaves only, absent members left out. The host answers anything else with
 * "Unexpected struct type." after the call has succeeded, and the resource would be lost.
 */
export function toState(value: unknown): JsonObject {
  return toJson(value) as JsonObject;
}

function toJson(value: unknown): Json | undefined {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return wellFormed(value);
  // -0 comes back as 0.
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : undefined;
  if (Array.isArray(value)) return value.map((item) => toJson(item) ?? null);
  if (!isObject(value) || !isPlain(value)) return undefined;
  const members = Object.entries(value).flatMap(([member, part]) => {
    const json = toJson(part);
    return json === undefined ? [] : [[wellFormed(member), json] as const];
  });
  return Object.fromEntries(members);
}

/** The engine refuses a whole answer for half a surrogate pair in it: what has no UTF-8 becomes U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** Whether an object is one of members alone: no Date, Map or Buffer. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

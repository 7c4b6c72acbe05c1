import type { Json, JsonObject } from "../engine/operation";
import { shortened } from "../errors";
import { isObject, jsonObject } from "./answers";
import { plainName, redactText } from "./redact";

/** What an error body says, out of any of the shapes in use. Redacted. */
export interface Failure {
  readonly code: string;
  readonly sentence: string;
}

const MOST_DETAILS = 5;
const MOST_SENTENCES = 6;
const DEEPEST = 4;
/** Of all sentences: what comes after them is the advice. */
const LONGEST_SAID = 1_000;

/** The code and the last useful sentence of an ARM error body or of an operation's status. */
export function failureIn(body: JsonObject | undefined): Failure {
  const error = errorObject(body);
  const parts = error === undefined ? [] : sentences(error, 0);
  return {
    code: plainName(member(error, "code")),
    sentence: shortened([...new Set(parts)].slice(0, MOST_SENTENCES).join(" "), LONGEST_SAID),
  };
}

/** `error`, `error.error` (the operation status of Redis by its schema), or the body itself when it has no wrapper. */
function errorObject(body: JsonObject | undefined): JsonObject | undefined {
  const outer = member(body, "error");
  const inner = isObject(outer) ? member(outer, "error") : undefined;
  if (isObject(inner) && !hasWords(outer)) return inner;
  if (isObject(outer)) return outer;
  return hasWords(body) ? body : undefined;
}

function hasWords(value: Json | undefined): boolean {
  return isObject(value) && (typeof member(value, "message") === "string" || typeof member(value, "code") === "string");
}

function sentences(error: JsonObject, depth: number): string[] {
  if (depth > DEEPEST) return [];
  const details = member(error, "details");
  const inner = member(error, "innererror") ?? member(error, "innerError");
  const below = [...(Array.isArray(details) ? details.slice(0, MOST_DETAILS) : []), inner].filter(isObject);
  return [...ownSentence(error, depth), ...below.flatMap((part) => sentences(part, depth + 1))];
}

function ownSentence(error: JsonObject, depth: number): string[] {
  const message = member(error, "message");
  if (typeof message !== "string" || message.trim() === "") return [];
  // A deployment's details carry the resource provider's answer as a text.
  const nested = message.trim().startsWith("{") ? jsonObject(message) : undefined;
  if (nested !== undefined) return sentences(errorObject(nested) ?? nested, depth + 1);
  return [ended(withTarget(member(error, "target"), redactText(message), depth))];
}

function withTarget(target: Json | undefined, sentence: string, depth: number): string {
  const named = typeof target === "string" ? redactText(target) : "";
  return depth === 0 || named === "" ? sentence : `${named}: ${sentence}`;
}

function ended(sentence: string): string {
  return /[.!?:…]$/.test(sentence) ? sentence : `${sentence}.`;
}

function member(value: JsonObject | undefined, name: string): Json | undefined {
  return value !== undefined && Object.hasOwn(value, name) ? value[name] : undefined;
}

const BY_CODE: Readonly<Record<string, string>> = {
  ExpiredAuthenticationToken: "The token has expired: sign in again, or set a new one.",
  InvalidAuthenticationTokenTenant: "The token is of another tenant: set patchbay:tenantId to the subscription's tenant.",
  SubscriptionNotFound: "Check patchbay:subscriptionId, and that the identity's tenant can see that subscription.",
  InvalidSubscriptionId: "Check patchbay:subscriptionId: it is the subscription's id, not its name.",
  ResourceGroupNotFound: "Check resourceGroupName and the subscription.",
  ParentResourceNotFound: "What it should belong to does not exist: check the names before the last one, and that it is created first.",
  ResourceNotFound: "Check the names; whoever owns the resource has to create it first.",
  ScopeLocked: "A lock forbids the change: remove it, or have its owner do so.",
  RequestDisallowedByPolicy: "An Azure policy forbids the change: the policy's owner has to allow it.",
  MissingSubscriptionRegistration: "Register the resource provider: az provider register --namespace …",
  PreconditionFailed: "Somebody else changed the resource in between: run again, it reads the resource anew.",
};

const BY_STATUS: Readonly<Record<number, string>> = {
  400: "Correct the named arguments.",
  401: "Sign in again (az login), or check the configured credential and its tenant.",
  404: "Check the names, the subscription and the tenant.",
  409: "Something else is going on with the resource: run again when it has ended.",
  412: "Somebody else changed the resource in between: run again, it reads the resource anew.",
  429: "The service limits the rate of calls: run again later, or with a lower --parallel.",
};

/** What to do about a refused call. */
export function azureRemedy(status: number, code: string, sentence: string): string {
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known !== undefined) return known;
  if (status === 403) return permissionRemedy(sentence);
  return (
    BY_STATUS[status] ??
    (status >= 500 ? "The service has a fault: run again later; if it stays, open a support case." : (BY_STATUS[400] ?? ""))
  );
}

function permissionRemedy(sentence: string): string {
  const action = /action '([\w./*-]+)'/i.exec(sentence)?.[1];
  const needed = action === undefined ? "the permission it lacks" : `the permission ${action}`;
  return `Give the identity a role with ${needed}; a role given just now takes some minutes to work.`;
}

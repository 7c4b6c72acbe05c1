import type { Answer, AzureRequest, JsonObject } from "../engine/operation";
import { requestIdOf, UnexpectedAnswerError } from "../errors";
import type { HttpAnswer } from "./http";
import { plainName, redactBody } from "./redact";

/** No contract comes near it, and everything that walks through an answer may do so level by level. */
const DEEPEST = 500;

/** A JSON object out of a service's text, or undefined for anything else. Members called `__proto__` are dropped: an assignment of one would change a prototype. */
export function jsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""), MAY_NAME_PROTO.test(text) ? dropProto : undefined);
    return isObject(value) && !(mayBeDeeper(text, DEEPEST) && isDeeper(value, DEEPEST)) ? value : undefined;
  } catch {
    return undefined;
  }
}

// A look at each member takes five times as long as the reading itself. The name may be written with escapes.
const MAY_NAME_PROTO = /__proto__|\\u/i;

function dropProto(name: string, value: unknown): unknown {
  return name === "__proto__" ? undefined : value;
}

/** A level is opened and closed by a character each. */
function mayBeDeeper(text: string, levels: number): boolean {
  return text.length > 2 * levels;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The body that a 2xx promised, or an error that shows what came instead. */
export function promisedBody(call: string, expected: AzureRequest["answer"], writes: boolean, answer: HttpAnswer) {
  const body = isJson(answer) ? jsonObject(answer.text) : undefined;
  // A page in the place of an answer that nobody looks at: the service may not have seen the request.
  const isPage = expected === "ignored" && answer.text.trim() !== "" && !isJson(answer);
  if (body !== undefined || (expected === "ignored" && !isPage)) return body;
  if (expected === "optional" && answer.text.trim() === "") return undefined;
  throw unexpected(call, writes, answer, isPage ? "a page is no answer of the service" : "a JSON object was promised");
}

const CONTENT_TYPE = /^\s*([\w.+-]{1,40}\/[\w.+-]{1,80}(?:; ?charset=[\w-]{1,20})?)\s*(?:;|$)/i;

/** The error for an answer that the contract does not allow. */
export function unexpected(call: string, writes: boolean, answer: HttpAnswer, why: string): UnexpectedAnswerError {
  const type = CONTENT_TYPE.exec(answer.headers["content-type"] ?? "")?.[1];
  const shown = redactBody(answer.text);
  const body = shown === "" ? "an empty body" : `"${shown}"`;
  const acted = writes
    ? " The service may have acted; run `pulumi refresh` before the next `pulumi up`."
    : " A proxy or a sign-in page between this machine and the service answers like this: check HTTPS_PROXY and NO_PROXY, then run again.";
  const named = requestIdOf(plainName(answer.headers["x-ms-request-id"]));
  return new UnexpectedAnswerError(
    `${call}: ${why}, and the answer was ${answer.status} with ${type ?? "no content type"} and ${body}.${named}${acted}`,
  );
}

function isJson(answer: HttpAnswer): boolean {
  const type = answer.headers["content-type"];
  return type === undefined || type.trim() === "" || /^\s*(application|text)\/([\w.-]+\+)?json\s*(;|$)/i.test(type);
}

/** An Azure answer in the shape that operations read. */
export function azureAnswer(answer: HttpAnswer, body: JsonObject | undefined): Answer {
  return {
    status: answer.status,
    headers: answer.headers,
    body,
    requestId: plainName(answer.headers["x-ms-request-id"]),
    correlationId: plainName(answer.headers["x-ms-correlation-request-id"]),
  };
}

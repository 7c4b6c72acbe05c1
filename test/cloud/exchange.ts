import type { IncomingHttpHeaders } from "node:http";

/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [member: string]: JsonValue };
/** An object of JSON. */
export type JsonObject = { [member: string]: JsonValue };

/** A request as it came in; `target`, `path` and `rawQuery` are kept as sent, because signatures and polling URLs depend on the very bytes. */
export interface Call {
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What is sent back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}

/** Thrown by a service to answer at once with an error of its own shape. */
export class Refusal extends Error {
  constructor(readonly answer: Answer) {
    super(`${answer.status} ${answer.body}`);
  }
}

const jsonContentType = "application/json; charset=utf-8";

export function jsonAnswer(status: number, body: unknown, headers: Answer["headers"] = {}): Answer {
  return { status, headers: { "Content-Type": jsonContentType, ...headers }, body: JSON.stringify(body) };
}

export function emptyAnswer(status: number, headers: Answer["headers"] = {}): Answer {
  return { status, headers: { "Content-Length": "0", ...headers }, body: "" };
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A header that a client may legally send once; the first of several otherwise. */
export function headerOf(call: { readonly headers: IncomingHttpHeaders }, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function callOf(method: string, target: string, headers: IncomingHttpHeaders, body: string): Call {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  const rawQuery = mark < 0 ? "" : target.slice(mark + 1);
  return { method, target, path, rawQuery, query: new URLSearchParams(rawQuery), headers, body };
}

export function firstHalf(text: string): string {
  return text.slice(0, Math.floor(text.length / 2));
}

export function withoutHeader(headers: Answer["headers"], unwanted: string): Record<string, string | string[]> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== unwanted));
}

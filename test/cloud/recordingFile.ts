import { readFileSync } from "node:fs";
import { isJsonObject, type JsonObject, type JsonValue } from "./exchange";

/** The part of a recorded address that stands for the endpoint. */
export const recordedEndpoint = "https://endpoint.invalid";

/** One line of a recording: what was asked, and what came back or why nothing did. */
export interface RecordedExchange {
  /** Its place in the order of sending, from 0. */
  readonly index: number;
  readonly cloud: "azure" | "alibaba";
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON that was sent; undefined where there was none. */
  readonly body: JsonValue | undefined;
  readonly answer: RecordedAnswer | undefined;
  /** `lost`, `deadline`, `canceled`, `tooLarge`, `notSent`, `untrusted`; undefined where there was an answer. */
  readonly failure: { readonly kind: string; readonly timedOut: boolean } | undefined;
}

/** What came back. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The text of the body. */
  readonly body: string;
}

/** Reads a recording, in the order in which its requests were sent. Throws for anything that is none. */
export function readRecording(file: string): RecordedExchange[] {
  const [first, ...lines] = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line, at) => parsed(line, file, at + 1));
  if (first?.recording !== 1) throw new Error(`${file} is no recording that this version can read: its first line is another one's.`);
  const exchanges = lines.filter((line) => line.request !== undefined).map(exchangeOf);
  return exchanges.sort((one, other) => one.index - other.index);
}

function parsed(line: string, file: string, number: number): JsonObject {
  try {
    const value: unknown = JSON.parse(line);
    if (isJsonObject(value)) return value;
  } catch {
    // A run that was killed may leave half a line; told below as any other mistake.
  }
  throw new Error(`Line ${number} of ${file} is not whole: remove it to replay the others.`);
}

function exchangeOf({ index, cloud, request, answer, failure }: JsonObject): RecordedExchange {
  const asked = objectIn(request);
  return {
    index: Number(index),
    cloud: cloud === "alibaba" ? "alibaba" : "azure",
    method: String(asked.method),
    path: String(asked.path),
    query: String(asked.query ?? ""),
    headers: textsIn(asked.headers),
    body: asked.body,
    answer: answer === undefined ? undefined : answerOf(objectIn(answer)),
    failure: failure === undefined ? undefined : { kind: String(objectIn(failure).kind), timedOut: objectIn(failure).timedOut === true },
  };
}

function answerOf({ status, headers, body, text }: JsonObject): RecordedAnswer {
  return { status: Number(status), headers: textsIn(headers), body: body === undefined ? String(text ?? "") : JSON.stringify(body) };
}

function objectIn(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textsIn(value: JsonValue | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(objectIn(value)).map(([name, text]) => [name, String(text)]));
}

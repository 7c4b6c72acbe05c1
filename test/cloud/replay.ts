import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Call, callOf, headerOf, type JsonValue } from "./exchange";
import { kvstoreErrorBody } from "./kvstoreErrors";
import { type RecordedExchange, readRecording, recordedEndpoint } from "./recordingFile";

/** A request that came to a replay. */
export interface ReplayedRequest {
  /** `PATCH /subscriptions/…`, or `POST AllocateDirectConnection?InstanceId=…` for R-KVStore. */
  readonly line: string;
  /** The JSON that was sent; undefined where there was none. */
  readonly body: JsonValue | undefined;
}

/** A recording that is served. */
export interface Replay {
  /** Where: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The environment variables of a program that is to use it. */
  readonly environment: Record<string, string>;
  /** Every request so far, in the order of arrival. */
  readonly requests: readonly ReplayedRequest[];
  /** Requests for which the recording holds no answer, or none any more. */
  readonly unexpected: readonly string[];
  /** Recorded requests that have not come yet, in the order in which they were sent. */
  unused(): string[];
  /** Closes the port and every connection. */
  stop(): Promise<void>;
}

/** These never reached a service: a replay has nothing to answer. */
const unreached = ["notSent", "untrusted"];
const tooLargeBytes = 5 * 1024 * 1024;

/**
 * Serves a recording that `PATCHBAY_RECORDING` made, on a free port of 127.0.0.1. The same requests in the same order get
 * the same answers, and the same failures: what is asked for twice at one address is answered as it was the first and the
 * second time. A request that the recording does not hold is refused with 400 and the code NotInRecording.
 *
 * @param file the recording
 * @returns the replay, which keeps the process alive until it is stopped
 * @throws when the file cannot be read or is no recording
 */
export async function startReplay(file: string): Promise<Replay> {
  const recorded = readRecording(file);
  const left = recorded.filter(({ failure }) => !unreached.includes(failure?.kind ?? ""));
  const requests: ReplayedRequest[] = [];
  const unexpected: string[] = [];
  let url = "";
  const server = createServer((request, response) => void receive(request, response));
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const call = callOf(request.method ?? "", request.url ?? "", request.headers, await textOf(request));
    const line = lineOf(call);
    requests.push({ line, body: jsonIn(call.body) });
    const at = left.findIndex((exchange) => sameLine(recordedLine(exchange), line));
    const [exchange] = at < 0 ? [] : left.splice(at, 1);
    if (exchange !== undefined) return answer(exchange, request, response, url);
    unexpected.push(line);
    refuse(line, left, call, response);
  };
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    environment: environmentOf(recorded, url),
    requests,
    unexpected,
    unused: () => left.map(recordedLine),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function environmentOf(recorded: readonly RecordedExchange[], url: string): Record<string, string> {
  const subscriptionId = recorded.map(({ path }) => /^\/subscriptions\/([^/]+)/i.exec(path)?.[1]).find((id) => id !== undefined);
  return {
    PATCHBAY_RESOURCE_MANAGER_ENDPOINT: url,
    PATCHBAY_KVSTORE_ENDPOINT: url,
    PATCHBAY_AZURE_ACCESS_TOKEN: "replayed",
    ALICLOUD_ACCESS_KEY: "replayed",
    ALICLOUD_SECRET_KEY: "replayed",
    ALICLOUD_REGION: "cn-hangzhou",
    ...(subscriptionId === undefined ? {} : { ARM_SUBSCRIPTION_ID: subscriptionId }),
  };
}

/** The path of an address alone says which resource it is; R-KVStore says it in the query. */
function lineOf(call: Call): string {
  const action = headerOf(call, "x-acs-action");
  return action === undefined ? `${call.method} ${call.path}` : `${call.method} ${action}?${sorted(call.rawQuery)}`;
}

function recordedLine({ cloud, method, path, query, headers }: RecordedExchange): string {
  return cloud === "azure" ? `${method} ${path}` : `${method} ${headers["x-acs-action"]}?${sorted(query)}`;
}

function sorted(query: string): string {
  return query.split("&").sort().join("&");
}

function sameLine(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function answer({ answer, failure }: RecordedExchange, request: IncomingMessage, response: ServerResponse, url: string): void {
  if (answer !== undefined) {
    const local = (text: string) => text.replaceAll(recordedEndpoint, url);
    const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, local(value)]));
    const body = local(answer.body);
    response.writeHead(answer.status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.end(answer.status === 204 ? undefined : body);
  } else if (failure?.kind === "tooLarge") {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(" ".repeat(tooLargeBytes));
  } else if (failure?.kind === "lost" && !failure.timedOut) {
    request.socket.resetAndDestroy();
  }
  // Else silence: the client gave up waiting.
}

function refuse(line: string, left: readonly RecordedExchange[], call: Call, response: ServerResponse): void {
  const next = left[0] === undefined ? "Nothing is left in it." : `Next in it: ${recordedLine(left[0])}.`;
  const message = `The recording holds no further answer to ${line}. ${next}`;
  const isAlibaba = headerOf(call, "x-acs-action") !== undefined;
  const body = isAlibaba ? kvstoreErrorBody("NotInRecording", message, "replay") : { error: { code: "NotInRecording", message } };
  response.writeHead(400, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

function jsonIn(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

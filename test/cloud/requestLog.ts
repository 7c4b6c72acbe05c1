import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { secretsOf } from "./backendRules";
import type { Secrets } from "./context";
import { isDiscovery, isTokenRequest, oidcRequestPath } from "./entra";
import { type Call, headerOf, isJsonObject, type JsonObject } from "./exchange";

/**
 * What a request is. ARM: to a resource. POLL: to an operation's status or result URL. TOKEN: one that issues an access
 * token. DISCOVERY: of Entra ID's documents. OIDC: of a pipeline's token. ALIBABA: of R-KVStore.
 */
export type RequestKind = "ARM" | "POLL" | "TOKEN" | "DISCOVERY" | "OIDC" | "ALIBABA" | "OTHER";

/** One received request; the last five members are filled in while it is answered. */
export interface CloudRequest {
  /** Its place among all requests, from 0. */
  readonly index: number;
  /** When it came, in epoch milliseconds of this machine's clock. */
  readonly atMs: number;
  readonly kind: RequestKind;
  /** The short form that `takeRequests` gives. */
  readonly line: string;
  readonly method: string;
  /** As it was sent, percent-encoding and case included. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** By lower-case names; credentials are replaced by `***`. */
  readonly headers: Readonly<Record<string, string>>;
  /** As received, but a token request's secret and assertion are replaced. */
  body: string;
  /** `reconnect`, `listKeys`, `regenerateKey`, or the operation of R-KVStore. */
  readonly action: string | undefined;
  /** The header x-ms-client-request-id: the same over all requests of one operation. */
  readonly clientRequestId: string | undefined;
  /** First 12 hex characters of SHA-256 of the Authorization header: equal means the same token. */
  readonly credential: string | undefined;
  /** Number of the TCP connection that it came over, from 1. */
  readonly connection: number;
  /** Status of the answer; undefined when the client saw none. */
  status: number | undefined;
  /** The request id that the answer named. */
  requestId: string | undefined;
  /** The mode of the fault that struck it. */
  fault: string | undefined;
  /** Whether a service has processed it: false for a fault that answers in its place. */
  applied: boolean;
  /** How many requests had come when this one was answered: those from `index` to there overlapped it. */
  answeredAt: number | undefined;
}

/** Whose address itself is a secret. */
const signedKinds: readonly RequestKind[] = ["POLL", "OIDC"];

const secretHeaders = ["authorization", "x-acs-security-token", "x-identity-header", "cookie"];

export class RequestLog {
  readonly requests: CloudRequest[] = [];
  #taken = 0;

  constructor(
    private readonly secrets: Secrets,
    private readonly file: string | undefined,
  ) {}

  /** `call` has no body yet: the log also holds requests that are cut off while they are read. */
  open(call: Call, connection: number): CloudRequest {
    const kind = kindOf(call);
    const authorization = headerOf(call, "authorization");
    const request: CloudRequest = {
      index: this.requests.length,
      atMs: Date.now(),
      kind,
      line: lineOf(kind, call),
      method: call.method,
      path: call.path,
      query: Object.fromEntries(call.query),
      headers: shownHeaders(call.headers),
      body: "",
      action: actionOf(kind, call),
      clientRequestId: headerOf(call, "x-ms-client-request-id"),
      credential: authorization === undefined ? undefined : createHash("sha256").update(authorization).digest("hex").slice(0, 12),
      connection,
      status: undefined,
      requestId: undefined,
      fault: undefined,
      applied: false,
      answeredAt: undefined,
    };
    this.requests.push(request);
    return request;
  }

  close(request: CloudRequest): void {
    request.answeredAt = this.requests.length;
    if (this.file === undefined) return;
    // Of a request that nobody processes these are not known yet.
    this.secrets.add(...secretsOf(propertiesIn(request.body)));
    const written = { ...request, query: signedKinds.includes(request.kind) ? maskedQuery(request.query) : request.query };
    appendFileSync(this.file, `${this.secrets.redact(JSON.stringify(written))}\n`);
  }

  take(): string[] {
    const lines = this.requests.slice(this.#taken).map((request) => request.line);
    this.#taken = this.requests.length;
    return lines;
  }
}

function maskedQuery(query: CloudRequest["query"]): CloudRequest["query"] {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, name === "api-version" ? value : "***"]));
}

function propertiesIn(body: string): JsonObject {
  try {
    const { properties } = JSON.parse(body) as JsonObject;
    return isJsonObject(properties) ? properties : {};
  } catch {
    return {};
  }
}

export function shownBody(kind: RequestKind, body: string): string {
  return kind === "TOKEN" ? body.replace(/(client_secret|client_assertion)=[^&]*/g, "$1=***") : body;
}

function shownHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value.join(", ") : (value ?? "");
    shown[name] = secretHeaders.includes(name) ? text.replace(/^(Bearer|ACS3-HMAC-SHA256)?.*$/is, "$1 ***").trim() : text;
  }
  return shown;
}

function kindOf(call: Call): RequestKind {
  if (headerOf(call, "x-acs-action") !== undefined || call.path === "/") return "ALIBABA";
  if (isTokenRequest(call.path)) return "TOKEN";
  if (isDiscovery(call.path)) return "DISCOVERY";
  if (call.path === oidcRequestPath) return "OIDC";
  if (!/^\/subscriptions\//i.test(call.path)) return "OTHER";
  return /\/operation(s?status|statuses|results)\/[^/]+$/i.test(call.path) ? "POLL" : "ARM";
}

/**
 * ARM: the method and the address from the last named type on: `GET …/backends/orders`, `GET …/service/apim/backends` for a list,
 * `POST …/backends/orders/reconnect`. R-KVStore: `ALIBABA DescribeInstanceAttribute`. TOKEN, DISCOVERY, OIDC and POLL stand alone.
 */
function lineOf(kind: RequestKind, call: Call): string {
  if (kind === "ALIBABA") return `ALIBABA ${actionOf(kind, call) ?? "?"}`;
  if (kind === "OTHER") return `${call.method} ${call.path}`;
  if (kind !== "ARM") return kind;
  const segments = resourceSegments(call.path);
  const shown = segments.slice(segments.length % 2 === 0 ? -2 : -3);
  return `${call.method} …/${shown.join("/")}`;
}

function actionOf(kind: RequestKind, call: Call): string | undefined {
  if (kind === "ALIBABA") return headerOf(call, "x-acs-action") ?? call.query.get("Action") ?? undefined;
  const segments = resourceSegments(call.path);
  return kind === "ARM" && call.method === "POST" && segments.length % 2 === 1 ? segments.at(-1) : undefined;
}

function resourceSegments(path: string): string[] {
  const afterNamespace = /\/providers\/[^/]+\/(.+)$/i.exec(path)?.[1] ?? path.slice(1);
  return afterNamespace.split("/");
}

import { randomUUID } from "node:crypto";
import type { Configuration } from "../configuration";
import type { AlibabaRequest, Answer } from "../engine/operation";
import { ConfigurationError } from "../errors";
import { alibabaRefusal } from "./alibabaErrors";
import { promisedBody, unexpected } from "./answers";
import type { Clock } from "./clock";
import type { Sender } from "./http";
import { plainName, rememberConfigured } from "./redact";
import { refusalOf } from "./refusal";
import type { Call, CallOptions, Refusal } from "./send";
import { userAgent } from "./userAgent";

// Signed by the official signer, sent by our own HTTP: the official client's has no limit on the body, loses status and
// headers of an error that is not JSON, and cannot be cancelled (measured in @alicloud/openapi-client 0.4.15).

const API_VERSION = "2015-01-01";
const ALGORITHM = "ACS3-HMAC-SHA256";
const EMPTY_BODY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export interface AlibabaKeys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** The keys of this run; all of them from config and environment. */
export function alibabaKeys(configuration: Configuration): AlibabaKeys {
  const id = configuration.find("accessKeyId");
  const secret = configuration.find("accessKeySecret");
  if (id === undefined || secret === undefined) {
    const missing = (["accessKeyId", "accessKeySecret"] as const).filter((name) => configuration.find(name) === undefined);
    const places = missing.map((name) => `${name} (${configuration.lookedFor(name).join(", ")})`);
    throw new ConfigurationError(
      `To sign in to Alibaba Cloud these are missing, with the places they were looked for in: ${places.join("; ")}.`,
    );
  }
  // A session token belongs to one key pair: one from a more general place is of another pair.
  const token = configuration.find("securityToken");
  const securityToken = token !== undefined && token.rank <= id.rank ? token.value.trim() : undefined;
  rememberConfigured(secret.value.trim());
  if (securityToken !== undefined) rememberConfigured(securityToken);
  return { accessKeyId: id.value.trim(), accessKeySecret: secret.value.trim(), securityToken };
}

export interface AlibabaSession {
  readonly endpoint: string;
  readonly keys: AlibabaKeys;
  readonly http: Sender;
  readonly clock: Clock;
  /** How far this machine's clock is behind the service's; found out once. */
  readonly skew: { behindMs: number };
}

/** One RPC call that can be tried repeatedly; each try has a nonce, a date and a signature of its own. */
export function alibabaCall(request: AlibabaRequest, session: AlibabaSession): Call {
  const name = `${request.action} ${request.query["InstanceId"] ?? request.query["DBInstanceId"] ?? ""}`.trim();
  return { name, repeat: request.repeat, attempt: (options) => attempt(name, request, session, options) };
}

async function attempt(name: string, request: AlibabaRequest, session: AlibabaSession, options: CallOptions): Promise<Answer | Refusal> {
  const { http, clock } = session;
  const writes = request.repeat !== "read";
  const { behindMs } = session.skew;
  const headers = signedHeaders(request, session, randomUUID(), new Date(clock.now() + behindMs));
  const wire = { method: "POST", url: `${session.endpoint}/?${queryText(request.query)}`, headers, writes };
  const outcome = await http.send(wire, { timeLeftMs: options.deadlineMs - clock.now(), signal: options.signal });
  if (outcome.kind !== "answer") return refusalOf(name, writes, outcome);
  if (outcome.status < 200 || (outcome.status >= 300 && outcome.status < 400)) {
    throw unexpected(name, writes, outcome, "a redirect is never followed");
  }
  if (outcome.status >= 400) return alibabaRefusal(name, outcome, session, behindMs, options);
  const body = promisedBody(name, "object", writes, outcome);
  return { status: outcome.status, headers: outcome.headers, body, requestId: plainName(body?.["RequestId"]), correlationId: "" };
}

function queryText(query: Readonly<Record<string, string>>): string {
  return Object.keys(query)
    .sort()
    .map((name) => `${encoded(name)}=${encoded(query[name] ?? "")}`)
    .join("&");
}

/** RFC 3986: the signature is over these characters too. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The headers of a call, signed. Exported for the test against the published vector. */
export function signedHeaders(
  request: Pick<AlibabaRequest, "action" | "query"> & { readonly version?: string },
  session: Pick<AlibabaSession, "endpoint" | "keys">,
  nonce: string,
  date: Date,
): Record<string, string> {
  const { accessKeyId, accessKeySecret, securityToken } = session.keys;
  const signed: Record<string, string> = {
    host: new URL(session.endpoint).host,
    "x-acs-action": request.action,
    "x-acs-version": request.version ?? API_VERSION,
    "x-acs-date": date.toISOString().replace(/\.\d{3}Z$/, "Z"),
    "x-acs-signature-nonce": nonce,
    "x-acs-content-sha256": EMPTY_BODY_SHA256,
    ...(securityToken === undefined ? {} : { "x-acs-accesskey-id": accessKeyId, "x-acs-security-token": securityToken }),
  };
  const toSign = { method: "POST", pathname: "/", query: { ...request.query }, headers: signed };
  return {
    ...signed,
    accept: "application/json",
    "user-agent": userAgent(),
    authorization: signer().getAuthorization(toSign, ALGORITHM, EMPTY_BODY_SHA256, accessKeyId, accessKeySecret),
  };
}

interface Signer {
  getAuthorization(
    request: { method: string; pathname: string; query: Record<string, string>; headers: Record<string, string> },
    algorithm: string,
    payload: string,
    accessKeyId: string,
    accessKeySecret: string,
  ): string;
}

let officialSigner: Signer | undefined;

/**
 * At first use, like every heavy module; kept, since to ask `require` again takes as long as to sign. Typed by hand
 * because the package types its request as a class of its own.
 */
function signer(): Signer {
  officialSigner ??= (require("@alicloud/openapi-util") as { default: Signer }).default;
  return officialSigner;
}

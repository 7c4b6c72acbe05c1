import type { Answer, AzureRequest, JsonObject, Repeat } from "../engine/operation";
import { ConfigurationError } from "../errors";
import { azureAnswer, jsonObject, promisedBody, unexpected } from "./answers";
import { azureRemedy, failureIn } from "./azureErrors";
import type { Clock } from "./clock";
import type { TokenSource } from "./credentials";
import type { HttpAnswer, Sender } from "./http";
import type { Quota } from "./quota";
import { hideRemembered, plainName, redactPage, redactText, rememberSecretsIn } from "./redact";
import { refusalOf, refusedBy } from "./refusal";
import { azureEvent } from "./retry";
import { retryAfterMs } from "./retryAfter";
import type { Call, CallOptions, Refusal } from "./send";
import { userAgent } from "./userAgent";

/** What every Azure call needs: one token source, the process's connections and quotas, a clock. */
export interface AzureSession {
  readonly endpoint: string;
  readonly tokens: TokenSource;
  readonly http: Sender;
  readonly clock: Clock;
  readonly quota: Quota;
}

/** A request whose address is ready: built from a path, or given by the service to be polled. */
export interface AddressedRequest {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly ifMatch?: string;
  readonly body?: JsonObject;
  readonly repeat: Repeat;
  readonly whenBusy?: AzureRequest["whenBusy"];
  readonly nextRun?: string;
  readonly answer: AzureRequest["answer"];
}

/** Gives a request its address at an endpoint. */
export function addressed(request: AzureRequest, endpoint: string): AddressedRequest {
  return {
    name: callName(request),
    method: request.method,
    url: resourceUrl(request, endpoint),
    ifMatch: request.ifMatch,
    body: request.body,
    repeat: request.repeat,
    whenBusy: request.whenBusy,
    nextRun: request.nextRun,
    answer: request.answer,
  };
}

/** The address of a request; every segment is encoded, so that no name can leave its place. */
export function resourceUrl(request: Pick<AzureRequest, "path" | "apiVersion">, endpoint: string): string {
  const path = request.path.map(encodedSegment).join("/");
  return `${endpoint}/${path}?api-version=${encodeURIComponent(request.apiVersion)}`;
}

function encodedSegment(segment: string): string {
  // URL parsers fold "." and ".." even in their escaped spellings, which would address another resource.
  if (segment === "" || segment === "." || segment === "..") throw unusableName(segment);
  if (/[\p{Cc}\p{Cs}]/u.test(segment)) throw unusableName(segment);
  return encodeURIComponent(segment);
}

function unusableName(segment: string): ConfigurationError {
  const shown = JSON.stringify(redactText(segment));
  return new ConfigurationError(
    `The name ${shown} cannot stand in an address: use one without control characters that is not empty, "." or "..".`,
  );
}

/** `PATCH …/backends/orders`: the method and the last resource of the path, with its action if it has one. */
export function callName(request: Pick<AzureRequest, "path" | "method">): string {
  const afterNamespace = request.path.length - request.path.lastIndexOf("providers") - 2;
  const shown = request.path.slice(afterNamespace % 2 === 0 ? -2 : -3).join("/");
  return `${request.method} …/${hideRemembered(shown)}`;
}

/** One call of Azure Resource Manager that can be tried repeatedly. */
export function azureCall(request: AddressedRequest, session: AzureSession): Call {
  if (request.ifMatch !== undefined) checkETag(request.ifMatch);
  rememberSecretsIn(request.body);
  const { name, repeat, nextRun } = request;
  return { name, repeat, nextRun, attempt: (options) => attempt(request, session, options) };
}

function checkETag(ifMatch: string): void {
  // HTTP clients delete what a header cannot carry: an If-Match emptied like that would guard nothing.
  if (ifMatch === "*" || /^(W\/)?"[\x21\x23-\x7e]*"$/.test(ifMatch)) return;
  throw new ConfigurationError('ifMatch must be "*" or an ETag as the service gave it, in double quotes and of visible ASCII characters.');
}

async function attempt(request: AddressedRequest, session: AzureSession, options: CallOptions): Promise<Answer | Refusal> {
  const { http, clock, quota, tokens } = session;
  await quota.turn(request, options);
  const token = await tokens.token(options);
  const writes = request.repeat !== "read";
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const wire = { method: request.method, url: request.url, headers: headersOf(request, token, options), body, writes };
  const outcome = await http.send(wire, { timeLeftMs: options.deadlineMs - clock.now(), signal: options.signal });
  if (outcome.kind !== "answer") return refusalOf(request.name, writes, outcome);
  if (outcome.status < 200 || (outcome.status >= 300 && outcome.status < 400)) {
    throw unexpected(request.name, writes, outcome, "a redirect is never followed");
  }
  if (outcome.status >= 400) {
    const askedMs = retryAfterMs(outcome.headers, clock.now());
    if (outcome.status === 429) quota.refused(request, outcome.headers, askedMs);
    return refused(request, outcome, askedMs, () => tokens.invalidate(token));
  }
  const promised = promisedBody(request.name, request.answer, writes, outcome);
  rememberSecretsIn(promised);
  return azureAnswer(outcome, promised);
}

function headersOf(request: AddressedRequest, token: string, options: CallOptions): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    accept: "application/json",
    "user-agent": userAgent(),
    "x-ms-client-request-id": options.clientRequestId,
    "x-ms-return-client-request-id": "true",
    ...(request.body === undefined ? {} : { "content-type": "application/json; charset=utf-8" }),
    ...(request.ifMatch === undefined ? {} : { "if-match": request.ifMatch }),
  };
}

function refused(request: AddressedRequest, answer: HttpAnswer, askedMs: number | undefined, renew: () => boolean): Refusal {
  const body = jsonObject(answer.text);
  const { code, sentence } = failureIn(body);
  // A gateway's page: its words without the markup.
  const said = body === undefined ? redactPage(answer.text) : sentence;
  const requestId = plainName(answer.headers["x-ms-request-id"]);
  const { status } = answer;
  const event = azureEvent(status, code);
  const isGivenBack = event === "busy" && request.whenBusy === "fail";
  const next = { event: isGivenBack ? ("refused" as const) : event, retryAfterMs: askedMs, renew };
  return refusedBy(request.name, { status, code, sentence: said, requestId, remedy: azureRemedy(status, code, said) }, next);
}

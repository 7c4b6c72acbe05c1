import type { JsonObject } from "../engine/operation";
import { ConfigurationError } from "../errors";
import { jsonObject } from "./answers";
import type { HttpAnswer } from "./http";
import { redactPage, redactText, remember } from "./redact";
import { azureEvent, type CallEvent } from "./retry";
import { retryAfterMs } from "./retryAfter";
import type { Refusal } from "./send";
import { type IssuedToken, patiently, type SignIn, type SignInNeeds, signInRefusal } from "./signInPolicy";
import { userAgent } from "./userAgent";

// Asked for by ourselves: @azure/identity (4.13.1) keeps these tokens, and the client that it asks with, in the process for
// good, so that a token that was refused would be given again, and it takes any Retry-After.

/** Who hands out the tokens of a managed identity. */
export interface IdentityEndpoint {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

// Service Fabric, Azure Arc, Cloud Shell, a cluster's workload identity.
const RARE = ["IDENTITY_SERVER_THUMBPRINT", "IMDS_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE"];
const METADATA_SERVICE = "http://169.254.169.254";
// It is on the machine: where nothing answers in this time, nothing is there.
const TRY_LIMIT_MS = 5_000;
const ADVICE = "Check that this machine has a managed identity and, with several of them, that clientId names one.";

/** App Service and what is built on it, or a machine's metadata service; undefined in the rarer places, which the library knows. */
export function identityEndpoint(environment: NodeJS.ProcessEnv): IdentityEndpoint | undefined {
  const { IDENTITY_ENDPOINT: url, IDENTITY_HEADER: header } = environment;
  if (RARE.some((name) => environment[name])) return undefined;
  if (url && header) return { url: `${url}?api-version=2019-08-01`, headers: { "x-identity-header": header } };
  const host = environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] || METADATA_SERVICE;
  return { url: `${host}/metadata/identity/oauth2/token?api-version=2018-02-01`, headers: { metadata: "true" } };
}

/** Asks it for a token, as patiently as for any other. */
export async function managedIdentityToken(
  endpoint: IdentityEndpoint,
  { clientId, scope }: { readonly clientId?: string; readonly scope: string },
  { http, patience }: SignInNeeds,
  signIn: SignIn,
): Promise<IssuedToken> {
  for (const value of Object.values(endpoint.headers)) remember(value);
  const url = new URL(endpoint.url);
  url.searchParams.set("resource", scope.replace(/\/\.default$/, ""));
  if (clientId !== undefined) url.searchParams.set("client_id", clientId);
  const request = { method: "GET", url: url.href, headers: { ...endpoint.headers, "user-agent": userAgent() }, writes: false };
  const place = `The managed identity at ${url.host}`;
  const attempt = async (): Promise<IssuedToken | Refusal> => {
    const answer = await http.send(request, { timeLeftMs: TRY_LIMIT_MS, signal: signIn.signal });
    if (answer.kind === "answer") return ofAnswer(place, answer, patience.clock.now());
    const event = answer.kind === "deadline" || answer.kind === "lost" ? "notSent" : answer.kind;
    return signInRefusal(place, { event: event === "tooLarge" ? "refused" : event, reason: answer.sentence }, ADVICE);
  };
  return patiently(attempt, signIn, patience);
}

function ofAnswer(place: string, answer: HttpAnswer, nowMs: number): IssuedToken | Refusal {
  const { status, headers, text } = answer;
  const event = eventOf(status);
  if (event !== "refused")
    return signInRefusal(place, { event, reason: `the answer was ${status}`, retryAfterMs: retryAfterMs(headers, nowMs) }, ADVICE);
  const body = jsonObject(text);
  const issued = status === 200 ? tokenIn(body, nowMs) : undefined;
  if (issued !== undefined) return issued;
  throw new ConfigurationError(`${place} gave no token (status ${status}). ${saidIn(body, text)}${ADVICE}`);
}

/** It is away while it is updated (404), for 70 s at most (410). */
function eventOf(status: number): CallEvent {
  if (status === 404) return "notSent";
  if (status === 401) return "refused";
  return status === 410 ? "throttled" : azureEvent(status, "");
}

/** `expires_on` is in seconds since 1970, as a text. */
function tokenIn(body: JsonObject | undefined, nowMs: number): IssuedToken | undefined {
  const { access_token: token, expires_on: expiresOn, expires_in: expiresIn } = body ?? {};
  const expiresAtMs = Number(expiresOn) > 0 ? Number(expiresOn) * 1000 : nowMs + Number(expiresIn) * 1000;
  return typeof token === "string" && token !== "" && Number.isFinite(expiresAtMs) ? { token, expiresAtMs } : undefined;
}

function saidIn(body: JsonObject | undefined, text: string): string {
  const said = body?.["error_description"] ?? body?.["message"];
  const sentence = typeof said === "string" ? redactText(said) : body === undefined ? redactPage(text) : "";
  return sentence === "" ? "" : `${/[.!?…]$/.test(sentence) ? sentence : `${sentence}.`} `;
}

import { ConfigurationError } from "../errors";
import { jsonObject } from "./answers";
import type { Assertion } from "./credentialChoice";
import type { HttpAnswer } from "./http";
import { azureEvent } from "./retry";
import { retryAfterMs } from "./retryAfter";
import type { Refusal } from "./send";
import { patiently, type SignIn, type SignInNeeds, signInRefusal } from "./signInPolicy";
import { userAgent } from "./userAgent";

type RequestSource = Extract<Assertion, { from: "request" }>;

const AUDIENCE = "api://AzureADTokenExchange";
const PIPELINES_API_VERSION = "7.1";

/** The assertion that a build service hands out at a URL for a bearer. */
export async function requestedAssertion(source: RequestSource, { http, patience }: SignInNeeds, signIn: SignIn): Promise<string> {
  const { method, url, more, member, need } = formOf(source);
  const headers = { authorization: `Bearer ${source.bearer}`, accept: "application/json", "user-agent": userAgent(), ...more };
  const place = `The OIDC token service at ${url.host}`;
  const attempt = async (): Promise<{ readonly assertion: string } | Refusal> => {
    const limits = { timeLeftMs: Number.POSITIVE_INFINITY, signal: signIn.signal };
    const answer = await http.send({ method, url: url.href, headers, writes: false }, limits);
    if (answer.kind === "answer") return ofAnswer(place, answer, member, need, patience.clock.now());
    const event = answer.kind === "tooLarge" ? "refused" : answer.kind;
    return signInRefusal(
      place,
      { event, reason: answer.sentence, timedOut: answer.timedOut },
      answer.remedy ?? (event === "refused" ? need : ""),
    );
  };
  return (await patiently(attempt, signIn, patience)).assertion;
}

/** GitHub Actions answers a GET with `value`, Azure Pipelines a POST for a service connection with `oidcToken`. */
function formOf({ url: given, serviceConnectionId }: RequestSource) {
  const url = new URL(given);
  if (serviceConnectionId === undefined) {
    url.searchParams.set("audience", AUDIENCE);
    return { method: "GET", url, more: {}, member: "value", need: "In GitHub Actions the job needs `permissions: id-token: write`." };
  }
  if (!url.searchParams.has("api-version")) url.searchParams.set("api-version", PIPELINES_API_VERSION);
  url.searchParams.set("serviceConnectionId", serviceConnectionId);
  const need =
    "In Azure Pipelines the step needs SYSTEM_ACCESSTOKEN: $(System.AccessToken), and the stage has to use that service connection.";
  // Without it the service redirects to a sign-in page.
  const more = { "x-tfs-fedauthredirect": "Suppress" };
  return { method: "POST", url, more, member: "oidcToken", need };
}

function ofAnswer(place: string, answer: HttpAnswer, member: string, need: string, nowMs: number) {
  const { status, headers, text } = answer;
  const event = azureEvent(status, "");
  if (event === "throttled" || event === "faulted")
    return signInRefusal(
      place,
      { event, reason: `the answer was ${status}`, retryAfterMs: retryAfterMs(headers, nowMs) },
      "Run again later.",
    );
  const assertion = status >= 200 && status < 300 ? jsonObject(text)?.[member] : undefined;
  if (typeof assertion === "string" && assertion !== "") return { assertion };
  throw new ConfigurationError(`${place} gave no token (status ${status}). ${need}`);
}

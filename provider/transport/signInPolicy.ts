import type { TokenCredentialOptions } from "@azure/identity";
import { NotSentError } from "../errors";
import { jsonObject, promisedBody } from "./answers";
import type { Http } from "./http";
import { describeFailure, type HttpFailure } from "./httpFailure";
import { aadstsSentence } from "./identityErrors";
import { azureEvent } from "./retry";
import { retryAfterMs } from "./retryAfter";
import { type Patience, type Refusal, sendPatiently } from "./send";

/** What belongs to one asking for a token, while the client that asks stays the same. */
export interface SignIn {
  /** Aborted when nobody waits for the token any more. */
  readonly signal: AbortSignal;
  /** The library asks for it twice in one sign-in. */
  assertion?: Promise<string>;
  /** The library keeps only the message of what a callback or a policy throws. */
  failure?: unknown;
  onWait(delayMs: number, reason: string): void;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

export interface SignInNeeds {
  readonly http: Http;
  readonly patience: Patience;
}

export type PipelinePolicy = NonNullable<TokenCredentialOptions["additionalPolicies"]>[number]["policy"];
type Request = Parameters<PipelinePolicy["sendRequest"]>[0];
type Next = Parameters<PipelinePolicy["sendRequest"]>[1];
type Response = Awaited<ReturnType<PipelinePolicy["sendRequest"]>>;

const PLACE = "The sign-in to Azure";
const ADVICE = "Check the network, HTTPS_PROXY and NO_PROXY, and AZURE_AUTHORITY_HOST.";

/**
 * Sends each request of a sign-in with the retries of a read. The library's own take any Retry-After, of which a timer
 * makes 1 ms when it is huge, leave a 429 without one alone, and go on after the caller's signal.
 */
export function patientPolicy(current: () => SignIn, { http, patience }: SignInNeeds): PipelinePolicy {
  return {
    name: "patient",
    async sendRequest(request, next) {
      const signIn = current();
      // Of a request that the library can do without.
      signIn.failure = undefined;
      const attempt = async () => {
        const tried = await trySignIn(request, next, signIn, http.attemptLimitMs);
        return "kind" in tried ? ofFailure(tried) : ofAnswer(tried, patience.clock.now());
      };
      try {
        return await patiently(attempt, signIn, patience);
      } catch (error) {
        signIn.failure = error;
        throw error;
      }
    },
  };
}

/** Tries something of a sign-in until it works or nobody waits for it any more. */
export function patiently<Result extends object>(attempt: () => Promise<Result | Refusal>, signIn: SignIn, patience: Patience) {
  const onWait = (delayMs: number, reason: string) => signIn.onWait(delayMs, reason);
  const options = { deadlineMs: Number.POSITIVE_INFINITY, signal: signIn.signal, clientRequestId: "", onWait };
  return sendPatiently({ name: PLACE, repeat: "read", attempt }, options, patience);
}

/** A try of a sign-in that failed: what the token is for has not been sent. */
export function signInRefusal(place: string, refusal: Omit<Refusal, "sent" | "error">, advice: string): Refusal {
  const said = refusal.said === undefined || refusal.said === "" ? "" : ` ${refusal.said}`;
  const error = (remedy = advice) => new NotSentError(`${place} gave no token: ${refusal.reason}.${said} ${remedy}`.trim());
  return { ...refusal, sent: false, error };
}

async function trySignIn(request: Request, next: Next, { signal }: SignIn, limitMs: number): Promise<Response | HttpFailure> {
  const stop = new AbortController();
  const end = () => stop.abort();
  const timer = setTimeout(end, limitMs);
  signal.addEventListener("abort", end);
  request.abortSignal = stop.signal;
  try {
    return await next(request);
  } catch (error) {
    if (signal.aborted) return { kind: "canceled", sent: false, sentence: "nobody waits for it any more" };
    // The pipeline throws what it cannot read as JSON, with the answer beside it.
    const { response } = error as { readonly response?: Response };
    if (response !== undefined) return response;
    if (stop.signal.aborted) return { kind: "lost", sent: true, timedOut: true, sentence: `no answer came within ${limitMs / 1000} s` };
    return describeFailure(error, new URL(request.url).host);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

function ofFailure({ kind, sentence, remedy, timedOut }: HttpFailure): Refusal {
  return signInRefusal(PLACE, { event: kind === "tooLarge" ? "refused" : kind, reason: sentence, timedOut }, remedy ?? ADVICE);
}

function ofAnswer(response: Response, nowMs: number): Response | Refusal {
  const { status, bodyAsText } = response;
  const event = azureEvent(status, "");
  const [headers, text] = [response.headers.toJSON(), bodyAsText ?? ""];
  if (event === "refused" || event === "unauthorized") {
    // The library reads the rest, and of a page it says no more than "network_error".
    promisedBody(PLACE, "object", false, { kind: "answer", status, headers, text });
    return response;
  }
  const said = aadstsSentence(String(jsonObject(text)?.["error_description"] ?? ""));
  const refusal = { event, reason: `the answer was ${status}`, said, retryAfterMs: retryAfterMs(headers, nowMs) };
  return signInRefusal(PLACE, refusal, ADVICE);
}

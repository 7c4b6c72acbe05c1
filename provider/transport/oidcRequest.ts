import { ConfigurationError, NotSentError } from "../errors";
import { jsonObject } from "./answers";
import type { Assertion } from "./credentialChoice";
import type { Http } from "./http";
import { userAgent } from "./userAgent";

const AUDIENCE = "api://AzureADTokenExchange";
const REQUEST_LIMIT_MS = 30_000;

/** The assertion that a build service hands out at a URL, as GitHub Actions does: `{value}` for a bearer. */
export async function requestedAssertion(
  source: Extract<Assertion, { from: "request" }>,
  http: Http,
  signal: AbortSignal,
): Promise<string> {
  const url = new URL(source.url);
  url.searchParams.set("audience", AUDIENCE);
  const headers = { authorization: `Bearer ${source.bearer}`, accept: "application/json", "user-agent": userAgent() };
  const limits = { timeLeftMs: REQUEST_LIMIT_MS, signal };
  const answer = await http.send({ method: "GET", url: url.href, headers, writes: false }, limits);
  const place = `The OIDC token service at ${url.host}`;
  if (answer.kind !== "answer") throw new NotSentError(`${place} gave no token: ${answer.sentence}. ${answer.remedy ?? ""}`.trim());
  const body = answer.status >= 200 && answer.status < 300 ? jsonObject(answer.text) : undefined;
  const value = body?.["value"];
  if (typeof value === "string" && value !== "") return value;
  throw new ConfigurationError(
    `${place} gave no token (status ${answer.status}). In GitHub Actions the job needs \`permissions: id-token: write\`.`,
  );
}

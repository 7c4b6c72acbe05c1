import { ConfigurationError, NotSentError, PatchbayError } from "../errors";
import type { Credential } from "./credentialChoice";
import { redactText } from "./redact";

const REMEDIES: Readonly<Record<Credential["kind"], string>> = {
  token: "",
  clientSecret: "Check tenantId, clientId and clientSecret; a secret that has run out must be made anew.",
  clientCertificate: "Check tenantId, clientId and the certificate: a PEM file with the certificate and its private key.",
  oidc: "Check tenantId, clientId and that the app registration trusts this issuer and subject (federated credential).",
  managedIdentity: "Check that this machine has a managed identity and, with several of them, that clientId names one.",
  cli: "Run az login.",
};

const NETWORK_CODES = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
  "REQUEST_SEND_ERROR",
  "network_error",
  "endpoints_resolution_error",
]);

interface IdentityFailure {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly errorCode?: unknown;
  readonly statusCode?: unknown;
  readonly cause?: unknown;
}

/** What @azure/identity threw, as an error of ours: its AADSTS sentence, redacted, and nothing else of it. */
export function signInError(error: unknown, credential: Credential, lookedFor: string): PatchbayError {
  if (error instanceof PatchbayError) return error;
  const chain = causes(error);
  const ours = chain.find((cause) => cause instanceof PatchbayError);
  if (ours instanceof PatchbayError) return ours;
  const messages = chain.map((cause) => (typeof cause.message === "string" ? cause.message : ""));
  const aadsts = messages
    .map((message) => /AADSTS\d+:.*?(?=\s*(?:Trace ID:|[\r\n]|$))/.exec(message)?.[0])
    .find((text) => text !== undefined);
  if (aadsts !== undefined) {
    return new ConfigurationError(`Azure refused the sign-in: ${ended(redactText(aadsts))} ${REMEDIES[credential.kind]}`);
  }
  const code = chain.flatMap((cause) => [cause.code, cause.errorCode]).find((text) => typeof text === "string" && NETWORK_CODES.has(text));
  const fault = chain.some((cause) => typeof cause.statusCode === "number" && cause.statusCode >= 500);
  if (code !== undefined || fault) {
    const met = code === undefined ? "it has a fault" : String(code);
    return new NotSentError(
      `The sign-in to Azure could not reach its authority (${met}). Check the network, HTTPS_PROXY and NO_PROXY, and AZURE_AUTHORITY_HOST.`,
    );
  }
  const said = ended(redactText(messages[0] ?? ""));
  const places = credential.kind === "cli" ? ` ${lookedFor}` : "";
  return new ConfigurationError(`The sign-in to Azure failed: ${said} ${REMEDIES[credential.kind]}${places}`);
}

function causes(error: unknown): IdentityFailure[] {
  const chain: IdentityFailure[] = [];
  let cause = error;
  while (typeof cause === "object" && cause !== null && chain.length < 5) {
    chain.push(cause);
    cause = (cause as IdentityFailure).cause;
  }
  return chain;
}

function ended(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

import { ConfigurationError, PatchbayError } from "../errors";
import type { Credential } from "./credentialChoice";
import { redactText } from "./redact";

const REMEDIES: Readonly<Record<Credential["kind"], string>> = {
  token: "",
  clientSecret: "Check tenantId, clientId and clientSecret; a secret that has run out must be made anew.",
  clientCertificate:
    "Check tenantId, clientId and the certificate: a PEM file with the certificate and its private key, which openssl pkcs12 makes of a PKCS#12 (.pfx) file.",
  oidc: "Check tenantId, clientId and that the app registration trusts this issuer and subject (federated credential).",
  managedIdentity: "Check that this machine has a managed identity and, with several of them, that clientId names one.",
  cli: "Run az login.",
};

interface IdentityFailure {
  readonly message?: unknown;
  readonly cause?: unknown;
}

/** What @azure/identity threw, as an error of ours: its AADSTS sentence, redacted, and nothing else of it. */
export function signInError(
  error: unknown,
  credential: Credential,
  { lookedFor, begunWay }: { readonly lookedFor: string; readonly begunWay: string },
): PatchbayError {
  if (error instanceof PatchbayError) return error;
  const chain = causes(error);
  const ours = chain.find((cause) => cause instanceof PatchbayError);
  if (ours instanceof PatchbayError) return ours;
  const messages = chain.map((cause) => (typeof cause.message === "string" ? cause.message : ""));
  const aadsts = messages.map(aadstsSentence).find((sentence) => sentence !== undefined);
  if (aadsts !== undefined) return new ConfigurationError(`Azure refused the sign-in: ${aadsts} ${REMEDIES[credential.kind]}`);
  const said = saidOf(messages[0] ?? "", credential);
  const failed = `The sign-in to Azure failed: ${said} ${REMEDIES[credential.kind]}`;
  return new ConfigurationError(credential.kind === "cli" ? `${begunWay}${failed} ${lookedFor}` : failed);
}

function saidOf(message: string, { kind }: Credential): string {
  if (kind === "cli" && /JSON/.test(message)) return "az account get-access-token printed no token.";
  // Its path is not shown: a token or a key may have been given in its place.
  const unreadable = /^(E[A-Z]+: [^,]+), /.exec(message)?.[1];
  if (unreadable !== undefined)
    return `${unreadable}, of the file that ${kind === "oidc" ? "oidcTokenFilePath" : "clientCertificatePath"} names.`;
  return ended(redactText(message));
}

/** The sentence with which Entra ID says why it refuses, redacted and without its trace ids. */
export function aadstsSentence(text: string): string | undefined {
  const found = /AADSTS\d+:(?:(?!\s*(?:- )?(?:Trace|Correlation) ID:)[^\r\n])*/.exec(text)?.[0];
  return found === undefined ? undefined : ended(redactText(found));
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

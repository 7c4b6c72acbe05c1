import { readFile } from "node:fs/promises";
import type { ManagedIdentityCredential, TokenCredential, TokenCredentialOptions } from "@azure/identity";
import type { Clock } from "./clock";
import type { Cloud } from "./clouds";
import type { Assertion, Credential } from "./credentialChoice";
import type { Http } from "./http";
import { signInError } from "./identityErrors";
import { requestedAssertion } from "./oidcRequest";
import { remember } from "./redact";

export interface IssuedToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** Asks the authority for a new token. */
export type TokenIssuer = (signal: AbortSignal) => Promise<IssuedToken>;

export interface IdentityNeeds {
  readonly cloud: Cloud;
  readonly http: Http;
  readonly clock: Clock;
  /** For the error: what was looked for and where. */
  readonly lookedFor: string;
}

const CLI_LIMIT_MS = 60_000;

/** What belongs to one asking for a token, while the client that asks stays the same. */
interface SignIn {
  signal: AbortSignal;
  /** The library asks for it twice in one sign-in. */
  assertion?: Promise<string>;
  /** The library keeps only the message of what the assertion's callback throws. */
  failure?: unknown;
}

/** The issuer for a credential, by the class of @azure/identity made for it. */
export function identityIssuer(credential: Credential, needs: IdentityNeeds): TokenIssuer {
  let client: TokenCredential | undefined;
  let signIn: SignIn;
  return async (signal) => {
    signIn = { signal };
    try {
      client ??= identityClient(credential, needs, () => signIn);
      const answer = await client.getToken(needs.cloud.scope, { abortSignal: signal });
      if (answer === null) throw new Error("no token in the answer");
      return { token: answer.token, expiresAtMs: answer.expiresOnTimestamp };
    } catch (error) {
      throw signInError(signIn.failure ?? error, credential, needs.lookedFor);
    }
  };
}

function identityClient(credential: Credential, needs: IdentityNeeds, current: () => SignIn): TokenCredential {
  // At first use, and only for the kinds that need it: loading costs 137 ms and 21 MiB.
  const identity = require("@azure/identity") as typeof import("@azure/identity");
  const options = clientOptions(needs.cloud, () => current().signal);
  switch (credential.kind) {
    case "clientSecret":
      return new identity.ClientSecretCredential(credential.tenantId, credential.clientId, credential.clientSecret, options);
    case "clientCertificate": {
      const certificate = { certificatePath: credential.path, certificatePassword: credential.password };
      return new identity.ClientCertificateCredential(credential.tenantId, credential.clientId, certificate, options);
    }
    case "oidc":
      return new identity.ClientAssertionCredential(
        credential.tenantId,
        credential.clientId,
        () => assertionOf(credential.assertion, needs, current()),
        options,
      );
    case "managedIdentity":
      return managedIdentity(identity.ManagedIdentityCredential, credential.clientId, options);
    default:
      return new identity.AzureCliCredential({
        processTimeoutInMs: CLI_LIMIT_MS,
        ...(credential.kind === "cli" && credential.tenantId !== undefined ? { tenantId: credential.tenantId } : {}),
      });
  }
}

function managedIdentity(Client: typeof ManagedIdentityCredential, clientId: string | undefined, options: TokenCredentialOptions) {
  return clientId === undefined ? new Client(options) : new Client(clientId, options);
}

function assertionOf(source: Assertion, needs: IdentityNeeds, signIn: SignIn): Promise<string> {
  signIn.assertion ??= readAssertion(source, needs, signIn.signal).catch((error: unknown) => {
    signIn.failure = error;
    throw error;
  });
  return signIn.assertion;
}

async function readAssertion(source: Assertion, needs: IdentityNeeds, signal: AbortSignal): Promise<string> {
  if (source.from === "text") return source.token;
  // Anew for each sign-in, because its owner renews it.
  const token =
    source.from === "file" ? (await readFile(source.path, "utf8")).trim() : await requestedAssertion(source, needs.http, signal);
  remember(token);
  return token;
}

function clientOptions(cloud: Cloud, signal: () => AbortSignal) {
  const authority = new URL(cloud.authorityHost);
  const plain = authority.protocol === "http:";
  const policies = [{ position: "perCall" as const, policy: endedBy(signal) }];
  const loopback = [{ position: "perRetry" as const, policy: withoutTls(authority.host) }];
  return {
    // The library refuses an http authority altogether; for a loopback one (see endpoint.ts) each request is turned back.
    authorityHost: plain ? `https://${authority.host}` : cloud.authorityHost,
    // Otherwise login.microsoftonline.com is asked about every other authority, and its absence is an error.
    disableInstanceDiscovery: !cloud.publicAuthority,
    retryOptions: { maxRetries: 3, maxRetryDelayInMs: 10_000 },
    additionalPolicies: plain ? [...policies, ...loopback] : policies,
  } satisfies TokenCredentialOptions & { disableInstanceDiscovery: boolean };
}

type PipelinePolicy = NonNullable<TokenCredentialOptions["additionalPolicies"]>[number]["policy"];

/** The library forgets the caller's signal on the way to its requests, and goes on trying for half a minute. */
function endedBy(signal: () => AbortSignal): PipelinePolicy {
  return {
    name: "endedByCaller",
    sendRequest(request, next) {
      request.abortSignal = signal();
      return next(request);
    },
  };
}

function withoutTls(host: string): PipelinePolicy {
  return {
    name: "loopbackAuthorityWithoutTls",
    async sendRequest(request, next) {
      const url = new URL(request.url);
      if (url.host !== host) return next(request);
      url.protocol = "http:";
      request.url = url.href;
      request.allowInsecureConnection = true;
      request.proxySettings = undefined;
      request.agent = undefined;
      const response = await next(request);
      // The issuer in the metadata must have the authority's origin, which is https as far as the library knows.
      response.bodyAsText = response.bodyAsText?.replaceAll(`http://${host}/`, `https://${host}/`);
      return response;
    },
  };
}

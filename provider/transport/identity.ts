import { readFile } from "node:fs/promises";
import type { TokenCredential, TokenCredentialOptions } from "@azure/identity";
import { boundedBody } from "./boundedBody";
import type { Cloud } from "./clouds";
import type { Assertion, Credential } from "./credentialChoice";
import { signInError } from "./identityErrors";
import { identityEndpoint, managedIdentityToken } from "./managedIdentity";
import { requestedAssertion } from "./oidcRequest";
import { remember } from "./redact";
import { type IssuedToken, type PipelinePolicy, patientPolicy, type SignIn, type SignInNeeds } from "./signInPolicy";

/** Asks the authority for a new token, and says what it waits for. */
export type TokenIssuer = (signal: AbortSignal, onWait: SignIn["onWait"]) => Promise<IssuedToken>;

export interface IdentityNeeds extends SignInNeeds {
  readonly cloud: Cloud;
  /** For the error: what was looked for and where. */
  readonly lookedFor: string;
  /** For the error of the Azure CLI: the way that somebody has begun to set, a sentence and a space, or nothing. */
  readonly begunWay: string;
}

const CLI_LIMIT_MS = 60_000;

/** The issuer for a credential, by the class of @azure/identity made for it. */
export function identityIssuer(credential: Credential, needs: IdentityNeeds): TokenIssuer {
  let client: TokenCredential | undefined;
  let signIn: SignIn;
  return async (signal, onWait) => {
    signIn = { signal, onWait };
    try {
      const endpoint = credential.kind === "managedIdentity" ? identityEndpoint(process.env) : undefined;
      if (endpoint !== undefined) return await managedIdentityToken(endpoint, { ...credential, scope: needs.cloud.scope }, needs, signIn);
      client ??= identityClient(credential, needs, () => signIn);
      const answer = await client.getToken(needs.cloud.scope, { abortSignal: signal });
      if (answer === null) throw new Error("no token in the answer");
      return { token: answer.token, expiresAtMs: answer.expiresOnTimestamp };
    } catch (error) {
      throw signInError(signIn.failure ?? error, credential, needs);
    }
  };
}

function identityClient(credential: Credential, needs: IdentityNeeds, current: () => SignIn): TokenCredential {
  // At first use, and only for the kinds that need it: loading costs 137 ms and 21 MiB.
  const identity = require("@azure/identity") as typeof import("@azure/identity");
  const options = clientOptions(needs.cloud, patientPolicy(current, needs));
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
    case "managedIdentity": {
      // It drops additionalPolicies.
      const own = { ...options, retryOptions: { maxRetries: 3, maxRetryDelayInMs: 10_000 } };
      const { clientId } = credential;
      return clientId === undefined ? new identity.ManagedIdentityCredential(own) : new identity.ManagedIdentityCredential(clientId, own);
    }
    default:
      return new identity.AzureCliCredential({
        processTimeoutInMs: CLI_LIMIT_MS,
        ...(credential.kind === "cli" && credential.tenantId !== undefined ? { tenantId: credential.tenantId } : {}),
      });
  }
}

function assertionOf(source: Assertion, needs: IdentityNeeds, signIn: SignIn): Promise<string> {
  signIn.assertion ??= readAssertion(source, needs, signIn).catch((error: unknown) => {
    signIn.failure = error;
    throw error;
  });
  return signIn.assertion;
}

async function readAssertion(source: Assertion, needs: IdentityNeeds, signIn: SignIn): Promise<string> {
  if (source.from === "text") return source.token;
  // Anew for each sign-in, because its owner renews it.
  const token = source.from === "file" ? (await readFile(source.path, "utf8")).trim() : await requestedAssertion(source, needs, signIn);
  remember(token);
  return token;
}

function clientOptions(cloud: Cloud, patient: PipelinePolicy) {
  const authority = new URL(cloud.authorityHost);
  const plain = authority.protocol === "http:";
  const policies = [
    { position: "perCall" as const, policy: patient },
    { position: "perRetry" as const, policy: boundedBody() },
  ];
  const loopback = [{ position: "perRetry" as const, policy: withoutTls(authority.host) }];
  return {
    // The library refuses an http authority altogether; for a loopback one (see endpoint.ts) each request is turned back.
    authorityHost: plain ? `https://${authority.host}` : cloud.authorityHost,
    // Otherwise login.microsoftonline.com is asked about every other authority, and its absence is an error.
    disableInstanceDiscovery: !cloud.publicAuthority,
    retryOptions: { maxRetries: 0 },
    // It would send the secret a second time, to wherever a 307 of the same host names.
    redirectOptions: { maxRetries: 0 },
    additionalPolicies: plain ? [...loopback, ...policies] : policies,
  } satisfies TokenCredentialOptions & { disableInstanceDiscovery: boolean };
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

import { randomUUID, verify } from "node:crypto";
import { type CloudContext, randomText } from "./context";
import { type Answer, type Call, headerOf, isJsonObject, jsonAnswer } from "./exchange";
import type { TokenBook } from "./tokenBook";

const tokenPath = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;
const discoveryPath = /^\/([^/]+)(\/v2\.0)?\/\.well-known\/openid-configuration$/;
const instancePath = /^\/common\/discovery\/instance$/;

export function isTokenRequest(path: string): boolean {
  return tokenPath.test(path) || path === managedIdentityPath || path === instanceMetadataPath;
}

export function isDiscovery(path: string): boolean {
  return discoveryPath.test(path) || instancePath.test(path);
}

export const managedIdentityPath = "/identity/token";
export const instanceMetadataPath = "/metadata/identity/oauth2/token";
export const oidcRequestPath = "/oidc/token";

/** The token endpoint, the documents that MSAL asks for, managed identity and the OIDC request URL of a pipeline. */
export class Entra {
  /** Public keys (PEM) whose signed client assertions are taken, for client certificates. */
  readonly trustedCertificates: string[] = [];
  readonly #pipelineTokens = new Set<string>();

  constructor(
    private readonly context: CloudContext,
    private readonly tokens: TokenBook,
  ) {}

  answer(call: Call): Answer | undefined {
    if (tokenPath.test(call.path)) return this.#token(call);
    if (discoveryPath.test(call.path)) return this.#discovery(call);
    if (instancePath.test(call.path)) return this.#instance(call);
    if (call.path === managedIdentityPath) return this.#managedIdentity(call);
    if (call.path === instanceMetadataPath) return this.#instanceMetadata(call);
    if (call.path === oidcRequestPath) return this.#oidc(call);
    return undefined;
  }

  #token(call: Call): Answer {
    const { identity } = this.context;
    const tenantId = tokenPath.exec(call.path)?.[1] ?? "";
    const form = new URLSearchParams(call.body);
    if (call.method !== "POST") return this.#failure(405, "invalid_request", 900561, "The endpoint only accepts POST requests.");
    if (tenantId !== identity.tenantId)
      return this.#failure(
        400,
        "invalid_request",
        90002,
        `Tenant '${tenantId}' not found. Check to make sure you have the correct tenant ID.`,
      );
    if (form.get("grant_type") !== "client_credentials")
      return this.#failure(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
    if (form.get("client_id") !== identity.clientId) {
      return this.#failure(
        400,
        "unauthorized_client",
        700016,
        `Application with identifier '${form.get("client_id") ?? ""}' was not found in the directory '${tenantId}'.`,
      );
    }
    if (!/\/\.default( |$)/.test(form.get("scope") ?? "")) {
      return this.#failure(
        400,
        "invalid_scope",
        1002012,
        "The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).",
      );
    }
    const refusal = form.has("client_assertion") ? this.#assertionProblem(form) : this.#secretProblem(form);
    if (refusal !== undefined) return refusal;
    const { tokenLifetimeSeconds } = this.context.settings;
    return jsonAnswer(
      200,
      { token_type: "Bearer", expires_in: tokenLifetimeSeconds, ext_expires_in: tokenLifetimeSeconds, access_token: this.tokens.issue() },
      noStore,
    );
  }

  #secretProblem(form: URLSearchParams): Answer | undefined {
    const secret = form.get("client_secret");
    if (secret === this.context.identity.clientSecret) return undefined;
    if (secret === null)
      return this.#failure(
        401,
        "invalid_client",
        7000218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      );
    const message = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${this.context.identity.clientId}'.`;
    return this.#failure(401, "invalid_client", 7000215, message);
  }

  #assertionProblem(form: URLSearchParams): Answer | undefined {
    const assertion = form.get("client_assertion") ?? "";
    if (form.get("client_assertion_type") !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") {
      return this.#failure(401, "invalid_client", 700023, "Client assertion type is not valid.");
    }
    const isOurs = assertion === this.context.identity.federatedToken || this.#pipelineTokens.has(assertion);
    if (isOurs || this.trustedCertificates.some((publicKey) => isSignedWith(assertion, publicKey))) return undefined;
    return this.#failure(
      401,
      "invalid_client",
      700027,
      "The certificate with identifier used to sign the client assertion is not registered on application.",
    );
  }

  #failure(status: number, error: string, code: number, sentence: string): Answer {
    const trace = { trace_id: randomUUID(), correlation_id: randomUUID(), timestamp: new Date(this.context.nowMs()).toISOString() };
    const description = `AADSTS${code}: ${sentence} Trace ID: ${trace.trace_id} Correlation ID: ${trace.correlation_id} Timestamp: ${trace.timestamp}`;
    return jsonAnswer(status, { error, error_description: description, error_codes: [code], ...trace }, noStore);
  }

  #discovery(call: Call): Answer {
    const tenantId = discoveryPath.exec(call.path)?.[1] ?? "";
    const authority = `https://${this.#authorityHost(call)}/${tenantId}`;
    return jsonAnswer(200, {
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
      jwks_uri: `${authority}/discovery/v2.0/keys`,
      response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
      subject_types_supported: ["pairwise"],
      issuer: `${authority}/v2.0`,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
    });
  }

  #instance(call: Call): Answer {
    const host = this.#authorityHost(call);
    const metadata = [{ preferred_network: host, preferred_cache: host, aliases: [host] }];
    return jsonAnswer(200, {
      tenant_discovery_endpoint: `https://${host}/${this.context.identity.tenantId}/v2.0/.well-known/openid-configuration`,
      "api-version": "1.1",
      metadata,
    });
  }

  #authorityHost(call: Call): string {
    return headerOf(call, "x-forwarded-host") ?? this.context.settings.authorityHost ?? headerOf(call, "host") ?? "";
  }

  /** App Service: IDENTITY_ENDPOINT and IDENTITY_HEADER. */
  #managedIdentity(call: Call): Answer {
    const correlationId = randomUUID();
    if (headerOf(call, "x-identity-header") !== this.context.identity.identityHeader) {
      return jsonAnswer(401, { statusCode: 401, message: "The X-IDENTITY-HEADER is missing or wrong.", correlationId });
    }
    if (!call.query.has("resource") || !call.query.has("api-version")) {
      return jsonAnswer(400, { statusCode: 400, message: "resource and api-version are required.", correlationId });
    }
    const expiresAtMs = this.context.nowMs() + this.context.settings.tokenLifetimeSeconds * 1000;
    return jsonAnswer(200, {
      access_token: this.tokens.issue(),
      expires_on: String(Math.floor(expiresAtMs / 1000)),
      resource: call.query.get("resource"),
      token_type: "Bearer",
      client_id: this.context.identity.clientId,
    });
  }

  /** The metadata service of a virtual machine, which refuses requests without its header: clients probe with one. */
  #instanceMetadata(call: Call): Answer {
    if (headerOf(call, "metadata") !== "true" || !call.query.has("resource")) {
      return jsonAnswer(400, { error: "invalid_request", error_description: "Required metadata header not specified" });
    }
    const { tokenLifetimeSeconds } = this.context.settings;
    const expiresOn = String(Math.floor(this.context.nowMs() / 1000) + tokenLifetimeSeconds);
    return jsonAnswer(200, {
      access_token: this.tokens.issue(),
      expires_in: String(tokenLifetimeSeconds),
      expires_on: expiresOn,
      resource: call.query.get("resource"),
      token_type: "Bearer",
    });
  }

  #oidc(call: Call): Answer {
    const bearer = (headerOf(call, "authorization") ?? "").replace(/^Bearer /i, "");
    if (bearer !== this.context.identity.oidcRequestToken) return jsonAnswer(401, { message: "Unauthorized" });
    const value = randomText(120);
    this.#pipelineTokens.add(value);
    this.context.secrets.add(value);
    return jsonAnswer(200, { value, count: 1 });
  }
}

const noStore = { "Cache-Control": "no-store, no-cache", Pragma: "no-cache" };

/** RS256 or PS256 over the first two parts of the assertion. */
function isSignedWith(assertion: string, publicKey: string): boolean {
  const [head = "", payload = "", signature = ""] = assertion.split(".");
  try {
    const header: unknown = JSON.parse(Buffer.from(head, "base64url").toString());
    const padding = isJsonObject(header) && header.alg === "PS256" ? { padding: 6, saltLength: 32 } : {};
    return verify("sha256", Buffer.from(`${head}.${payload}`), { key: publicKey, ...padding }, Buffer.from(signature, "base64url"));
  } catch {
    return false;
  }
}

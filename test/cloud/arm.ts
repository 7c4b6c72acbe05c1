import { randomUUID } from "node:crypto";
import { armError, unauthorized } from "./armErrors";
import type { CloudContext } from "./context";
import { type Answer, type Call, headerOf, isJsonObject, type JsonObject, jsonAnswer, Refusal } from "./exchange";
import type { LongRunningOperations } from "./longRunningOperations";
import { Quota, quotaKind } from "./quota";
import type { TokenBook } from "./tokenBook";

/** A request to Azure Resource Manager whose bearer, subscription, resource group and api-version have been checked. */
export interface ArmCall extends Call {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Decoded segments after the provider's namespace: type, name, type, name, action. */
  readonly resource: readonly string[];
  readonly apiVersion: string;
  /** The body as an object; undefined when none was sent. */
  json(): JsonObject | undefined;
}

export interface ArmService {
  readonly namespace: string;
  /** Accepted api-versions by resource type, both in lower case: `service/backends`. */
  readonly apiVersions: Readonly<Record<string, readonly string[]>>;
  answer(call: ArmCall): Answer;
}

const pathPattern = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/([^/]+)\/(.+)$/i;

/** The front door: what ARM itself refuses before a resource provider sees the request, and the headers it adds. */
export class ResourceManager {
  readonly resourceGroups = new Map<string, string>();
  readonly #remaining: Record<string, number> = { reads: 11_999, writes: 1_199, deletes: 14_999 };
  readonly #quota = new Quota();

  constructor(
    private readonly context: CloudContext,
    private readonly tokens: TokenBook,
    private readonly operations: LongRunningOperations,
    private readonly services: readonly ArmService[],
  ) {}

  answer(call: Call): Answer {
    return this.#withFrontDoorHeaders(call, this.#refusable(call));
  }

  #refusable(call: Call): Answer {
    try {
      this.#checkBearer(call);
      this.#checkSubscription(call);
      this.#count(call);
      const apiVersion = call.query.get("api-version") ?? "";
      if (apiVersion === "")
        throw armError(400, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.");
      return this.operations.answer(call) ?? this.#toService(call, apiVersion);
    } catch (failure) {
      if (failure instanceof Refusal) return failure.answer;
      throw failure;
    }
  }

  #checkBearer(call: Call): void {
    const authorization = headerOf(call, "authorization");
    if (authorization === undefined) {
      throw unauthorized(
        "AuthenticationFailed",
        "Authentication failed. The 'Authorization' header is missing.",
        this.context.identity.tenantId,
      );
    }
    const expiresAtMs = this.tokens.expiryOf(authorization.replace(/^Bearer /i, ""));
    if (expiresAtMs === undefined)
      throw unauthorized("InvalidAuthenticationToken", "The access token is invalid.", this.context.identity.tenantId);
    const nowMs = this.context.nowMs();
    if (expiresAtMs > nowMs) return;
    const message = `The access token expiry UTC time '${new Date(expiresAtMs).toISOString()}' is earlier than current UTC time '${new Date(nowMs).toISOString()}'.`;
    throw unauthorized("ExpiredAuthenticationToken", message, this.context.identity.tenantId);
  }

  #checkSubscription(call: Call): void {
    const subscriptionId = decoded(call.path.split("/")[2] ?? "");
    if (!sameName(subscriptionId, this.context.identity.subscriptionId)) {
      throw armError(404, "SubscriptionNotFound", `The subscription '${subscriptionId}' could not be found.`);
    }
  }

  #count(call: Call): void {
    const kind = quotaKind(call.method);
    if (this.context.settings.quota === "hourly") {
      this.#remaining[kind] = (this.#remaining[kind] ?? 0) - 1;
      return;
    }
    this.#remaining[kind] = 0;
    this.#remaining[kind] = this.#quota.take(call.method, call.path, this.context.nowMs());
  }

  #toService(call: Call, apiVersion: string): Answer {
    const [, subscriptionId = "", group = "", namespace = "", rest = ""] = pathPattern.exec(call.path) ?? [];
    const service = this.services.find((candidate) => sameName(candidate.namespace, namespace));
    if (service === undefined) throw armError(404, "InvalidResourceNamespace", `The resource namespace '${namespace}' is invalid.`);
    const resource = rest.split("/").map(decoded);
    if (resource.includes("")) throw armError(400, "InvalidRequestUri", "The request URI has an empty segment.");
    checkApiVersion(service, call.method, resource, apiVersion);
    const resourceGroup = this.resourceGroups.get(decoded(group).toLowerCase());
    if (resourceGroup === undefined) throw armError(404, "ResourceGroupNotFound", `Resource group '${decoded(group)}' could not be found.`);
    return service.answer({ ...call, subscriptionId, resourceGroup, resource, apiVersion, json: () => jsonBody(call) });
  }

  #withFrontDoorHeaders(call: Call, answer: Answer): Answer {
    const requestId = randomUUID();
    const correlationId = headerOf(call, "x-ms-correlation-request-id") ?? requestId;
    const kind = quotaKind(call.method);
    const clientRequestId = headerOf(call, "x-ms-client-request-id");
    const echo = headerOf(call, "x-ms-return-client-request-id") === "true" && clientRequestId !== undefined;
    const stamp = new Date(this.context.nowMs()).toISOString().replace(/[-:]|\.\d+/g, "");
    const headers = {
      "Cache-Control": "no-cache",
      Pragma: "no-cache",
      Expires: "-1",
      "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
      "X-Content-Type-Options": "nosniff",
      "x-ms-request-id": requestId,
      "x-ms-correlation-request-id": correlationId,
      "x-ms-routing-request-id": `WESTUS:${stamp}:${correlationId}`,
      [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(this.#remaining[kind]),
      ...(echo ? { "x-ms-client-request-id": clientRequestId } : {}),
      ...answer.headers,
    };
    return { ...answer, headers };
  }
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw armError(400, "InvalidRequestUri", "The request URI has a segment that is not valid percent-encoding.");
  }
}

function checkApiVersion(service: ArmService, method: string, resource: readonly string[], apiVersion: string): void {
  const isAction = method === "POST" && resource.length % 2 === 1;
  const types = resource.filter((_, index) => index % 2 === 0 && !(isAction && index === resource.length - 1));
  const resourceType = types.join("/");
  // A status or result URL below a resource has the resource's own versions.
  const accepted = service.apiVersions[resourceType.toLowerCase()] ?? service.apiVersions[(types[0] ?? "").toLowerCase()];
  if (
    accepted === undefined ||
    (types.length > 1 && service.apiVersions[resourceType.toLowerCase()] === undefined && !/operation/i.test(resourceType))
  ) {
    throw armError(
      404,
      "InvalidResourceType",
      `The resource type '${resourceType}' could not be found in the namespace '${service.namespace}' for api version '${apiVersion}'.`,
    );
  }
  if (accepted.includes(apiVersion)) return;
  if (!/^\d{4}-\d{2}-\d{2}(-[a-z.]+)?$/.test(apiVersion)) {
    throw armError(
      400,
      "InvalidApiVersionParameter",
      `The api-version '${apiVersion}' is invalid. The supported versions are '${accepted.join(",")}'.`,
    );
  }
  const message = `No registered resource provider found for location 'westus' and API version '${apiVersion}' for type '${resourceType}'. The supported api-versions are '${accepted.join(", ")}'. The supported locations are 'westus'.`;
  throw armError(400, "NoRegisteredProviderFound", message);
}

function jsonBody(call: Call): JsonObject | undefined {
  if (call.body === "") return undefined;
  if (!/^application\/json\b/i.test(headerOf(call, "content-type") ?? "")) {
    throw armError(
      415,
      "UnsupportedMediaType",
      "The content media type of the request is not supported. Only 'application/json' is supported.",
    );
  }
  try {
    const body: unknown = JSON.parse(call.body);
    if (isJsonObject(body)) return body;
  } catch {
    // Answered below, like every body that is not an object.
  }
  throw armError(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized: 'Expected a JSON object.'.");
}

/** A 404 for a kind of address that the emulator does not have at all. */
export function unknownAddress(call: Call): Answer {
  return jsonAnswer(404, { error: { code: "NotFound", message: `This emulator has nothing at ${call.method} ${call.path}.` } });
}

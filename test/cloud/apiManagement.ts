import type { ArmCall, ArmService } from "./arm";
import {
  managementUnreachable,
  methodNotAllowed,
  parentResourceNotFound,
  pessimisticConflict,
  preconditionFailed,
  resourceNotFound,
  validationError,
} from "./armErrors";
import { mergePatch, refuseInvalidBackend, refuseNulls, visibleIn, withoutNulls } from "./backendRules";
import { type Backend, Backends, type GatewayService, serviceType } from "./backends";
import type { CloudContext } from "./context";
import { type Answer, emptyAnswer, headerOf, isJsonObject, type JsonObject } from "./exchange";

/** A reconnect that was accepted. */
export interface Reconnect {
  readonly service: string;
  readonly backend: string;
  /** ISO 8601 duration, as it was sent. */
  readonly after: string | undefined;
  /** Epoch milliseconds of the cloud's clock. */
  readonly atMs: number;
}

const backendVersions = ["2022-08-01", "2024-05-01"];
const shortestReconnectSeconds = 120;

export class ApiManagement implements ArmService {
  readonly namespace = "Microsoft.ApiManagement";
  readonly apiVersions = { service: backendVersions, "service/backends": backendVersions };
  readonly reconnects: Reconnect[] = [];
  readonly backends: Backends;

  constructor(private readonly context: CloudContext) {
    this.backends = new Backends(context);
  }

  answer(call: ArmCall): Answer {
    const [, serviceName = "", nested, backendId, action] = call.resource;
    const service = this.backends.service(serviceName, call.resourceGroup);
    if (nested === undefined) {
      if (call.method !== "GET") throw methodNotAllowed(call.method);
      if (service === undefined) throw resourceNotFound(serviceType, serviceName, call.resourceGroup);
      return prettyAnswer(200, this.#serviceBody(service));
    }
    if (service === undefined) {
      throw parentResourceNotFound(call.method, "service/backends", this.backends.serviceId(call.resourceGroup, serviceName));
    }
    if (backendId === undefined) return this.#list(call, service);
    if (action === undefined) return this.#answerForBackend(call, service, backendId);
    if (!/^reconnect$/i.test(action) || call.method !== "POST") throw methodNotAllowed(call.method);
    return this.#reconnect(call, service, this.backends.existing(service, backendId));
  }

  #list(call: ArmCall, service: GatewayService): Answer {
    if (call.method !== "GET") throw methodNotAllowed(call.method);
    const skip = Number(call.query.get("$skip") ?? 0);
    const top = Number(call.query.get("$top") ?? Number.POSITIVE_INFINITY);
    const all = [...service.backends.values()];
    const value = all.slice(skip, skip + top).map((backend) => this.backends.body(call.apiVersion, service, backend));
    return prettyAnswer(200, { value, count: all.length });
  }

  #answerForBackend(call: ArmCall, service: GatewayService, backendId: string): Answer {
    if (call.method === "GET" || call.method === "HEAD") return this.#read(call, service, backendId);
    this.#refuseWrites(service);
    const answer = this.#write(call, service, backendId);
    service.writtenAtMs = this.context.nowMs();
    return answer;
  }

  #read(call: ArmCall, service: GatewayService, backendId: string): Answer {
    const backend = this.backends.existing(service, backendId);
    return call.method === "GET" ? this.#shown(200, call, service, backend) : emptyAnswer(200, { ETag: backend.etag });
  }

  #write(call: ArmCall, service: GatewayService, backendId: string): Answer {
    switch (call.method) {
      case "PUT":
        return this.#put(call, service, backendId);
      case "PATCH":
        return this.#patch(call, service, backendId);
      case "DELETE":
        return this.#delete(call, service, backendId);
      default:
        throw methodNotAllowed(call.method);
    }
  }

  #refuseWrites(service: GatewayService): void {
    const { backendWrites, latencyMs } = this.context.settings;
    const isBusy = backendWrites === "oneAtATime" && this.context.nowMs() - latencyMs < (service.writtenAtMs ?? 0);
    if (isBusy) throw pessimisticConflict();
    if (backendWrites === "conflict") throw pessimisticConflict();
    if (backendWrites === "unreachable") throw managementUnreachable(service.name);
  }

  #put(call: ArmCall, service: GatewayService, backendId: string): Answer {
    const before = service.backends.get(backendId.toLowerCase());
    const ifMatch = headerOf(call, "if-match");
    if (ifMatch !== undefined && !matches(ifMatch, before)) throw preconditionFailed();
    if (headerOf(call, "if-none-match") === "*" && before !== undefined) throw preconditionFailed();
    const wished = withoutNulls(visibleIn(call.apiVersion, propertiesOf(call)));
    refuseInvalidBackend({ sent: wished, wished, before: undefined }, this.backends.neighbourhood(service));
    return this.#shown(before === undefined ? 201 : 200, call, service, this.backends.store(service, backendId, wished));
  }

  #patch(call: ArmCall, service: GatewayService, backendId: string): Answer {
    const ifMatch = requiredIfMatch(call);
    const before = this.backends.existing(service, backendId);
    if (!matches(ifMatch, before)) throw preconditionFailed();
    const sent = visibleIn(call.apiVersion, propertiesOf(call));
    refuseNulls(sent);
    const wished = mergePatch(before.properties, sent);
    refuseInvalidBackend({ sent, wished, before: before.properties }, this.backends.neighbourhood(service));
    return this.#shown(200, call, service, this.backends.store(service, backendId, wished));
  }

  #delete(call: ArmCall, service: GatewayService, backendId: string): Answer {
    const ifMatch = requiredIfMatch(call);
    const before = service.backends.get(backendId.toLowerCase());
    if (before === undefined) return emptyAnswer(204);
    if (!matches(ifMatch, before)) throw preconditionFailed();
    service.backends.delete(backendId.toLowerCase());
    return emptyAnswer(200);
  }

  #reconnect(call: ArmCall, service: GatewayService, backend: Backend): Answer {
    const properties = call.json()?.properties;
    const after = isJsonObject(properties) && properties.after !== undefined ? String(properties.after) : undefined;
    if (after !== undefined) this.#checkAfter(after);
    this.reconnects.push({ service: service.name, backend: backend.name, after, atMs: this.context.nowMs() });
    return emptyAnswer(202);
  }

  #checkAfter(after: string): void {
    const parts = /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(after);
    if (parts === null) throw validationError([{ target: "after", message: "'after' should be a duration in ISO 8601 format." }]);
    const secondsOf = [86_400, 3600, 60, 1];
    const seconds = parts.slice(1).reduce((sum, part, index) => sum + Number(part ?? 0) * (secondsOf[index] ?? 0), 0);
    if (seconds < shortestReconnectSeconds && this.context.settings.shortReconnect === "refused") {
      throw validationError([{ target: "after", message: "'after' should be at least PT2M." }]);
    }
  }

  #shown(status: number, call: ArmCall, service: GatewayService, backend: Backend): Answer {
    return prettyAnswer(status, this.backends.body(call.apiVersion, service, backend), { ETag: backend.etag });
  }

  #serviceBody(service: GatewayService): JsonObject {
    return {
      id: this.backends.serviceId(service.resourceGroup, service.name),
      name: service.name,
      type: serviceType,
      location: service.location,
      tags: {},
      sku: { name: "Developer", capacity: 1 },
      properties: { provisioningState: "Succeeded", gatewayUrl: `https://${service.name.toLowerCase()}.azure-api.net` },
    };
  }
}

/** This service indents its JSON and ends lines as Windows does. */
function prettyAnswer(status: number, body: JsonObject, headers: Answer["headers"] = {}): Answer {
  const text = JSON.stringify(body, null, 2).replaceAll("\n", "\r\n");
  return {
    status,
    headers: { "Content-Type": "application/json; charset=utf-8", Server: "Microsoft-HTTPAPI/2.0", ...headers },
    body: text,
  };
}

function matches(ifMatch: string, backend: Backend | undefined): boolean {
  return backend !== undefined && (ifMatch === "*" || ifMatch === backend.etag);
}

function requiredIfMatch(call: ArmCall): string {
  const ifMatch = headerOf(call, "if-match");
  if (ifMatch !== undefined && ifMatch !== "") return ifMatch;
  throw validationError([{ target: "If-Match", message: "If-Match header must be specified for this operation." }]);
}

function propertiesOf(call: ArmCall): JsonObject {
  const properties = call.json()?.properties;
  if (!isJsonObject(properties)) throw validationError([{ target: "properties", message: "'properties' should not be empty." }]);
  return properties;
}

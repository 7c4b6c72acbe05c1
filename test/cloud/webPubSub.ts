import { randomBytes } from "node:crypto";
import type { ArmCall, ArmService } from "./arm";
import { armError, methodNotAllowed, resourceNotFound } from "./armErrors";
import type { CloudContext } from "./context";
import { type Answer, emptyAnswer, type JsonObject, jsonAnswer } from "./exchange";
import type { LongRunningOperations, RunningOperation } from "./longRunningOperations";

/** Which key; no answer of the service shows the salt. */
export type KeyType = "Primary" | "Secondary" | "Salt";

/** The keys of a Web PubSub service. */
export interface WebPubSubKeys {
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly primaryConnectionString: string;
  readonly secondaryConnectionString: string;
  /** Grows with each regeneration of the salt; no answer of the service shows it. */
  readonly saltVersion: number;
}

/** A regeneration that took effect. */
export interface Rotation {
  /** Of the service. */
  readonly name: string;
  readonly keyType: KeyType;
  /** Epoch milliseconds of the cloud's clock. */
  readonly atMs: number;
}

interface Service {
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  keys: { Primary: string; Secondary: string };
  saltVersion: number;
  operation: RunningOperation | undefined;
}

// Requests say webPubSub; every id and URL that the service writes says WebPubSub.
const resourceType = "Microsoft.SignalRService/WebPubSub";

export class WebPubSub implements ArmService {
  readonly namespace = "Microsoft.SignalRService";
  readonly apiVersions = { webpubsub: ["2024-03-01"] };
  readonly rotations: Rotation[] = [];
  readonly #services = new Map<string, Service>();

  constructor(
    private readonly context: CloudContext,
    private readonly operations: LongRunningOperations,
  ) {}

  addService(name: string, resourceGroup: string, location: string): void {
    const service: Service = {
      name,
      resourceGroup,
      location,
      keys: { Primary: newKey(), Secondary: newKey() },
      saltVersion: 1,
      operation: undefined,
    };
    this.#services.set(name.toLowerCase(), service);
    this.#remember(service, service.keys);
  }

  keys(name: string): WebPubSubKeys {
    const service = this.#known(name);
    return { ...keysBody(service, service.keys), saltVersion: service.saltVersion };
  }

  /** The keys that the service at a host takes, host names in any case. */
  keysAt(host: string): string[] | undefined {
    const service = [...this.#services.values()].find((each) => hostOf(each) === host.toLowerCase());
    return service && [service.keys.Primary, service.keys.Secondary];
  }

  rotateBySomebodyElse(name: string, keyType: KeyType): void {
    const service = this.#known(name);
    this.#take(service, keyType, this.#nextKeys(service, keyType));
  }

  answer(call: ArmCall): Answer {
    const [, name = "", action] = call.resource;
    const found = this.#services.get(name.toLowerCase());
    if (found === undefined || found.resourceGroup !== call.resourceGroup) {
      if (call.method === "DELETE" && action === undefined) return emptyAnswer(204);
      throw resourceNotFound(resourceType, name, call.resourceGroup);
    }
    found.operation?.advance();
    if (action === undefined) return this.#answerForService(call, found);
    if (call.method !== "POST") throw armError(404, "ResourceNotFound", `There is nothing at '${call.path}'.`);
    if (/^listKeys$/i.test(action)) return jsonAnswer(200, keysBody(found, found.keys));
    if (/^regenerateKey$/i.test(action)) return this.#regenerateKey(call, found);
    throw armError(404, "InvalidResourceAction", `The action '${action}' is not known.`);
  }

  #answerForService(call: ArmCall, service: Service): Answer {
    if (call.method === "GET") return jsonAnswer(200, this.#body(service));
    if (call.method !== "DELETE") throw methodNotAllowed(call.method);
    this.#services.delete(service.name.toLowerCase());
    if (service.operation !== undefined) this.operations.forget(service.operation);
    const deletion = this.operations.start(this.#plan(call, service, () => undefined));
    // Both URLs lie below what is gone now, so polling them answers 404: that is how this deletion ends.
    this.operations.forget(deletion);
    return emptyAnswer(202, this.#pollingHeaders(deletion));
  }

  #regenerateKey(call: ArmCall, service: Service): Answer {
    if (service.operation?.ended === false) {
      throw armError(
        409,
        "AnotherOperationInProgress",
        `Another operation on the resource '${service.name}' is in progress. Primary and secondary key cannot be regenerated at the same time.`,
      );
    }
    const keyType = keyTypeIn(call.json());
    const next = this.#nextKeys(service, keyType);
    if (this.context.settings.regenerateKey === "200") {
      this.#take(service, keyType, next);
      return jsonAnswer(200, keysBody(service, next));
    }
    const changesAtOnce = this.context.settings.keysChangeAt === "accept";
    if (changesAtOnce) this.#take(service, keyType, next);
    const operation = this.operations.start(
      this.#plan(call, service, (outcome) => {
        if (!changesAtOnce && outcome === "Succeeded") this.#take(service, keyType, next);
      }),
    );
    service.operation = operation;
    return jsonAnswer(202, keysBody(service, next), this.#pollingHeaders(operation));
  }

  #plan(call: ArmCall, service: Service, onEnd: (outcome: string) => void) {
    const id = encodeURI(this.#id(service));
    return {
      statusPath: `${id}/operationStatuses`,
      resultPath: `${id}/operationResults`,
      apiVersion: call.apiVersion,
      signed: false,
      runningStatuses: ["Running"],
      onEnd,
      // Recorded: the final GET of the result URL has an empty body, whatever the specification says.
      finalAnswer: () => emptyAnswer(200),
    };
  }

  #pollingHeaders(operation: RunningOperation): Record<string, string> {
    return { "Azure-AsyncOperation": operation.url("status"), Location: operation.url("result"), ...this.operations.retryAfter() };
  }

  #nextKeys(service: Service, keyType: KeyType): Service["keys"] {
    const next = keyType === "Salt" ? service.keys : { ...service.keys, [keyType]: newKey() };
    this.#remember(service, next);
    return next;
  }

  #take(service: Service, keyType: KeyType, keys: Service["keys"]): void {
    service.keys = keys;
    if (keyType === "Salt") service.saltVersion += 1;
    this.rotations.push({ name: service.name, keyType, atMs: this.context.nowMs() });
  }

  #remember(service: Service, keys: Service["keys"]): void {
    this.context.secrets.add(...Object.values(keysBody(service, keys)));
  }

  #body(service: Service): JsonObject {
    return {
      sku: { name: "Standard_S1", tier: "Standard", size: "S1", capacity: 1 },
      properties: {
        provisioningState: service.operation?.ended === false ? "Updating" : "Succeeded",
        externalIP: "10.0.0.1",
        hostName: hostOf(service),
        publicPort: 443,
        serverPort: 443,
        version: "1.0",
        privateEndpointConnections: [],
        sharedPrivateLinkResources: [],
        tls: { clientCertEnabled: false },
        liveTraceConfiguration: null,
        resourceLogConfiguration: null,
        publicNetworkAccess: "Enabled",
        disableLocalAuth: false,
        disableAadAuth: false,
        regionEndpointEnabled: "Enabled",
        resourceStopped: "false",
      },
      kind: "WebPubSub",
      location: service.location,
      tags: null,
      id: this.#id(service),
      name: service.name,
      type: resourceType,
    };
  }

  #known(name: string): Service {
    const service = this.#services.get(name.toLowerCase());
    if (service === undefined) throw new Error(`The cloud has no Web PubSub service ${name}.`);
    return service;
  }

  #id(service: Service): string {
    return `/subscriptions/${this.context.identity.subscriptionId}/resourceGroups/${service.resourceGroup}/providers/${resourceType}/${service.name}`;
  }
}

function keyTypeIn(body: JsonObject | undefined): KeyType {
  const wished = body?.keyType;
  const known = (["Primary", "Secondary", "Salt"] as const).find(
    (word) => typeof wished === "string" && word.toLowerCase() === wished.toLowerCase(),
  );
  if (known !== undefined) return known;
  throw armError(400, "InvalidRequestContent", "The 'keyType' must be one of Primary, Secondary, Salt.");
}

function newKey(): string {
  return randomBytes(33).toString("base64");
}

function hostOf(service: Service): string {
  return `${service.name.toLowerCase()}.webpubsub.azure.com`;
}

function keysBody(service: Service, keys: Service["keys"]) {
  const connectionString = (key: string) => `Endpoint=https://${hostOf(service)};AccessKey=${key};Version=1.0;`;
  return {
    primaryKey: keys.Primary,
    secondaryKey: keys.Secondary,
    primaryConnectionString: connectionString(keys.Primary),
    secondaryConnectionString: connectionString(keys.Secondary),
  };
}

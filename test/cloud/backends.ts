import { randomInt } from "node:crypto";
import { apiManagementError } from "./armErrors";
import { mergePatch, type Neighbourhood, secretsOf, visibleIn, withoutNulls } from "./backendRules";
import type { CloudContext } from "./context";
import type { JsonObject } from "./exchange";

/** A backend as it is now. */
export interface BackendView {
  /** Members of BackendContractProperties. */
  readonly properties: JsonObject;
  /** With its quotes; another one after each write. */
  readonly etag: string;
}

export interface Backend {
  readonly name: string;
  readonly properties: JsonObject;
  readonly etag: string;
}

export interface GatewayService {
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly backends: Map<string, Backend>;
  /** What a backend may refer to; undefined where a test has not said. */
  references: References;
  /** When the last write ended. */
  writtenAtMs?: number;
}

/** Names of the service that a backend's credentials may refer to. */
export interface References {
  readonly namedValues?: readonly string[];
  readonly certificateIds?: readonly string[];
}

export const serviceType = "Microsoft.ApiManagement/service";

/** The services and their backends, and what somebody else does to them. */
export class Backends {
  readonly #services = new Map<string, GatewayService>();
  #rowVersion = BigInt(randomInt(1000, 100_000));

  constructor(private readonly context: CloudContext) {}

  addService(name: string, resourceGroup: string, location: string): void {
    this.#services.set(name.toLowerCase(), { name, resourceGroup, location, backends: new Map(), references: {} });
  }

  setReferences(serviceName: string, references: References): void {
    this.#known(serviceName).references = references;
  }

  /** As somebody else's write: nothing is checked. */
  setBackend(serviceName: string, backendId: string, properties: JsonObject): void {
    this.store(this.#known(serviceName), backendId, structuredClone(properties));
  }

  view(serviceName: string, backendId: string): BackendView | undefined {
    const backend = this.#known(serviceName).backends.get(backendId.toLowerCase());
    return backend === undefined ? undefined : { properties: structuredClone(backend.properties), etag: backend.etag };
  }

  changeBackend(serviceName: string, backendId: string, patch: JsonObject): void {
    const service = this.#known(serviceName);
    const backend = service.backends.get(backendId.toLowerCase());
    if (backend === undefined) throw new Error(`The service ${serviceName} has no backend ${backendId}.`);
    // A null removes here: somebody else may have used the portal.
    this.store(service, backendId, withoutNulls(mergePatch(backend.properties, structuredClone(patch))));
  }

  removeBackend(serviceName: string, backendId: string): void {
    this.#known(serviceName).backends.delete(backendId.toLowerCase());
  }

  service(name: string, resourceGroup: string): GatewayService | undefined {
    const service = this.#services.get(name.toLowerCase());
    return service?.resourceGroup === resourceGroup ? service : undefined;
  }

  existing(service: GatewayService, backendId: string): Backend {
    const backend = service.backends.get(backendId.toLowerCase());
    if (backend === undefined) throw apiManagementError(404, "ResourceNotFound", "Backend not found.");
    return backend;
  }

  /** Every write gets a new ETag: base64 of a row version of eight bytes, which grows. */
  store(service: GatewayService, backendId: string, properties: JsonObject): Backend {
    this.#rowVersion += BigInt(randomInt(1, 8));
    const version = Buffer.alloc(8);
    version.writeBigUInt64BE(this.#rowVersion);
    const name = service.backends.get(backendId.toLowerCase())?.name ?? backendId;
    const backend = { name, properties, etag: `"${version.toString("base64")}"` };
    service.backends.set(backendId.toLowerCase(), backend);
    this.context.secrets.add(...secretsOf(properties));
    return backend;
  }

  body(apiVersion: string, service: GatewayService, backend: Backend): JsonObject {
    const shown = visibleIn(apiVersion, backend.properties);
    const { title = null, description, url, protocol, ...others } = shown;
    const isPool = shown.type === "Pool";
    return {
      id: `${this.serviceId(service.resourceGroup, service.name)}/backends/${backend.name}`,
      type: `${serviceType}/backends`,
      name: backend.name,
      properties: {
        title,
        ...(description === undefined ? {} : { description }),
        // A pool shows the two members that it cannot have.
        ...(isPool || url !== undefined ? { url: url ?? null } : {}),
        ...(isPool || protocol !== undefined ? { protocol: protocol ?? null } : {}),
        ...others,
      },
    };
  }

  neighbourhood(service: GatewayService): Neighbourhood {
    return {
      serviceId: this.serviceId(service.resourceGroup, service.name),
      references: service.references,
      typeOf: (backendId) => {
        const backend = service.backends.get(backendId.toLowerCase());
        return backend === undefined ? undefined : backend.properties.type === "Pool" ? "Pool" : "Single";
      },
    };
  }

  serviceId(resourceGroup: string, serviceName: string): string {
    return `/subscriptions/${this.context.identity.subscriptionId}/resourceGroups/${resourceGroup}/providers/${serviceType}/${serviceName}`;
  }

  #known(serviceName: string): GatewayService {
    const service = this.#services.get(serviceName.toLowerCase());
    if (service === undefined) throw new Error(`The cloud has no API Management service ${serviceName}.`);
    return service;
  }
}

import { armId, armPath, armPathOf } from "../engine/armId";
import { isoDurationSeconds } from "../engine/durations";
import type { Json, JsonObject } from "../engine/operation";
import type { Ownership } from "../engine/ownership";
import { canonical, isObject } from "../engine/state";

// Where a backend is, what of it can be owned, and when two values of it mean the same.

/** Paths that this package has a typed member for, down to the leaves of ownership. */
export const TYPED_LEAVES: readonly string[] = [
  ...["title", "description", "url", "protocol", "resourceId", "type"],
  ...["certificateIds", "certificate", "query", "header", "authorization.scheme", "authorization.parameter"].map(
    (leaf) => `credentials.${leaf}`,
  ),
  ...["proxy.url", "proxy.username", "proxy.password", "tls.validateCertificateChain", "tls.validateCertificateName"],
  ...["managementEndpoints", "clientCertificateId", "clientCertificatethumbprint", "maxPartitionResolutionRetries"]
    .concat("serverCertificateThumbprints", "serverX509Names")
    .map((leaf) => `properties.serviceFabricCluster.${leaf}`),
  ...["circuitBreaker.rules", "pool.services"],
];

const WHOLE_MAPS = ["credentials.header", "credentials.query"];
const DURATIONS = new Set(["tripDuration", "interval"]);
const IDS = new Set(["id", "resourceId", "certificateIds", "clientCertificateId"]);
const ADDRESSES = new Set(["url"]);

/** Ownership of a backend's members. */
export const backendOwnership: Ownership = {
  isLeaf: (path) => WHOLE_MAPS.includes(path.join(".")),
  // The service writes an empty text and leaves it out for the same thing.
  isNothing: (path, value) => value === "" && TYPED_LEAVES.includes(path.join(".")),
  means: (path, a, b) => {
    // The keys of a whole map are data, and a member newer than this package has a meaning that is not known here.
    const known = TYPED_LEAVES.includes(path.join(".")) && !WHOLE_MAPS.includes(path.join("."));
    const member = path.at(-1) as string;
    return known ? canonical(meaning(member, a)) === canonical(meaning(member, b)) : canonical(a) === canonical(b);
  },
};

/** A value in the one spelling that stands for all that mean the same: ids in any case, PT60S and PT1M, a bare host's slash. */
function meaning(member: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => meaning(member, item));
  if (isObject(value)) {
    const present = Object.entries(value as JsonObject).filter(([, part]) => part !== null && part !== "");
    return Object.fromEntries(present.map(([name, part]) => [name, meaning(name, part)]));
  }
  if (typeof value !== "string") return value;
  if (DURATIONS.has(member)) return isoDurationSeconds(value) ?? value;
  if (IDS.has(member)) return value.toLowerCase();
  if (ADDRESSES.has(member) && /^https?:\/\/[^/?#]+\/?$/.test(value)) return value.replace(/\/$/, "");
  return value;
}

/** Path of a backend, from an id that is one or from its names. */
export function backendPath(
  subscriptionId: string,
  names: { resourceGroupName: string; serviceName: string; backendId: string },
): string[] {
  return armPath(subscriptionId, names.resourceGroupName, [
    "Microsoft.ApiManagement",
    ...["service", names.serviceName],
    ...["backends", names.backendId],
  ]);
}

/** The names in a backend's id. */
export function backendNames(id: string): { resourceGroupName: string; serviceName: string; backendId: string } {
  const path = armPathOf(id);
  return { resourceGroupName: path[3] ?? "", serviceName: path[7] ?? "", backendId: path[9] ?? "" };
}

/**
 * One write at a time to an API Management service: it refuses parallel ones with 409.
 * @param path of a backend, or of an action of one
 */
export function writerKey(path: readonly string[]): string {
  return armId(path.slice(0, 8)).toLowerCase();
}

/** Segments of a backend's id that the arguments name. */
export const BACKEND_SEGMENTS = { serviceName: 7, backendId: 9 } as const;

/** Members that the service shows as null are not there. */
export function withoutNulls(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
}

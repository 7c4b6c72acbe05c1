import type { Json, JsonObject } from "../engine/operation";
import { isObject } from "./answers";
import type { Placeholders } from "./placeholders";
import { redactText } from "./redact";

// What of a body may stand in a recording. A member that is not named here keeps neither its name nor its value: a name
// too can be somebody's, as those of headers and tags are.

/** `kept`: numbers, and words of the service; anything else becomes a placeholder. `masked`: always a placeholder. A list has the shape of its items. */
type Shape = "kept" | "masked" | { readonly [member: string]: Shape };

function members(kept: string, masked: string, nested: { readonly [member: string]: Shape } = {}): { readonly [member: string]: Shape } {
  const all = (names: string, shape: Shape) => names.split(" ").flatMap((name) => (name === "" ? [] : [[name, shape] as const]));
  return { ...Object.fromEntries([...all(kept, "kept"), ...all(masked, "masked")]), ...nested };
}

const innermost = members("code", "message target");
const oneError = members("code", "message target", { innererror: innermost, details: innermost });
const error = { ...oneError, details: oneError, error: oneError };

const authorization = members("", "scheme parameter");
const condition = members("count percentage interval", "errorReasons", { statusCodeRanges: members("min max", "") });
const backend = {
  ...members("protocol type", "title description url resourceId"),
  credentials: { ...members("", "certificate certificateIds"), authorization, header: {}, query: {} },
  proxy: members("", "url username password"),
  tls: members("validateCertificateChain validateCertificateName", ""),
  properties: {
    serviceFabricCluster: {
      ...members("maxPartitionResolutionRetries", "managementEndpoints clientCertificateId clientCertificatethumbprint"),
      ...members("", "serverCertificateThumbprints", { serverX509Names: members("", "name issuerCertificateThumbprint") }),
    },
  },
  circuitBreaker: { rules: { ...members("tripDuration acceptRetryAfter", "name"), failureCondition: condition } },
  pool: { services: members("weight priority", "id") },
};
const connection = {
  privateEndpoint: members("", "id"),
  privateLinkServiceConnectionState: members("status", "description actionsRequired"),
};
const keys = members("keyType", "primaryKey secondaryKey primaryConnectionString secondaryConnectionString");
const resource = {
  ...members("type status percentComplete after", "id name location etag startTime endTime"),
  ...keys,
  properties: { ...backend, ...connection, ...keys, ...members("provisioningState after", ""), error },
  error,
};

/** Bodies of Azure Resource Manager: a resource, a list of such, keys, the status of an operation, an error. */
export const AZURE_BODY: Shape = { ...resource, ...members("count", "nextLink"), value: resource };

const instance = {
  ...members("InstanceStatus ArchitectureType EngineVersion EditionType InstanceType NetworkType Engine Port ShardCount RegionId", ""),
  ...members("MinorVersion", "InstanceId InstanceName VpcId VSwitchId ConnectionDomain PrivateIp SecurityIPList ZoneId CreateTime EndTime"),
};
const netInfo = {
  ...members("DBInstanceNetType Port ExpiredTime IPType DirectConnection IsSlaveProxy Upgradeable", ""),
  ...members("", "VPCInstanceId ConnectionString IPAddress VPCId VSwitchId SecurityIPGroups"),
};

/** Bodies of R-KVStore. */
export const ALIBABA_BODY: Shape = {
  ...members("Code InstanceNetworkType SSLEnabled PageNumber PageSize TotalCount", "RequestId Message HostId Recommend InstanceName"),
  ...members("", "SSLExpiredTime CertCommonName"),
  Instances: { DBInstanceAttribute: instance, KVStoreInstance: instance },
  NetInfoItems: { InstanceNetInfo: netInfo },
};

/** Parameters of R-KVStore's requests. */
export const ALIBABA_QUERY: Shape = members("Port NetType", "InstanceId ConnectionString");

const WORDS = new Set(
  (
    "cluster standard rwsplit logic VPC CLASSIC http soap None Microsoft.ApiManagement/service/backends " +
    "Microsoft.ApiManagement/service Microsoft.Cache/redisEnterprise Microsoft.Cache/redisEnterprise/privateEndpointConnections " +
    "Microsoft.SignalRService/WebPubSub"
  ).split(" "),
);

/** A port or a version, a duration, a region. */
const SHORT_FORMS = [/^\d{1,5}(\.\d{1,3}){0,2}$/, /^PT?(\d{1,4}[DHMS]T?){1,4}$/, /^(cn|ap|us|eu|me|na)-[a-z]{4,14}(-\d)?$/];

/** A word that a service writes. */
export function isServiceWord(text: string): boolean {
  if (WORDS.has(text) || SHORT_FORMS.some((form) => form.test(text))) return true;
  // A status or a code: capitalised letters, joined by dots. What looks like a key, or is known as one, is none.
  return text.length <= 64 && /^[A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)*$/.test(text) && redactText(text) === text;
}

/** A body as it may be recorded. */
export function maskedBody(value: Json, shape: Shape | undefined, placeholders: Placeholders): Json {
  if (Array.isArray(value)) return value.map((item) => maskedBody(item, shape, placeholders));
  if (isObject(value)) return maskedObject(value, typeof shape === "object" ? shape : {}, placeholders);
  if (typeof value === "string") return shape === "kept" && isServiceWord(value) ? value : placeholders.of(value);
  return typeof value === "number" && shape !== "kept" ? placeholders.ofNumber(value) : value;
}

function maskedObject(object: JsonObject, shape: { readonly [member: string]: Shape }, placeholders: Placeholders): JsonObject {
  const entries = Object.entries(object).map(([name, value]) => {
    const known = Object.hasOwn(shape, name) ? shape[name] : undefined;
    return [known === undefined ? placeholders.word(name) : name, maskedBody(value, known, placeholders)] as const;
  });
  return Object.fromEntries(entries);
}

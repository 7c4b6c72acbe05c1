import fc from "fast-check";
import type { BackendMembers } from "../../provider/apimanagement/backendMembers";
import { anyText, duration, freeText, list, orNull, partOf, text } from "./generatedTexts";

// Members of a backend by the limits of the contract of 2024-05-01.

const mapName = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("x-team", "X-Team", "Accept", "a.b", "0", "", "ключ") },
  { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty") },
  { weight: 1, arbitrary: anyText },
);
const mapOf = (maxLength: number) =>
  fc
    .array(fc.tuple(mapName, fc.array(freeText, { maxLength: 3 })), { maxLength })
    .map((entries) => Object.fromEntries(entries) as Record<string, string[]>);
const map = fc.oneof({ weight: 40, arbitrary: mapOf(4) }, { weight: 1, arbitrary: mapOf(60) });

const thumbprints = list(freeText, 1, 32);
const authorization = fc.record({ scheme: text(100), parameter: text(300) }, { noNullPrototype: true });
export const credentialParts = { certificateIds: thumbprints, certificate: thumbprints, query: map, header: map, authorization };
const credentials = fc
  .tuple(partOf<{ [Name in keyof typeof credentialParts]: unknown }>(credentialParts), fc.boolean())
  .map(([given, keepsIds]) => {
    const { certificateIds, certificate, ...others } = given;
    if (certificateIds === undefined || certificate === undefined) return given;
    return keepsIds ? { ...others, certificateIds } : { ...others, certificate };
  });

const proxy = fc.record({ url: text(2000), username: freeText, password: freeText }, { requiredKeys: ["url"], noNullPrototype: true });
const tls = partOf({ validateCertificateChain: fc.boolean(), validateCertificateName: fc.boolean() });

const x509Name = partOf({ name: orNull(freeText), issuerCertificateThumbprint: orNull(freeText) });
export const clusterParts = {
  clientCertificateId: freeText,
  clientCertificatethumbprint: freeText,
  maxPartitionResolutionRetries: fc.oneof(fc.constantFrom(0, -(2 ** 31), 2 ** 31 - 1), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  serverCertificateThumbprints: list(freeText, 0, 32),
  serverX509Names: list(x509Name, 0, 32),
};
export const managementEndpoints = list(freeText, 0, 10);
const serviceFabricCluster = fc.record(
  { managementEndpoints, ...clusterParts },
  { requiredKeys: ["managementEndpoints"], noNullPrototype: true },
);

const count = fc.oneof(
  fc.constantFrom(0, 1, -1, 100, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)),
  fc.integer({ min: -(2 ** 53 - 1), max: 2 ** 53 - 1 }),
);
const code = fc.oneof(fc.constantFrom(200, 599), fc.integer({ min: 200, max: 599 }));
const range = fc.tuple(code, code, fc.constantFrom("both", "min", "max", "none")).map(([a, b, which]) => ({
  ...(which === "both" || which === "min" ? { min: Math.min(a, b) } : {}),
  ...(which === "both" || which === "max" ? { max: Math.max(a, b) } : {}),
}));
const reason = fc.oneof({ weight: 40, arbitrary: anyText }, { weight: 1, arbitrary: fc.constantFrom("x".repeat(200), "é".repeat(200)) });
const threshold = fc
  .tuple(count, fc.constantFrom("count", "percentage"), fc.boolean())
  .map(([bound, kind, isOtherNull]) => ({ ...(isOtherNull ? { count: null, percentage: null } : {}), [kind]: bound }));
const failureCondition = fc
  .tuple(
    threshold,
    partOf({ interval: orNull(duration), statusCodeRanges: orNull(list(range, 0, 10)), errorReasons: orNull(list(reason, 0, 10)) }),
  )
  .map(([bound, others]) => ({ ...bound, ...others }));
const rule = partOf({
  name: orNull(freeText),
  failureCondition: orNull(failureCondition),
  tripDuration: orNull(duration),
  acceptRetryAfter: orNull(fc.boolean()),
});
export const rules = list(rule, 0, 15);
const circuitBreaker = partOf({ rules });

const share = orNull(fc.oneof(fc.constantFrom(0, 100), fc.integer({ min: 0, max: 100 })));
const poolMember = fc.record({ id: text(2000), weight: share, priority: share }, { requiredKeys: ["id"], noNullPrototype: true });
export const services = list(poolMember, 1, 32);
const pool = fc.record({ services }, { noNullPrototype: true });

/** Each of the twelve members, without a null but inside lists. */
export const memberValues = {
  ...{ title: text(300), description: text(2000), url: text(2000), resourceId: text(2000) },
  protocol: fc.oneof(fc.constantFrom("http", "soap"), text(20)),
  type: fc.oneof(fc.constantFrom("Single", "Pool"), text(20)),
  ...{ credentials, proxy, tls, circuitBreaker, pool },
  properties: partOf({ serviceFabricCluster }),
};

/** About half of the twelve members, as a backend may have them: the rules between members are those of a wish. */
export const backend: fc.Arbitrary<BackendMembers> = fc
  .tuple(partOf(memberValues), fc.subarray(Object.keys(memberValues)))
  .map(([all, chosen]) => Object.fromEntries(Object.entries(all).filter(([member]) => chosen.includes(member))) as BackendMembers);

/** A pool has no address of its own. */
function withoutContradiction(given: BackendMembers): BackendMembers {
  const { url, protocol, type, ...others } = given;
  if (given.pool == null && type !== "Pool") return given;
  return { ...others, ...(type === "Pool" ? { type } : {}), ...(url === null ? { url } : {}), ...(protocol === null ? { protocol } : {}) };
}

/** Whether there is anything in it: an empty object owns nothing. */
function ownsSomething(value: unknown, isMap = false): boolean {
  if (value === undefined) return false;
  if (typeof value !== "object" || value === null || Array.isArray(value) || isMap) return true;
  return Object.entries(value).some(([name, part]) => ownsSomething(part, name === "header" || name === "query"));
}

/** What a patch may be given, rules between members kept, something owned. */
export const wish = backend.map(withoutContradiction).filter((given) => ownsSomething(given));

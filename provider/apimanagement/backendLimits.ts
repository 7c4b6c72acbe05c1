import { limits } from "../engine/limits";
import type { Zod } from "../engine/operation";

// The limits of the contract of 2024-05-01, one statement each.

export function serviceNameSchema(zod: Zod) {
  const pattern = /^[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/;
  return limits(zod).name(1, 50, pattern, "letters, digits and hyphens, the first a letter, the last no hyphen");
}

export function backendIdSchema(zod: Zod) {
  return limits(zod).text(1, 80);
}

/** The schema of {@link BackendMembers}. */
export function backendMembersSchema(zod: Zod) {
  const { filled, text, between, atMost, duration } = limits(zod);
  // No bounds: the contract has none, and those of other providers (1 to 10000, 1 to 100) are theirs.
  const count = zod.number("must be a whole number").refine(Number.isSafeInteger, "must be a whole number");
  // The service refuses an empty list.
  const thumbprints = () => atMost(32, zod.string()).min(1, "must not be empty; leave it out, or give null to remove it");
  const values = zod.record(zod.string(), zod.array(zod.string()));
  const failureCondition = zod.strictObject({
    count: count.nullish(),
    percentage: count.nullish(),
    interval: duration("PT1M").nullish(),
    statusCodeRanges: atMost(10, zod.strictObject({ min: between(200, 599).optional(), max: between(200, 599).optional() })).nullish(),
    errorReasons: atMost(10, text(0, 200)).nullish(),
  });
  return {
    title: text(1, 300).nullish(),
    description: text(1, 2000).nullish(),
    url: text(1, 2000).nullish(),
    protocol: filled().nullish(),
    resourceId: text(1, 2000).nullish(),
    type: filled().nullish(),
    credentials: zod
      .strictObject({
        certificateIds: thumbprints().nullish(),
        certificate: thumbprints().nullish(),
        query: values.nullish(),
        header: values.nullish(),
        authorization: zod.strictObject({ scheme: text(1, 100), parameter: text(1, 300) }).nullish(),
      })
      .nullish(),
    proxy: zod.strictObject({ url: text(1, 2000), username: zod.string().nullish(), password: zod.string().nullish() }).nullish(),
    tls: zod
      .strictObject({ validateCertificateChain: zod.boolean().optional(), validateCertificateName: zod.boolean().optional() })
      .nullish(),
    properties: zod
      .strictObject({
        serviceFabricCluster: zod
          .strictObject({
            managementEndpoints: zod.array(zod.string()),
            clientCertificateId: zod.string().nullish(),
            clientCertificatethumbprint: zod.string().nullish(),
            maxPartitionResolutionRetries: zod.int32("must be a 32-bit whole number").nullish(),
            serverCertificateThumbprints: zod.array(zod.string()).nullish(),
            serverX509Names: zod
              .array(zod.strictObject({ name: zod.string().nullish(), issuerCertificateThumbprint: zod.string().nullish() }))
              .nullish(),
          })
          .nullish(),
      })
      .nullish(),
    circuitBreaker: zod
      .strictObject({
        // 15 by the contract; the documentation speaks of one, and the service decides.
        rules: atMost(
          15,
          zod.strictObject({
            name: zod.string().nullish(),
            failureCondition: failureCondition.nullish(),
            tripDuration: duration("PT1M").nullish(),
            acceptRetryAfter: zod.boolean().nullish(),
          }),
        ).nullish(),
      })
      .nullish(),
    pool: zod
      .strictObject({
        services: zod
          .array(
            zod.strictObject({
              id: filled(),
              weight: between(0, 100).nullish(),
              priority: between(0, 100).nullish(),
            }),
          )
          .min(1, "must have at least one item")
          .describe("at least one item"),
      })
      .nullish(),
  };
}

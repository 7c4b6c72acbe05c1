import type { Zod } from "../engine/operation";

// The limits of the contract of 2024-05-01, one statement each.

export function serviceNameSchema(zod: Zod) {
  return zod
    .string()
    .min(1, "must have 1 to 50 characters")
    .max(50, "must have 1 to 50 characters")
    .regex(
      /^[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/,
      "must start with a letter, end with a letter or digit, and hold letters, digits and hyphens",
    );
}

export function backendIdSchema(zod: Zod) {
  return zod.string().min(1, "must have 1 to 80 characters").max(80, "must have 1 to 80 characters");
}

/** The schema of {@link BackendMembers}. */
export function backendMembersSchema(zod: Zod) {
  const text = (maximum: number) =>
    zod.string().min(1, `must have 1 to ${maximum} characters`).max(maximum, `must have 1 to ${maximum} characters`);
  const whole = zod.int({ error: "must be a whole number" });
  const between = (minimum: number, maximum: number) =>
    whole.min(minimum, `must be ${minimum} to ${maximum}`).max(maximum, `must be ${minimum} to ${maximum}`);
  // No bounds: the contract has none, and those of other providers (1 to 10000, 1 to 100) are theirs.
  const count = zod.number().refine(Number.isSafeInteger, "must be a whole number");
  const duration = zod.iso.duration('must be an ISO 8601 duration such as "PT1M"');
  const thumbprints = zod
    .array(zod.string())
    .min(1, "must not be empty; leave it out, or give null to remove it")
    .max(32, "may have at most 32 items");
  const values = zod.record(zod.string(), zod.array(zod.string()));
  const failureCondition = zod.strictObject({
    count: count.nullish(),
    percentage: count.nullish(),
    interval: duration.nullish(),
    statusCodeRanges: zod
      .array(zod.strictObject({ min: between(200, 599).optional(), max: between(200, 599).optional() }))
      .max(10, "may have at most 10 items")
      .nullish(),
    errorReasons: zod.array(zod.string().max(200, "may have at most 200 characters")).max(10, "may have at most 10 items").nullish(),
  });
  return {
    title: text(300).nullish(),
    description: text(2000).nullish(),
    url: text(2000).nullish(),
    protocol: zod.string().min(1, "must not be empty").nullish(),
    resourceId: text(2000).nullish(),
    type: zod.string().min(1, "must not be empty").nullish(),
    credentials: zod
      .strictObject({
        certificateIds: thumbprints.nullish(),
        certificate: thumbprints.nullish(),
        query: values.nullish(),
        header: values.nullish(),
        authorization: zod.strictObject({ scheme: text(100), parameter: text(300) }).nullish(),
      })
      .nullish(),
    proxy: zod.strictObject({ url: text(2000), username: zod.string().nullish(), password: zod.string().nullish() }).nullish(),
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
        rules: zod
          .array(
            zod.strictObject({
              name: zod.string().nullish(),
              failureCondition: failureCondition.nullish(),
              tripDuration: duration.nullish(),
              acceptRetryAfter: zod.boolean().nullish(),
            }),
          )
          // 15 by the contract; the documentation speaks of one, and the service decides.
          .max(15, "may have at most 15 items")
          .nullish(),
      })
      .nullish(),
    pool: zod
      .strictObject({
        services: zod
          .array(
            zod.strictObject({
              id: zod.string().min(1, "must not be empty"),
              weight: between(0, 100).nullish(),
              priority: between(0, 100).nullish(),
            }),
          )
          .min(1, "must have at least one member"),
      })
      .nullish(),
  };
}

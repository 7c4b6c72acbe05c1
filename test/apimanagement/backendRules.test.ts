import type { Cloud } from "../cloud";
import { patchOf, place, startGateway } from "./gateway";

const notKnownYet = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const rule = (failureCondition: object) => ({ circuitBreaker: { rules: [{ failureCondition }] } });
const many = (count: number) => Array.from({ length: count }, (_, index) => `item ${index}`);

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startGateway();
});

afterAll(async () => {
  expect(cloud.requests).toEqual([]);
  await cloud.stop();
});

const refused: [object, string[]][] = [
  [{}, ["backendId: give at least one member of the backend to patch: without any, this resource would own nothing"]],
  [{ tls: {} }, ["backendId: give at least one member of the backend to patch: without any, this resource would own nothing"]],
  [{ title: "" }, ['title: must have 1 to 300 characters (is "")']],
  [{ title: "t".repeat(301) }, [`title: must have 1 to 300 characters (is "${"t".repeat(58)}…, 301 characters)`]],
  [{ description: "d".repeat(2001) }, [`description: must have 1 to 2000 characters (is "${"d".repeat(58)}…, 2001 characters)`]],
  [
    { pool: { services: [{ id: "a" }] }, url: "https://a.example.com", protocol: "http", type: "Single" },
    [
      'url: is not supported for a backend pool (is "https://a.example.com")',
      'protocol: is not supported for a backend pool (is "http")',
      'type: must be "Pool" when pool is given (is "Single")',
    ],
  ],
  [{ pool: { services: [] } }, ["pool.services: must have at least one item (is [])"]],
  [{ pool: {} }, ["pool.services: is required and was not given"]],
  [
    { pool: { services: [{ id: "a", weight: 101, priority: -1 }] } },
    ["pool.services[0].weight: must be 0 to 100 (is 101)", "pool.services[0].priority: must be 0 to 100 (is -1)"],
  ],
  [rule({}), ["circuitBreaker.rules[0].failureCondition: must have exactly one of count and percentage, not none (is {})"]],
  [
    rule({ count: 1, percentage: 2 }),
    ['circuitBreaker.rules[0].failureCondition: must have exactly one of count and percentage, not both (is {"count":1,"percentage":2})'],
  ],
  [rule({ count: 1.5 }), ["circuitBreaker.rules[0].failureCondition.count: must be a whole number (is 1.5)"]],
  [
    rule({ count: 1, statusCodeRanges: [{ min: 100, max: 600 }] }),
    [
      "circuitBreaker.rules[0].failureCondition.statusCodeRanges[0].min: must be 200 to 599 (is 100)",
      "circuitBreaker.rules[0].failureCondition.statusCodeRanges[0].max: must be 200 to 599 (is 600)",
    ],
  ],
  [
    rule({ count: 1, statusCodeRanges: [{ min: 599, max: 200 }] }),
    ['circuitBreaker.rules[0].failureCondition.statusCodeRanges[0]: must have min not above max (is {"min":599,"max":200})'],
  ],
  [
    rule({ count: 1, errorReasons: many(11) }),
    [
      `circuitBreaker.rules[0].failureCondition.errorReasons: must have at most 10 items (is ${JSON.stringify(many(11)).slice(0, 59)}…, 11 items)`,
    ],
  ],
  [
    rule({ count: 1, interval: "1h" }),
    ['circuitBreaker.rules[0].failureCondition.interval: must be an ISO 8601 duration such as "PT1M" (is "1h")'],
  ],
  [
    { circuitBreaker: { rules: many(16).map((name) => ({ name })) } },
    [expect.stringMatching(/^circuitBreaker\.rules: must have at most 15 items \(is \[.{58}…, 16 items\)$/)],
  ],
  [{ credentials: { certificateIds: [] } }, ["credentials.certificateIds: must not be empty; leave it out, or give null to remove it"]],
  [{ credentials: { certificate: many(33) } }, ["credentials.certificate: must have at most 32 items"]],
  [
    { credentials: { certificate: ["a"], certificateIds: ["b"] } },
    ["credentials.certificate: is ignored by the service when certificateIds is given; give one of the two"],
  ],
  [{ credentials: { authorization: { scheme: "Bearer" } } }, ["credentials.authorization.parameter: is required and was not given"]],
  [{ proxy: { username: "me" } }, ["proxy.url: is required and was not given"]],
  [{ tls: { validateCertificateChian: true } }, ["tls.validateCertificateChian: is not an argument of this resource; check its spelling"]],
  [
    { extraProperties: { tls: { validateCertificateName: true } } },
    ["extraProperties.tls.validateCertificateName: has an argument of its own: give tls.validateCertificateName instead (is true)"],
  ],
  [{ title: "t", ifMatch: "AAAA" }, ['ifMatch: must be "*", or an ETag with its quotes (is "AAAA")']],
  [
    { title: "t", serviceName: "1st" },
    ['serviceName: must be 1 to 50 letters, digits and hyphens, the first a letter, the last no hyphen (is "1st")'],
  ],
  [{ title: "t", backendId: "b".repeat(81) }, [`backendId: must have 1 to 80 characters (is "${"b".repeat(58)}…, 81 characters)`]],
  [{ title: "t", resourceGroupName: undefined }, ["resourceGroupName: is required and was not given"]],
];

const accepted: object[] = [
  { title: "t", ifMatch: 'W/"AAAA"' },
  { title: null, credentials: null, proxy: null, tls: null, pool: null, circuitBreaker: null },
  { pool: { services: [{ id: "a", weight: null, priority: 100 }] }, type: "Pool" },
  rule({ percentage: 0, interval: "PT1M30S", statusCodeRanges: [{ min: 200, max: 599 }] }),
  { protocol: "grpc", type: "Newer" },
  { extraProperties: { credentials: { managedIdentity: { clientId: "a" } }, novelty: [1] } },
  {
    properties: {
      serviceFabricCluster: { managementEndpoints: ["https://a"], clientCertificatethumbprint: "ab", maxPartitionResolutionRetries: 5 },
    },
  },
];

describe("the check of a BackendPatch", () => {
  it.each(refused)("refuses %j", async (given, problems) => {
    expect(await patchOf(cloud).problems({ ...place, ...given })).toEqual(problems);
  });

  it.each(accepted)("accepts %j", async (given) => {
    expect(await patchOf(cloud).problems({ ...place, ...given })).toEqual([]);
  });

  it("refuses nothing that is not known yet, at any depth", async () => {
    const unknownInside = (value: unknown): unknown[] => {
      if (typeof value !== "object" || value === null) return [notKnownYet];
      const parts = Object.entries(value).flatMap(([member, part]) =>
        unknownInside(part).map((hidden) => (Array.isArray(value) ? value.with(Number(member), hidden) : { ...value, [member]: hidden })),
      );
      return [notKnownYet, ...parts];
    };
    const whole = {
      ...place,
      title: "t",
      credentials: { certificateIds: ["a"], header: { a: ["b"] }, authorization: { scheme: "s", parameter: "p" } },
      tls: { validateCertificateChain: true, validateCertificateName: true },
      circuitBreaker: {
        rules: [{ name: "r", failureCondition: { count: 1, statusCodeRanges: [{ min: 200, max: 300 }] }, acceptRetryAfter: true }],
      },
      extraProperties: { novelty: { a: 1 } },
      ifMatch: "*",
      onConflict: "fail",
      onDestroy: "leave",
      timeouts: { create: "1m" },
      subscriptionId: "s",
    };
    const variants = unknownInside(whole).filter((variant) => variant !== notKnownYet);
    expect(variants.length).toBeGreaterThan(30);
    for (const variant of variants) expect(await patchOf(cloud).problems(variant as Record<string, unknown>)).toEqual([]);
  });

  it("never names a secret argument so that the engine finds its value and prints it", async () => {
    const given = {
      ...place,
      title: "t".repeat(301),
      url: 5,
      credentials: "mine",
      extraProperties: 1,
      __secret: ["title", "extraProperties.a"],
    };
    expect((await patchOf(cloud).problems(given)).map((problem) => problem.split(":")[0])).toEqual([
      ...['["title"]', "url", '["credentials"]', '["extraProperties"]'],
    ]);
  });
});

import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as backendReconnect } from "../../provider/apimanagement/backendReconnect";
import { UNKNOWN } from "../../provider/engine/state";
import { operation as directConnection } from "../../provider/kvstore/directConnection";
import { operation as privateEndpointConnection } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import { operation as rotatingKeys } from "../../provider/webpubsub/rotatingKeys";
import { hooksOf } from "./surroundings";

const whole: [string, unknown, Record<string, unknown>][] = [
  [
    "apimanagement/BackendPatch",
    backendPatch,
    {
      subscriptionId: "s",
      resourceGroupName: "rg",
      serviceName: "apim-prod",
      backendId: "orders",
      title: "t",
      description: "d",
      url: "https://orders.example",
      protocol: "http",
      resourceId: "r",
      type: "Single",
      credentials: {
        certificateIds: ["a", "b"],
        query: { a: ["1"] },
        header: { b: ["2"] },
        authorization: { scheme: "Bearer", parameter: "p" },
      },
      proxy: { url: "https://proxy.example", username: "u", password: "p" },
      tls: { validateCertificateChain: true, validateCertificateName: false },
      properties: {
        serviceFabricCluster: { managementEndpoints: ["e"], maxPartitionResolutionRetries: 1, serverX509Names: [{ name: "n" }] },
      },
      circuitBreaker: {
        rules: [
          {
            name: "r",
            tripDuration: "PT1M",
            acceptRetryAfter: true,
            failureCondition: { count: 1, interval: "PT1M", statusCodeRanges: [{ min: 500, max: 599 }], errorReasons: ["timeout"] },
          },
        ],
      },
      extraProperties: { newer: { member: 1 } },
      ifMatch: "*",
      onConflict: "fail",
      onDestroy: "restore",
      timeouts: { create: "1m", read: "1s" },
    },
  ],
  [
    "apimanagement/BackendReconnect",
    backendReconnect,
    {
      resourceGroupName: "rg",
      serviceName: "apim-prod",
      backendId: "orders",
      after: "PT2M",
      triggers: { a: [1, { b: 2 }] },
      runOnCreate: true,
    },
  ],
  [
    "redisenterprise/PrivateEndpointConnection",
    privateEndpointConnection,
    {
      resourceGroupName: "rg",
      clusterName: "cache",
      privateEndpointConnectionName: "pe",
      privateLinkServiceConnectionState: { status: "Approved", description: "d", actionsRequired: "None" },
      allowedSubscriptionIds: ["s"],
      onDestroy: "leave",
    },
  ],
  [
    "webpubsub/KeyRegeneration",
    keyRegeneration,
    { resourceGroupName: "rg", resourceName: "chat", keyType: "Salt", keys: "secret", triggers: { month: "10" }, runOnCreate: false },
  ],
  [
    "webpubsub/RotatingKeys",
    rotatingKeys,
    {
      resourceGroupName: "rg",
      resourceName: "chat",
      keys: "secret",
      triggers: { month: "10" },
      runOnCreate: true,
      firstKeyType: "Secondary",
      maximumAge: "P90D",
    },
  ],
  [
    "kvstore/DirectConnection",
    directConnection,
    {
      instanceId: "r-bp1",
      connectionString: "orders01",
      port: "6379",
      regionId: "cn-hangzhou",
      onDestroy: "retain",
      timeouts: { delete: "1m" },
    },
  ],
];

/** The value once for each of its parts, at any depth, with that part unknown. */
function withEachPartUnknown(value: unknown): [path: string, value: unknown][] {
  if (typeof value !== "object" || value === null) return [["", UNKNOWN]];
  const below = Object.entries(value).flatMap(([member, part]) =>
    withEachPartUnknown(part).map(([path, unknown]): [string, unknown] => [
      `.${member}${path}`,
      Array.isArray(value) ? value.map((item, index) => (String(index) === member ? unknown : item)) : { ...value, [member]: unknown },
    ]),
  );
  return [["", UNKNOWN], ...below];
}

describe.each(whole)("check of %s", (_name, operation, inputs) => {
  it("takes the arguments that everything here is tried with", async () => {
    expect((await hooksOf(operation).hooks.check({}, inputs)).failures).toEqual([]);
  });

  it("never reports what is not known yet, at any depth, and says so in words", async () => {
    const [, ...parts] = withEachPartUnknown(inputs);
    for (const [path, unknown] of parts) {
      const { hooks, host } = hooksOf(operation);
      const { failures } = await hooks.check({}, unknown as Record<string, unknown>);
      expect({ path, failures }).toEqual({ path, failures: [] });
      expect(host.sentences().join()).not.toMatch(/04da6b54|undefined|\[object/);
    }
  });

  it("takes arguments of which nothing is known", async () => {
    const nothing = Object.fromEntries(Object.keys(inputs).map((member) => [member, UNKNOWN]));
    const { hooks, host } = hooksOf(operation);
    expect((await hooks.check({}, nothing)).failures).toEqual([]);
    expect(host.sentences().join()).not.toMatch(/04da6b54|undefined|\[object/);
  });
});

describe("a rule between members", () => {
  const backend = { resourceGroupName: "rg", serviceName: "apim-prod", backendId: "orders" };
  const failuresOf = async (operation: unknown, inputs: Record<string, unknown>) =>
    (await hooksOf(operation).hooks.check({}, inputs)).failures.map((failure) => failure.property);

  it("is skipped while one of its members is unknown", async () => {
    expect(await failuresOf(backendPatch, { ...backend, url: "https://a.example", pool: UNKNOWN })).toEqual([]);
    expect(await failuresOf(backendPatch, { ...backend, url: "https://a.example", pool: { services: [{ id: "a" }] } })).toEqual(["url"]);
    expect(await failuresOf(backendPatch, { ...backend, extraProperties: UNKNOWN })).toEqual([]);
    expect(await failuresOf(backendPatch, backend)).toEqual(["backendId"]);
    const connection = { resourceGroupName: "rg", clusterName: "cache", privateLinkServiceConnectionState: { status: "Approved" } };
    expect(await failuresOf(privateEndpointConnection, { ...connection, privateEndpointId: UNKNOWN })).toEqual([]);
    expect(await failuresOf(privateEndpointConnection, connection)).toEqual(["privateEndpointConnectionName"]);
  });

  it("speaks beside mistakes of shape, and never of what it cannot know for them", async () => {
    const condition = {
      count: 1,
      percentage: UNKNOWN,
      interval: "1h",
      statusCodeRanges: [
        { min: 599, max: 200 },
        { min: "a", max: 1 },
      ],
    };
    expect(
      await failuresOf(backendPatch, {
        ...backend,
        url: "",
        pool: { services: [] },
        circuitBreaker: { rules: [{ failureCondition: condition }, 5] },
      }),
    ).toEqual([
      ...["url", "circuitBreaker.rules[0].failureCondition.interval"],
      ...["circuitBreaker.rules[0].failureCondition.statusCodeRanges[1].min"],
      ...["circuitBreaker.rules[0].failureCondition.statusCodeRanges[1].max", "circuitBreaker.rules[1]", "pool.services"],
      ...["url", "circuitBreaker.rules[0].failureCondition.statusCodeRanges[0]"],
    ]);
    expect(await failuresOf(backendPatch, { ...backend, circuitBreaker: { rules: "all" } })).toEqual(["circuitBreaker.rules"]);
    expect(await failuresOf(backendPatch, { ...backend, extraProperties: ["title"] })).toEqual(['["extraProperties"]']);
    expect(await failuresOf(backendPatch, { ...backend, credentials: "none" })).toEqual(['["credentials"]']);
  });
});

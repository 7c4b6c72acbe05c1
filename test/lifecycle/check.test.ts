import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as backendReconnect } from "../../provider/apimanagement/backendReconnect";
import { UNKNOWN } from "../../provider/engine/state";
import { operation as directConnection } from "../../provider/kvstore/directConnection";
import { operation as privateEndpointConnection } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import { operation as rotatingKeys } from "../../provider/webpubsub/rotatingKeys";
import { hooksOf, settingsOf } from "./surroundings";

const backend = { resourceGroupName: "rg", serviceName: "apim-prod", backendId: "orders" };

async function refused(
  operation: unknown,
  inputs: Record<string, unknown>,
  settings = settingsOf({ subscriptionId: "s", regionId: "cn-hangzhou" }),
) {
  const { failures } = await hooksOf(operation, { settings }).hooks.check({}, inputs);
  return Object.fromEntries(failures.map(({ property, reason }) => [property, reason]));
}

const twentyMistakes = {
  resourceGroupName: "rg/other",
  serviceName: "-apim",
  backendId: "",
  title: "",
  description: "d".repeat(2001),
  url: 5,
  protocol: "",
  resourceId: "r".repeat(2001),
  type: "Single",
  credentials: { certificate: [], header: { "x-trace": "a" }, authorization: { scheme: "Bearer" }, cookie: "c" },
  proxy: { username: "u" },
  tls: { validateCertificateChain: "yes" },
  circuitBreaker: {
    rules: [{ failureCondition: { count: 1.5, interval: "1 minute", statusCodeRanges: [{ min: 100, max: 600 }] }, tripDuration: "P" }],
  },
  pool: { services: [{ weight: 101 }] },
  ifMatch: "AAAA",
  onConflict: "win",
  onDestroy: "delete",
  timeouts: { create: "soon" },
  titel: "misspelled",
};

describe("check", () => {
  it("names every mistake at once, each by its property path", async () => {
    expect(Object.keys(await refused(backendPatch, twentyMistakes)).sort()).toEqual(
      [
        "backendId",
        "circuitBreaker.rules[0].failureCondition.count",
        "circuitBreaker.rules[0].failureCondition.interval",
        "circuitBreaker.rules[0].failureCondition.statusCodeRanges[0].max",
        "circuitBreaker.rules[0].failureCondition.statusCodeRanges[0].min",
        "circuitBreaker.rules[0].tripDuration",
        "credentials.authorization.parameter",
        "credentials.certificate",
        "credentials.cookie",
        "credentials.header.x-trace",
        "description",
        "ifMatch",
        "onConflict",
        "onDestroy",
        "pool.services[0].id",
        "pool.services[0].weight",
        "protocol",
        "proxy.url",
        "resourceGroupName",
        "resourceId",
        "serviceName",
        "timeouts.create",
        '["titel"]',
        "title",
        "tls.validateCertificateChain",
        "type",
        "url",
      ].sort(),
    );
  });

  it("gives each reason in words of its own, with the value unless it is secret, misspelled or missing", async () => {
    const reasons = await refused(backendPatch, twentyMistakes);
    for (const [property, reason] of Object.entries(reasons)) {
      expect(reason).not.toMatch(/undefined|\bNaN\b|\[object|regex|pattern|[Ii]nvalid/);
      expect(reason.length).toBeLessThan(200);
      const isTold = !/^credentials|^proxy|titel|services\[0\]\.id/.test(property);
      expect([property, / \(is .+\)$/.test(reason)]).toEqual([property, isTold]);
    }
    expect(reasons.url).toBe("is not supported for a backend pool (is 5)");
    expect(reasons["tls.validateCertificateChain"]).toBe('must be true or false (is "yes")');
    expect(reasons.description).toMatch(/^must have 1 to 2000 characters \(is "d{58}…, 2001 characters\)$/);
    expect(reasons["credentials.certificate"]).toBe("must not be empty; leave it out, or give null to remove it");
  });

  it("fails in an update at the first resource, and lets a preview collect the mistakes of all", async () => {
    const { hooks, host } = hooksOf(backendPatch);
    const wrong = { ...backend, title: "", description: "" };
    const mistakes = ['title: must have 1 to 300 characters (is "")', 'description: must have 1 to 2000 characters (is "")'];
    expect((await hooks.check({}, wrong)).failures).toHaveLength(2);
    const collected = await hooks.check({}, { ...wrong, __mistakes: [] });
    expect(collected).toEqual({ inputs: { ...wrong, __mistakes: mistakes }, failures: [] });
    expect(await hooks.diff("id", { ...backend, title: "t" }, collected.inputs)).toEqual({ changes: true });
    expect(host.lines).toEqual([]);
    const right = { ...backend, title: "t" };
    expect(await hooks.check({}, { ...right, __mistakes: [] })).toEqual({ inputs: right, failures: [] });
  });

  it("says of an argument that does not exist to check its spelling", async () => {
    expect(await refused(backendPatch, { ...backend, title: "t", titel: "x" })).toEqual({
      '["titel"]': "is not an argument of this resource; check its spelling",
    });
    expect(await refused(backendPatch, { ...backend, tls: { chain: true } })).toHaveProperty(["tls.chain"]);
  });

  it.each([
    ["apimanagement/BackendPatch", backendPatch, { title: "t" }, ["resourceGroupName", "serviceName", "backendId"]],
    ["apimanagement/BackendReconnect", backendReconnect, {}, ["resourceGroupName", "serviceName", "backendId"]],
    [
      "redisenterprise/PrivateEndpointConnection",
      privateEndpointConnection,
      { privateEndpointConnectionName: "pe" },
      ["resourceGroupName", "clusterName", "privateLinkServiceConnectionState"],
    ],
    ["webpubsub/KeyRegeneration", keyRegeneration, {}, ["resourceGroupName", "resourceName", "keyType"]],
    ["webpubsub/RotatingKeys", rotatingKeys, {}, ["resourceGroupName", "resourceName"]],
    ["kvstore/DirectConnection", directConnection, {}, ["instanceId"]],
  ])("says of each required argument of %s that it was not given", async (_name, operation, inputs, required) => {
    const failures = await refused(operation, inputs);
    expect(failures).toEqual(Object.fromEntries(required.map((member) => [member, "is required and was not given"])));
  });

  it("says where a default subscription or region was looked for", async () => {
    const none = settingsOf({});
    expect(await refused(backendPatch, { ...backend, title: "t" }, none)).toEqual({
      subscriptionId: "was not given and no default is configured (looked for patchbay:subscriptionId, ENV_subscriptionId)",
    });
    expect(await refused(directConnection, { instanceId: "r-bp1" }, none)).toEqual({
      regionId: "was not given and no default is configured (looked for patchbay:regionId, ENV_regionId)",
    });
    expect(await refused(backendPatch, { ...backend, title: "t", subscriptionId: "s" }, none)).toEqual({});
    expect(await refused(directConnection, { instanceId: "r-bp1", regionId: UNKNOWN }, none)).toEqual({});
  });

  it("ignores what Pulumi and this package keep beside the arguments, and passes it on without the urn", async () => {
    const internals = { __provider: "exports.handler=…", __secret: ["title"], __defaults: [] };
    const { hooks } = hooksOf(backendPatch);
    const inputs = { ...backend, title: "t", ...internals };
    expect(await hooks.check({}, { ...inputs, __urn: "urn:pulumi:s::p::t::orders" })).toEqual({ inputs, failures: [] });
  });

  it("changes nothing of the inputs and sends nothing", async () => {
    const { hooks, carrier } = hooksOf(backendPatch);
    const inputs = Object.freeze({ ...backend, title: "t", extraProperties: Object.freeze({ newer: 1 }) });
    expect((await hooks.check({}, inputs)).inputs).toEqual(inputs);
    expect(carrier.requests).toEqual([]);
  });

  it("announces a create only when nothing is wrong and there is no resource yet", async () => {
    const { hooks, host } = hooksOf(backendPatch);
    const urn = "urn:pulumi:s::p::t::orders-patch";
    await hooks.check({}, { ...backend, title: "", __urn: urn });
    await hooks.check({ ...backend, title: "t" }, { ...backend, title: "t", __urn: urn });
    expect(host.lines).toEqual([]);
    await hooks.check({}, { ...backend, title: "t", __urn: urn, __mistakes: [] });
    await hooks.check({}, { ...backend, title: "t", __urn: urn });
    const message = expect.stringMatching(/^apimanagement\.BackendPatch orders-patch: will patch title/);
    const line = { severity: "info", urn, message };
    // A preview keeps it; in an update it stands on the row until the work itself says more.
    expect(host.lines).toEqual([
      { ...line, ephemeral: false },
      { ...line, ephemeral: true },
    ]);
  });
});

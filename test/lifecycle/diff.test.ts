import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as backendReconnect } from "../../provider/apimanagement/backendReconnect";
import { UNKNOWN } from "../../provider/engine/state";
import { operation as directConnection } from "../../provider/kvstore/directConnection";
import { operation as privateEndpointConnection } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import { operation as rotatingKeys } from "../../provider/webpubsub/rotatingKeys";
import { hooksOf } from "./surroundings";

const group = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers";
const lastRun = { at: "2026-10-01T00:00:00.000Z", requestId: "r", correlationId: "c", outcome: "accepted" };

/** One resource of each operation: what the program gives, what the last run recorded beside it, and its target. */
const resources = [
  {
    operation: backendPatch,
    id: `${group}/Microsoft.ApiManagement/service/apim-prod/backends/orders`,
    given: { resourceGroupName: "rg", serviceName: "apim-prod", backendId: "orders", title: "Orders" },
    recorded: { etag: '"AAAA="' },
    targets: { resourceGroupName: "other", serviceName: "other", backendId: "other", subscriptionId: "other" },
    deleteBeforeReplace: false,
  },
  {
    operation: backendReconnect,
    id: `${group}/Microsoft.ApiManagement/service/apim-prod/backends/orders/reconnect`,
    given: { resourceGroupName: "rg", serviceName: "apim-prod", backendId: "orders", triggers: { month: "10", day: { a: 1, b: [2] } } },
    recorded: { lastRun },
    targets: { resourceGroupName: "other", serviceName: "other", backendId: "other", subscriptionId: "other" },
    deleteBeforeReplace: false,
  },
  {
    operation: privateEndpointConnection,
    id: `${group}/Microsoft.Cache/redisEnterprise/cache/privateEndpointConnections/pe`,
    given: {
      resourceGroupName: "rg",
      clusterName: "cache",
      privateEndpointConnectionName: "pe",
      privateLinkServiceConnectionState: { status: "Approved" },
    },
    recorded: { provisioningState: "Succeeded" },
    targets: { resourceGroupName: "other", clusterName: "other", privateEndpointConnectionName: "other", subscriptionId: "other" },
    deleteBeforeReplace: false,
  },
  {
    operation: keyRegeneration,
    id: `${group}/Microsoft.SignalRService/webPubSub/chat/regenerateKey/Primary`,
    given: { resourceGroupName: "rg", resourceName: "chat", keyType: "Primary", triggers: { month: "10" } },
    recorded: { fingerprints: { primary: "a", secondary: "b" }, primaryKey: "planted", lastRun },
    targets: { resourceGroupName: "other", resourceName: "other", keyType: "Secondary", subscriptionId: "other" },
    deleteBeforeReplace: false,
  },
  {
    operation: rotatingKeys,
    id: `${group}/Microsoft.SignalRService/webPubSub/chat/rotatingKeys`,
    given: { resourceGroupName: "rg", resourceName: "chat", triggers: { month: "10" } },
    recorded: { activeKeyType: "Secondary", idleKeyType: "Primary", fingerprints: { primary: "a", secondary: "b" }, lastRun },
    targets: { resourceGroupName: "other", resourceName: "other", subscriptionId: "other" },
    deleteBeforeReplace: false,
  },
  {
    operation: directConnection,
    id: "cn-hangzhou/r-bp1/direct",
    given: { instanceId: "r-bp1", connectionString: "orders01" },
    recorded: { connectionDomain: "orders01.redis.rds.aliyuncs.com", port: 6379, ipAddress: "10.0.0.1", adopted: false },
    targets: { instanceId: "r-bp2", connectionString: "orders02", regionId: "cn-beijing", port: 6380 },
    deleteBeforeReplace: true,
  },
].map((resource) => ({ ...resource, name: resource.operation.name }));

describe.each(resources)("diff of $name", ({ operation, id, given, recorded, targets, deleteBeforeReplace }) => {
  const olds = { ...given, ...recorded, __provider: "text" };
  const diffOf = async (news: object, before: object = olds) => {
    const { hooks, host, carrier } = hooksOf(operation);
    const diff = await hooks.diff(id, { ...before }, { ...news });
    expect(carrier.requests).toEqual([]);
    return { ...diff, sentences: host.sentences() };
  };

  it("finds nothing to do when nothing changed", async () => {
    expect(await diffOf({ ...given, __provider: "text" })).toEqual({ changes: false, sentences: [] });
  });

  it("finds nothing to do when only what Pulumi keeps beside the arguments changed", async () => {
    expect((await diffOf({ ...given, __provider: "of a newer version", __secret: [...Object.keys(given)] })).changes).toBe(false);
    expect((await diffOf(given, { ...olds, __secret: ["triggers"], __given: ["port"], __defaults: [] })).changes).toBe(false);
  });

  it("finds nothing to do when only the order of members changed", async () => {
    expect((await diffOf(Object.fromEntries(Object.entries(given).reverse()))).changes).toBe(false);
  });

  it("finds nothing to do when only timeouts changed", async () => {
    expect(await diffOf({ ...given, timeouts: { create: "1h" } })).toEqual({ changes: false, sentences: [] });
    expect((await diffOf(given, { ...olds, timeouts: { create: "1h" } })).changes).toBe(false);
  });

  it("replaces another target, naming the argument", async () => {
    for (const [argument, value] of Object.entries(targets)) {
      expect(await diffOf({ ...given, [argument]: value })).toEqual({
        changes: true,
        replaces: [argument],
        deleteBeforeReplace,
        sentences: [],
      });
    }
  });

  it("replaces nothing for a target that is not known yet, and announces an update", async () => {
    for (const argument of Object.keys(targets)) {
      const { changes, replaces, sentences } = await diffOf({ ...given, [argument]: UNKNOWN });
      expect({ argument, changes, replaces }).toEqual({ argument, changes: true, replaces: undefined });
      expect(sentences.join()).not.toMatch(/04da6b54|undefined|\[object/);
    }
  });

  it("takes the target's names in any case", async () => {
    const shouted = Object.fromEntries(
      Object.entries(given).map(([member, value]) => [member, /Name$|^backendId$/.test(member) ? String(value).toUpperCase() : value]),
    );
    expect((await diffOf(shouted)).changes).toBe(false);
  });
});

describe("diff of a triggered action", () => {
  const [, reconnect] = resources as [unknown, (typeof resources)[number]];
  const diffOf = async (before: unknown, after: unknown, more: object = {}) => {
    const { hooks, host } = hooksOf(backendReconnect);
    const state = { ...reconnect.given, ...reconnect.recorded, triggers: before };
    const { changes } = await hooks.diff(reconnect.id, state, { ...reconnect.given, triggers: after, ...more });
    return { changes, sentence: host.sentences().join(" ") };
  };

  it("names each trigger that changed, with both values, and no other", async () => {
    const { changes, sentence } = await diffOf({ month: "10", year: 2026, gone: true }, { year: 2026, month: "11", added: { a: 1 } });
    expect(changes).toBe(true);
    expect(sentence).toContain('(triggers.month: "10" → "11", triggers.gone: true → (nothing), triggers.added: (nothing) → {"a":1}).');
  });

  it.each([
    ["no triggers and an empty map", undefined, {}],
    ["an empty map and no triggers", {}, undefined],
    ["no trigger and one that is null", {}, { month: null }],
    ["another order, at any depth", { a: 1, b: { c: 1, d: [{ e: 1, f: 2 }] } }, { b: { d: [{ f: 2, e: 1 }], c: 1 }, a: 1 }],
  ])("does not run for %s", async (_what, before, after) => {
    expect(await diffOf(before, after)).toEqual({ changes: false, sentence: "" });
  });

  it.each([
    ["another order of a list", { a: [1, 2] }, { a: [2, 1] }],
    ["another type", { a: 1 }, { a: "1" }],
    ["a trigger called as a member of every object", {}, { constructor: "1", toString: "2" }],
    ["a trigger called __proto__", {}, JSON.parse('{"__proto__":"1"}')],
    ["a trigger that is not known yet", { a: 1 }, { a: UNKNOWN }],
    ["triggers that are not known yet", { a: 1 }, UNKNOWN],
    ["triggers that are gone", { a: 1 }, undefined],
  ])("runs for %s", async (_what, before, after) => {
    const { changes, sentence } = await diffOf(before, after);
    expect(changes).toBe(true);
    expect(sentence).toMatch(/will tell the gateway .* reconnect .*\(triggers.*→.*\)\.$/);
    expect(sentence).not.toMatch(/04da6b54|undefined|\[object|function/);
  });

  it("records another argument without a run", async () => {
    expect(await diffOf({ a: 1 }, { a: 1 }, { after: "PT5M" })).toEqual({
      changes: true,
      sentence: 'apimanagement.BackendReconnect: will record after (nothing) → "PT5M"; the gateway is not told to reconnect.',
    });
  });
});

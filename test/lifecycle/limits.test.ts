import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as backendReconnect } from "../../provider/apimanagement/backendReconnect";
import { operation as directConnection } from "../../provider/kvstore/directConnection";
import { operation as privateEndpointConnection } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import { operation as rotatingKeys } from "../../provider/webpubsub/rotatingKeys";
import { hooksOf } from "./surroundings";

const a = (length: number) => "a".repeat(length);
const group = { resourceGroupName: "rg" };
const patch = { ...group, serviceName: "apim-prod", backendId: "orders", title: "t" };
const reconnect = { ...group, serviceName: "apim-prod", backendId: "orders" };
const connection = {
  ...group,
  clusterName: "cache",
  privateEndpointConnectionName: "pe",
  privateLinkServiceConnectionState: { status: "Approved" },
};
const rotation = { ...group, resourceName: "chat", keyType: "Primary" };
const pair = { ...group, resourceName: "chat" };
const direct = { instanceId: "r-bp1zxszhcgatnx" };
const privateEndpoint = (name: string) => `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/${name}`;

/** For each argument the values that are taken and those that are refused. */
const limits: [string, string, unknown, Record<string, unknown>, taken: unknown[], refused: unknown[]][] = [
  [
    "BackendPatch",
    "resourceGroupName",
    backendPatch,
    patch,
    [a(1), a(90), "rg_1-(x).y", "grüße"],
    ["", a(91), "a b", "a/b", "a\n", null, 1],
  ],
  ["BackendPatch", "serviceName", backendPatch, patch, ["a", a(50), "a-1", "A9"], ["", a(51), "-a", "a-", "1a", "a_b", "a\n"]],
  ["BackendPatch", "backendId", backendPatch, patch, ["a", a(80), "a/b", "ü"], ["", a(81), null]],
  ["BackendPatch", "subscriptionId", backendPatch, patch, ["s"], ["", null, 1]],
  ["BackendPatch", "ifMatch", backendPatch, patch, ["*", '"AAAA="', 'W/"a"', '""'], ["", "AAAA", '"a', '"a"b"', '"a\n"', '"ü"', "**"]],
  ["BackendPatch", "onConflict", backendPatch, patch, ["fail", "overwrite"], ["", "Fail", true]],
  ["BackendPatch", "onDestroy", backendPatch, patch, ["leave", "restore"], ["", "delete", null]],
  ["BackendPatch", "extraProperties", backendPatch, patch, [{}, { newer: 1 }], [[], "newer", 1]],
  [
    "BackendPatch",
    "timeouts",
    backendPatch,
    patch,
    [{}, { create: "90s" }, { create: "1h30m", update: "1ms", delete: "2562047h", read: "0.5s" }],
    [
      { create: "0s" },
      { create: "" },
      { create: "PT1M" },
      { create: "-1s" },
      { create: 90 },
      { cretae: "1s" },
      { create: "9999999h" },
      "90s",
    ],
  ],
  ["BackendReconnect", "serviceName", backendReconnect, reconnect, [a(50)], [a(51)]],
  ["BackendReconnect", "backendId", backendReconnect, reconnect, [a(80)], [a(81)]],
  [
    "BackendReconnect",
    "after",
    backendReconnect,
    reconnect,
    ["PT2M", "PT3S", "P1D", 0, 120],
    ["", "PT", "P", "2 minutes", "120", -1, 1.5, 1e21, null, true],
  ],
  ["BackendReconnect", "triggers", backendReconnect, reconnect, [{}, { month: "10", list: [1] }], ["10", ["10"]]],
  ["BackendReconnect", "runOnCreate", backendReconnect, reconnect, [true, false], ["true", null]],
  [
    "PrivateEndpointConnection",
    "clusterName",
    privateEndpointConnection,
    connection,
    ["a", a(60), "a-1"],
    ["", a(61), "a--b", "-a", "a-", "a.b"],
  ],
  ["PrivateEndpointConnection", "privateEndpointConnectionName", privateEndpointConnection, connection, ["pe", "pe.1-x"], ["", null]],
  [
    "PrivateEndpointConnection",
    "privateEndpointId",
    privateEndpointConnection,
    { ...connection, privateEndpointConnectionName: undefined },
    [privateEndpoint("pe"), privateEndpoint("pe").toUpperCase()],
    ["", "pe", privateEndpoint(""), privateEndpoint("pe/x"), `x${privateEndpoint("pe")}`],
  ],
  [
    "PrivateEndpointConnection",
    "privateLinkServiceConnectionState",
    privateEndpointConnection,
    connection,
    [{ status: "Approved" }, { status: "Rejected", description: "" }, { status: "Pending", actionsRequired: "None" }],
    [{}, { status: "approved" }, { status: "Disconnected" }, { status: "Approved", text: "x" }, "Approved"],
  ],
  ["PrivateEndpointConnection", "allowedSubscriptionIds", privateEndpointConnection, connection, [[], ["s"]], [[""], "s", [1]]],
  ["PrivateEndpointConnection", "onDestroy", privateEndpointConnection, connection, ["leave", "reject", "delete"], ["restore"]],
  ["KeyRegeneration", "resourceName", keyRegeneration, rotation, ["abc", a(63), "a-b"], ["ab", a(64), "1ab", "ab-", "a_b"]],
  ["KeyRegeneration", "keyType", keyRegeneration, rotation, ["Primary", "Secondary", "Salt"], ["primary", "", null]],
  ["KeyRegeneration", "keys", keyRegeneration, rotation, ["secret", "fingerprint"], ["none", ""]],
  ["RotatingKeys", "resourceName", rotatingKeys, pair, ["abc", a(63), "a-b"], ["ab", a(64), "1ab", "ab-", "a_b"]],
  ["RotatingKeys", "firstKeyType", rotatingKeys, pair, ["Primary", "Secondary"], ["Salt", "primary", "", null]],
  ["RotatingKeys", "maximumAge", rotatingKeys, pair, ["P90D", "P3M", "P1Y", "PT12H", "P2W"], ["90d", "P", "PT", "", "-P1D", 90, null]],
  ["RotatingKeys", "runOnCreate", rotatingKeys, pair, [true, false], ["true", null]],
  ["RotatingKeys", "keys", rotatingKeys, pair, ["secret", "fingerprint"], ["none", ""]],
  [
    "DirectConnection",
    "connectionString",
    directConnection,
    direct,
    ["abcdefgh", `a${"0".repeat(39)}`],
    ["abcdefg", `a${"0".repeat(40)}`, "1bcdefgh", "Abcdefgh", "abc-efgh", ""],
  ],
  [
    "DirectConnection",
    "port",
    directConnection,
    direct,
    [1024, 65535, "1024", "65535"],
    [1023, 65536, "1023", "65536", 6379.5, "6379.0", "", " 6379", "06379", "port", null],
  ],
  ["DirectConnection", "instanceId", directConnection, direct, ["r-bp1zxszhcgatnx", "tair-1"], ["", "r_1", "r-1/direct", "-r"]],
  [
    "DirectConnection",
    "regionId",
    directConnection,
    direct,
    ["cn-hangzhou", "us-east-1", "cn-hangzhou-finance-1"],
    ["", "hangzhou", "CN-hangzhou", "cn/x"],
  ],
  ["DirectConnection", "onDestroy", directConnection, direct, ["release", "retain"], ["delete"]],
];

describe.each(limits)("%s %s", (_class, argument, operation, others, taken, refused) => {
  const { hooks } = hooksOf(operation);
  const failuresOf = async (value: unknown) => (await hooks.check({}, { ...others, [argument]: value })).failures;

  it("is taken up to its bounds", async () => {
    for (const value of taken) expect({ value, failures: await failuresOf(value) }).toEqual({ value, failures: [] });
  });

  it("is refused beyond them, by its own name", async () => {
    for (const value of refused) {
      const failures = await failuresOf(value);
      expect({ value, refused: failures.length > 0 }).toEqual({ value, refused: true });
      for (const { property, reason } of failures) {
        expect(property.replace(/^\["(.*)"\]$/, "$1").startsWith(argument)).toBe(true);
        expect(reason).not.toBe("");
      }
    }
  });
});

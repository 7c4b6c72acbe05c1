import type { ApiManagementClient } from "@azure/arm-apimanagement";
import type { RedisEnterpriseManagementClient } from "@azure/arm-redisenterprisecache";
import fc from "fast-check";
import { operation as patch } from "../../provider/apimanagement/backendPatch";
import { operation as reconnect } from "../../provider/apimanagement/backendReconnect";
import type { Operation } from "../../provider/engine/operation";
import { operation as connection } from "../../provider/redisenterprise/privateEndpointConnection";
import { apiManagementClient, redisEnterpriseClient } from "../cloud/officialClients";
import { runs } from "../support/runs";
import { refusals } from "./differences";
import { controlledName } from "./generatedNames";
import { openWire, type Wire } from "./wire";

const CASES = 300;

let wire: Wire;
let apiManagement: ApiManagementClient;
let redis: RedisEnterpriseManagementClient;

beforeAll(async () => {
  wire = await openWire();
  apiManagement = apiManagementClient(wire.access);
  redis = redisEnterpriseClient(wire.access, "2025-07-01");
});

afterAll(() => wire.stop());

const place = { resourceGroupName: "rg", serviceName: "apim", backendId: "orders" };
const state = { status: "Approved" };

/** Each operation with a name in the place where the contract allows any text. */
const operations = [
  ["BackendPatch", patch, (name: string) => ({ ...place, backendId: name, title: "ours" })],
  ["BackendReconnect", reconnect, (name: string) => ({ ...place, backendId: name })],
  [
    "PrivateEndpointConnection",
    connection,
    (name: string) => ({
      ...{ resourceGroupName: "rg", clusterName: "sessions", privateEndpointConnectionName: name },
      privateLinkServiceConnectionState: state,
    }),
  ],
] as const;

/** What our side sends before it refuses; throws when it does not refuse. */
// biome-ignore lint/suspicious/noExplicitAny: hooks take any members
async function sentBefore(operation: Operation<any, any>, inputs: Record<string, unknown>): Promise<number> {
  const hooks = wire.hooksOf(operation);
  const requests = await wire.server.during([], async () => {
    const { failures } = await hooks.check({}, inputs);
    if (failures.length === 0) await expect(hooks.create(inputs)).rejects.toThrow(/cannot stand in an address/);
  });
  return requests.length;
}

/** What the clients send, whatever they make of the answer. */
async function targetsOf(call: () => Promise<unknown>): Promise<string[]> {
  const requests = await wire.server.during([], () => call().catch(() => undefined));
  return requests.map(({ method, target }) => `${method} ${target}`);
}

describe(refusals.leavesItsPlace, () => {
  it.each(operations)("%s refuses it before anything is sent", async (_name, operation, inputsWith) => {
    for (const name of [".", ".."]) expect(await sentBefore(operation, inputsWith(name))).toBe(0);
    for (const name of [".", ".."]) expect(await sentBefore(operation, { ...inputsWith("x"), resourceGroupName: name })).toBe(0);
  });

  it("is still a difference", async () => {
    const { subscriptionId } = wire.access.identity;
    const [folded] = await targetsOf(() => apiManagement.backend.update("rg", "apim", "..", "*", { title: "ours" }));
    expect(folded).toBe(
      `PATCH /subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim/?api-version=2024-05-01`,
    );
    const [removed] = await targetsOf(() => redis.privateEndpointConnections.delete("rg", "sessions", ".."));
    expect(removed).toBe(
      `DELETE /subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.Cache/redisEnterprise/sessions/?api-version=2025-07-01`,
    );
  });
});

describe(refusals.controlCharacter, () => {
  it.each(operations)(`%s refuses it before anything is sent, in ${CASES} generated cases`, async (_name, operation, inputsWith) => {
    await fc.assert(
      fc.asyncProperty(controlledName, async (name) => {
        expect(await sentBefore(operation, inputsWith(name))).toBe(0);
      }),
      runs(CASES),
    );
  });

  it("is still a difference", async () => {
    const [sent] = await targetsOf(() => apiManagement.backend.get("rg", "apim", "a\r\nb"));
    expect(sent).toContain("/backends/a%0D%0Ab?");
  });
});

describe(refusals.listedName, () => {
  const endpoint = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/partner";
  const properties = { privateEndpoint: { id: endpoint }, privateLinkServiceConnectionState: { status: "Pending" } };
  const list = { status: 200, json: { value: [{ name: "a/b", properties }] } };

  it("PrivateEndpointConnection writes nothing to it", async () => {
    const inputs = {
      resourceGroupName: "rg",
      clusterName: "sessions",
      privateEndpointId: endpoint,
      privateLinkServiceConnectionState: state,
    };
    const ours = await wire.server.during([list], async () => {
      await expect(wire.hooksOf(connection).create(inputs)).rejects.toThrow("a private endpoint connection without a readable name");
    });
    expect(ours.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("is still a difference", async () => {
    const put = { privateLinkServiceConnectionState: { status: "Approved" } };
    const [sent] = await targetsOf(() => redis.privateEndpointConnections.beginPut("rg", "sessions", "a/b", put));
    expect(sent).toContain("/privateEndpointConnections/a%2Fb?");
  });
});

describe(refusals.noETag, () => {
  const bad = ["AAAAAAAACWs=", "", "'x'", '"a"b"', '"日本"', '"a\r\nX-Evil: 1"', "**", '"a", "b"'];

  it.each(bad)("BackendPatch refuses %j in the check", async (ifMatch) => {
    const { failures } = await wire.hooksOf(patch).check({}, { ...place, title: "ours", ifMatch });
    expect(failures.map(({ property }) => property)).toEqual(["ifMatch"]);
  });

  it("is still a difference", async () => {
    const requests = await wire.server.during([], () =>
      apiManagement.backend.update("rg", "apim", "orders", "AAAAAAAACWs=", { title: "ours" }).catch(() => undefined),
    );
    expect(requests[0]?.headers).toContainEqual(["If-Match", "AAAAAAAACWs="]);
  });
});

describe(refusals.removal, () => {
  it("is still a difference", async () => {
    const given = { title: null, description: "ours", url: null };
    const answer = { status: 200, headers: { etag: '"1"' }, json: { properties: { title: "a", url: "https://a", protocol: "http" } } };
    const ours = await wire.server.during([answer, answer], () => wire.hooksOf(patch).create({ ...place, ...given }));
    expect(ours.map(({ method, body }) => [method, body])).toEqual([
      ["GET", ""],
      ["PUT", '{"properties":{"protocol":"http","description":"ours"}}'],
    ]);
    const theirs = await wire.server.during([answer], () =>
      apiManagement.backend.update("rg", "apim", "orders", '"1"', given as unknown as { description: string }),
    );
    expect(theirs.map(({ method, body }) => [method, body])).toEqual([["PATCH", '{"properties":{"description":"ours","url":null}}']]);
  });
});

describe("half of a character in a name", () => {
  it("is sent by nobody", async () => {
    expect(await sentBefore(patch, { ...place, backendId: "a\ud800", title: "ours" })).toBe(0);
    expect(await targetsOf(() => apiManagement.backend.get("rg", "apim", "a\ud800"))).toEqual([]);
  });
});

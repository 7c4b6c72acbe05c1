import type { PrivateEndpointConnection, RedisEnterpriseManagementClient } from "@azure/arm-redisenterprisecache";
import fc from "fast-check";
import type { Hooks } from "../../provider/engine/lifecycle";
import { operation } from "../../provider/redisenterprise/privateEndpointConnection";
import { redisEnterpriseClient } from "../cloud/officialClients";
import { runs } from "../support/runs";
import type { CannedAnswer } from "./captureServer";
import { expectSame, outdated, type Sample } from "./comparison";
import { azureHeaders, charset, contentLength, readOnlyEndpoint } from "./differences";
import { clusterName, freeName, resourceGroupName, subscriptionId } from "./generatedNames";
import { freeText } from "./generatedTexts";
import { openWire, type Wire } from "./wire";

const CASES = 1_000;
const DIFFERENCES = [...azureHeaders, charset, contentLength, readOnlyEndpoint];
const STEPS = ["read", "update", "delete", "reject"] as const;
const ENDPOINT = "/subscriptions/s/resourceGroups/partner/providers/Microsoft.Network/privateEndpoints/partner";

let wire: Wire;
let hooks: Hooks;
let client: RedisEnterpriseManagementClient;

beforeAll(async () => {
  wire = await openWire();
  hooks = wire.hooksOf(operation);
  client = redisEnterpriseClient(wire.access, "2025-07-01");
});

afterAll(() => wire.stop());

interface Case {
  readonly place: { subscriptionId?: string; resourceGroupName: string; clusterName: string };
  readonly name: string;
  readonly wish: { status: "Approved" | "Rejected" | "Pending"; description?: string; actionsRequired?: string };
  /** Whether the connection is looked for by its private endpoint instead of its name. */
  readonly isByEndpoint: boolean;
  /** Whether the client puts back what it has read, with another state. */
  readonly putsBack: boolean;
  /** What is done after the creation, by the id. */
  readonly afterwards: (typeof STEPS)[number];
}

function connection(name: string, status: string): PrivateEndpointConnection {
  return { name, provisioningState: "Succeeded", privateEndpoint: { id: ENDPOINT }, privateLinkServiceConnectionState: { status } };
}

function answered(name: string, status: string): CannedAnswer {
  const { name: spelled, ...properties } = connection(name, status);
  return { status: 200, json: { name: spelled, properties } };
}

/** create finds and sets, by the arguments. */
async function bothSides(given: Case): Promise<Sample> {
  const { name, wish } = given;
  const before = wish.status === "Pending" ? "Approved" : "Pending";
  const [was, is] = [answered(name, before), answered(name, wish.status)];
  const found = given.isByEndpoint ? { status: 200, json: { value: [was.json] } } : was;
  const later = {
    read: [is],
    update: [was, is],
    delete: [{ status: 204 }],
    reject: [answered(name, "Pending"), answered(name, "Rejected")],
  };
  const answers = [found, is, ...later[given.afterwards]];
  return {
    ours: await wire.server.during(answers, () => ours(given)),
    theirs: await wire.server.during(answers, () => theirs(given, before)),
    told: {},
  };
}

async function ours({ place, name, wish, isByEndpoint, afterwards }: Case): Promise<unknown> {
  const which = isByEndpoint ? { privateEndpointId: ENDPOINT } : { privateEndpointConnectionName: name };
  const inputs = { ...place, ...which, privateLinkServiceConnectionState: wish };
  expect((await hooks.check({}, inputs)).failures).toEqual([]);
  const { id, outs } = await hooks.create(inputs);
  if (afterwards === "read") return hooks.read(id, outs);
  if (afterwards === "update") return hooks.update(id, outs, inputs);
  return hooks.delete(id, { ...outs, onDestroy: afterwards });
}

async function theirs({ place, name, wish, isByEndpoint, putsBack, afterwards }: Case, before: string): Promise<unknown> {
  const { resourceGroupName: group, clusterName: cluster, subscriptionId: own } = place;
  client.subscriptionId = own ?? wire.access.identity.subscriptionId;
  const calls = client.privateEndpointConnections;
  const read = () => calls.get(group, cluster, name);
  const set = (state: Case["wish"] | { status: string }) => {
    const whole = { ...(putsBack ? connection(name, before) : {}), privateLinkServiceConnectionState: state };
    return calls.beginPut(group, cluster, name, whole);
  };
  if (isByEndpoint) for await (const _each of calls.list(group, cluster));
  else await read();
  await set(wish);
  if (afterwards === "delete") return calls.delete(group, cluster, name);
  await read();
  return afterwards === "read" ? undefined : set(afterwards === "reject" ? { status: "Rejected" } : wish);
}

describe("privateEndpointConnections of @azure/arm-redisenterprisecache, at api-version 2025-07-01", () => {
  it(`send what a PrivateEndpointConnection sends, in ${CASES} generated cases of get, list, put and delete`, async () => {
    const place = fc.record(
      { subscriptionId, resourceGroupName, clusterName },
      { requiredKeys: ["resourceGroupName", "clusterName"], noNullPrototype: true },
    );
    const status = fc.constantFrom("Approved" as const, "Rejected" as const, "Pending" as const);
    const wish = fc.record(
      { status, description: freeText, actionsRequired: freeText },
      { requiredKeys: ["status"], noNullPrototype: true },
    );
    const given: fc.Arbitrary<Case> = fc
      .record({
        ...{ place, name: freeName(200), wish, isByEndpoint: fc.boolean(), putsBack: fc.boolean() },
        afterwards: fc.constantFrom(...STEPS),
      })
      .map((each) => (each.isByEndpoint ? { ...each, name: each.name.replace(/[/\s\p{C}]/gu, "-") } : each));
    await fc.assert(
      fc.asyncProperty(given, async (each) => {
        const sides = await bothSides(each);
        expect(sides.ours).toHaveLength(each.afterwards === "read" || each.afterwards === "delete" ? 3 : 4);
        expectSame(sides.ours, sides.theirs, DIFFERENCES);
      }),
      runs(CASES),
    );
  });

  it("still differ in all that is named as a difference", async () => {
    const sample = await bothSides({
      ...{ place: { resourceGroupName: "rg", clusterName: "sessions" }, name: "partner", wish: { status: "Approved" } },
      ...{ isByEndpoint: false, putsBack: true, afterwards: "read" },
    });
    expectSame(sample.ours, sample.theirs, DIFFERENCES);
    expect(outdated([sample], DIFFERENCES)).toEqual([]);
  });
});

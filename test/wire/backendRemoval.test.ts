import type { ApiManagementClient, BackendContract } from "@azure/arm-apimanagement";
import fc from "fast-check";
import { operation } from "../../provider/apimanagement/backendPatch";
import type { Hooks } from "../../provider/engine/lifecycle";
import { isObject } from "../../provider/engine/state";
import { apiManagementClient } from "../cloud/officialClients";
import { runs } from "../support/runs";
import { expectSame, outdated, type Sample, type Told } from "./comparison";
import { azureHeaders, bothTlsFlags, charset, contentLength, loneTlsFlag, newerMembers, nothingLeft, protoInMaps } from "./differences";
import { backendPlace, etag } from "./generatedNames";
import { type Removal, removals } from "./generatedRemovals";
import { openWire, type Wire } from "./wire";

const CASES = 500;
const DIFFERENCES = [...azureHeaders, charset, contentLength, nothingLeft, newerMembers, bothTlsFlags, loneTlsFlag, protoInMaps];

let wire: Wire;
let hooks: Hooks;
let client: ApiManagementClient;

beforeAll(async () => {
  wire = await openWire();
  hooks = wire.hooksOf(operation);
  client = apiManagementClient(wire.access);
});

afterAll(() => wire.stop());

interface Case {
  readonly place: { subscriptionId?: string; resourceGroupName: string; serviceName: string; backendId: string };
  readonly removal: Removal;
  readonly hasNewer: boolean;
  readonly etag: string;
  readonly ifMatch?: string;
}

const NEWER = {
  newerMember: { deep: [1, null, {}] },
  credentials: { managedIdentity: { clientId: "one", resource: "two" } },
  tls: { serverCertificateThumbprints: ["one"] },
};

/** What the backend has that the client's model does not, but for what goes with a member that is removed as a whole. */
function newerOf({ removal: { given }, hasNewer }: Case): Record<string, unknown> {
  return Object.fromEntries(hasNewer ? Object.entries(NEWER).filter(([member]) => given[member] !== null) : []);
}

function withNewer({ removal: { current }, hasNewer }: Case): Record<string, unknown> {
  const newer = Object.entries(hasNewer ? NEWER : {});
  return { ...current, ...Object.fromEntries(newer.map(([member, more]) => [member, { ...(current[member] as object), ...more }])) };
}

function toldOf(given: Case): Told {
  const { credentials, tls } = given.removal.given;
  return { newer: newerOf(given), givesTls: isObject(tls), maps: isObject(credentials) ? credentials : {} };
}

/** The title is as it is wanted at first, so that create only reads; update reads and writes, by the id. */
async function bothSides(given: Case): Promise<Sample> {
  const { place, removal, ifMatch } = given;
  const headers = { etag: given.etag };
  const first = { status: 200, headers, json: { properties: { title: "first" } } };
  const then = { status: 200, headers, json: { properties: withNewer(given) } };
  const inputs = { ...place, ...removal.given, ifMatch };
  expect((await hooks.check({}, inputs)).failures).toEqual([]);
  const ours = await wire.server.during([first, then, then], async () => {
    const { id, outs } = await hooks.create({ ...place, title: "first" });
    await hooks.update(id, outs, inputs);
  });
  const { resourceGroupName: group, serviceName: service, backendId } = place;
  client.subscriptionId = place.subscriptionId ?? wire.access.identity.subscriptionId;
  // The client has two names for one member: `type` when it patches, this one when it puts.
  const { type: typePropertiesType, ...whole } = removal.whole;
  const theirs = await wire.server.during([first, then, then], async () => {
    await client.backend.get(group, service, backendId);
    await client.backend.get(group, service, backendId);
    await client.backend.createOrUpdate(group, service, backendId, { ...whole, typePropertiesType } as BackendContract, {
      ifMatch: ifMatch ?? given.etag,
    });
  });
  return { ours, theirs, told: toldOf(given) };
}

describe("createOrUpdate of @azure/arm-apimanagement", () => {
  it(`sends what a BackendPatch sends that removes something, in ${CASES} generated cases`, async () => {
    const given: fc.Arbitrary<Case> = fc.record({
      ...{ place: backendPlace, removal: removals, hasNewer: fc.boolean(), etag },
      ifMatch: fc.option(fc.oneof(fc.constant("*"), etag), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(given, async (each) => {
        const { ours, theirs, told } = await bothSides(each);
        expect(ours.map(({ method }) => method)).toEqual(["GET", "GET", "PUT"]);
        expectSame(ours, theirs, DIFFERENCES, told);
      }),
      runs(CASES),
    );
  });

  it("still differs in all that is named as a difference", async () => {
    const place = { resourceGroupName: "rg", serviceName: "apim", backendId: "orders" };
    const removal = (given: object, kept: object, wanted: object = {}): Removal => ({
      given: { title: null, ...given, ...wanted },
      current: { title: "theirs", ...kept },
      whole: { ...kept, ...wanted },
    });
    const proto = JSON.parse('{"credentials":{"header":{"__proto__":["lost"]}}}') as object;
    const all = [
      removal({}, { url: "https://orders.example" }, { tls: { validateCertificateChain: false } }),
      removal({}, { tls: { validateCertificateName: true }, credentials: { header: { constructor: ["kept"] } } }),
      removal({}, {}),
      removal({}, {}, proto),
    ];
    const samples: Sample[] = [];
    for (const each of all) samples.push(await bothSides({ place, removal: each, hasNewer: samples.length === 0, etag: '"1"' }));
    for (const { ours, theirs, told } of samples) expectSame(ours, theirs, DIFFERENCES, told);
    expect(outdated(samples, DIFFERENCES)).toEqual([]);
  });
});

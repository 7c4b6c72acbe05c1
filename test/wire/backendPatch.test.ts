import type { ApiManagementClient, BackendUpdateParameters } from "@azure/arm-apimanagement";
import fc from "fast-check";
import type { BackendMembers } from "../../provider/apimanagement/backendMembers";
import { operation } from "../../provider/apimanagement/backendPatch";
import type { Hooks } from "../../provider/engine/lifecycle";
import { apiManagementClient } from "../cloud/officialClients";
import { runs } from "../support/runs";
import { expectSame, outdated, type Sample, type Told } from "./comparison";
import { azureHeaders, bothTlsFlags, charset, contentLength, emptyObjects, newerMembers, protoInMaps } from "./differences";
import { backend, wish } from "./generatedBackends";
import { backendPlace, etag } from "./generatedNames";
import { partOf } from "./generatedTexts";
import { openWire, type Wire } from "./wire";

const CASES = 600;
const DIFFERENCES = [...azureHeaders, charset, contentLength, newerMembers, bothTlsFlags, emptyObjects, protoInMaps];

let wire: Wire;
let hooks: Hooks;
let client: ApiManagementClient;

beforeAll(async () => {
  wire = await openWire();
  hooks = wire.hooksOf(operation);
  client = apiManagementClient(wire.access);
});

afterAll(() => wire.stop());

interface Patch {
  readonly place: { subscriptionId?: string; resourceGroupName: string; serviceName: string; backendId: string };
  readonly wish: BackendMembers;
  readonly newer?: Record<string, unknown>;
  readonly current: Record<string, unknown>;
  readonly etag: string;
  readonly ifMatch?: string;
}

const newer = fc.constantFrom<Record<string, unknown>>(
  { newerMember: "kept" },
  { credentials: { managedIdentity: { clientId: "one", resource: "two" } } },
  { tls: { serverCertificateThumbprints: ["one"] }, newerMember: { deep: [1, null, {}] } },
);
const readTls = fc.option(
  partOf({
    validateCertificateChain: fc.option(fc.boolean()),
    validateCertificateName: fc.option(fc.boolean()),
    serverCertificateThumbprints: fc.constant(["theirs"]),
  }),
);

/** A backend that lacks one of the wished members at least, so that there is something to write. */
function lacking(current: object, given: BackendMembers): Record<string, unknown> {
  const [first] = Object.keys(given);
  return Object.fromEntries(Object.entries(current).filter(([member]) => member !== first));
}

const patches: fc.Arbitrary<Patch> = fc
  .record({
    ...{ place: backendPlace, wish, etag, there: backend, tls: readTls },
    newer: fc.option(newer, { nil: undefined, freq: 4 }),
    ifMatch: fc.option(fc.oneof(fc.constant("*"), etag), { nil: undefined }),
  })
  .map(({ there, tls, ...patch }) => ({ ...patch, current: lacking({ ...there, tls, newerMember: "theirs" }, patch.wish) }));

function toldOf({ current, newer: more, wish: given }: Patch): Told {
  const givesTls = Object.keys({ ...given.tls, ...(more?.["tls"] as object | undefined) }).length > 0;
  const { header, query } = given.credentials ?? {};
  return { currentTls: (current["tls"] ?? {}) as Told["currentTls"], givesTls, newer: more, maps: { header, query } };
}

/** create reads and writes, read reads: by the arguments, and by the id. */
async function bothSides(patch: Patch): Promise<Sample> {
  const answer = { status: 200, headers: { etag: patch.etag }, json: { properties: patch.current } };
  const answers = [answer, answer, answer];
  const inputs = { ...patch.place, ...patch.wish, ifMatch: patch.ifMatch, ...(patch.newer && { extraProperties: patch.newer }) };
  expect((await hooks.check({}, inputs)).failures).toEqual([]);
  const ours = await wire.server.during(answers, async () => {
    const { id, outs } = await hooks.create(inputs);
    await hooks.read(id, outs);
  });
  const { resourceGroupName: group, serviceName: service, backendId } = patch.place;
  client.subscriptionId = patch.place.subscriptionId ?? wire.access.identity.subscriptionId;
  const theirs = await wire.server.during(answers, async () => {
    await client.backend.get(group, service, backendId);
    await client.backend.update(group, service, backendId, patch.ifMatch ?? patch.etag, patch.wish as BackendUpdateParameters);
    await client.backend.get(group, service, backendId);
  });
  return { ours, theirs, told: toldOf(patch) };
}

const place = { resourceGroupName: "rg", serviceName: "apim", backendId: "orders" };

describe("get and update of @azure/arm-apimanagement", () => {
  it(`send what a BackendPatch sends that reads and writes, in ${CASES} generated cases`, async () => {
    await fc.assert(
      fc.asyncProperty(patches, async (patch) => {
        const { ours, theirs, told } = await bothSides(patch);
        expect(ours.map(({ method }) => method)).toEqual(["GET", "PATCH", "GET"]);
        expectSame(ours, theirs, DIFFERENCES, told);
      }),
      runs(CASES),
    );
  });

  it.each([
    ["an empty tls", {}, { validateCertificateChain: false }],
    ["a tls with a member that nobody gives", { validateCertificateChain: false }, { serverCertificateThumbprints: ["theirs"] }],
    ["a tls whose other flag is null", { validateCertificateChain: false }, { validateCertificateName: null }],
  ])("send what a BackendPatch sends for %s", async (_what, tls, currentTls) => {
    const { ours, theirs, told } = await bothSides({ place, wish: { title: "t", tls }, current: { tls: currentTls }, etag: '"1"' });
    expectSame(ours, theirs, DIFFERENCES, told);
  });

  it("still differ in all that is named as a difference", async () => {
    const lone = { title: "t", tls: { validateCertificateChain: false }, circuitBreaker: {} };
    const proto = JSON.parse('{"credentials":{"header":{"__proto__":["lost"]}}}') as BackendMembers;
    const samples = [
      await bothSides({ place, wish: lone, newer: { newerMember: 1 }, current: {}, etag: '"1"' }),
      await bothSides({ place, wish: proto, current: {}, etag: '"1"' }),
    ];
    for (const { ours, theirs, told } of samples) expectSame(ours, theirs, DIFFERENCES, told);
    expect(outdated(samples, DIFFERENCES)).toEqual([]);
  });
});

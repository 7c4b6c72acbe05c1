import type { ApiManagementClient } from "@azure/arm-apimanagement";
import fc from "fast-check";
import { operation } from "../../provider/apimanagement/backendReconnect";
import type { Hooks } from "../../provider/engine/lifecycle";
import { apiManagementClient } from "../cloud/officialClients";
import { runs } from "../support/runs";
import { expectSame, outdated, type Sample } from "./comparison";
import { azureHeaders, charset, typeOfNothing } from "./differences";
import { backendPlace } from "./generatedNames";
import { duration } from "./generatedTexts";
import { openWire, type Wire } from "./wire";

const CASES = 500;
const DIFFERENCES = [...azureHeaders, charset, typeOfNothing];

let wire: Wire;
let hooks: Hooks;
let client: ApiManagementClient;

beforeAll(async () => {
  wire = await openWire();
  hooks = wire.hooksOf(operation);
  client = apiManagementClient(wire.access, wire.access.accessToken, "2022-08-01");
});

afterAll(() => wire.stop());

interface Case {
  readonly place: { subscriptionId?: string; resourceGroupName: string; serviceName: string; backendId: string };
  readonly after?: string | number;
}

const seconds = fc.oneof(fc.constantFrom(0, 1, 119, 120, 2 ** 31, 2 ** 53 - 1), fc.nat());
const given: fc.Arbitrary<Case> = fc.record({ place: backendPlace, after: fc.option(fc.oneof(duration, seconds), { nil: undefined }) });

/** At create by the arguments, and by the id when a trigger changes. */
async function bothSides({ place, after }: Case): Promise<Sample> {
  const inputs = { ...place, after, triggers: { deployment: 1 } };
  expect((await hooks.check({}, inputs)).failures).toEqual([]);
  const ours = await wire.server.during([{ status: 202 }, { status: 202 }], async () => {
    const { id, outs } = await hooks.create(inputs);
    await hooks.update(id, outs, { ...inputs, triggers: { deployment: 2 } });
  });
  const { resourceGroupName: group, serviceName: service, backendId } = place;
  client.subscriptionId = place.subscriptionId ?? wire.access.identity.subscriptionId;
  // The client takes durations alone.
  const parameters = { after: typeof after === "number" ? `PT${BigInt(after)}S` : after };
  const options = after === undefined ? undefined : { parameters };
  const theirs = await wire.server.during([{ status: 202 }, { status: 202 }], async () => {
    await client.backend.reconnect(group, service, backendId, options);
    await client.backend.reconnect(group, service, backendId, options);
  });
  return { ours, theirs, told: {} };
}

describe("reconnect of @azure/arm-apimanagement, at api-version 2022-08-01", () => {
  it(`sends what a BackendReconnect sends, after a duration, seconds or nothing, in ${CASES} generated cases`, async () => {
    await fc.assert(
      fc.asyncProperty(given, async (each) => {
        const { ours, theirs } = await bothSides(each);
        expect(ours.map(({ method }) => method)).toEqual(["POST", "POST"]);
        expectSame(ours, theirs, DIFFERENCES);
      }),
      runs(CASES),
    );
  });

  it("still differs in all that is named as a difference", async () => {
    const place = { resourceGroupName: "rg", serviceName: "apim", backendId: "orders" };
    const samples = [await bothSides({ place }), await bothSides({ place, after: "PT2M" })];
    for (const { ours, theirs } of samples) expectSame(ours, theirs, DIFFERENCES);
    expect(outdated(samples, DIFFERENCES)).toEqual([]);
  });
});

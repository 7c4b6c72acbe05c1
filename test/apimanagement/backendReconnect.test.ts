import { operation } from "../../provider/apimanagement/backendReconnect";
import type { Cloud } from "../cloud";
import { HookDriver } from "../support/hookDriver";
import { lastBody, methods, place, startGateway } from "./gateway";

let cloud: Cloud;
let reconnect: HookDriver;

beforeEach(async () => {
  cloud = await startGateway();
  reconnect = new HookDriver(operation, cloud);
});

afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  expect(cloud.faults.unused()).toEqual([]);
  await cloud.stop();
});

describe("the reconnect", () => {
  it("is the example of the published page", async () => {
    await reconnect.up({ ...place, after: "PT3S" });
    const sent = cloud.requests.at(-1);
    expect(lastBody(cloud)).toEqual({ properties: { after: "PT3S" } });
    expect(sent).toMatchObject({ method: "POST", query: { "api-version": "2022-08-01" }, status: 202 });
    expect(sent?.path).toMatch(
      /\/resourceGroups\/chat-platform-rg\/providers\/Microsoft\.ApiManagement\/service\/apim-prod\/backends\/orders\/reconnect$/,
    );
    expect(reconnect.said).toContainEqual(expect.stringMatching(/^warning: .*after is 3 s, below the documented minimum of PT2M/));
  });

  it.each(["PT2M", "P1D", 120, undefined])("after %s is sent without a warning", async (after) => {
    await reconnect.up({ ...place, ...(after !== undefined && { after }) });
    expect(reconnect.said.filter((line) => line.startsWith("warning"))).toEqual([]);
    expect(cloud.reconnects.at(-1)?.after).toBe(after === 120 ? "PT120S" : after);
  });

  it.each([["soon"], ["3S"], [-1], [1.5], ["P"], ["PT"]])("after %s is refused before any request", async (after) => {
    const problem = `after: must be an ISO 8601 duration such as "PT2M", or whole seconds from 0 on (is ${JSON.stringify(after)})`;
    expect(await reconnect.problems({ ...place, after })).toEqual([problem]);
    expect(methods(cloud)).toEqual([]);
  });

  it("is not posted again when its answer was lost, and says so", async () => {
    cloud.faults.add({ action: "reconnect", mode: "reset", apply: true });
    await expect(reconnect.up({ ...place })).rejects.toThrow(
      /Whether the service acted is not known, so it was not sent again\. Run `pulumi up` again: it tells the gateway once more/,
    );
    expect(methods(cloud)).toEqual(["POST"]);
    expect(reconnect.recorded).toBeUndefined();
  });

  it("is posted again where the service surely did not act", async () => {
    cloud.faults.add({ action: "reconnect", mode: "answer", status: 429, headers: { "Retry-After": "1" } });
    await reconnect.up({ ...place });
    expect(methods(cloud)).toEqual(["POST", "POST"]);
    expect(cloud.reconnects).toHaveLength(1);
  });

  it("tells of a missing backend in one paragraph, and keeps the triggers of the last run", async () => {
    await reconnect.up({ ...place, triggers: { release: 1 } });
    cloud.removeBackend("apim-prod", "orders");
    await expect(reconnect.up({ ...place, triggers: { release: 2 } })).rejects.toThrow(
      /^POST …\/backends\/orders\/reconnect was refused: 404 \(ResourceNotFound\)\. Backend not found\. Request id: [-\w]{36}\. Check the names/,
    );
    expect(reconnect.state).toMatchObject({ triggers: { release: 1 } });
  });

  it("names triggers that are not known yet as such", async () => {
    await reconnect.up({ ...place, triggers: { release: 1 } });
    await reconnect.preview({ ...place, triggers: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" });
    expect(reconnect.said.at(-1)).toContain('(triggers: {"release":1} → (not known yet)).');
  });
});

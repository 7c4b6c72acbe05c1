import { operation } from "../../provider/redisenterprise/privateEndpointConnection";
import { type Cloud, startCloud } from "../cloud";
import { combinations, differences, outcomeOf, requestsAbout } from "../support/cells";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";
import { DESCRIPTION, type End, ends } from "./putEnds";
import { PARTNER, PARTNER_ENDPOINT } from "./stateRules";

let cloud: Cloud;
let lanes: HookDriver[];
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(30);
  cloud = await startCloud();
  lanes = Array.from({ length: 6 }, () => new HookDriver(operation, cloud));
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

const cells = combinations({ wish: ["Approved", "Rejected", "Pending"], foundBy: ["name", "endpoint"] } as const);
type Cell = (typeof cells)[number];

function expectedOf(end: End, { wish }: Cell) {
  const state = { status: end.recordedStatus?.(wish) ?? wish, description: DESCRIPTION, actionsRequired: "None" };
  const refused = end.refused?.(wish).source;
  return { requests: end.requests, recorded: refused === undefined ? { state, provisioningState: "Succeeded" } : undefined, refused };
}

function prepare({ change, after }: End, { wish }: Cell, cluster: string): void {
  cloud.addCluster(cluster);
  // What is as wished already would not be written.
  const status = wish === "Pending" ? "Approved" : "Pending";
  cloud.addPrivateEndpoint(cluster, { connectionName: PARTNER, privateEndpointId: PARTNER_ENDPOINT, status });
  cloud.faults.add({
    ...{ method: "PUT", path: `/${cluster}/`, mode: "amend" },
    change: (answer) => change?.(answer, wish, cloud) ?? answer,
    after: () => after?.(cluster, cloud),
  });
}

async function seenOf(end: End, cell: Cell, lane: HookDriver, cluster: string) {
  prepare(end, cell, cluster);
  const found = cell.foundBy === "name" ? { privateEndpointConnectionName: PARTNER } : { privateEndpointId: PARTNER_ENDPOINT };
  const privateLinkServiceConnectionState = { status: cell.wish, description: DESCRIPTION };
  lane.recorded = undefined;
  const given = { resourceGroupName: "chat-platform-rg", clusterName: cluster, ...found, privateLinkServiceConnectionState };
  const result = await outcomeOf(lane.up(given));
  const requests = requestsAbout(cloud, `/${cluster}/`).map(({ kind, method }) => (kind === "POLL" ? "POLL" : method));
  return {
    requests,
    recorded: recordedIn(lane),
    refused: "threw" in result ? refusalIn(result.threw, end.refused?.(cell.wish)) : undefined,
  };
}

function recordedIn({ recorded }: HookDriver) {
  return recorded && { state: recorded.state["privateLinkServiceConnectionState"], provisioningState: recorded.state["provisioningState"] };
}

/** The pattern that a message has to fit, or the message that does not fit it. */
function refusalIn({ message }: Error, pattern: RegExp | undefined): string {
  return pattern?.test(message) === true ? pattern.source : message;
}

describe("a PUT of the state that is answered with", () => {
  for (const end of ends) {
    it(`${end.name} ${end.refused === undefined ? "ends well" : "is refused"} (${cells.length} cells)`, async () => {
      Object.assign(cloud.settings, end.settings);
      const table = { cells, lanes, expected: (cell: Cell) => expectedOf(end, cell) };
      const seen = (cell: Cell, lane: HookDriver, number: number) => seenOf(end, cell, lane, `end-${number}`);
      expect(await differences({ ...table, seen })).toEqual([]);
      expect(cloud.faults.unused()).toEqual([]);
    });
  }
});

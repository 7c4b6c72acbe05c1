import { operation } from "../../provider/redisenterprise/privateEndpointConnection";
import { type Cloud, startCloud } from "../cloud";
import { combinations, differences, requestsAbout } from "../support/cells";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";
import { PARTNER, PARTNER_ENDPOINT } from "./stateRules";

let cloud: Cloud;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(30);
  cloud = await startCloud();
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

const cells = combinations({
  status: ["Pending", "Approved", "Rejected", "Disconnected", "Frozen", "REJECTED"],
  provisioningState: ["Succeeded", "Failed", "Wobbling", ""],
  onDestroy: ["leave", "reject", "delete", undefined],
  situation: ["there", "gone", "goes before the write"],
} as const);
type Cell = (typeof cells)[number];

interface Outcome {
  readonly requests: readonly string[];
  /** At the service afterwards; undefined when it is gone. */
  readonly status: string | undefined;
}

function expected(cell: Cell): Outcome {
  if (cell.onDestroy === "reject") return expectedOfReject(cell);
  if (cell.onDestroy === "delete") {
    const polls = cell.situation === "there" ? ["POLL", "POLL"] : [];
    return { requests: ["DELETE", ...polls], status: undefined };
  }
  return { requests: [], status: cell.situation === "gone" ? undefined : cell.status };
}

function expectedOfReject({ status, situation }: Cell): Outcome {
  if (situation === "gone") return { requests: ["GET"], status: undefined };
  if (status.toLowerCase() === "rejected") return { requests: ["GET"], status };
  return { requests: ["GET", "PUT"], status: situation === "there" ? "Rejected" : undefined };
}

async function seen({ status, provisioningState, onDestroy, situation }: Cell, lane: HookDriver, number: number): Promise<Outcome> {
  const cluster = `destroy-${number}`;
  const add = (more: object = {}) =>
    cloud.addPrivateEndpoint(cluster, { connectionName: PARTNER, privateEndpointId: PARTNER_ENDPOINT, ...more });
  const remove = () => cloud.removeConnection(cluster, PARTNER);
  cloud.addCluster(cluster);
  add();
  const names = { resourceGroupName: "chat-platform-rg", clusterName: cluster, privateEndpointConnectionName: PARTNER };
  await lane.up({ ...names, privateLinkServiceConnectionState: { status: "Pending" }, onDestroy });
  add({ status, provisioningState });
  if (situation === "gone") remove();
  if (situation === "goes before the write") {
    for (const method of ["PUT", "DELETE"]) cloud.faults.add({ method, path: `/${cluster}/`, mode: "pass", before: remove });
  }
  const from = cloud.requests.length;
  await lane.destroy();
  const requests = requestsAbout(cloud, `/${cluster}/`, from).map(({ kind, method }) => (kind === "POLL" ? "POLL" : method));
  return { requests, status: cloud.connection(cluster, PARTNER)?.status };
}

it(`a destroy does what onDestroy says in every state, and takes what is gone for done (${cells.length} cells)`, async () => {
  const lanes = Array.from({ length: 12 }, () => new HookDriver(operation, cloud));
  expect(await differences({ cells, lanes, expected, seen })).toEqual([]);
});

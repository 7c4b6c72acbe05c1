import { operation } from "../../provider/redisenterprise/privateEndpointConnection";
import { type Cloud, startCloud } from "../cloud";
import { combinations, differences, outcomeOf, requestsAbout } from "../support/cells";
import { HookDriver } from "../support/hookDriver";
import { SimulatedTime } from "../support/simulatedTime";
import {
  BUSY_READS,
  type ConnectionState,
  expectedOf,
  FOUND_DESCRIPTION,
  HIDDEN_READS,
  isBusy,
  PARTNER,
  PARTNER_ENDPOINT,
  type Refused,
  type StateCell,
  type StateOutcome,
  wishOf,
} from "./stateRules";

const LANES = 24;

const every = combinations({
  status: ["Pending", "Approved", "Rejected", "Disconnected", "Removed", "Frozen", "pending", "APPROVED", "rejected", "DISCONNECTED"],
  wish: ["Approved", "Rejected", "Pending"],
  texts: [
    {},
    { description: FOUND_DESCRIPTION },
    { description: "by the cache team", actionsRequired: "Restart the client" },
    { description: "", actionsRequired: "" },
  ],
  foundBy: ["name", "endpoint", "update"],
} as const);
const settled = ["Succeeded", "Failed", "", "CANCELED"];
const busy = ["Creating", "Updating", "Deleting", "Wobbling", "creating"];

const REASONS: readonly (readonly [Refused, RegExp])[] = [
  [
    "refused: subscription",
    /comes from subscription 0000000a-0000-0000-0000-00000000000b \(\S+\), which is not in allowedSubscriptionIds\. Nothing was written\. Add it there/,
  ],
  [
    "refused: final",
    /\/privateEndpointConnections\/partner is \w+ \("Please approve my connection"\), and Azure does not let it become \w+ again\. Have the owner of the private endpoint delete and create it anew/,
  ],
  ["refused: ambiguous", / has 2 connections of \S+: partner, partner-2\. Give privateEndpointConnectionName to say which one is meant\./],
  [
    "refused: gone",
    /^PUT …\/privateEndpointConnections\/partner was refused: 404 \(ResourceNotFound\)\. The Resource .* was not found\. .*Request id: \S+\. Check the names/,
  ],
  [
    "refused: by the service",
    /^PUT …\/privateEndpointConnections\/partner was refused: 400 \(BadRequest\)\. Approving rejected private endpoint connections is not supported\. Request id: \S+\. /,
  ],
];

let cloud: Cloud;
let lanes: HookDriver[];
const time = new SimulatedTime(() => cloud);

beforeEach(async () => {
  time.start();
  cloud = await startCloud();
  lanes = Array.from({ length: LANES }, () => new HookDriver(operation, cloud));
});

afterEach(async () => {
  time.stop();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

function argumentsOf(cell: StateCell, clusterName: string): Record<string, unknown> {
  const found =
    cell.foundBy === "endpoint" ? { privateEndpointId: PARTNER_ENDPOINT.toLowerCase() } : { privateEndpointConnectionName: PARTNER };
  const guarded: Partial<Record<StateCell["situation"], object>> = {
    "of a subscription that is not allowed": { allowedSubscriptionIds: [cloud.identity.subscriptionId] },
    "of an allowed subscription": { allowedSubscriptionIds: [cloud.identity.subscriptionId, "0000000A-0000-0000-0000-00000000000B"] },
  };
  return {
    resourceGroupName: "chat-platform-rg",
    clusterName,
    ...found,
    privateLinkServiceConnectionState: wishOf(cell),
    timeouts: { create: "10m", update: "10m" },
    ...guarded[cell.situation],
  };
}

/** Puts the cluster into the state of the cell. */
function prepare(cell: StateCell, cluster: string): void {
  const add = (more: Parameters<Cloud["addPrivateEndpoint"]>[1] = {}) =>
    cloud.addPrivateEndpoint(cluster, { connectionName: PARTNER, privateEndpointId: PARTNER_ENDPOINT, status: cell.status, ...more });
  const provisioning = isBusy(cell)
    ? { creatingPolls: BUSY_READS, creatingState: cell.provisioning }
    : { provisioningState: cell.provisioning };
  const atRead = (nth: number, before: () => void) => cloud.faults.add({ method: "GET", path: `/${cluster}/`, nth, mode: "pass", before });
  const atPut = (before: () => void) => cloud.faults.add({ method: "PUT", path: `/${cluster}/`, mode: "pass", before });
  add({ ...provisioning, afterPolls: cell.situation === "appears late" ? HIDDEN_READS : 0 });
  if (cell.situation === "there twice for its private endpoint") add({ connectionName: "partner-2" });
  if (cell.situation === "disappears before the PUT") atPut(() => cloud.removeConnection(cluster, PARTNER));
  if (cell.situation === "is rejected before the PUT") atPut(() => cloud.setConnectionStatus(cluster, PARTNER, "Rejected"));
  if (cell.situation === "disappears while waited for") {
    atRead(2, () => cloud.removeConnection(cluster, PARTNER));
    atRead(3, () => add());
  }
}

async function tried(cell: StateCell, lane: HookDriver, number: number): Promise<StateOutcome> {
  const cluster = `cell-${number}`;
  cloud.addCluster(cluster);
  lane.recorded = undefined;
  if (cell.foundBy === "update") {
    cloud.addPrivateEndpoint(cluster, { connectionName: PARTNER, privateEndpointId: PARTNER_ENDPOINT });
    await lane.up(argumentsOf({ ...cell, situation: "there", wish: "Pending", texts: {} }, cluster));
  }
  prepare(cell, cluster);
  const from = cloud.requests.length;
  const given = argumentsOf(cell, cluster);
  const end = await outcomeOf(lane.up(given));
  const sent = requestsAbout(cloud, `/${cluster}/`, from);
  const puts = sent.filter(({ method }) => method === "PUT");
  const outcome = "threw" in end ? reasonOf(end.threw) : end.gave === "unchanged" ? "unchanged" : puts.length > 0 ? "put" : "adopted";
  // What has ended well ends well again, and sends nothing.
  if ("gave" in end && (await lane.up(given)) !== "unchanged") throw new Error("The second run was not without a change.");
  if (requestsAbout(cloud, `/${cluster}/`, from).length !== sent.length) throw new Error("The second run sent something.");
  return {
    outcome,
    requests: sent.map(({ method }) => (method === "PUT" ? "PUT" : "LOOK")),
    bodies: puts.map(({ body }) => JSON.parse(body) as object),
    recorded: recordedIn(lane),
    service: serviceState(cluster),
  };
}

function reasonOf({ message }: Error): StateOutcome["outcome"] {
  // An unknown reason is shown as it is, and equals nothing that is expected.
  return REASONS.find(([, sentence]) => sentence.test(message))?.[0] ?? (message as Refused);
}

function recordedIn({ recorded }: HookDriver): StateOutcome["recorded"] {
  if (recorded === undefined) return undefined;
  const { privateLinkServiceConnectionState, provisioningState, privateEndpointConnectionName, privateEndpointId } = recorded.state;
  if (privateEndpointConnectionName !== PARTNER || String(privateEndpointId).toLowerCase() !== PARTNER_ENDPOINT.toLowerCase())
    throw new Error("The recorded connection is another one.");
  // The service says nothing for an empty text.
  return { description: "", ...(privateLinkServiceConnectionState as ConnectionState), provisioningState: String(provisioningState) };
}

function serviceState(cluster: string): ConnectionState | undefined {
  const connection = cloud.connection(cluster, PARTNER);
  return connection && { status: connection.status, description: connection.description, actionsRequired: connection.actionsRequired };
}

const tables: readonly (readonly [StateCell["situation"], readonly string[]])[] = [
  ["there", [...settled, ...busy]],
  ["appears late", ["Succeeded", "Creating"]],
  ["disappears while waited for", ["Creating", "Deleting"]],
  ["disappears before the PUT", ["Succeeded", "Failed"]],
  ["is rejected before the PUT", ["Succeeded", "Failed"]],
  ["of a subscription that is not allowed", ["Succeeded", "Failed", "", "Creating", "Wobbling"]],
  ["of an allowed subscription", ["Succeeded", "Creating"]],
  ["there twice for its private endpoint", ["Succeeded", "Creating"]],
];

describe("every state of a private endpoint connection ends as the contract has it:", () => {
  for (const [situation, words] of tables) {
    const cells: StateCell[] = words.flatMap((provisioning) => every.map((cell) => ({ ...cell, provisioning, situation })));
    it(`${situation} (${cells.length} cells)`, async () => {
      expect(await time.passes(differences({ cells, lanes, expected: expectedOf, seen: tried }))).toEqual([]);
    });
  }
});

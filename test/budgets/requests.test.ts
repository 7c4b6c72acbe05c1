import { type Cloud, startCloud } from "../cloud";
import { driversOf, fleetOf } from "../load/fleet";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { SimulatedTime } from "../support/simulatedTime";

// What each step of a resource's life asks of the cloud, exactly. A request more anywhere is found here.

let cloud: Cloud;
const time = new SimulatedTime(() => cloud);
beforeEach(async () => {
  time.start();
  cloud = await startCloud();
  cloud.settings.regenerateKey = "202";
});
afterEach(async () => {
  time.stop();
  await cloud.stop();
});

const steps = ["preview", "create", "nothing to do", "refresh", "update", "destroy"] as const;
type Requests = Record<(typeof steps)[number], string[]>;

const changed: Record<string, Record<string, unknown>> = {
  patch: { description: "changed" },
  reconnect: { triggers: { revision: "2" } },
  rotation: { triggers: { revision: "2" } },
  approval: { privateLinkServiceConnectionState: { status: "Approved", description: "changed" } },
  direct: {},
};

const titles: Record<string, string> = {
  patch: "`BackendPatch`",
  reconnect: "`BackendReconnect`",
  rotation: "`KeyRegeneration`, with two polls",
  approval: "`PrivateEndpointConnection`",
  direct: "`DirectConnection`, with two busy describes",
};

/** A resource of each kind, alone, from its first preview to its end. */
async function lifeOf(index: number): Promise<{ kind: string; requests: Requests }> {
  const member = fleetOf(8, cloud).filter((each, at, all) => all.findIndex(({ kind }) => kind === each.kind) === at)[index];
  const [driver] = member === undefined ? [] : driversOf([member], cloud);
  if (member === undefined || driver === undefined) throw new Error("There are five kinds.");
  cloud.takeRequests();
  const requests = {} as Requests;
  const step = async (name: (typeof steps)[number], work: () => Promise<unknown>) => {
    await time.passes(work());
    requests[name] = cloud.takeRequests().map((line) => line.split(" ").slice(0, 2).join(" "));
  };
  await step("preview", () => driver.problems(member.given));
  await step("create", () => driver.up(member.given));
  await step("nothing to do", () => driver.up(member.given));
  await step("refresh", () => driver.refresh());
  await step("update", () => driver.up({ ...member.given, ...changed[member.kind] }));
  await step("destroy", () => driver.destroy());
  driver.close();
  return { kind: member.kind, requests };
}

const backend = "…/backends/backend-0";
const chat = "…/webPubSub/chat-0";
const partner = "…/privateEndpointConnections/partner";
const patched = [`GET ${backend}`, `PATCH ${backend}`];
const rotated = [`POST ${chat}/listKeys`, `POST ${chat}/regenerateKey`, "POLL", "POLL", `POST ${chat}/listKeys`];
const approved = [`GET ${partner}`, `PUT ${partner}`];
const [describe, netInfo] = ["ALIBABA DescribeInstanceAttribute", "ALIBABA DescribeDBInstanceNetInfo"];
const allocated = [
  describe,
  netInfo,
  "ALIBABA DescribeInstanceSSL",
  "ALIBABA AllocateDirectConnection",
  ...Array(3).fill(describe),
  netInfo,
];
const released = [netInfo, "ALIBABA ReleaseDirectConnection", ...Array(3).fill(netInfo)];

const budgets: Requests[] = [
  { create: patched, refresh: [`GET ${backend}`], update: patched, destroy: [] },
  { create: [`POST ${backend}/reconnect`], refresh: [], update: [`POST ${backend}/reconnect`], destroy: [] },
  { create: rotated, refresh: [`POST ${chat}/listKeys`], update: rotated, destroy: [] },
  { create: approved, refresh: [`GET ${partner}`], update: approved, destroy: [] },
  // Allocated and released with two describes in which the instance is busy; there is nothing to update.
  { create: allocated, refresh: [netInfo], update: [], destroy: released },
].map((requests) => ({ preview: [], "nothing to do": [], ...requests }));

it("each step asks for what it needs and for nothing else", async () => {
  const rows: string[][] = [];
  for (const [index, budget] of budgets.entries()) {
    const { kind, requests } = await lifeOf(index);
    expect({ kind, ...requests }).toEqual({ kind, ...budget });
    rows.push([titles[kind] ?? kind, ...steps.map((step) => String(requests[step].length))]);
  }
  expectDocumentPart("docs/speed.md", "requests", markdownTable(["requests", ...steps], rows));
});

import { operation as rotatingKeys } from "../../provider/webpubsub/rotatingKeys";
import { type Cloud, startCloud } from "../cloud";
import { driversOf, fleetOf } from "../load/fleet";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { HookDriver } from "../support/hookDriver";
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
  turns: { triggers: { revision: "2" } },
  approval: { privateLinkServiceConnectionState: { status: "Approved", description: "changed" } },
  direct: {},
};

const titles: Record<string, string> = {
  patch: "`BackendPatch`",
  reconnect: "`BackendReconnect`",
  rotation: "`KeyRegeneration`, with two polls",
  turns: "`RotatingKeys`, with two polls",
  approval: "`PrivateEndpointConnection`",
  direct: "`DirectConnection`, with two busy describes",
};

interface Resource {
  readonly given: Readonly<Record<string, unknown>>;
  readonly driver: HookDriver;
}

function resourceOf(kind: string): Resource {
  const member = fleetOf(8, cloud).find((each) => each.kind === kind);
  const [driver] = member === undefined ? [] : driversOf([member], cloud);
  if (member !== undefined && driver !== undefined) return { given: member.given, driver };
  // The fleet has no pair of keys that take turns.
  const given = { resourceGroupName: "chat-platform-rg", resourceName: "chat-0" };
  return { given, driver: new HookDriver(rotatingKeys, cloud) };
}

/** A resource alone, from its first preview to its end. */
async function lifeOf(kind: string): Promise<Requests> {
  const { given, driver } = resourceOf(kind);
  cloud.takeRequests();
  const requests = {} as Requests;
  const step = async (name: (typeof steps)[number], work: () => Promise<unknown>) => {
    await time.passes(work());
    requests[name] = cloud.takeRequests().map((line) => line.split(" ").slice(0, 2).join(" "));
  };
  await step("preview", () => driver.problems({ ...given }));
  await step("create", () => driver.up({ ...given }));
  await step("nothing to do", () => driver.up({ ...given }));
  await step("refresh", () => driver.refresh());
  await step("update", () => driver.up({ ...given, ...changed[kind] }));
  await step("destroy", () => driver.destroy());
  driver.close();
  return requests;
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

const budgets: Readonly<Record<string, Partial<Requests>>> = {
  patch: { create: patched, refresh: [`GET ${backend}`], update: patched, destroy: [] },
  reconnect: { create: [`POST ${backend}/reconnect`], refresh: [], update: [`POST ${backend}/reconnect`], destroy: [] },
  rotation: { create: rotated, refresh: [`POST ${chat}/listKeys`], update: rotated, destroy: [] },
  turns: { create: [`POST ${chat}/listKeys`], refresh: [`POST ${chat}/listKeys`], update: rotated, destroy: [] },
  approval: { create: approved, refresh: [`GET ${partner}`], update: approved, destroy: [] },
  // Allocated and released with two describes in which the instance is busy; there is nothing to update.
  direct: { create: allocated, refresh: [netInfo], update: [], destroy: released },
};

it("each step asks for what it needs and for nothing else", async () => {
  const rows: string[][] = [];
  for (const [kind, budget] of Object.entries(budgets)) {
    const requests = await lifeOf(kind);
    expect({ kind, ...requests }).toEqual({ kind, preview: [], "nothing to do": [], ...budget });
    rows.push([titles[kind] ?? kind, ...steps.map((step) => String(requests[step].length))]);
  }
  expectDocumentPart("docs/speed.md", "requests", markdownTable(["requests", ...steps], rows));
});

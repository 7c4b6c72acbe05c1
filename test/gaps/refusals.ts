import { AllocateDirectConnectionRequest } from "@alicloud/r-kvstore20150101";
import type { BackendUpdateParameters } from "@azure/arm-apimanagement";
import type { PrivateEndpointConnection } from "@azure/arm-redisenterprisecache";
import type { RegenerateKeyParameters } from "@azure/arm-webpubsub";
import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as directConnection } from "../../provider/kvstore/directConnection";
import { operation as connection } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import { kvstoreClient } from "../cloud/officialClients";
import { outcomeOf } from "../support/cells";
import { apiManagement, backendUrl, plainAxios, redisEnterprise, rotationUrl, webPubSub } from "./clients";
import type { Row } from "./row";
import { backendId, chat, group, instanceId, inTurn, inWorld, ours, place, rotation, service, type World } from "./world";

// What the service or a page of reference refuses.

/** Where the name `..` leads a client that is to rotate a key or to patch a backend. */
async function reached(...calls: ((world: World) => Promise<unknown>)[]): Promise<string> {
  const cases = await inTurn(calls, (call) =>
    inWorld(async (world) => {
      const end = await outcomeOf(call(world));
      const [request] = world.cloud.requests;
      if (request !== undefined) return `\`${request.method} …${request.path.split("/providers").at(-1)}\` sent`;
      return "threw" in end ? "refused, nothing sent" : "nothing sent";
    }),
  );
  return [...new Set(cases)].join("; ");
}

/** A call that breaks a documented limit: as arguments of ours, and by the official client. */
interface Broken {
  problems(world: World): Promise<string[]>;
  call(world: World): Promise<unknown>;
}

function brokenPatch(members: object): Broken {
  return {
    problems: (world) => ours(world, backendPatch, (driver) => driver.problems({ ...place, ...members })),
    call: (world) => apiManagement(world).backend.update(group, service, backendId, "*", members as BackendUpdateParameters),
  };
}

function brokenRotation(change: { resourceName?: string; keyType?: string }): Broken {
  const { resourceName = chat, keyType = "Primary" } = change;
  return {
    problems: (world) => ours(world, keyRegeneration, (driver) => driver.problems({ ...rotation, ...change })),
    call: (world) => webPubSub(world).webPubSub.beginRegenerateKeyAndWait(group, resourceName, { keyType } as RegenerateKeyParameters),
  };
}

function brokenApproval(members: object): Broken {
  const target = { resourceGroupName: group, clusterName: "cache-prod", privateEndpointConnectionName: "partner" };
  return {
    problems: (world) => ours(world, connection, (driver) => driver.problems({ ...target, ...members })),
    call: (world) =>
      redisEnterprise(world).privateEndpointConnections.beginPutAndWait(
        ...([group, target.clusterName, target.privateEndpointConnectionName] as const),
        members as PrivateEndpointConnection,
      ),
  };
}

function brokenAllocation(members: { connectionString?: string; port?: number }): Broken {
  const request = { instanceId, ...members, port: members.port === undefined ? undefined : String(members.port) };
  return {
    problems: (world) => ours(world, directConnection, (driver) => driver.problems({ instanceId, ...members })),
    call: ({ cloud }) => kvstoreClient(cloud).allocateDirectConnection(new AllocateDirectConnectionRequest(request)),
  };
}

const failureCondition = { count: 3, percentage: 50, interval: "PT1M" };

const broken: readonly Broken[] = [
  brokenPatch({ title: "t".repeat(301) }),
  brokenPatch({ description: "d".repeat(2_001) }),
  brokenPatch({ url: "" }),
  brokenPatch({ circuitBreaker: { rules: [{ name: "r", tripDuration: "PT1M", failureCondition }] } }),
  brokenPatch({ type: "Pool", pool: { services: [] } }),
  brokenRotation({ resourceName: "x" }),
  brokenRotation({ keyType: "Tertiary" }),
  brokenApproval({}),
  brokenApproval({ privateLinkServiceConnectionState: { status: "Perhaps" } }),
  brokenAllocation({ connectionString: "Too Short" }),
  brokenAllocation({ port: 99_999 }),
];

async function sentBySdk(): Promise<string> {
  const sent = await inTurn(broken, ({ call }) =>
    inWorld(async (world) => {
      await outcomeOf(call(world));
      return world.cloud.requests.length > 0;
    }),
  );
  return `${sent.filter(Boolean).length} of ${sent.length} mistakes sent`;
}

async function refusedByOurs(): Promise<string> {
  const refused = await inTurn(broken, ({ problems }) =>
    inWorld(async (world) => {
      const told = await problems(world);
      return told.length > 0 && world.cloud.requests.length === 0;
    }),
  );
  return `${refused.filter(Boolean).length} of ${refused.length} mistakes refused in the preview, nothing sent`;
}

export const rows: readonly Row[] = [
  {
    number: 9,
    promise: "The name `..` never becomes another address",
    measure: async () => {
      const found = {
        ours: await reached(
          (world) => ours(world, keyRegeneration, (driver) => driver.up({ ...rotation, resourceName: ".." })),
          (world) => ours(world, backendPatch, (driver) => driver.up({ ...place, backendId: "..", title: "ours" })),
        ),
        sdk: await reached(
          (world) => webPubSub(world).webPubSub.beginRegenerateKeyAndWait(group, "..", { keyType: "Primary" }),
          (world) => apiManagement(world).backend.update(group, service, "..", "*", { title: "theirs" }),
        ),
        axios: await reached(
          (world) => plainAxios(world).post(rotationUrl(world, ".."), { keyType: "Primary" }),
          (world) => plainAxios(world).patch(backendUrl(world, ".."), { properties: {} }),
        ),
      };
      expect(found.ours).toBe("refused, nothing sent");
      return found;
    },
  },
  {
    number: 10,
    promise: "The limits of the reference pages are checked before anything is sent",
    measure: async () => {
      const found = { ours: await refusedByOurs(), sdk: await sentBySdk() };
      expect(found.ours).toBe(`${broken.length} of ${broken.length} mistakes refused in the preview, nothing sent`);
      return found;
    },
  },
];

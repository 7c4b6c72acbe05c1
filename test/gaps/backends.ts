import type { BackendContract, BackendUpdateParameters } from "@azure/arm-apimanagement";
import { outcomeOf } from "../support/cells";
import { apiManagement, backendUrl, plainAxios } from "./clients";
import type { Row } from "./row";
import { backendId, group, inWorld, orders, patchOurs, service, type World } from "./world";

// A backend that others own and change.

/** What is left of a backend after a client was told to remove its title and to leave everything else as it is. */
async function removed(remove: (world: World) => Promise<unknown>): Promise<string> {
  return inWorld(async (world) => {
    world.cloud.addBackend(service, backendId, { ...orders, newerThanTheClient: "kept by its owner" });
    await outcomeOf(remove(world));
    const { properties } = world.cloud.backend(service, backendId);
    const title = properties["title"] === undefined ? "title removed" : "title still there";
    return `${title}, unknown member ${properties["newerThanTheClient"] === undefined ? "lost" : "kept"}`;
  });
}

/** What becomes of somebody else's change between a client's read and its write. */
async function foreignWrite(write: (world: World) => Promise<unknown>): Promise<string> {
  return inWorld(async (world) => {
    const foreign = { before: () => world.cloud.changeBackend(service, backendId, { title: "theirs" }), mode: "pass" } as const;
    world.cloud.faults.add({ ...foreign, method: "PATCH" });
    world.cloud.faults.add({ ...foreign, method: "PUT" });
    const end = await outcomeOf(write(world));
    const { properties } = world.cloud.backend(service, backendId);
    const writes = world.cloud.requests.filter(({ method }) => method === "PATCH" || method === "PUT");
    const guarded = writes.filter(({ headers }) => headers["if-match"] !== undefined);
    const kept = properties["title"] === "theirs" ? "the foreign write kept" : "the foreign write lost";
    return `${kept}, ${"gave" in end ? "told as success" : "told as an error"} (If-Match on ${guarded.length} of ${writes.length} writes)`;
  });
}

async function putSdk(world: World, change: object): Promise<unknown> {
  const client = apiManagement(world).backend;
  const read: BackendContract = await client.get(group, service, backendId);
  return client.createOrUpdate(group, service, backendId, { ...read, ...change });
}

async function patchSdk(world: World, change: BackendUpdateParameters): Promise<unknown> {
  const client = apiManagement(world).backend;
  const { eTag = "" } = await client.get(group, service, backendId);
  return client.update(group, service, backendId, eTag, change);
}

async function putAxios(world: World, change: (properties: Record<string, unknown>) => object): Promise<unknown> {
  const client = plainAxios(world);
  const { data } = await client.get<{ properties: Record<string, unknown> }>(backendUrl(world, backendId));
  return client.put(backendUrl(world, backendId), { properties: change(data.properties) });
}

export const rows: readonly Row[] = [
  {
    number: 11,
    promise: "A member can be removed, and members newer than the client stay",
    measure: async () => {
      const nothing = JSON.parse('{"title":null}') as BackendUpdateParameters;
      const found = {
        ours: await removed((world) => patchOurs(world, { title: null })),
        sdk: [
          `PATCH: ${await removed((world) => apiManagement(world).backend.update(group, service, backendId, "*", nothing))}`,
          `PUT of what was read: ${await removed((world) => putSdk(world, { title: undefined }))}`,
        ].join("; "),
      };
      expect(found.ours).toBe("title removed, unknown member kept");
      return found;
    },
  },
  {
    number: 21,
    promise: "A write between our read and our write is not overwritten",
    azapi: "GET, PUT of the whole, GET, no If-Match: the foreign write lost, told as success",
    measure: async () => {
      const found = {
        ours: await foreignWrite((world) => patchOurs(world, { title: "ours" })),
        sdk: [
          `PUT: ${await foreignWrite((world) => putSdk(world, { title: "ours" }))}`,
          `PATCH with the ETag that was read: ${await foreignWrite((world) => patchSdk(world, { title: "ours" }))}`,
        ].join("; "),
        axios: await foreignWrite((world) => putAxios(world, (properties) => ({ ...properties, title: "ours" }))),
      };
      expect(found.ours).toBe("the foreign write kept, told as an error (If-Match on 1 of 1 writes)");
      return found;
    },
  },
];

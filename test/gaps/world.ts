import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import type { Operation } from "../../provider/engine/operation";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import { type Cloud, type LoginWay, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";
import { openTlsDoor } from "./tlsDoor";

export const group = "chat-platform-rg";
export const service = "apim-prod";
export const backendId = "orders";
export const chat = "chat-prod";
export const instanceId = "r-chat";
export const orders = { title: "Orders", url: "https://orders.example.com/", protocol: "http", description: "by the API team" };

/** A cloud of its own, with one of everything that is asked for, and the way to it. */
export interface World {
  readonly cloud: Cloud;
  /** The cloud behind TLS. */
  readonly url: string;
}

/** Does work in a cloud that nobody else uses. */
export async function inWorld<T>(work: (world: World) => Promise<T>): Promise<T> {
  const cloud = await startCloud();
  const door = await openTlsDoor(cloud.url);
  cloud.addApiManagementService(service);
  cloud.addBackend(service, backendId, orders);
  cloud.addWebPubSub(chat);
  cloud.addInstance({ instanceId });
  try {
    return await work({ cloud, url: door.url });
  } finally {
    await door.stop();
    await cloud.stop();
    expect(cloud.failures).toEqual([]);
  }
}

/** One case after the other: the faster clock is one for the whole process. */
export async function inTurn<Case, T>(cases: readonly Case[], work: (one: Case) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const one of cases) results.push(await work(one));
  return results;
}

interface OursOptions {
  readonly way?: LoginWay;
  /** How much shorter its waits are. */
  readonly timeFactor?: number;
}

/** One resource of ours in that world. */
export async function ours<T>(
  world: World,
  // biome-ignore lint/suspicious/noExplicitAny: any operation will do
  operation: Operation<any, any>,
  work: (driver: HookDriver) => Promise<T>,
  { way = "readyToken", timeFactor = 20 }: OursOptions = {},
): Promise<T> {
  const environment = { ...world.cloud.environmentFor(way), PATCHBAY_RESOURCE_MANAGER_ENDPOINT: world.url };
  const driver = new HookDriver(operation, world.cloud, environment);
  const setTimeRight = timeFactor === 1 ? () => {} : runTimeFaster(timeFactor);
  try {
    return await work(driver);
  } finally {
    setTimeRight();
    driver.close();
  }
}

export const rotation = { resourceGroupName: group, resourceName: chat, keyType: "Primary" };

/** A rotation of the primary key by ours, to its end. */
export function rotateOurs(world: World, options?: OursOptions): Promise<Record<string, unknown>> {
  return ours(world, keyRegeneration, (driver) => driver.up(rotation).then(() => driver.state), options);
}

export const place = { resourceGroupName: group, serviceName: service, backendId };

/** A patch of the backend by ours, to its end. */
export function patchOurs(world: World, members: Record<string, unknown>, options?: OursOptions): Promise<Record<string, unknown>> {
  return ours(world, backendPatch, (driver) => driver.up({ ...place, ...members }).then(() => driver.state), options);
}

/** How often the cloud saw a method, an action or a poll. */
export function seen({ cloud }: World, what: string): number {
  return cloud.requests.filter(({ method, action, kind }) => [method, action, kind].includes(what)).length;
}

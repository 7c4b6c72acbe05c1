import { AsyncLocalStorage } from "node:async_hooks";
import type { Cloud, CloudRequest } from "../cloud";
import type { HookDriver } from "../support/hookDriver";
import type { SimulatedTime } from "../support/simulatedTime";
import { driversOf, type Member } from "./fleet";

// Pipelines that deploy stacks of their own to one API Management service. Each is a provider process: its queue, its
// connections and what it knows of quotas are its own.

export const SERVICE = "apim-prod";
/** As a pipeline's machine has under way with four processors. */
const PARALLEL = 16;
const place = { resourceGroupName: "chat-platform-rg", serviceName: SERVICE };

/** In which pipeline something runs; a test gives each its own line of writers. */
export const pipelineOf = new AsyncLocalStorage<number>();

export interface Pipeline {
  readonly number: number;
  readonly members: readonly Member[];
  readonly drivers: readonly HookDriver[];
  /** How each patch ended: `created`, or an error's message. */
  readonly ends: string[];
}

/** What an observer at the cloud counts. */
export interface Course {
  readonly patches: number;
  readonly requests: number;
  readonly refused: Readonly<Record<409 | 412 | 429, number>>;
  readonly seconds: number;
}

/**
 * @param own backends that a pipeline has for itself; one more is shared by two pipelines, of which each has another member
 */
export function pipelinesOf(count: number, own: number, cloud: Cloud): Pipeline[] {
  return Array.from({ length: count }, (_, number) => {
    const mine = Array.from({ length: own }, (_each, index) => patchOf(`own-${number}-${index}`, { title: `of ${number}` }, cloud));
    const member = number % 2 === 0 ? "title" : "description";
    const members = [...mine, patchOf(`shared-${Math.floor(number / 2)}`, { [member]: `of ${number}` }, cloud)];
    return { number, members, drivers: driversOf(members, cloud), ends: [] };
  });
}

/** Pipelines that want the same member of one backend to be something else each. */
export function rivalsOf(count: number, cloud: Cloud): Pipeline[] {
  return Array.from({ length: count }, (_, number) => {
    const members = [patchOf("contested", { title: `of ${number}` }, cloud)];
    return { number, members, drivers: driversOf(members, cloud), ends: [] };
  });
}

function patchOf(backendId: string, leaf: Record<string, string>, cloud: Cloud): Member {
  if (!cloud.hasBackend(SERVICE, backendId)) cloud.addBackend(SERVICE, backendId, { url: "https://orders.example/", protocol: "http" });
  return { kind: "patch", lane: SERVICE, given: { ...place, backendId, ...leaf }, requests: [] };
}

/** Runs them side by side, or one after the other, and counts. */
export async function deploy(pipelines: readonly Pipeline[], isQueued: boolean, cloud: Cloud, time: SimulatedTime): Promise<Course> {
  const [startedMs, from] = [Date.now(), cloud.requests.length];
  const all = async () => {
    if (!isQueued) return void (await Promise.all(pipelines.map(run)));
    for (const pipeline of pipelines) await run(pipeline);
  };
  await time.passes(all());
  const sent = cloud.requests.slice(from);
  const answered = (status: number) => sent.filter((request: CloudRequest) => request.status === status).length;
  return {
    patches: pipelines.reduce((sum, { members }) => sum + members.length, 0),
    requests: sent.length,
    refused: { 409: answered(409), 412: answered(412), 429: answered(429) },
    seconds: (Date.now() - startedMs) / 1000,
  };
}

function run(pipeline: Pipeline): Promise<void> {
  return pipelineOf.run(pipeline.number, async () => {
    // No two begin in the same moment: which is first would be the sockets' choice.
    await new Promise((resolve) => setTimeout(resolve, 1 + pipeline.number));
    const queue = [...pipeline.members.entries()];
    const follow = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [index, { given }] = next;
        const end = pipeline.drivers[index]?.up(given) ?? Promise.reject(new Error("There is no such driver."));
        pipeline.ends[index] = await end.catch((error: Error) => error.message);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, follow));
  });
}

/** Members that are not as the patch that was created wants them. */
export function lostUpdates(pipelines: readonly Pipeline[], cloud: Cloud): string[] {
  return pipelines.flatMap(({ members, ends }) =>
    members
      .filter(({ given }, index) => {
        const { properties } = cloud.backend(SERVICE, String(given.backendId));
        const isThere = ["title", "description"].every((leaf) => given[leaf] === undefined || given[leaf] === properties[leaf]);
        return ends[index] === "created" && !isThere;
      })
      .map(({ given }) => String(given.backendId)),
  );
}

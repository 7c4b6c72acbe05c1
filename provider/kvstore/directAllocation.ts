import type { AlibabaRequest, Run } from "../engine/operation";
import { PartialStateError } from "../engine/partialState";
import { widening } from "../engine/widening";
import { OutcomeUnknownError, PatchbayError, PreconditionError, ServiceError } from "../errors";
import {
  type DirectEndpoint,
  describeDirectEndpoint,
  describeInstance,
  hasTls,
  type Instance,
  type InstanceTarget,
  instanceIsGone,
  prefixOf,
} from "./instance";

/** The documented engine versions. */
const ENGINE_VERSIONS = ["4.0", "5.0"];
/** Statuses that no waiting ends. */
const FINAL_STATUSES = new Set(["released", "inactive", "unavailable", "error"]);
const ALREADY_THERE = new Set(["DirectConnectionAlreadyExists", "NetTypeExists"]);

/** What the endpoint shall be like; what is not given may be anything. */
export interface EndpointWish {
  readonly connectionString?: string;
  readonly port?: number;
}

export interface Ensured extends DirectEndpoint {
  /** Whether it was there before, made by somebody else. */
  readonly adopted: boolean;
}

/** Adopts the direct endpoint that is there, or allocates one and waits until it serves. */
export async function ensureDirectEndpoint(
  target: InstanceTarget,
  wish: EndpointWish,
  id: string,
  given: object,
  run: Run,
): Promise<Ensured> {
  const instance = await describeInstance(target, run);
  if (instance === undefined) throw missing(target);
  const existing = await describeDirectEndpoint(target, run);
  if (existing !== undefined) return { ...agreed(target, wish, existing), adopted: true };
  await preflight(target, instance, run);
  await waitForNormal(target, instance, run);
  if ((await allocate(target, wish, run)) === "alreadyThere") {
    const theirs = await describeDirectEndpoint(target, run);
    if (theirs !== undefined) return { ...agreed(target, wish, theirs), adopted: true };
  }
  try {
    return { ...(await waitForEndpoint(target, run)), adopted: false };
  } catch (error) {
    if (!(error instanceof PatchbayError)) throw error;
    const message = `A direct connection of ${target.instanceId} was allocated and is not seen serving yet. ${error.message} Run again: the next run goes on from here and allocates nothing that is there.`;
    throw new PartialStateError(message, id, { ...given, adopted: false });
  }
}

/** Releases the endpoint if it is still the one that this resource stands for, and waits until it is gone. */
export async function releaseDirectEndpoint(target: InstanceTarget, connectionDomain: string | undefined, run: Run): Promise<void> {
  try {
    const existing = await describeDirectEndpoint(target, run);
    if (existing === undefined) return;
    if (connectionDomain !== undefined && existing.connectionDomain !== connectionDomain) {
      run.say(
        "warning",
        `${existing.connectionDomain} is not the direct connection that this resource allocated (${connectionDomain}); it is left as it is.`,
      );
      return;
    }
    const query = { InstanceId: target.instanceId };
    await run.send({ cloud: "alibaba", action: "ReleaseDirectConnection", regionId: target.regionId, query, repeat: "converge" });
    for (const delayMs of widening(1_000, 15_000)) {
      await run.wait(delayMs, `the direct connection of ${target.instanceId} to be released`);
      if ((await describeDirectEndpoint(target, run)) === undefined) return;
    }
  } catch (error) {
    if (instanceIsGone(error) || (error instanceof ServiceError && error.code === "NetTypeNotExists")) return;
    throw error;
  }
}

/** Why an endpoint is not the one that is wished for; empty when it is. */
export function disagreements(wish: EndpointWish, existing: Pick<DirectEndpoint, "connectionDomain" | "port">): string[] {
  const prefix = prefixOf(existing.connectionDomain);
  const differing = [];
  if (wish.connectionString !== undefined && wish.connectionString !== prefix)
    differing.push(`its prefix is ${prefix}, not ${wish.connectionString}`);
  if (wish.port !== undefined && wish.port !== existing.port) differing.push(`its port is ${existing.port}, not ${wish.port}`);
  return differing;
}

function agreed(target: InstanceTarget, wish: EndpointWish, existing: DirectEndpoint): DirectEndpoint {
  const differing = disagreements(wish, existing);
  if (differing.length === 0) return existing;
  throw new PreconditionError(
    `${target.instanceId} has a direct connection already, and an instance can have one: ${differing.join(" and ")}. Leave connectionString and port out to adopt it, or release it first (its clients lose their connection).`,
  );
}

async function preflight(target: InstanceTarget, { status, architecture, engineVersion, networkType }: Instance, run: Run): Promise<void> {
  const refuse = (what: string, remedy: string) => {
    throw new PreconditionError(`${target.instanceId} cannot have a direct connection: ${what}. ${remedy}`);
  };
  if (FINAL_STATUSES.has(status.toLowerCase())) refuse(`its status is ${status}`, "Renew or repair the instance, then run again.");
  if (architecture !== "" && architecture !== "cluster") {
    refuse(
      `its architecture is ${architecture}, not cluster`,
      "Only a cluster instance has one; take the instance's ordinary endpoint, or move to a cluster instance.",
    );
  }
  if (engineVersion !== "" && !ENGINE_VERSIONS.includes(engineVersion)) {
    refuse(`its engine version is ${engineVersion}`, `The service offers direct connections for Redis ${ENGINE_VERSIONS.join(" and ")}.`);
  }
  if (networkType !== "" && networkType.toUpperCase() !== "VPC") {
    refuse(`its network is ${networkType}, not a VPC`, "Move it into a VPC (SwitchNetwork), then run again.");
  }
  if (await hasTls(target, run)) refuse("TLS is on", "Turn TLS off (ModifyInstanceSSL), which restarts the instance, then run again.");
}

async function waitForNormal(target: InstanceTarget, first: Instance, run: Run): Promise<void> {
  let status = first.status;
  for (const delayMs of widening(1_000, 15_000)) {
    if (status === "Normal") return;
    await run.wait(delayMs, `${target.instanceId}, which is ${status}, to be Normal`);
    const instance = await describeInstance(target, run);
    if (instance === undefined) throw missing(target);
    status = instance.status;
  }
}

async function waitForEndpoint(target: InstanceTarget, run: Run): Promise<DirectEndpoint> {
  for (const delayMs of widening(1_000, 15_000)) {
    await run.wait(delayMs, `the direct connection of ${target.instanceId} to serve`);
    const instance = await describeInstance(target, run);
    if (instance === undefined) throw missing(target);
    if (instance.status !== "Normal") continue;
    const endpoint = await describeDirectEndpoint(target, run);
    if (endpoint !== undefined) return endpoint;
  }
  throw missing(target);
}

/** Allocates. After a lost answer the instance tells whether it was done; it is sent again once where it surely was not. */
async function allocate(target: InstanceTarget, wish: EndpointWish, run: Run): Promise<"accepted" | "alreadyThere"> {
  const request = allocateRequest(target, wish);
  try {
    await run.send(request);
    return "accepted";
  } catch (error) {
    if (error instanceof ServiceError && ALREADY_THERE.has(error.code)) return "alreadyThere";
    if (!(error instanceof OutcomeUnknownError)) throw error;
    run.say("warning", `no answer came to AllocateDirectConnection of ${target.instanceId}; looking whether it was done.`);
    await run.wait(1_000, `${target.instanceId} to show whether it was done`);
    const instance = await describeInstance(target, run);
    // A busy instance is most likely busy with this; its end shows in the net info.
    if (instance !== undefined) await waitForNormal(target, instance, run);
    if ((await describeDirectEndpoint(target, run)) === undefined) await run.send(request);
    return "accepted";
  }
}

function allocateRequest({ regionId, instanceId }: InstanceTarget, { connectionString, port }: EndpointWish): AlibabaRequest {
  const query = {
    InstanceId: instanceId,
    ...(connectionString !== undefined && { ConnectionString: connectionString }),
    ...(port !== undefined && { Port: String(port) }),
  };
  return { cloud: "alibaba", action: "AllocateDirectConnection", regionId, query, repeat: "once" };
}

function missing({ instanceId, regionId }: InstanceTarget): PreconditionError {
  return new PreconditionError(
    `Instance ${instanceId} does not exist in region ${regionId}, or the account of these keys does not see it. Check instanceId and regionId (an instance is only seen in its own region), then run again.`,
  );
}

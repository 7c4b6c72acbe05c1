import type { Run } from "../engine/operation";
import { widening } from "../engine/widening";
import { PreconditionError } from "../errors";
import { type DirectEndpoint, describeInstance, describeNetInfo, type Instance, type InstanceTarget } from "./instance";

// An instance that changes says the old state of things, or nothing: what is there can be told once it has settled.

/** Statuses that no waiting ends. */
const FINAL_STATUSES = new Set(["released", "inactive", "unavailable", "error"]);

/**
 * The direct endpoint, if there is one, once the instance does not change any more: until then the net info says
 * nothing of an endpoint that is being made.
 */
export async function settledEndpoint(target: InstanceTarget, run: Run): Promise<DirectEndpoint | undefined> {
  const { direct } = await describeNetInfo(target, run);
  if (direct !== undefined) return direct;
  const instance = await describeInstance(target, run);
  if (instance === undefined) return undefined;
  if (!isSettled(instance)) await waitForNormal(target, instance, run);
  return (await describeNetInfo(target, run)).direct;
}

/** What there is now, without waiting: an endpoint, none, or an instance whose change has to end before that can be said. */
export async function lookForEndpoint(target: InstanceTarget, run: Run): Promise<DirectEndpoint | "none" | { readonly changing: string }> {
  const { direct } = await describeNetInfo(target, run);
  if (direct !== undefined) return direct;
  const instance = await describeInstance(target, run);
  if (instance !== undefined && !isSettled(instance)) return { changing: instance.status };
  // The change may have ended between the two looks.
  return (instance && (await describeNetInfo(target, run)).direct) ?? "none";
}

/** Whether no waiting changes anything more: it is Normal, at its end, or not there. */
export function isSettled(instance: Instance | undefined): boolean {
  return instance === undefined || instance.status === "Normal" || FINAL_STATUSES.has(instance.status.toLowerCase());
}

/** Waits until the instance takes changes again. */
export async function waitForNormal(target: InstanceTarget, first: Instance, run: Run): Promise<void> {
  let status = first.status;
  for (const delayMs of widening(1_000, 15_000)) {
    if (status === "Normal") return;
    refuseFinal(target, status);
    await run.wait(delayMs, `${target.instanceId}, which is ${status}, to be Normal`);
    const instance = await describeInstance(target, run);
    if (instance === undefined) throw missing(target);
    status = instance.status;
  }
}

/** Refuses an instance at its end: no waiting makes it Normal again. */
export function refuseFinal(target: InstanceTarget, status: string): void {
  if (FINAL_STATUSES.has(status.toLowerCase()))
    throw refusal(target, `its status is ${status}`, "Renew or repair the instance, then run again.");
}

/** Why an instance cannot have a direct connection, and the way out. */
export function refusal({ instanceId }: InstanceTarget, what: string, remedy: string): PreconditionError {
  return new PreconditionError(`${instanceId} cannot have a direct connection: ${what}. ${remedy}`);
}

/** There is no such instance. */
export function missing({ instanceId, regionId }: InstanceTarget): PreconditionError {
  return new PreconditionError(
    `Instance ${instanceId} does not exist in region ${regionId}, or the account of these keys does not see it. Check instanceId and regionId (an instance is only seen in its own region), then run again.`,
  );
}

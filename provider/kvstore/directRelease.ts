import { afterLostAnswer, isAnswerLost } from "../engine/lostAnswer";
import type { AlibabaRequest, Run } from "../engine/operation";
import { widening } from "../engine/widening";
import { ServiceError } from "../errors";
import { type DirectEndpoint, describeInstance, describeNetInfo, type InstanceTarget, instanceIsGone } from "./instance";
import { isSettled, settledEndpoint, waitForNormal } from "./settled";

/** Releases the endpoint if it is still the one that this resource stands for, and waits until it is gone. */
export async function releaseDirectEndpoint(target: InstanceTarget, connectionDomain: string | undefined, run: Run): Promise<void> {
  try {
    const existing = await settledEndpoint({ ...target, connectionDomain }, run);
    if (existing === undefined) return run.done(`found no direct connection of ${target.instanceId} any more; nothing was changed.`);
    if (connectionDomain !== undefined && existing.connectionDomain !== connectionDomain) {
      run.say(
        "warning",
        `${existing.connectionDomain} is not the direct connection that this resource stands for (${connectionDomain}); it is left as it is.`,
      );
      return;
    }
    const requestId = await release(target, existing.connectionDomain, run);
    await waitUntilReleased(target, run);
    run.done(`released ${existing.connectionDomain} of ${target.instanceId}; the instance shows it no more.`, requestId);
  } catch (error) {
    if (instanceIsGone(error) || (error instanceof ServiceError && error.code === "NetTypeNotExists")) return;
    throw error;
  }
}

async function waitUntilReleased(target: InstanceTarget, run: Run): Promise<void> {
  for (const delayMs of widening(1_000, 15_000)) {
    await run.wait(delayMs, `the direct connection of ${target.instanceId} to be released`);
    const { direct, isEmpty } = await describeNetInfo(target, run);
    if (direct === undefined && (!isEmpty || isSettled(await describeInstance(target, run)))) return;
  }
}

/**
 * Releases. After a lost answer the instance tells whether it was done; it is sent again, once, where it was not.
 * @returns the request id of the answer; empty where none came
 */
async function release(target: InstanceTarget, connectionDomain: string, run: Run): Promise<string> {
  const query = { InstanceId: target.instanceId };
  const request: AlibabaRequest = { cloud: "alibaba", action: "ReleaseDirectConnection", regionId: target.regionId, query, repeat: "once" };
  try {
    return (await run.send(request)).requestId;
  } catch (error) {
    if (!isAnswerLost(error)) throw error;
    run.say("warning", `no answer came to ReleaseDirectConnection of ${target.instanceId}; looking whether it was done.`);
    const now = await endpointAfterChange(target, run).catch((end: unknown) => {
      throw instanceIsGone(end) ? end : afterLostAnswer(`ReleaseDirectConnection of ${target.instanceId}`, end);
    });
    return now?.connectionDomain === connectionDomain ? (await run.send(request)).requestId : "";
  }
}

/** Until the change is done, the net info shows the endpoint still. */
async function endpointAfterChange(target: InstanceTarget, run: Run): Promise<DirectEndpoint | undefined> {
  const instance = await describeInstance(target, run);
  if (instance !== undefined && !isSettled(instance)) await waitForNormal(target, instance, run);
  return (await describeNetInfo(target, run)).direct;
}

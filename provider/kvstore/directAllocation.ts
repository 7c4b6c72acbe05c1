import { isAnswerLost } from "../engine/lostAnswer";
import type { AlibabaRequest, Answer, Run } from "../engine/operation";
import { PartialStateError } from "../engine/partialState";
import { widening } from "../engine/widening";
import { PatchbayError, PreconditionError, ServiceError } from "../errors";
import { type DirectEndpoint, describeInstance, describeNetInfo, hasTls, type Instance, type InstanceTarget, prefixOf } from "./instance";
import { missing, refusal, refuseFinal, settledEndpoint, waitForNormal } from "./settled";

/** The documented engine versions. */
const ENGINE_VERSIONS = ["4.0", "5.0"];
const ALREADY_THERE = new Set(["DirectConnectionAlreadyExists", "NetTypeExists"]);

/** What the endpoint shall be like; what is not given may be anything. */
export interface EndpointWish {
  readonly connectionString?: string;
  readonly port?: number;
}

export interface Ensured {
  readonly endpoint: DirectEndpoint;
  /** Whether it was there before, made by somebody else. */
  readonly adopted: boolean;
  /** Of the allocation; empty where this run made none, or no answer came to it. */
  readonly requestId: string;
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
  const existing = (await describeNetInfo(target, run)).direct;
  if (existing !== undefined) return adopt(target, wish, existing, id, run);
  await preflight(target, instance, run);
  if (instance.status !== "Normal") {
    await waitForNormal(target, instance, run);
    // What kept it busy may have been somebody's allocation.
    const late = (await describeNetInfo(target, run)).direct;
    if (late !== undefined) return adopt(target, wish, late, id, run);
  }
  const request = allocateRequest(target, wish);
  run.note({ id, prefix: wish.connectionString ?? "" });
  const outcome = await allocate(request, run);
  if (outcome instanceof ServiceError) return found(agreed(target, wish, await waitForEndpoint(target, run, outcome)), true);
  let serving: DirectEndpoint;
  try {
    if (outcome === "unknown") await allocateUnlessDone(target, request, run);
    serving = await waitForEndpoint(target, run);
    // It was accepted as wished: recorded otherwise, the next run would replace it, and cut its clients off.
    if (outcome !== "unknown") agreed(target, wish, serving);
  } catch (error) {
    throw notSeenServing(target, outcome, id, given, error);
  }
  // While the answer was lost, somebody else may have been faster.
  if (outcome === "unknown") return found(agreed(target, wish, serving), false);
  return { endpoint: serving, adopted: false, requestId: outcome.requestId };
}

function found(endpoint: DirectEndpoint, adopted: boolean): Ensured {
  return { endpoint, adopted, requestId: "" };
}

function notSeenServing({ instanceId }: InstanceTarget, outcome: Answer | "unknown", id: string, given: object, error: unknown): unknown {
  if (!(error instanceof PatchbayError)) return error;
  const what = outcome === "unknown" ? "may have been allocated" : "was allocated";
  const message = `A direct connection of ${instanceId} ${what} and is not seen serving yet. ${error.message} The next run goes on from here and allocates nothing that is there.`;
  return new PartialStateError(message, id, { ...given, adopted: false });
}

/**
 * Takes over the endpoint that is there. It is this resource's own where a run that was killed had asked for this very
 * prefix, which no two customers have; without a prefix nothing tells whose it is, and somebody else's is never released.
 */
function adopt(target: InstanceTarget, wish: EndpointWish, existing: DirectEndpoint, id: string, run: Run): Ensured {
  const endpoint = agreed(target, wish, existing);
  const intent = run.recall();
  if (intent?.id !== id) return found(endpoint, true);
  const isOwn = wish.connectionString !== undefined && intent.prefix === wish.connectionString;
  const begun = `an earlier run on this machine was killed while it allocated a direct connection of ${target.instanceId}`;
  if (isOwn) run.say("info", `${begun}; it is there, and is this resource's own.`);
  else
    run.say(
      "warning",
      `${begun}; whether the one that is there is its own cannot be told, so destroy keeps it unless onDestroy is "release".`,
    );
  return found(endpoint, !isOwn);
}

/** Why an endpoint is not the one that is wished for; empty when it is. */
function disagreements(wish: EndpointWish, existing: Pick<DirectEndpoint, "connectionDomain" | "port">): string[] {
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
    throw refusal(target, what, remedy);
  };
  refuseFinal(target, status);
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

/** @param said the refusal that says that the endpoint is there; an end of the wait has to tell it */
async function waitForEndpoint(target: InstanceTarget, run: Run, said?: ServiceError): Promise<DirectEndpoint> {
  const which = `the direct connection of ${target.instanceId}`;
  const known = said === undefined ? which : `${which}, of which the service says ${said.code} (request id ${said.requestId}),`;
  for (const delayMs of widening(1_000, 15_000)) {
    await run.wait(delayMs, `${known} to serve`);
    const instance = await describeInstance(target, run);
    if (instance === undefined) throw missing(target);
    refuseFinal(target, instance.status);
    if (instance.status !== "Normal") continue;
    const { direct } = await describeNetInfo(target, run);
    if (direct !== undefined) return direct;
  }
  throw missing(target);
}

/** A refusal is given back where it says that there is an endpoint already. */
async function allocate(request: AlibabaRequest, run: Run): Promise<Answer | "unknown" | ServiceError> {
  try {
    return await run.send(request);
  } catch (error) {
    if (isAlreadyThere(error)) return error;
    if (isAnswerLost(error)) return "unknown";
    throw error;
  }
}

/** After a lost answer the instance tells whether it was done; it is sent again, once, where it surely was not. */
async function allocateUnlessDone(target: InstanceTarget, request: AlibabaRequest, run: Run): Promise<void> {
  run.say("warning", `no answer came to AllocateDirectConnection of ${target.instanceId}; looking whether it was done.`);
  await run.wait(1_000, `${target.instanceId} to show whether it was done`);
  // A busy instance is most likely busy with this; its end shows in the net info.
  if ((await settledEndpoint(target, run)) !== undefined) return;
  await run.send(request).catch((error: unknown) => {
    if (!isAlreadyThere(error)) throw error;
  });
}

function isAlreadyThere(error: unknown): error is ServiceError {
  return error instanceof ServiceError && ALREADY_THERE.has(error.code);
}

function allocateRequest({ regionId, instanceId }: InstanceTarget, { connectionString, port }: EndpointWish): AlibabaRequest {
  const query = {
    InstanceId: instanceId,
    ...(connectionString !== undefined && { ConnectionString: connectionString }),
    ...(port !== undefined && { Port: String(port) }),
  };
  return { cloud: "alibaba", action: "AllocateDirectConnection", regionId, query, repeat: "once" };
}

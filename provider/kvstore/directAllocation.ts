import type { AlibabaRequest, Run } from "../engine/operation";
import { PartialStateError } from "../engine/partialState";
import { widening } from "../engine/widening";
import { OutcomeUnknownError, PatchbayError, PreconditionError, ServiceError } from "../errors";
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
  const existing = (await describeNetInfo(target, run)).direct;
  if (existing !== undefined) return { ...agreed(target, wish, existing), adopted: true };
  await preflight(target, instance, run);
  if (instance.status !== "Normal") {
    await waitForNormal(target, instance, run);
    // What kept it busy may have been somebody's allocation.
    const late = (await describeNetInfo(target, run)).direct;
    if (late !== undefined) return { ...agreed(target, wish, late), adopted: true };
  }
  const request = allocateRequest(target, wish);
  const outcome = await allocate(request, run);
  if (outcome === "alreadyThere") return { ...agreed(target, wish, await waitForEndpoint(target, run)), adopted: true };
  try {
    if (outcome === "unknown") await allocateUnlessDone(target, request, run);
    return { ...(await waitForEndpoint(target, run)), adopted: false };
  } catch (error) {
    if (!(error instanceof PatchbayError)) throw error;
    const what = outcome === "unknown" ? "may have been allocated" : "was allocated";
    const message = `A direct connection of ${target.instanceId} ${what} and is not seen serving yet. ${error.message} The next run goes on from here and allocates nothing that is there.`;
    throw new PartialStateError(message, id, { ...given, adopted: false });
  }
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

async function waitForEndpoint(target: InstanceTarget, run: Run): Promise<DirectEndpoint> {
  for (const delayMs of widening(1_000, 15_000)) {
    await run.wait(delayMs, `the direct connection of ${target.instanceId} to serve`);
    const instance = await describeInstance(target, run);
    if (instance === undefined) throw missing(target);
    refuseFinal(target, instance.status);
    if (instance.status !== "Normal") continue;
    const { direct } = await describeNetInfo(target, run);
    if (direct !== undefined) return direct;
  }
  throw missing(target);
}

async function allocate(request: AlibabaRequest, run: Run): Promise<"accepted" | "alreadyThere" | "unknown"> {
  try {
    await run.send(request);
    return "accepted";
  } catch (error) {
    if (isAlreadyThere(error)) return "alreadyThere";
    if (error instanceof OutcomeUnknownError) return "unknown";
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

function isAlreadyThere(error: unknown): boolean {
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

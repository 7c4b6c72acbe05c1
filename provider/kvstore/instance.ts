import type { JsonObject, Run } from "../engine/operation";
import { isObject } from "../engine/state";
import { ServiceError } from "../errors";

const GONE = new Set([
  "InvalidInstanceId.NotFound",
  "InvalidDbInstanceId.NotFound",
  "InvalidDBInstanceId.NotFound",
  "InvalidDBInstance.NotFound",
]);

/** Which instance is meant, and where. */
export interface InstanceTarget {
  readonly regionId: string;
  readonly instanceId: string;
}

/** What decides whether an instance can have a direct connection. */
export interface Instance {
  readonly status: string;
  readonly architecture: string;
  readonly engineVersion: string;
  readonly networkType: string;
}

/** The direct endpoint of an instance. */
export interface DirectEndpoint {
  /** Full host name. */
  readonly connectionDomain: string;
  readonly port: number;
  readonly ipAddress: string;
  readonly vpcId: string;
  readonly vSwitchId: string;
}

/** Whether the service says that the instance does not exist. */
export function instanceIsGone(error: unknown): boolean {
  return error instanceof ServiceError && GONE.has(error.code);
}

/** Reads the instance. The service says that it does not exist with a 404, which is thrown, or with an empty list: undefined. */
export async function describeInstance({ regionId, instanceId }: InstanceTarget, run: Run): Promise<Instance | undefined> {
  const query = { InstanceId: instanceId };
  const { body } = await run.send({ cloud: "alibaba", action: "DescribeInstanceAttribute", regionId, query, repeat: "read" });
  const found = items(body, "Instances", "DBInstanceAttribute")[0];
  if (found === undefined) return undefined;
  return {
    status: text(found.InstanceStatus),
    architecture: text(found.ArchitectureType),
    engineVersion: text(found.EngineVersion),
    networkType: text(found.NetworkType),
  };
}

/** What the net info shows. It may show nothing at all while the instance changes, and the old state of things until the change is done. */
export interface NetInfo {
  /** The entry whose DirectConnection is 1; net type and order do not tell. */
  readonly direct: DirectEndpoint | undefined;
  readonly isEmpty: boolean;
}

export async function describeNetInfo({ regionId, instanceId }: InstanceTarget, run: Run): Promise<NetInfo> {
  const query = { InstanceId: instanceId };
  const { body } = await run.send({ cloud: "alibaba", action: "DescribeDBInstanceNetInfo", regionId, query, repeat: "read" });
  const entries = items(body, "NetInfoItems", "InstanceNetInfo");
  const entry = entries.find((item) => Number(item.DirectConnection) === 1);
  const direct = entry && {
    connectionDomain: text(entry.ConnectionString),
    port: Number(entry.Port),
    ipAddress: text(entry.IPAddress),
    vpcId: text(entry.VPCId),
    vSwitchId: text(entry.VSwitchId),
  };
  return { direct, isEmpty: entries.length === 0 };
}

/** Whether TLS is on. An account that may not ask is no reason to stop: the allocation itself will tell. */
export async function hasTls({ regionId, instanceId }: InstanceTarget, run: Run): Promise<boolean> {
  const query = { InstanceId: instanceId };
  try {
    const { body } = await run.send({ cloud: "alibaba", action: "DescribeInstanceSSL", regionId, query, repeat: "read" });
    return /^enable/i.test(text(body?.SSLEnabled));
  } catch (error) {
    if (error instanceof ServiceError && error.status >= 400 && error.status < 500) return false;
    throw error;
  }
}

/** `redisdirect123` of `redisdirect123.redis.rds.aliyuncs.com` */
export function prefixOf(connectionDomain: string): string {
  return connectionDomain.split(".")[0] ?? "";
}

function items(body: JsonObject | undefined, list: string, item: string): JsonObject[] {
  const holder = body?.[list];
  const found = isObject(holder) ? holder[item] : undefined;
  return (Array.isArray(found) ? found : []).filter(isObject) as JsonObject[];
}

/** Numbers may come as strings and strings as numbers. */
function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

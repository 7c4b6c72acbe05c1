import type { JsonObject, Run } from "../engine/operation";
import { isObject } from "../engine/state";
import { ServiceError, UnexpectedAnswerError } from "../errors";

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
  /** Host name of the direct endpoint that a resource stands for, once there is one. */
  readonly connectionDomain?: string;
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
  const found = items(body, "Instances", "DBInstanceAttribute", instanceId)[0];
  if (found === undefined) return undefined;
  const status = word(found.InstanceStatus);
  if (status === "") throw unreadable("status", instanceId);
  return {
    status: status.toLowerCase() === "normal" ? "Normal" : status,
    architecture: word(found.ArchitectureType).toLowerCase(),
    engineVersion: word(found.EngineVersion),
    networkType: word(found.NetworkType),
  };
}

/** What the net info shows. It may show nothing at all while the instance changes, and the old state of things until the change is done. */
export interface NetInfo {
  /** The entry whose DirectConnection is 1; net type and order do not tell. */
  readonly direct: DirectEndpoint | undefined;
  readonly isEmpty: boolean;
}

export async function describeNetInfo({ regionId, instanceId, connectionDomain }: InstanceTarget, run: Run): Promise<NetInfo> {
  const query = { InstanceId: instanceId };
  const { body } = await run.send({ cloud: "alibaba", action: "DescribeDBInstanceNetInfo", regionId, query, repeat: "read" });
  const entries = items(body, "NetInfoItems", "InstanceNetInfo", instanceId);
  const entry = entries.find((item) => isDirect(item, instanceId));
  // Some entries may come without the mark. The one with a known name says by that that it is not gone.
  const lost = entries.find((item) => item.DirectConnection == null && hostName(item.ConnectionString) === connectionDomain);
  if (entry === undefined && lost !== undefined) throw unreadable("mark of a direct connection", instanceId);
  return { direct: entry && endpointOf(entry, instanceId), isEmpty: entries.length === 0 };
}

/** Whether an entry is marked as the direct one; a mark that is there and is neither of the two tells nothing. */
function isDirect({ DirectConnection: mark }: JsonObject, instanceId: string): boolean {
  const said = typeof mark === "boolean" ? String(mark) : text(mark ?? 0).trim();
  if (!/^(?:[01]|true|false)$/i.test(said)) throw unreadable("mark of a direct connection", instanceId);
  return /^(?:1|true)$/i.test(said);
}

/** Without a host name or a port there is nothing to connect to, and nothing to recognise it by at destroy. */
function endpointOf(entry: JsonObject, instanceId: string): DirectEndpoint {
  const connectionDomain = hostName(entry.ConnectionString);
  const port = /^\s*\d{1,5}\s*$/.test(text(entry.Port)) ? Number(entry.Port) : 0;
  if (!/^[a-z0-9][\w.-]{0,252}$/.test(connectionDomain)) throw unreadable("host name of the direct connection", instanceId);
  if (port < 1 || port > 65535) throw unreadable("port of the direct connection", instanceId);
  return { connectionDomain, port, ipAddress: word(entry.IPAddress), vpcId: word(entry.VPCId), vSwitchId: word(entry.VSwitchId) };
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

/** The items of a list. A list that is not there says nothing, least of all that what it should hold is gone. */
function items(body: JsonObject | undefined, list: string, item: string, instanceId: string): JsonObject[] {
  const holder = body?.[list];
  const found = isObject(holder) ? holder[item] : undefined;
  if (!Array.isArray(found) || !found.every(isObject)) throw unreadable(`list ${list}.${item}`, instanceId);
  return found as JsonObject[];
}

/** In the one case in which it can be compared. */
function hostName(value: unknown): string {
  return text(value).trim().toLowerCase();
}

/** A name or an address as the service spells such; empty for anything else. */
function word(value: unknown): string {
  const trimmed = text(value).trim();
  return /^[\w.:-]{1,100}$/.test(trimmed) ? trimmed : "";
}

function unreadable(what: string, instanceId: string): UnexpectedAnswerError {
  return new UnexpectedAnswerError(
    `The service answered about ${instanceId} without a readable ${what}. Run again later; if it stays, look at the instance in the console.`,
  );
}

/** Numbers may come as strings and strings as numbers. */
function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

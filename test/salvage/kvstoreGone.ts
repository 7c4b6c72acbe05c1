import { isObject } from "../../provider/engine/state";
import type { Served } from "./damage";

const GONE = /"Invalid(Db|DB)?Instance(Id)?\.NotFound"|<Code>Invalid(Db|DB)?Instance(Id)?\.NotFound</;

/** Whether an answer says without doubt that there is no such instance, or that it has no endpoint of this host name. */
export function kvstoreSaysGone(served: readonly Served[], connectionDomain: string): boolean {
  return served.some(({ status, body }) => {
    if (status >= 400) return GONE.test(body);
    const answer = jsonOf(body);
    const instances = listIn(answer, "Instances", "DBInstanceAttribute");
    if (instances !== undefined) return instances.length === 0;
    const entries = listIn(answer, "NetInfoItems", "InstanceNetInfo");
    return entries?.every((entry) => isObject(entry) && !isNamed(entry, connectionDomain)) ?? false;
  });
}

function isNamed({ ConnectionString: name }: Record<string, unknown>, connectionDomain: string): boolean {
  return typeof name === "string" && name.trim().toLowerCase() === connectionDomain;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listIn(answer: unknown, holder: string, member: string): unknown[] | undefined {
  const list = isObject(answer) && isObject(answer[holder]) ? answer[holder][member] : undefined;
  return Array.isArray(list) ? list : undefined;
}

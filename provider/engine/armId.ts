import type { Settings } from "./operation";
import { isUnknown } from "./state";

/** What names a target in Azure Resource Manager. */
export interface AzureTarget {
  subscriptionId?: string;
  resourceGroupName: string;
}

/**
 * Path segments of a resource. Not encoded: transport encodes each for the wire.
 * @param type provider, then type and name in turn: `["Microsoft.Cache", "redisEnterprise", "cache-prod"]`
 */
export function armPath(subscriptionId: string, resourceGroupName: string, type: readonly string[]): string[] {
  return ["subscriptions", subscriptionId, "resourceGroups", resourceGroupName, "providers", ...type];
}

/** A resource id from path segments. A segment with a slash or a percent sign is encoded, so that the id has one reading. */
export function armId(path: readonly string[]): string {
  return `/${path.map((segment) => segment.replace(/[%/]/g, encodeURIComponent)).join("/")}`;
}

/** The path segments of a resource id. */
export function armPathOf(id: string): string[] {
  return id
    .split("/")
    .filter((segment) => segment !== "")
    .map((segment) => segment.replace(/%(25|2F)/gi, decodeURIComponent));
}

/** Ids and names are the same in any case; answers may change it. */
export function sameId(a: string | undefined, b: string | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}

/** The subscription of a resource id, or undefined when it is not one. */
export function subscriptionOf(id: string): string | undefined {
  const [head, subscriptionId] = armPathOf(id);
  return head?.toLowerCase() === "subscriptions" ? subscriptionId : undefined;
}

/**
 * Which of the arguments that name the target differ from an id in state. The subscription counts only when it is
 * given or configured: a preview without any configuration must not replace anything. A name that is not known yet
 * is no difference: announcing a replacement that will not happen is worse than announcing an update that becomes one.
 */
export function changedTarget(
  id: string,
  given: AzureTarget & object,
  settings: Settings,
  names: Readonly<Record<string, number>>,
): string[] {
  const path = armPathOf(id);
  const subscriptionId = given.subscriptionId ?? settings.subscriptionId();
  const changed = differs(path[1], subscriptionId) ? ["subscriptionId"] : [];
  if (differs(path[3], given.resourceGroupName)) changed.push("resourceGroupName");
  for (const [member, segment] of Object.entries(names)) {
    if (differs(path[segment], (given as unknown as Record<string, unknown>)[member])) changed.push(member);
  }
  return changed;
}

function differs(current: string | undefined, wanted: unknown): boolean {
  return wanted !== undefined && !isUnknown(wanted) && !sameId(current, String(wanted));
}

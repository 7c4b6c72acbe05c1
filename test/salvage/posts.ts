import type { Cloud } from "../cloud";

/** Statuses with which a request is turned away at the door: the service has done nothing. */
const TURNED_AWAY = new Set([401, 403, 404, 405, 409, 412, 422, 429, 503]);

/** How many requests of an action were sent that the service did not plainly turn away. */
export function postsThatMayHaveActed(cloud: Cloud, since: number, action: string): number {
  const sent = cloud.requests.slice(since).filter((request) => request.action === action);
  return sent.filter(({ status }) => status === undefined || !TURNED_AWAY.has(status)).length;
}

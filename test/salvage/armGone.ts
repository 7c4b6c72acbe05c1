import type { Served } from "./damage";

/** The codes with which ARM says that a resource is not there; a 404 with another one, or of a gateway, says nothing of it. */
const GONE = /"(?:resource|parentresource|resourcegroup)?notfound"/i;

export function armSaysGone(served: readonly Served[]): boolean {
  return served.some(({ status, body }) => status === 404 && GONE.test(body));
}

import type { CloudRequest } from "../cloud";

/** Requests that act each time they arrive, and the reads that show what one of them has done. */
const SHOWN_BY: Readonly<Record<string, readonly string[]>> = {
  regenerateKey: ["listKeys"],
  reconnect: [],
  AllocateDirectConnection: ["DescribeDBInstanceNetInfo"],
  ReleaseDirectConnection: ["DescribeDBInstanceNetInfo"],
};
/** Answers with which a request is turned away before it has done anything. */
const TURNED_AWAY = new Set([400, 401, 403, 404, 409, 412, 422, 429, 501, 503]);
const TOLD = /may have acted|not known/;

/** Requests of one run that were sent again although nothing had shown that they did nothing. */
export function sentAgainBlindly(requests: readonly CloudRequest[]): string[] {
  return posts(requests).flatMap(({ request, at }, index, all) => {
    const again = all.slice(index + 1).find((later) => later.request.action === request.action);
    if (again === undefined || isTurnedAway(request)) return [];
    const isShown = requests.slice(at + 1, again.at).some((read) => shows(read, request));
    return isShown && !request.applied ? [] : [`sent again: ${told(requests)}`];
  });
}

/** The same from one run to the next, between which the user has read the error of the first. */
export function sentAgainNextTime(before: readonly CloudRequest[], next: readonly CloudRequest[], error: Error | undefined): string[] {
  const last = posts(before).at(-1)?.request;
  const again = last && posts(next).find(({ request }) => request.action === last.action);
  if (last === undefined || again === undefined || isTurnedAway(last)) return [];
  if (next.slice(0, again.at).some((read) => shows(read, last))) return [];
  // Nothing in the cloud shows a reconnect: the user has been told, and runs again.
  return isShownNowhere(last) && TOLD.test(error?.message ?? "") ? [] : [`sent again by the next run: ${told([...before, ...next])}`];
}

/** Whether more was done than one wanted. */
export function doneTooOften(deeds: number, requests: readonly CloudRequest[], error: Error | undefined): string[] {
  const [first] = posts(requests);
  const isTold = first !== undefined && isShownNowhere(first.request) && TOLD.test(error?.message ?? "");
  return deeds <= 1 || isTold ? [] : [`done ${deeds} times: ${told(requests)}`];
}

function posts(requests: readonly CloudRequest[]): { readonly request: CloudRequest; readonly at: number }[] {
  return requests.flatMap((request, at) => (request.action !== undefined && request.action in SHOWN_BY ? [{ request, at }] : []));
}

function isTurnedAway({ applied, fault, status }: CloudRequest): boolean {
  const isServicesOwnWord = fault === undefined || fault === "pass";
  return TURNED_AWAY.has(status ?? 0) && (!applied || isServicesOwnWord);
}

function isShownNowhere({ action }: CloudRequest): boolean {
  return SHOWN_BY[action ?? ""]?.length === 0;
}

function shows(read: CloudRequest, { action }: CloudRequest): boolean {
  return (SHOWN_BY[action ?? ""] ?? []).includes(read.action ?? "") && read.status === 200 && read.fault === undefined;
}

function told(requests: readonly CloudRequest[]): string {
  return requests.map(({ line, status, applied }) => `${line} ${status ?? "unseen"}${applied ? "" : " not done"}`).join(", ");
}

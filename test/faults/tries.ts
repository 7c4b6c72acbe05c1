import type { CloudRequest } from "../cloud";
import type { Row } from "./row";
import { isOf } from "./strike";
import type { Column } from "./table";

export interface Tries {
  /** How often the cloud saw the request, one try after the other. */
  readonly tries: number;
  /** How often again after other requests. */
  readonly later: number;
}

/** How often the column's request was sent in the run that the fault struck. */
export function triesIn(column: Column, row: Row, requests: readonly CloudRequest[]): Tries {
  const matching = requests.flatMap((request, at) => (isOf(column, request) ? [at] : [])).slice((column.nth ?? 1) - 1);
  const [first] = matching;
  if (first === undefined) return { tries: 0, later: 0 };
  // What the gate kept out was never seen; what the cloud answers soundly ends the tries.
  let last = first;
  const isSound = ({ fault, status }: CloudRequest) => fault === undefined && status !== undefined && status < 400;
  const isGood = row.means === "sound" || (row.means === "elsewhere" && column.follows !== true);
  const isOver = () => row.gate !== undefined || isGood || requests.slice(last, last + 1).some(isSound);
  while (!isOver() && matching.includes(nextOf(column, requests, last))) last = nextOf(column, requests, last);
  const tried = matching.filter((at) => at <= last).length;
  const isSentOnce = column.repeat !== "read" && column.repeat !== "poll";
  return { tries: tried, later: isSentOnce ? matching.length - tried : 0 };
}

/** The next request, but for those of a sign-in in between. */
function nextOf({ login }: Column, requests: readonly CloudRequest[], at: number): number {
  const isSignIn = ({ kind }: CloudRequest) => login === undefined && (kind === "TOKEN" || kind === "DISCOVERY");
  return requests.findIndex((request, index) => index > at && !isSignIn(request));
}

import type { Cloud, CloudRequest } from "../cloud";
import { requestsAbout } from "../support/cells";

/** The most of these requests that the cloud had at one time. */
export function mostAtOnce(requests: readonly CloudRequest[]): number {
  const isOut = (other: CloudRequest, at: number) => other.index <= at && at < (other.answeredAt ?? Number.POSITIVE_INFINITY);
  return requests.reduce((most, { index }) => Math.max(most, requests.filter((other) => isOut(other, index)).length), 0);
}

/** What was sent about one service, connection or instance, polls included. */
export function requestsOf(lane: string, cloud: Cloud): CloudRequest[] {
  const atAlibaba = cloud.requests.filter(({ query }) => query["InstanceId"] === lane);
  return atAlibaba.length > 0 ? atAlibaba : requestsAbout(cloud, `/${lane}/`);
}

/** The lines of these requests, a list for each run that sent some of them. */
export function linesByRun(requests: readonly CloudRequest[]): string[][] {
  const runs = new Map<string, string[]>();
  for (const { clientRequestId = "", line } of requests) runs.set(clientRequestId, [...(runs.get(clientRequestId) ?? []), line]);
  return [...runs.values()];
}

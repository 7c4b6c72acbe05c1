import type { Clock } from "../../provider/transport/clock";
import { Quota } from "../../provider/transport/quota";

const HOST = "https://management.azure.com";
const write = { method: "PATCH", url: `${HOST}/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/svc` };
const read = { ...write, method: "GET" };

const clock: Clock = {
  now: () => Date.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    }),
  random: () => 0.5,
};

let quota: Quota;
let cancel: AbortController;
let waits: string[];

beforeEach(() => {
  jest.useFakeTimers();
  quota = new Quota(clock);
  cancel = new AbortController();
  waits = [];
});
afterEach(() => jest.useRealTimers());

/** After how many milliseconds each of these requests, asked for at the same time, may leave. */
function leaving(requests: readonly { method: string; url: string }[], timeLeftMs = 600_000): Promise<number[]> {
  const startedMs = Date.now();
  const options = {
    deadlineMs: startedMs + timeLeftMs,
    signal: cancel.signal,
    clientRequestId: "",
    onWait: (delayMs: number, reason: string) => waits.push(`${delayMs}: ${reason}`),
  };
  return Promise.all(requests.map((request) => quota.turn(request, options).then(() => Date.now() - startedMs)));
}

/** The same, when time has passed. */
async function leave(requests: readonly { method: string; url: string }[], timeLeftMs?: number): Promise<number[]> {
  const left = leaving(requests, timeLeftMs);
  await jest.advanceTimersByTimeAsync(timeLeftMs ?? 600_000);
  return left;
}

const times = (count: number, request: typeof write) => Array.from({ length: count }, () => request);

describe("a request", () => {
  it("waits for nothing before a first 429", async () => {
    expect(await leave(times(500, write))).toEqual(Array(500).fill(0));
  });

  it.each([
    ["writes", write, [3_000, 3_100, 3_200, 3_300]],
    ["reads", read, [3_000, 3_040, 3_080, 3_120]],
    ["deletes", { ...write, method: "DELETE" }, [3_000, 3_100, 3_200, 3_300]],
  ])("waits for the Retry-After of another one and then for its turn: %s", async (kind, request, expected) => {
    quota.refused(request, {}, 3_000);
    expect(await leave(times(4, request))).toEqual(expected);
    expect(waits).toEqual(expected.map((delayMs) => `${delayMs}: the subscription's quota of ${kind} is used up`));
  });

  it("of another kind, subscription or endpoint does not wait", async () => {
    quota.refused(write, {}, 3_000);
    const others = [read, { ...write, url: write.url.replace("s1", "s2") }, { ...write, url: write.url.replace("azure.com", "azure.cn") }];
    const same = { ...write, method: "POST", url: write.url.replace("/s1/", "/S1/") };
    expect(await leave([...others, same])).toEqual([0, 0, 0, 3_000]);
  });

  it("is put off once by the refusals of all that were out together, and again by a later one", async () => {
    for (let refusal = 0; refusal < 5; refusal += 1) quota.refused(write, {}, 1_000);
    const both = leaving(times(2, write));
    await jest.advanceTimersByTimeAsync(600);
    quota.refused(write, {}, 1_000);
    await jest.advanceTimersByTimeAsync(1_200);
    expect(await both).toEqual([1_600, 1_700]);
  });

  it("waits for its turn also after a 429 without a Retry-After", async () => {
    quota.refused(write, {});
    expect(await leave(times(3, write))).toEqual([0, 100, 200]);
  });

  it("leaves with what has run into the bucket meanwhile, and freely once it is full", async () => {
    quota.refused(write, {}, 1_000);
    await jest.advanceTimersByTimeAsync(1_300);
    expect(await leave(times(6, write), 10_000)).toEqual([0, 0, 0, 0, 100, 200]);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(await leave(times(500, write))).toEqual(Array(500).fill(0));
  });

  it("does not wait for what the resource provider alone refuses, nor for what nobody may wait", async () => {
    quota.refused(write, { "x-ms-ratelimit-remaining-subscription-writes": "173" }, 60_000);
    quota.refused(read, {}, 600_001);
    expect(await leave([write, read])).toEqual([0, 0]);
    quota.refused(write, { "x-ms-ratelimit-remaining-subscription-writes": "0" }, 60_000);
    expect(await leave([write])).toEqual([60_000]);
  });

  it("asks the service itself where its time would be up before its turn", async () => {
    quota.refused(write, {}, 30_000);
    expect(await leave([write, write], 30_000)).toEqual([0, 0]);
    expect(await leave([write], 60_000)).toEqual([0]);
  });

  it("stops waiting when the run is interrupted", async () => {
    quota.refused(write, {}, 30_000);
    const left = leaving([write]);
    await jest.advanceTimersByTimeAsync(2_000);
    cancel.abort();
    expect(await left).toEqual([2_000]);
  });
});

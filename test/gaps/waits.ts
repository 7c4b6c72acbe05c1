import type { Fault } from "../cloud";
import { outcomeOf } from "../support/cells";
import { readyAt, rejection, requestOf, TransportBench } from "../support/transportBench";
import { apiManagement, backendUrl, coreLroPoller, plainAxios, webPubSub } from "./clients";
import type { Row } from "./row";
import { counted, countedEach } from "./words";
import { backendId, chat, group, inTurn, inWorld, patchOurs, seen, service, type World } from "./world";

// How long a service asks to wait, and what it turns away for now.

const HUGE = "999999999";
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Node makes a timer of 1 ms of anything longer, and prints a warning each time: this makes the same of it without a word. */
async function withoutTimerWarnings<T>(work: () => Promise<T>): Promise<T> {
  const timer = globalThis.setTimeout;
  const quiet = (task: (...args: unknown[]) => void, delayMs = 0, ...args: unknown[]) =>
    timer(task, delayMs > LONGEST_TIMER_MS ? 1 : delayMs, ...args);
  globalThis.setTimeout = Object.assign(quiet, timer) as typeof setTimeout;
  try {
    return await work();
  } finally {
    globalThis.setTimeout = timer;
  }
}

const MANY_POLLS = 50;

/** Whether a poller that is asked to wait 31 years polls on at once; it is stopped at the fiftieth poll, or after 20 s without. */
async function pollsInARow(rotate: (world: World, abortSignal: AbortSignal) => Promise<unknown>): Promise<string> {
  return inWorld(async (world) => {
    const stop = new AbortController();
    Object.assign(world.cloud.settings, { regenerateKey: "202", retryAfter: HUGE, operationPolls: 1_000 });
    world.cloud.faults.add({ kind: "POLL", nth: MANY_POLLS, mode: "pass", before: () => stop.abort() });
    const tooLong = setTimeout(() => stop.abort(), 20_000);
    await withoutTimerWarnings(() => outcomeOf(rotate(world, stop.signal)));
    clearTimeout(tooLong);
    const polls = seen(world, "POLL");
    return polls >= MANY_POLLS ? `${MANY_POLLS} polls in a row without a wait, then stopped` : counted(polls, "poll");
  });
}

/** The same by ours, in simulated time. */
async function pollsInHalfAnHour(): Promise<string> {
  return inWorld(async (world) => {
    Object.assign(world.cloud.settings, { regenerateKey: "202", retryAfter: HUGE, operationPolls: 1_000 });
    const bench = new TransportBench({ ...readyAt(world.url), "patchbay:azureAccessToken": world.cloud.accessToken });
    const options = bench.options(1_800_000);
    const path = ["subscriptions", world.cloud.identity.subscriptionId, "resourceGroups", group, "providers"];
    const target = { path: [...path, "Microsoft.SignalRService", "webPubSub", chat, "regenerateKey"], apiVersion: "2024-03-01" };
    const request = requestOf("once", { ...target, body: { keyType: "Primary" } });
    const error = await rejection(bench.transport.follow(request, await bench.transport.send(request, options), options));
    expect(error.name).toBe("DeadlineError");
    expect(Math.max(...bench.delays)).toBeLessThanOrEqual(600_000);
    return `${counted(seen(world, "POLL"), "poll")} in half an hour`;
  });
}

/** How often a GET is sent that is turned away with the same wish. */
async function getsWhenThrottled(get: (world: World) => Promise<unknown>): Promise<string> {
  return inWorld(async (world) => {
    world.cloud.faults.add({ method: "GET", mode: "answer", status: 429, headers: { "Retry-After": HUGE }, times: 10 });
    expect(await withoutTimerWarnings(() => outcomeOf(get(world)))).toHaveProperty("threw");
    return `${counted(seen(world, "GET"), "GET")} answered with 429`;
  });
}

async function getOurs(world: World): Promise<unknown> {
  const bench = new TransportBench({ ...readyAt(world.url), "patchbay:azureAccessToken": world.cloud.accessToken });
  return bench.transport.send(requestOf("read"), bench.options());
}

const getSdk = (world: World) => apiManagement(world).backend.get(group, service, backendId);
const getAxios = (world: World) => plainAxios(world).get(backendUrl(world, backendId));

const turnedAway: readonly Fault[] = [
  { mode: "answer", status: 429 },
  { mode: "answer", status: 429, headers: { "Retry-After": "soon" } },
  { mode: "answer", status: 409, code: "AnotherOperationInProgress" },
];

async function triesUntilItWorks(patch: (world: World) => Promise<unknown>): Promise<string> {
  const cases = await inTurn(turnedAway, (fault) =>
    inWorld(async (world) => {
      world.cloud.faults.add({ ...fault, method: "PATCH" });
      const end = await outcomeOf(patch(world));
      return { tries: seen(world, "PATCH"), isDone: "gave" in end };
    }),
  );
  const done = cases.filter(({ isDone }) => isDone).length;
  const tries = cases.map((one) => one.tries);
  return `${countedEach(tries, "PATCH")}, ${done} of ${cases.length} done`;
}

export const rows: readonly Row[] = [
  {
    number: 7,
    promise: "`Retry-After: 999999999` becomes neither a busy loop nor a wait of 31 years",
    measure: async () => {
      const stoppedSdk = async (world: World, abortSignal: AbortSignal) => {
        const poller = await webPubSub(world).webPubSub.beginRegenerateKey(group, chat, { keyType: "Primary" });
        return poller.pollUntilDone({ abortSignal });
      };
      const found = {
        ours: `${await pollsInHalfAnHour()}; ${await getsWhenThrottled(getOurs)}`,
        sdk: `${await pollsInARow(stoppedSdk)}; ${await getsWhenThrottled(getSdk)}`,
        axios: await getsWhenThrottled(getAxios),
        coreLro: await pollsInARow((world, abortSignal) => coreLroPoller(world).pollUntilDone({ abortSignal })),
      };
      expect(found.ours).toBe("3 polls in half an hour; 1 GET answered with 429");
      return found;
    },
  },
  {
    number: 8,
    promise: "What the service turns away for now is sent again: 429 without or with a garbage Retry-After, 409 of another operation",
    measure: async () => {
      const found = {
        ours: await triesUntilItWorks((world) => patchOurs(world, { title: "ours" })),
        sdk: await triesUntilItWorks((world) => apiManagement(world).backend.update(group, service, backendId, "*", { title: "theirs" })),
        axios: await triesUntilItWorks((world) =>
          plainAxios(world).patch(backendUrl(world, backendId), { properties: {} }, { headers: { "If-Match": "*" } }),
        ),
      };
      expect(found.ours).toBe("2 PATCHes each, 3 of 3 done");
      return found;
    },
  },
];

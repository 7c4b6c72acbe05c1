import type { Transform } from "node:stream";
import zlib from "node:zlib";
import type { Fault } from "../cloud";
import { outcomeOf } from "../support/cells";
import { apiManagement, backendUrl, plainAxios } from "./clients";
import type { Row } from "./row";
import { listed, sorted } from "./words";
import { backendId, group, inTurn, inWorld, patchOurs, seen, service, type World } from "./world";

type Get = (world: World) => Promise<unknown>;

// Ours reads before it writes, so a patch is its GET.
const getOurs: Get = (world) => patchOurs(world, { title: "ours" });
const getSdk: Get = (world) => apiManagement(world).backend.get(group, service, backendId);
const getAxios: Get = (world) => plainAxios(world).get(backendUrl(world, backendId));

const wrongAnswers: readonly (readonly [string, Fault])[] = [
  ["a sign-in page", { mode: "html" }],
  ["nothing", { mode: "empty" }],
  ["half of the JSON", { mode: "truncatedJson" }],
];

/** `says`: what ours has to say about it. */
async function takenFor(get: Get, says?: RegExp): Promise<string> {
  const cases = await inTurn(wrongAnswers, ([name, fault]) =>
    inWorld(async (world) => {
      world.cloud.faults.add({ ...fault, method: "GET" });
      const end = await outcomeOf(get(world));
      expect(seen(world, "PATCH")).toBe(0);
      if (says !== undefined) expect("threw" in end && end.threw.message).toMatch(says);
      return { name, end: "gave" in end ? "taken for success" : "an error" };
    }),
  );
  return sorted(cases);
}

const TIMEOUT_MS = 2_000;
const PATIENCE_MS = 5_000;

/** Whether a call with a timeout has ended some time after it; the whole body would take half a minute and more. */
async function endedByTimeout(get: Get, says?: RegExp): Promise<string> {
  return inWorld(async (world) => {
    world.cloud.addBackend(service, backendId, { title: "x".repeat(300), description: "y".repeat(300), url: "https://orders.example/" });
    world.cloud.faults.add({ method: "GET", mode: "drip" });
    const end = await Promise.race([
      outcomeOf(get(world)),
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE_MS)),
    ]);
    if (says !== undefined) expect(end !== undefined && "threw" in end && end.threw.message).toMatch(says);
    return end === undefined || "gave" in end
      ? `still waiting after ${PATIENCE_MS / TIMEOUT_MS} times its timeout`
      : "ended by its timeout";
  });
}

const MEBIBYTE = 1024 * 1024;
const BOMB_MEBIBYTES = 32;

/** How much of a small answer that decodes to a huge one is decoded. */
async function decoded(get: Get, says?: RegExp): Promise<string> {
  return inWorld(async (world) => {
    world.cloud.faults.add({ method: "GET", mode: "gzipBomb", decodedBytes: BOMB_MEBIBYTES * MEBIBYTE });
    const counter = countDecodedBytes();
    const end = await outcomeOf(get(world));
    counter.stop();
    if (says !== undefined) expect("threw" in end && end.threw.message).toMatch(says);
    if (counter.bytes >= BOMB_MEBIBYTES * MEBIBYTE) return `all ${BOMB_MEBIBYTES} MiB decoded`;
    // How far the decoder runs ahead of who stops it varies by some buffers.
    const boundMebibytes = 2 ** Math.ceil(Math.log2(counter.bytes / MEBIBYTE));
    return `stopped within ${boundMebibytes} MiB, ${"gave" in end ? "told as success" : "told as an error"}`;
  });
}

/** Every client decodes with node's own streams; what comes out of them is counted. */
function countDecodedBytes(): { readonly bytes: number; stop(): void } {
  const decoders = [zlib.createGunzip(), zlib.createUnzip()];
  const spies = decoders.map((decoder) => {
    const prototype = Object.getPrototypeOf(decoder) as Transform;
    const { push } = prototype;
    return jest.spyOn(prototype, "push").mockImplementation(function count(this: Transform, chunk: Buffer | null, encoding) {
      counter.bytes += chunk?.length ?? 0;
      return push.call(this, chunk, encoding);
    });
  });
  const stop = () => {
    for (const spy of spies) spy.mockRestore();
  };
  const counter = { bytes: 0, stop };
  return counter;
}

export const rows: readonly Row[] = [
  {
    number: 4,
    promise: `A 200 that holds no answer is no success: ${listed(
      wrongAnswers.map(([name]) => name),
      "or",
    )}`,
    measure: async () => {
      const found = {
        ours: await takenFor(getOurs, /a JSON object was promised/),
        sdk: await takenFor(getSdk),
        axios: await takenFor(getAxios),
      };
      expect(found.ours).toBe("an error (3 of 3)");
      return found;
    },
  },
  {
    number: 14,
    promise: "A timeout holds for the body too, which comes a byte every 50 ms",
    measure: async () => {
      const timeouts = { create: `${TIMEOUT_MS / 1000}s` };
      const [ours, sdk, axios] = await Promise.all([
        endedByTimeout((world) => patchOurs(world, { title: "ours", timeouts }, { timeFactor: 1 }), /the time is up/),
        endedByTimeout((world) => apiManagement(world).backend.get(group, service, backendId, { requestOptions: { timeout: TIMEOUT_MS } })),
        endedByTimeout((world) => plainAxios(world).get(backendUrl(world, backendId), { timeout: TIMEOUT_MS })),
      ]);
      expect(ours).toBe("ended by its timeout");
      return { ours, sdk, axios };
    },
  },
  {
    number: 15,
    promise: "An answer of some kilobytes that decodes to 32 MiB is not taken in",
    measure: async () => {
      const found = { ours: await decoded(getOurs, /larger than the 4 MiB/), sdk: await decoded(getSdk), axios: await decoded(getAxios) };
      expect(found.ours).toBe("stopped within 8 MiB, told as an error");
      return found;
    },
  },
];

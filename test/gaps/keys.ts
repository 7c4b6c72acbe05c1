import type { Fault } from "../cloud";
import { outcomeOf } from "../support/cells";
import { coreLroPoller, rotateAxios, rotateSdk } from "./clients";
import type { Row } from "./row";
import { counted, listed, sorted } from "./words";
import { chat, inTurn, inWorld, rotateOurs, seen, type World } from "./world";

type Rotate = (world: World) => Promise<unknown>;

// The key changes each time although no answer tells so: what a second POST costs.
const lost: readonly (readonly [string, Fault, number])[] = [
  ["three 500s", { mode: "answer", status: 500 }, 3],
  ["a reset", { mode: "reset" }, 1],
];

async function rotations(rotate: Rotate): Promise<string> {
  const told = await inTurn(lost, ([name, fault, times]) =>
    inWorld(async (world) => {
      world.cloud.faults.add({ ...fault, action: "regenerateKey", times, apply: true });
      const end = await outcomeOf(rotate(world));
      const posts = counted(seen(world, "regenerateKey"), "POST");
      const keys = counted(world.cloud.rotations.length, "new key");
      return `${posts} and ${keys} under ${name}, ${"gave" in end ? "told as success" : "told as an error"}`;
    }),
  );
  return told.join("; ");
}

const emptyResults: readonly (readonly [string, Fault])[] = [
  ["nothing", { mode: "empty" }],
  ["204", { mode: "answer", status: 204 }],
  ["`{}`", { mode: "answer", status: 200, body: {} }],
];

/** Whether the caller holds the new key in the end. */
async function keysHeld(rotate: Rotate): Promise<string> {
  const cases = await inTurn(emptyResults, ([name, fault]) =>
    inWorld(async (world) => {
      world.cloud.settings.regenerateKey = "202";
      world.cloud.faults.add({ ...fault, kind: "POLL", path: "/operationResults/" });
      const end = await outcomeOf(rotate(world));
      const { primaryKey } = world.cloud.keys(chat);
      const isHeld = "gave" in end && (end.gave as { primaryKey?: string } | undefined)?.primaryKey === primaryKey;
      return { name, end: isHeld ? "the new key" : "gave" in end ? "success without the new key" : "an error" };
    }),
  );
  return sorted(cases);
}

/** Whether a client that was answered with 202 waits for the end. */
async function followed(rotate: Rotate): Promise<string> {
  return inWorld(async (world) => {
    Object.assign(world.cloud.settings, { regenerateKey: "202", keysChangeAt: "completion" });
    const end = await outcomeOf(rotate(world));
    const polls = counted(seen(world, "POLL"), "poll");
    const success = "gave" in end ? "success" : "an error";
    return world.cloud.rotations.length === 1 ? `${success} when it has ended, ${polls}` : `${success} before it has ended, ${polls}`;
  });
}

export const rows: readonly Row[] = [
  {
    number: 2,
    promise: "A key is not regenerated again because an answer was lost",
    azapi: "4 POSTs and 4 new keys under three 500s, 2 and 2 under a reset, told as success",
    measure: async () => {
      const found = { ours: await rotations(rotateOurs), sdk: await rotations(rotateSdk), axios: await rotations(rotateAxios) };
      expect(found.ours).toBe(
        "1 POST and 1 new key under three 500s, told as success; 1 POST and 1 new key under a reset, told as success",
      );
      return found;
    },
  },
  {
    number: 3,
    promise: `New keys are not lost when the operation's result is ${listed(
      emptyResults.map(([name]) => name),
      "or",
    )}`,
    azapi: "`{}` with Azure-AsyncOperation alone; with an empty Location not measured",
    measure: async () => {
      const found = {
        ours: await keysHeld(rotateOurs),
        sdk: await keysHeld(rotateSdk),
        coreLro: await keysHeld((world) => coreLroPoller(world).pollUntilDone()),
      };
      expect(found.ours).toBe("the new key (3 of 3)");
      return found;
    },
  },
  {
    number: 20,
    promise: "A POST that is answered with 202 is followed to its end",
    azapi: "followed; what the Location gives is the output",
    measure: async () => {
      const found = {
        ours: await followed(rotateOurs),
        sdk: await followed(rotateSdk),
        axios: await followed(rotateAxios),
        coreLro: await followed((world) => coreLroPoller(world).pollUntilDone()),
      };
      expect(found.ours).toBe("success when it has ended, 2 polls");
      return found;
    },
  },
];

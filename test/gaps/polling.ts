import type { Answer, FaultRule } from "../cloud";
import { outcomeOf } from "../support/cells";
import { coreLroPoller, rotateSdk } from "./clients";
import type { Row } from "./row";
import { startTlsServer } from "./tlsDoor";
import { listed, sorted } from "./words";
import { inTurn, inWorld, rotateOurs, type World } from "./world";

type Rotate = (world: World) => Promise<unknown>;

const rotateCoreLro: Rotate = (world) => coreLroPoller(world).pollUntilDone();

/** What a client does when the service names another host for the operation's status. */
async function followElsewhere(rotate: Rotate): Promise<string> {
  const authorizations: (string | undefined)[] = [];
  const foreign = await startTlsServer((request, response) => {
    authorizations.push(request.headers.authorization);
    response.writeHead(200, { "Content-Type": "application/json" }).end('{"status":"Succeeded","primaryKey":"of another host"}');
  });
  const elsewhere = foreign.url.replace("127.0.0.1", "localhost");
  const ends = await inTurn([["Location"], ["Azure-AsyncOperation", "Location"]], (names) =>
    inWorld(async (world) => {
      world.cloud.settings.regenerateKey = "202";
      const headers = Object.fromEntries(names.map((name) => [name, `${elsewhere}/operations/1`]));
      const change = (answer: Answer) => ({ ...answer, headers: { "Content-Type": "application/json", ...headers } });
      world.cloud.faults.add({ action: "regenerateKey", mode: "amend", change });
      return outcomeOf(rotate(world));
    }),
  );
  await foreign.stop();
  const { host } = new URL(elsewhere);
  const refusals = ends.filter((end) => "threw" in end && end.threw.message.includes(host));
  if (authorizations.length === 0) return `refused, nothing sent there (${refusals.length} of ${ends.length})`;
  const token = authorizations.every((text) => text?.startsWith("Bearer ")) ? "the token sent" : "a request sent";
  const isTaken = ends.every((end) => "gave" in end && JSON.stringify(end.gave).includes("of another host"));
  return `${token} to the other host${isTaken ? ", its answer taken for the result" : ""}`;
}

/** What a client makes of one scripted poll. */
interface Script {
  readonly name: string;
  readonly fault: FaultRule;
  /** Without it the operation has only a Location. */
  readonly hasStatus: boolean;
  /** What ours says about it. */
  readonly says: RegExp;
}

const failedState = { properties: { provisioningState: "Failed", error: { code: "KeyVaultDown", message: "No key was made." } } };
const unusable: readonly Script[] = [
  { name: "`{}`", fault: { kind: "POLL", mode: "answer", status: 200, body: {} }, hasStatus: true, says: /holds no status/ },
  { name: "HTML", fault: { kind: "POLL", mode: "html" }, hasStatus: true, says: /with text\/html/ },
  {
    name: "Failed at the Location",
    fault: { kind: "POLL", mode: "answer", status: 200, body: failedState },
    hasStatus: false,
    says: /No key was made/,
  },
];

async function takenFor(rotate: Rotate): Promise<string> {
  const cases = await inTurn(unusable, async ({ name, fault, hasStatus, says }) => {
    const end = await inWorld(async (world) => {
      world.cloud.settings.regenerateKey = "202";
      if (!hasStatus) world.cloud.faults.add({ action: "regenerateKey", mode: "amend", change: withoutStatus });
      world.cloud.faults.add(fault);
      return outcomeOf(rotate(world));
    });
    if (rotate === rotateOurs) expect("threw" in end && end.threw.message).toMatch(says);
    return { name, end: "gave" in end ? "taken for success" : "an error" };
  });
  return sorted(cases);
}

function withoutStatus(answer: Answer): Answer {
  const headers = Object.entries(answer.headers).filter(([name]) => name !== "Azure-AsyncOperation");
  return { ...answer, headers: Object.fromEntries(headers) };
}

const failing: readonly (readonly [string, (world: World) => FaultRule])[] = [
  ["four 500s", () => ({ kind: "POLL", mode: "answer", status: 500, times: 4 })],
  ["a 404", () => ({ kind: "POLL", mode: "answer", status: 404 })],
  ["an expired token", ({ cloud }) => ({ kind: "POLL", mode: "pass", before: () => cloud.expireTokens() })],
];

async function goesOn(rotate: Rotate): Promise<string> {
  const cases = await inTurn(failing, async ([name, fault]) => {
    const end = await inWorld(async (world) => {
      world.cloud.settings.regenerateKey = "202";
      world.cloud.faults.add(fault(world));
      return outcomeOf(rotate(world));
    });
    return { name, end: "gave" in end ? "goes on to the end" : "gives up" };
  });
  return sorted(cases);
}

export const rows: readonly Row[] = [
  {
    number: 1,
    promise: "A polling URL at another origin is refused before a byte is sent there",
    azapi: "1 to 2 requests to another port or host name, all with the token",
    measure: async () => {
      const found = {
        ours: await followElsewhere(rotateOurs),
        sdk: await followElsewhere(rotateSdk),
        coreLro: await followElsewhere(rotateCoreLro),
      };
      expect(found.ours).toBe("refused, nothing sent there (2 of 2)");
      return found;
    },
  },
  {
    number: 5,
    promise: `An operation's status that says nothing, or failure, is no success: ${listed(
      unusable.map(({ name }) => name),
      "or",
    )}`,
    measure: async () => {
      const found = { ours: await takenFor(rotateOurs), sdk: await takenFor(rotateSdk), coreLro: await takenFor(rotateCoreLro) };
      expect(found.ours).toBe("an error (3 of 3)");
      return found;
    },
  },
  {
    number: 6,
    promise: `A poll that fails says nothing about the operation: ${listed(
      failing.map(([name]) => name),
      "or",
    )}`,
    measure: async () => {
      const found = {
        ours: await goesOn((world) => rotateOurs(world, { way: "clientSecret" })),
        sdk: await goesOn(rotateSdk),
        coreLro: await goesOn(rotateCoreLro),
      };
      expect(found.ours).toBe("goes on to the end (3 of 3)");
      return found;
    },
  },
];

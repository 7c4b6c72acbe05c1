import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import type { Fault } from "../cloud";
import { outcomeOf } from "../support/cells";
import { apiManagement, backendUrl, plainAxios } from "./clients";
import type { Row } from "./row";
import { listed } from "./words";
import { backendId, group, inTurn, inWorld, patchOurs, service, type World } from "./world";

/** A patch of the authorization, whose parameter is a secret. */
type Patch = (world: World, parameter: string) => Promise<unknown>;

function properties(parameter: string) {
  return { credentials: { authorization: { scheme: "Basic", parameter } } };
}

const patchSecretOurs: Patch = (world, parameter) => patchOurs(world, properties(parameter));
const patchSecretSdk: Patch = (world, parameter) =>
  apiManagement(world).backend.update(group, service, backendId, "*", properties(parameter));
const patchSecretAxios: Patch = (world, parameter) =>
  plainAxios(world).patch(backendUrl(world, backendId), { properties: properties(parameter) }, { headers: { "If-Match": "*" } });

/** Nothing by which a rule for what looks like a secret could know it. */
function secret(): string {
  return randomBytes(6).toString("hex");
}

/** Answers that repeat the secret they were sent. */
const repeating: readonly ((parameter: string) => Fault)[] = [
  (parameter) => ({ mode: "answer", status: 201, body: { properties: properties(parameter) } }),
  (parameter) => ({ mode: "answer", status: 400, body: { properties: properties(parameter) } }),
  (parameter) => ({ mode: "answer", status: 400, body: { error: { code: "Refused", message: `The value ${parameter} is not taken.` } } }),
];

async function secretInText(patch: Patch): Promise<string> {
  const cases = await inTurn(repeating, (repeat) =>
    inWorld(async (world) => {
      // Another one each time: what has been seen once may be known from then on.
      const parameter = secret();
      world.cloud.faults.add({ ...repeat(parameter), method: "PATCH" });
      const end = await outcomeOf(patch(world, parameter));
      return "threw" in end && end.threw.message.includes(parameter);
    }),
  );
  return `the secret in ${cases.filter(Boolean).length} of ${cases.length} error messages`;
}

/** What util.inspect, JSON and the stack of an error show: all that a crash or a log prints. */
async function shownByError(patch: Patch): Promise<string> {
  return inWorld(async (world) => {
    const [request, answer] = [secret(), secret()];
    world.cloud.faults.add({ method: "PATCH", mode: "answer", status: 400, body: { error: { code: "Refused", innererror: { answer } } } });
    const end = await outcomeOf(patch(world, request));
    if (!("threw" in end)) throw new Error("The call was expected to fail.");
    const error = end.threw;
    const printed = [inspect(error, { depth: 12, showHidden: true }), JSON.stringify(error), error.stack, String(error.cause)].join("\n");
    // The only other secret of the cloud that a patch has to do with.
    const token = world.cloud.secrets.some((text) => text !== request && text !== answer && printed.includes(text));
    const parts = [
      ...(token ? ["the token"] : []),
      ...(printed.includes(request) ? ["the request's secret"] : []),
      ...(printed.includes(answer) ? ["the answer's secret"] : []),
    ];
    return parts.length === 0 ? "nothing of the three" : listed(parts);
  });
}

export const rows: readonly Row[] = [
  {
    number: 12,
    promise: "No error message repeats a secret that the answer holds",
    measure: async () => {
      const found = {
        ours: await secretInText(patchSecretOurs),
        sdk: await secretInText(patchSecretSdk),
        axios: await secretInText(patchSecretAxios),
      };
      expect(found.ours).toBe("the secret in 0 of 3 error messages");
      return found;
    },
  },
  {
    number: 13,
    promise: "An error that is printed whole shows neither token nor request nor answer",
    measure: async () => {
      const found = {
        ours: await shownByError(patchSecretOurs),
        sdk: await shownByError(patchSecretSdk),
        axios: await shownByError(patchSecretAxios),
      };
      expect(found.ours).toBe("nothing of the three");
      return found;
    },
  },
];

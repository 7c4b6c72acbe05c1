import type { Run } from "../../provider/engine/operation";
import type { AnyOperation } from "./surroundings";

/** What a fake operation does in its hooks. */
export interface Fake {
  /** What create, read, update and delete do; its value is the state, undefined from read means gone. */
  work(run: Run, given: Record<string, unknown>): unknown;
  announce(): unknown;
  changes(): unknown;
}

/** An operation with a required name, a secret key, and two arguments that the service reports anyway. */
export function fakeOperation({ work = (_run, given) => given, announce, changes }: Partial<Fake>): AnyOperation {
  return {
    name: "fakes/Fake",
    schema: (zod) =>
      zod.object({
        name: zod.string(),
        secretKey: zod.string().optional(),
        port: zod.number().optional(),
        state: zod.object({ status: zod.string().optional(), description: zod.string().optional() }).optional(),
        timeouts: zod.unknown().optional(),
      }),
    rules: [],
    secretMembers: ["secretKey"],
    reportedArguments: ["port", "state.description"],
    announce: () => String(announce?.() ?? "will make it."),
    replaces: () => [],
    deleteBeforeReplace: false,
    changes: () => (changes?.() ?? []) as string[],
    create: async (given, run) => ({ id: "id-of-orders", state: (await work(run, given as Record<string, unknown>)) as object }),
    read: async (_id, state, run) => (await work(run, state as Record<string, unknown>)) as object | undefined,
    update: async (_id, _state, given, run) => (await work(run, given as Record<string, unknown>)) as object,
    delete: async (_id, state, run) => {
      await work(run, state as Record<string, unknown>);
    },
  };
}

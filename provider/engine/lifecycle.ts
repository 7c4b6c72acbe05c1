import { ConfigurationError, PatchbayError, ProviderBugError } from "../errors";
import { argumentNames, type CheckFailure, failureOf, mistakesIn } from "./check";
import { goDurationMs } from "./durations";
import { foretelling } from "./foretelling";
import type { Host } from "./host";
import type { Journal } from "./journal";
import type { JsonObject, Operation, Run, Settings } from "./operation";
import { withoutLeaf } from "./ownership";
import { PartialStateError } from "./partialState";
import { type PlainCopy, plainCopy, plainState } from "./plainCopy";
import { type Carrier, openRun } from "./run";
import { isInternal, isUnknown, textsOf, toState, valueAt } from "./state";
import { showing, titleOf } from "./words";

export interface Surroundings {
  readonly host: Host;
  readonly settings: Settings;
  /** Where a run notes what it is about to do; without one a sudden end of the process leaves no trace. */
  readonly journal?: Journal;
  carrier(): Carrier;
}

type Members = Record<string, unknown>;
type AnyOperation = Operation<object, object>;
type Deed = "create" | "read" | "update" | "delete";

const DEFAULT_TIMEOUTS: Record<Deed, string> = { create: "30m", read: "5m", update: "30m", delete: "30m" };

/** The hooks that the engine calls, in the form in which Pulumi wants them. */
export interface Hooks {
  check(olds: Members, news: Members): Promise<{ inputs: Members; failures: CheckFailure[] }>;
  diff(id: string, olds: Members, news: Members): Promise<{ changes: boolean; replaces?: string[]; deleteBeforeReplace?: boolean }>;
  create(inputs: Members): Promise<{ id: string; outs: Members }>;
  read(id: string, properties?: Members): Promise<{ id: string; props: Members; inputs?: Members }>;
  update(id: string, olds: Members, news: Members): Promise<{ outs: Members }>;
  delete(id: string, properties: Members): Promise<void>;
}

/** The six hooks around one operation. */
export function lifecycle(operation: AnyOperation, surroundings: Surroundings): Hooks {
  const { host, settings, journal } = surroundings;
  const running = async <T>(deed: Deed, members: Members, { given, olds }: Copies, work: (run: Run) => Promise<T>): Promise<T> => {
    const call = host.callOf(members);
    const urn = call?.urn ?? "";
    const run = openRun({
      carrier: surroundings.carrier(),
      host,
      settings,
      journal,
      show: showing(operation, olds, given),
      urn,
      title: titleOf(operation, urn),
      timeoutMs: call?.timeoutMs || ownTimeoutMs(deed, given),
    });
    try {
      return await work(run);
    } finally {
      // A read says nothing of what an interrupted run did.
      await run.close(deed === "read");
    }
  };
  const foretold = foretelling(operation, host);
  /** For arguments that check would have refused, and that came here without it. */
  const refusal = ({ members, problems }: PlainCopy): PatchbayError | undefined => {
    const mistakes = mistakesIn(operation, members, settings, problems).map(({ property, reason }) => `${property} ${reason}`);
    if (mistakes.length === 0) return undefined;
    return new ConfigurationError(`The arguments of this ${operation.name.split("/")[1]} cannot be used: ${mistakes.join("; ")}.`);
  };
  const withArguments = <T>(members: Members, work: (given: Members) => Promise<T>): Promise<T> => {
    const copy = plainCopy(members);
    const refused = () => refusal(copy);
    return speaking(operation, copy.members, refused, async () => {
      const unreadable = copy.problems.length > 0 ? refused() : undefined;
      if (unreadable !== undefined) throw unreadable;
      return work(copy.members);
    });
  };
  const withState = <T>(members: Members, work: (state: Members) => Promise<T>): Promise<T> => {
    const state = plainState(members);
    return speaking(
      operation,
      state,
      () => undefined,
      () => work(state),
    );
  };

  return {
    check: (olds, news) => {
      const { members, problems } = plainCopy(news);
      return speaking(
        operation,
        members,
        () => undefined,
        async () => {
          const { __urn, __mistakes, ...inputs } = members;
          const urn = typeof __urn === "string" ? __urn : (host.callOf(news)?.urn ?? "");
          const mistakes = mistakesIn(operation, inputs, settings, problems);
          foretold.begin(urn, __mistakes !== undefined);
          const isNew = Object.keys(plainState(olds ?? {})).length === 0;
          if (mistakes.length === 0) foretold.checked(urn, inputs, withoutInternals(inputs), isNew);
          // The engine ends a preview at the first resource that fails its check: in a preview the program collects them.
          if (mistakes.length === 0 || __mistakes === undefined) return { inputs, failures: mistakes.map(failureOf) };
          return { inputs: { ...inputs, __mistakes: mistakes.map(({ property, reason }) => `${property}: ${reason}`) }, failures: [] };
        },
      );
    },

    diff: (id, olds, news) =>
      withArguments(news, async (wanted) => {
        if (wanted.__mistakes !== undefined) return { changes: true };
        const recorded = plainState(olds);
        const state = withoutInternals(recorded);
        const given = withoutInternals(wanted);
        const replaces = operation.replaces(id, state, given, settings);
        if (replaces.length > 0) {
          return { changes: true, replaces: [...replaces], deleteBeforeReplace: operation.deleteBeforeReplace };
        }
        const changes = operation.changes(state, given, showing(operation, recorded, wanted));
        foretold.compared(host.callOf(news)?.urn ?? "", changes, operation.warnings?.(state, given) ?? []);
        return { changes: changes.length > 0 || isUnknown(given) };
      }),

    create: (inputs) =>
      withArguments(inputs, async (given) => {
        const create = (run: Run) => operation.create(withoutInternals(given), run);
        const { id, state } = await running("create", inputs, { given, olds: {} }, create);
        return { id, outs: stored(operation, state, given) };
      }),

    read: (id, properties = {}) =>
      withState(properties, async (recorded) => {
        const read = (run: Run) => operation.read(id, withoutInternals(recorded), run);
        const state = await running("read", properties, { given: recorded, olds: {} }, read);
        if (state === undefined) return { id: "", props: {} };
        const outs = stored(operation, state, recorded);
        return { id, props: outs, inputs: inputsOf(operation, outs) };
      }),

    update: (id, olds, news) =>
      withArguments(news, async (given) => {
        const recorded = plainState(olds);
        const update = (run: Run) => operation.update(id, withoutInternals(recorded), withoutInternals(given), run);
        const state = await running("update", news, { given, olds: recorded }, update);
        return { outs: stored(operation, state, given) };
      }),

    delete: (id, properties) =>
      withState(properties, async (recorded) => {
        const remove = (run: Run) => operation.delete(id, withoutInternals(recorded), run);
        await running("delete", properties, { given: recorded, olds: {} }, remove);
      }),
  };
}

/** What a call was given, in copies that hold nothing but members. */
interface Copies {
  readonly given: Members;
  readonly olds: Members;
}

function withoutInternals(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([member]) => !isInternal(member)));
}

/** State as it is stored: plain JSON, with the internal members of the inputs and the reported arguments that were given. */
function stored(operation: AnyOperation, state: object, inputs: Members): Members {
  const internals = Object.fromEntries(Object.entries(inputs).filter(([member]) => isInternal(member)));
  if (operation.reportedArguments.length > 0) {
    internals.__given ??= operation.reportedArguments.filter((argument) => valueAt(inputs, argument.split(".")) !== undefined);
  }
  return toState({ ...internals, ...state });
}

/**
 * The inputs that an observed state stands for: the observed values of what the program gave, so that the engine shows
 * drift itself. What the service reports without having been given is an output only.
 */
function inputsOf(operation: AnyOperation, outs: Members): Members {
  const given = textsOf(outs.__given);
  const names = argumentNames(operation).filter((member) => member in outs);
  const internals = Object.keys(outs).filter((member) => isInternal(member) && member !== "__given");
  const inputs = Object.fromEntries([...names, ...internals].map((member) => [member, outs[member]])) as JsonObject;
  const onlyReported = operation.reportedArguments.filter((argument) => !given.includes(argument));
  return onlyReported.reduce((all, argument) => withoutLeaf(all, argument.split(".")), inputs);
}

function ownTimeoutMs(deed: Deed, given: Members): number {
  const timeout = valueAt(given, ["timeouts", deed]);
  return goDurationMs(typeof timeout === "string" ? timeout : DEFAULT_TIMEOUTS[deed]) ?? (goDurationMs(DEFAULT_TIMEOUTS[deed]) as number);
}

/**
 * Turns what an operation throws into what the engine understands. The stack is dropped: the SDK prints it for some
 * hooks, and a user's mistake has none worth reading.
 */
async function speaking<T>(
  operation: AnyOperation,
  inputs: Members,
  refusal: () => PatchbayError | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const error = cause instanceof PatchbayError ? cause : (refusal() ?? unexpected(cause));
    error.stack = "";
    if (!(error instanceof PartialStateError)) throw error;
    // Getters: the SDK reads them, and a printed error does not show what they give.
    throw Object.defineProperties(error, {
      id: { get: () => error.partialId() },
      // Without `__provider` in it, the recorded state could be neither refreshed nor destroyed.
      properties: { get: () => stored(operation, error.partialState(), inputs) },
      reasons: { get: () => [error.message] },
    });
  }
}

/** The original's message is left out, since it may hold anything. */
function unexpected(cause: unknown): PatchbayError {
  if (!(cause instanceof Error)) return new ProviderBugError(`An unexpected ${typeof cause} was thrown.`);
  const { message, stack = "", code } = cause as NodeJS.ErrnoException;
  const frames = stack.slice(stack.indexOf(message) + message.length).split("\n");
  const frame = frames.find((line) => /^\s+at /.test(line))?.replace(/\(.*[\\/]/, "(");
  const kind = /^[A-Z][A-Z0-9_]+$/.test(code ?? "") ? `${cause.name} (${code})` : cause.name;
  return new ProviderBugError(`An unexpected ${kind} happened${frame === undefined ? "" : ` ${frame.trim()}`}.`);
}

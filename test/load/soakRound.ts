import { operation as patch } from "../../provider/apimanagement/backendPatch";
import { operation as reconnect } from "../../provider/apimanagement/backendReconnect";
import { type Hooks, lifecycle, type Surroundings } from "../../provider/engine/lifecycle";
import { operation as direct } from "../../provider/kvstore/directConnection";
import { operation as approval } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as rotation } from "../../provider/webpubsub/keyRegeneration";

type Members = Record<string, unknown>;

/** What a round does: some operations for each entry, by kind and by how it goes. */
export const ROUND = {
  patch: ["done", "throttled", "faulted", "lost", "halfBody", "refused", "timedOut", "notJson", "done", "done"],
  reconnect: ["done", "throttled", "lost", "refused", "timedOut", "done", "done", "done", "done", "done"],
  rotation: ["done", "throttled", "lost", "refused", "timedOut", "halfBody", "done", "done", "done", "done"],
  approval: ["done", "throttled", "faulted", "lost", "refused", "timedOut", "done", "done", "done", "done"],
  direct: ["done", "throttled", "faulted", "refused", "timedOut", "done", "done", "done", "done", "done"],
} as const;

export type Kind = keyof typeof ROUND;
export const KINDS = Object.keys(ROUND) as Kind[];

export interface Task {
  readonly kind: Kind;
  readonly way: string;
  /** Of the one resource that is its own. */
  readonly name: string;
}

// All at once: most of a round is waiting.
const COPIES = 4;

export const TASKS: readonly Task[] = KINDS.flatMap((kind) =>
  Array.from({ length: COPIES }, (_, copy) =>
    ROUND[kind].map((way, position) => ({ kind, way, name: `${kind}${copy}${position}-soak` })),
  ).flat(),
);

const place = { resourceGroupName: "chat-platform-rg" };

function argumentsOf({ kind, way, name }: Task, { number, isPatient }: Round): Members {
  const common = { __provider: "text", timeouts: { create: way === "timedOut" && !isPatient ? "300ms" : "5m" } };
  if (kind === "direct") return { ...common, instanceId: name };
  const azure = { ...common, ...place };
  // A service for each, so that one that hangs holds up no other.
  if (kind === "rotation") return { ...azure, resourceName: name, keyType: number % 2 === 0 ? "Primary" : "Secondary" };
  if (kind === "approval") {
    const wish = { privateEndpointConnectionName: "partner", privateLinkServiceConnectionState: { status: "Approved" } };
    return { ...azure, clusterName: name, ...wish };
  }
  const backend = { ...azure, serviceName: name, backendId: "orders" };
  return kind === "reconnect" ? backend : { ...backend, description: `round ${number}` };
}

export interface Round {
  readonly number: number;
  /** Whether operations have time also where they are to run out of it. */
  readonly isPatient: boolean;
}

/** Every operation of a round at once; how each ended, `done` or the name of its error. */
export class Rounds {
  private readonly hooks: Readonly<Record<Kind, Hooks>>;

  constructor(surroundings: Surroundings) {
    const operations = { patch, reconnect, rotation, approval, direct };
    this.hooks = Object.fromEntries(KINDS.map((kind) => [kind, lifecycle(operations[kind], surroundings)])) as Record<Kind, Hooks>;
  }

  run(round: Round): Promise<string[]> {
    return Promise.all(
      TASKS.map(async (task) => {
        const end = await this.one(task, round).then(
          () => "done",
          (error: Error) => error.name,
        );
        return `${task.kind} ${task.way}: ${end}`;
      }),
    );
  }

  private async one(task: Task, round: Round): Promise<void> {
    const inputs = argumentsOf(task, round);
    const hooks = this.hooks[task.kind];
    await hooks.check({}, inputs);
    const { id, outs } = await hooks.create(inputs);
    if (task.kind === "patch" || task.kind === "rotation") await hooks.read(id, outs);
    if (task.kind === "direct") await hooks.delete(id, outs);
  }
}

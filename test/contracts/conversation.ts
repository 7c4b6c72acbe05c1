import type { Host } from "../../provider/engine/host";
import { type Hooks, lifecycle } from "../../provider/engine/lifecycle";
import { type Reply, ScriptedServer } from "../support/scriptedServer";
import { readyAt, TransportBench } from "../support/transportBench";
import type { Contract } from "./facts";

type Members = Record<string, unknown>;

/** A published example: one request, and each answer that may follow it. */
export interface Example {
  readonly source: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly ifMatch?: string;
    readonly action?: string;
    readonly version?: string;
    readonly body?: Members;
  };
  readonly answers: readonly { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }[];
}

const SERVICE = "https://management.azure.com";

/** One resource of a contract over the whole transport, and a server that answers as the examples do. */
export class Conversation {
  private constructor(
    private readonly server: ScriptedServer,
    readonly hooks: Hooks,
    /** Lines that stay. */
    readonly lines: readonly string[],
  ) {}

  static async start({ operation }: Contract, regionId = "cn-hangzhou"): Promise<Conversation> {
    const server = await ScriptedServer.start();
    const keys = { "patchbay:accessKeyId": "harmless-key", "patchbay:accessKeySecret": "harmless" };
    const bench = new TransportBench({
      ...readyAt(server.url),
      ...keys,
      ...{ "patchbay:kvstoreEndpoint": server.url, "patchbay:regionId": regionId },
    });
    const lines: string[] = [];
    const host: Host = {
      callOf: () => undefined,
      canceled: bench.cancel.signal,
      log: (severity, message) => void (message.startsWith("waiting ") || lines.push(`${severity}: ${message}`)),
    };
    const hooks = lifecycle(operation, { host, settings: bench.configuration, carrier: () => bench.transport });
    return new Conversation(server, hooks, lines);
  }

  /** What the server answers next, in order; addresses of the service become its own. */
  answers(...replies: Reply[]): void {
    const here = (text: string) => text.replaceAll(SERVICE, this.server.url);
    this.server.expect(...replies.map((reply) => ({ reply: JSON.parse(here(JSON.stringify(reply))) as Reply })));
  }

  /** What was sent, in the form of an example's request; the last one without an index. */
  sent(index = -1): Example["request"] {
    const received = this.server.received.at(index);
    if (received === undefined) throw new Error("Nothing was sent.");
    const { pathname, searchParams } = new URL(received.path, this.server.url);
    const { "if-match": ifMatch, "x-acs-action": action, "x-acs-version": version } = received.headers;
    return {
      ...{ method: received.method, path: decodeURIComponent(pathname), query: Object.fromEntries(searchParams) },
      ...(ifMatch !== undefined && { ifMatch }),
      ...(action !== undefined && { action: String(action), version: String(version) }),
      ...(received.text !== "" && { body: JSON.parse(received.text) as Members }),
    };
  }

  get count(): number {
    return this.server.received.length;
  }

  /** Throws when a request came that no answer was written for, or an answer is left over. */
  finish(): Promise<void> {
    return this.server.finish();
  }
}

/** An example's answer of a status, as the server gives it. */
export function answerOf(example: Example, status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  const answer = example.answers.find((each) => each.status === status);
  if (answer === undefined) throw new Error(`${example.source} has no answer ${status}.`);
  return { status, headers: { ...answer.headers, ...headers }, ...("body" in answer && { json: answer.body }) };
}

/** The arguments that a path names, by the path template of the contract. */
export function pathArguments({ facts }: Contract, path: string): Record<string, string> {
  const names = [...facts.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const pattern = new RegExp(`^${facts.path.replace(/\{\w+\}/g, "([^/]+)")}`);
  const values = pattern.exec(path)?.slice(1) ?? [];
  if (values.length !== names.length) throw new Error(`${path} is no path of ${facts.path}.`);
  return Object.fromEntries(names.map((name, index) => [name, values[index] as string]));
}

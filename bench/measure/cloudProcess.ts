import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { CloudSettings } from "../../test/cloud";
import type { CloudAccess } from "../../test/cloud/officialClients";

/** What a client needs to know of the cloud of another process. */
export interface CloudAddress extends CloudAccess {
  readonly environment: Record<string, string>;
  /** What a child process needs for each way to sign in that is measured. */
  readonly environments: Record<"readyToken" | "clientSecret", Record<string, string>>;
}

/** What the cloud saw since the last time it was asked. */
export interface Counts {
  /** All but sign-in. */
  readonly requests: number;
  readonly tokens: number;
  readonly connections: number;
}

export type Order =
  | { readonly do: "settings"; readonly settings: Partial<CloudSettings> }
  | { readonly do: "addBackends"; readonly count: number; readonly services: number }
  | { readonly do: "addWebPubSub" | "addCluster" | "addInstance"; readonly count: number }
  | { readonly do: "counts" };

/** The local cloud in a process of its own, so that its work is not counted as a client's. */
export class CloudProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly address: CloudAddress,
  ) {}

  static async start(): Promise<CloudProcess> {
    const child = fork(path.join(__dirname, "cloudProcessMain.js"));
    const [address] = (await once(child, "message")) as [CloudAddress];
    return new CloudProcess(child, address);
  }

  async order(order: Order): Promise<unknown> {
    const answered = once(this.child, "message");
    this.child.send(order);
    return (await answered)[0];
  }

  async takeCounts(): Promise<Counts> {
    return (await this.order({ do: "counts" })) as Counts;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.disconnect();
    await ended;
  }
}

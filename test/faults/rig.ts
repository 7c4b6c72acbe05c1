import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Cloud, startCloud } from "../cloud";
import { Gate } from "./gate";
import type { Place, Row } from "./row";
import { SimulatedTime } from "./simulatedTime";
import type { Column } from "./table";

const MACHINE_IDENTITY = ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"];

function setOrDelete(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** Everything that a cell needs and that costs time to make: simulated time, a cloud, a gate before it, a host elsewhere. */
export class Rig {
  /** Requests that reached the host which nobody may ask. */
  strayed = 0;
  private isGated = false;

  private constructor(
    readonly time: SimulatedTime,
    readonly gate: Gate,
    private readonly elsewhere: Server,
    public cloud: Cloud,
  ) {}

  static async build(): Promise<Rig> {
    const gate = await Gate.open();
    const elsewhere = createServer();
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const rig: Rig = new Rig(SimulatedTime.start(), gate, elsewhere, await startCloud({ publicUrl: () => rig.publicUrl }));
    elsewhere.on("connection", (socket) => {
      rig.strayed += 1;
      socket.destroy();
    });
    gate.leadTo(rig.cloud.url);
    return rig;
  }

  /** A cloud without a past. */
  async renew(): Promise<void> {
    await this.cloud.stop();
    this.cloud = await startCloud({ publicUrl: () => this.publicUrl });
    this.gate.leadTo(this.cloud.url);
  }

  async stop(): Promise<void> {
    this.time.stop();
    for (const name of MACHINE_IDENTITY) setOrDelete(name, undefined);
    await this.cloud.stop();
    await this.gate.close();
    await new Promise((resolve) => this.elsewhere.close(resolve));
  }

  get place(): Place {
    return {
      cloudUrl: this.cloud.url,
      elsewhereUrl: `http://127.0.0.1:${(this.elsewhere.address() as AddressInfo).port}`,
      skew: (offsetMs) => {
        this.cloud.clock.offsetMs = offsetMs;
      },
    };
  }

  /** Decides which way clients go; gives what they need for it. */
  environmentFor(row: Row, column: Column): Record<string, string> {
    this.isGated = row.gate !== undefined;
    const plain = this.cloud.environmentFor(column.login ?? (row.needsLogin ? "clientSecret" : "readyToken"));
    const shown = (value: string) => (this.isGated ? value.replace(this.cloud.url, this.gate.url) : value);
    const environment = Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, shown(value)]));
    // Where a machine's own identity is asked for is no setting of this package.
    for (const name of MACHINE_IDENTITY) setOrDelete(name, environment[name]);
    return environment;
  }

  /** Connections that are still open; the sign-in library keeps its own, which nobody else can close. */
  async connectionsLeft(): Promise<number> {
    await this.time.settled();
    const signIns = this.cloud.requests.filter(({ kind }) => kind === "TOKEN" || kind === "DISCOVERY");
    return Math.max(0, this.cloud.connections.open - new Set(signIns.map(({ connection }) => connection)).size);
  }

  private get publicUrl(): string | undefined {
    return this.isGated ? this.gate.url : undefined;
  }
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";

/** What a scripted server answers; `fault` breaks the exchange instead of, or in the middle of, the answer. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  /**
   * `reset`: RST after the request was read. `close`: FIN without an answer. `hang`: never answers. `halfBody`: half the
   * body, then FIN. `halfBodyReset`: half the body, then RST. `drip`: a byte at a time, for ever. `bomb`: 64 MiB in gzip.
   */
  readonly fault?: "reset" | "close" | "hang" | "halfBody" | "halfBodyReset" | "drip" | "bomb";
}

/** One request that is expected, and its answer. */
export interface Exchange {
  readonly method?: string;
  /** The start of path and query. */
  readonly path?: string;
  readonly body?: unknown;
  readonly reply: Reply | ((request: Received, server: ScriptedServer) => Reply);
}

export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** A loopback HTTP server that holds one conversation, and reports every request that is not part of it. */
export class ScriptedServer {
  readonly received: Received[] = [];
  connections = 0;
  private readonly problems: string[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private readonly timers = new Set<NodeJS.Timeout>();

  private constructor(private readonly script: Exchange[]) {
    this.server = createServer((request, response) => void this.serve(request, response));
    this.server.on("connection", (socket: Socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
  }

  /** Starts on a free port. */
  static async start(...script: Exchange[]): Promise<ScriptedServer> {
    const scripted = new ScriptedServer([...script]);
    await new Promise<void>((resolve) => scripted.server.listen(0, "127.0.0.1", resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Those that no side has closed yet. */
  get openConnections(): number {
    return this.sockets.size;
  }

  /** Adds to the conversation. */
  expect(...exchanges: Exchange[]): void {
    this.script.push(...exchanges);
  }

  /** Ends the server; throws when the conversation went otherwise than written. */
  async finish(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    if (this.script.length > 0) this.problems.push(`${this.script.length} expected request(s) never came`);
    if (this.problems.length > 0) throw new Error(`The conversation differs: ${this.problems.join("; ")}`);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const received = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, text };
    this.received.push(received);
    const exchange = this.script.shift();
    const problem = difference(exchange, received);
    if (problem !== undefined) this.problems.push(problem);
    if (exchange === undefined || problem !== undefined) response.writeHead(418).end();
    else this.reply(typeof exchange.reply === "function" ? exchange.reply(received, this) : exchange.reply, response);
  }

  private reply(reply: Reply, response: ServerResponse): void {
    const socket = response.socket;
    if (reply.fault === "hang") return;
    if (reply.fault === "reset") return void socket?.resetAndDestroy();
    if (reply.fault === "close") return void socket?.end();
    const text = reply.text ?? (reply.json === undefined ? "" : JSON.stringify(reply.json));
    const type = reply.json === undefined ? {} : { "content-type": "application/json; charset=utf-8" };
    const bomb = reply.fault === "bomb" ? gzipSync(Buffer.alloc(64 * 1024 * 1024, 32)) : undefined;
    response.writeHead(reply.status ?? 200, { ...type, ...(bomb === undefined ? {} : { "content-encoding": "gzip" }), ...reply.headers });
    if (bomb !== undefined) response.end(bomb);
    else if (reply.fault === undefined) response.end(text);
    else this.breakOff(reply.fault, text, response);
  }

  private breakOff(fault: NonNullable<Reply["fault"]>, text: string, response: ServerResponse): void {
    const socket = response.socket;
    if (fault === "drip") {
      this.timers.add(setInterval(() => response.write(" "), 10));
      return;
    }
    response.write(text.slice(0, Math.ceil(text.length / 2)));
    setTimeout(() => (fault === "halfBodyReset" ? socket?.resetAndDestroy() : socket?.destroy()), 5);
  }
}

function difference(expected: Exchange | undefined, received: Received): string | undefined {
  const arrived = `${received.method} ${received.path}`;
  if (expected === undefined) return `unexpected ${arrived}`;
  if (expected.method !== undefined && expected.method !== received.method) return `expected ${expected.method}, got ${arrived}`;
  if (expected.path !== undefined && !received.path.startsWith(expected.path)) return `expected ${expected.path}, got ${arrived}`;
  if (expected.body !== undefined && JSON.stringify(expected.body) !== received.text)
    return `${arrived} has another body: ${received.text}`;
  return undefined;
}

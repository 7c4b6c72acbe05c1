import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it was on the socket: nothing is decoded, folded or sorted. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, to the byte. */
  readonly target: string;
  /** Names as they were spelled, values as they were sent, each one that came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface CannedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** A loopback server that keeps what it is sent and gives the next canned answer. */
export class CaptureServer {
  private received: WireRequest[] = [];
  private answers: CannedAnswer[] = [];
  private readonly server: Server;

  private constructor() {
    // Node closes an idle connection after 5 s, and a client that does not retry meets that in the middle of its next request.
    this.server = createServer({ keepAliveTimeout: 600_000 }, async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method = "", url = "", rawHeaders } = request;
      const headers = rawHeaders.flatMap((text, index) => (index % 2 === 0 ? [[text, rawHeaders[index + 1] ?? ""] as const] : []));
      this.received.push({ method, target: url, headers, body: Buffer.concat(chunks).toString() });
      // Nobody expected this one: the conversation that is compared shows it.
      const { status, headers: own = {}, json } = this.answers.shift() ?? { status: 418 };
      const text = json === undefined ? "" : JSON.stringify(json);
      const type = json === undefined ? {} : { "content-type": "application/json; charset=utf-8" };
      response.writeHead(status, { ...type, "content-length": String(Buffer.byteLength(text)), ...own }).end(text);
    });
  }

  /** Starts on a free port. */
  static async start(): Promise<CaptureServer> {
    const capture = new CaptureServer();
    await new Promise<void>((resolve) => capture.server.listen(0, "127.0.0.1", resolve));
    return capture;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What work sends while the answers are given in turn. */
  async during(answers: readonly CannedAnswer[], work: () => Promise<unknown>): Promise<WireRequest[]> {
    this.received = [];
    this.answers = [...answers];
    await work();
    return this.received;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

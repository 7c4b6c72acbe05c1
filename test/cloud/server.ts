import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { CloudContext } from "./context";
import { deliver, end, type Line } from "./delivery";
import { type Answer, type Call, callOf, jsonAnswer } from "./exchange";
import { appliesRequest, type FaultRule, type Faults, isSilent } from "./faults";
import { type CloudRequest, type RequestLog, shownBody } from "./requestLog";
import { answerUnder } from "./standInAnswers";

export interface Connections {
  opened: number;
  open: number;
  /** The most that were open at one time. */
  peak: number;
}

/** Reads requests, asks the services, answers as the fault script says. */
export class CloudServer {
  readonly connections: Connections = { opened: 0, open: 0, peak: 0 };
  /** Failures of the emulator itself: a test that ends with one of these has found a mistake in test/cloud. */
  readonly failures: unknown[] = [];
  readonly #server: Server;
  readonly #numbers = new WeakMap<Socket, number>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly context: CloudContext,
    private readonly log: RequestLog,
    private readonly faults: Faults,
    private readonly route: (call: Call) => Answer,
  ) {
    this.#server = createServer(
      { keepAlive: true, requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 60_000 },
      (request, response) => {
        this.#receive(request, response).catch((failure: unknown) => this.#failed(failure, response));
      },
    );
    this.#server.on("connection", (socket: Socket) => this.#count(socket));
  }

  /** Requests whose answer waits for a timer. */
  get held(): number {
    return this.#timers.size;
  }

  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", () => {
        const address = this.#server.address() as AddressInfo;
        resolve(`http://127.0.0.1:${address.port}`);
      });
    });
  }

  stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const line: Line = {
      method: request.method ?? "",
      response,
      socket: request.socket,
      later: (delayMs, action) => this.#later(delayMs, action),
    };
    const bare = callOf(request.method ?? "", request.url ?? "", request.headers, "");
    const entry = this.log.open(bare, this.#numbers.get(request.socket) ?? 0);
    const fault = this.faults.due(entry);
    entry.fault = fault?.mode;
    if (fault !== undefined && isSilent(fault) && (fault.readBody ?? true) !== true) {
      if (fault.readBody === "half") await halfOf(request);
      this.log.close(entry);
      return end(request.socket, fault.mode);
    }
    const body = await textOf(request);
    // The client went away in the middle of its own request: there is nobody to answer.
    if (body === undefined) return this.log.close(entry);
    entry.body = shownBody(entry.kind, body);
    const answer = this.#answer({ ...bare, body }, entry, fault);
    const { latencyMs } = this.context.settings;
    if (latencyMs > 0) this.#later(latencyMs, () => this.#deliver(line, entry, answer, fault));
    else this.#deliver(line, entry, answer, fault);
  }

  #answer(call: Call, entry: CloudRequest, fault: FaultRule | undefined): Answer {
    fault?.before?.();
    entry.applied = fault === undefined || appliesRequest(fault);
    const real = entry.applied ? this.route(call) : undefined;
    fault?.after?.();
    return answerUnder(fault, entry.kind, real);
  }

  #deliver(line: Line, entry: CloudRequest, answer: Answer, fault: FaultRule | undefined): void {
    // Only what the client can see is logged.
    if (fault === undefined || !isSilent(fault)) entry.status = answer.status;
    const requestId = answer.headers["x-ms-request-id"] ?? answer.headers["x-acs-request-id"];
    entry.requestId = Array.isArray(requestId) ? requestId[0] : requestId;
    this.log.close(entry);
    const dated = { ...answer, headers: { Date: new Date(this.context.nowMs()).toUTCString(), ...answer.headers } };
    deliver(line, dated, fault);
  }

  #later(delayMs: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delayMs);
    this.#timers.add(timer);
  }

  #count(socket: Socket): void {
    this.connections.opened += 1;
    this.connections.open += 1;
    this.connections.peak = Math.max(this.connections.peak, this.connections.open);
    this.#numbers.set(socket, this.connections.opened);
    // A client that is cut off resets its end; that is what faults are for.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.connections.open -= 1;
    });
  }

  #failed(failure: unknown, response: ServerResponse): void {
    this.failures.push(failure);
    if (response.headersSent) return;
    const answer = jsonAnswer(500, { error: { code: "EmulatorFailure", message: String(failure) } });
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }
}

/** Half the body, as far as it was announced; the rest stays unread. */
async function halfOf(request: IncomingMessage): Promise<void> {
  const half = Math.floor(Number(request.headers["content-length"] ?? 0) / 2);
  const isThere = () => half === 0 || request.read(half) !== null || request.readableEnded;
  while (!isThere()) await new Promise((resolve) => request.once("readable", resolve));
}

async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString("utf8");
}

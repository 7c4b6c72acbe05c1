import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Agent, type ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { Transform } from "node:stream";
import zlib from "node:zlib";

type AddRequest = (this: Agent, request: ClientRequest, ...rest: unknown[]) => void;

interface Unpacking {
  _transform(this: Transform, ...given: unknown[]): void;
}
type Unpackers = Readonly<Record<"Unzip" | "Gunzip", { readonly prototype: Unpacking }>>;

/** What moves on the sockets of this process, in which client and services live together. */
export class Traffic {
  private readonly sockets = new Set<Socket>();
  private readonly requests = new Set<ClientRequest>();
  private begun = 0;
  private bytesOfClosed = 0;
  private readonly agent = Agent.prototype as unknown as { addRequest: AddRequest };
  private readonly addRequest = this.agent.addRequest;
  private readonly unpacking = new Set<Transform>();
  private readonly unpackers: readonly Unpacking[] = [zlib as unknown as Unpackers].flatMap(({ Unzip, Gunzip }) => [
    Unzip.prototype,
    Gunzip.prototype,
  ]);

  private constructor() {
    const { addRequest } = this;
    const follow = (request: ClientRequest) => this.follow(request);
    this.agent.addRequest = function (request, ...rest) {
      follow(request);
      addRequest.call(this, request, ...rest);
    };
    this.followUnpacking();
    subscribe("net.server.socket", this.watch);
    subscribe("net.client.socket", this.watch);
  }

  static watch(): Traffic {
    return new Traffic();
  }

  stop(): void {
    this.agent.addRequest = this.addRequest;
    for (const unpacker of this.unpackers) Reflect.deleteProperty(unpacker, "_transform");
    unsubscribe("net.server.socket", this.watch);
    unsubscribe("net.client.socket", this.watch);
  }

  /** Requests that were begun and have neither been answered to the end nor failed, and bodies that are being unpacked. */
  get underWay(): number {
    return this.requests.size + this.unpacking.size;
  }

  /** A number that changes with whatever moves. */
  get moved(): number {
    let bytes = this.bytesOfClosed;
    for (const socket of this.sockets) bytes += bytesOf(socket);
    return bytes + this.begun + this.sockets.size + this.underWay;
  }

  private follow(request: ClientRequest): void {
    this.begun += 1;
    this.requests.add(request);
    request.once("close", () => this.requests.delete(request));
  }

  /** The threads that unpack belong to no request any more: its bytes have all arrived. */
  private followUnpacking(): void {
    const begun = (stream: Transform) => this.unpacked(stream);
    for (const unpacker of this.unpackers) {
      const { _transform } = unpacker;
      unpacker._transform = function (...given) {
        begun(this);
        _transform.apply(this, given);
      };
    }
  }

  private unpacked(stream: Transform): void {
    if (this.unpacking.has(stream)) return;
    this.unpacking.add(stream);
    stream.once("close", () => this.unpacking.delete(stream));
  }

  private readonly watch = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    this.sockets.add(socket);
    socket.once("close", () => {
      this.sockets.delete(socket);
      this.bytesOfClosed += bytesOf(socket) + 2;
    });
  };
}

function bytesOf(socket: Socket): number {
  return socket.bytesRead + (socket.bytesWritten ?? 0) + (socket.connecting ? 0 : 1);
}

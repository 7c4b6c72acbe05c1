import dns from "node:dns";
import { type AddressInfo, createServer, connect as plainConnect, type Server, type Socket } from "node:net";
import tls from "node:tls";
import { certificateKeys, selfSignedCertificate } from "../support/selfSignedCertificate";

/** How the next connection to the gate goes. */
export type GateState = "open" | "refused" | "unresolved" | "selfSigned" | "otherHost" | "expired" | "resetInHandshake" | "notTls";
type Identity = "open" | "selfSigned" | "otherHost" | "expired";

const HOST = "localhost";
const HOUR_MS = 3_600_000;
const SHORTER_THAN_A_WAIT_MS = 10;
const CERTIFICATES = {
  open: { name: "patchbay gate", hostName: HOST },
  selfSigned: { name: "patchbay stranger", hostName: HOST },
  otherHost: { name: "patchbay other host", hostName: "other.example" },
  expired: { name: "patchbay expired", hostName: HOST, validForMs: -HOUR_MS },
} as const;

/** What stands in front of a cloud: https, and everything that can go wrong before a request is sent. */
export class Gate {
  /** Connections that were tried, those whose name was not found included. */
  attempts = 0;
  private state: GateState = "open";
  private isOnce = false;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly identities: Readonly<Record<Identity, tls.Server>>;
  private port = 0;
  private targetPort = 0;
  private readonly lookup = dns.lookup;
  private readonly createSecureContext = tls.createSecureContext;

  private constructor() {
    const keys = certificateKeys();
    const pems = Object.entries(CERTIFICATES).map(([name, options]) => [name, selfSignedCertificate({ ...options, keys }).pem] as const);
    this.identities = Object.fromEntries(pems.map(([name, pem]) => [name, this.identityOf(pem)])) as Record<Identity, tls.Server>;
    this.trust(pems.filter(([name]) => name !== "selfSigned").map(([, pem]) => pem));
    this.server = createServer((socket) => this.meet(socket));
    this.resolveNames();
  }

  static async open(): Promise<Gate> {
    const gate = new Gate();
    await gate.listen();
    return gate;
  }

  get url(): string {
    return `https://${HOST}:${this.port}`;
  }

  /** The cloud behind it. */
  leadTo(url: string): void {
    this.targetPort = Number(new URL(url).port);
  }

  /** `once`: until the next connection has been tried. */
  async become(state: GateState, once = false): Promise<void> {
    const wasRefusing = this.state === "refused";
    this.state = state;
    this.isOnce = once;
    if (state === "refused" && !wasRefusing) this.server.close();
    if (state !== "refused" && wasRefusing) await this.listen();
  }

  /** Ends the connections that are kept. */
  hangUp(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    dns.lookup = this.lookup;
    tls.createSecureContext = this.createSecureContext;
    this.hangUp();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  private listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(this.port, "127.0.0.1", () => {
        this.server.off("error", reject);
        this.port = (this.server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  private meet(socket: Socket): void {
    this.keep(socket);
    const { state } = this;
    if (state === "resetInHandshake") socket.once("data", () => socket.resetAndDestroy());
    else if (state === "notTls") socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
    else this.identities[state as Identity].emit("connection", socket);
  }

  private identityOf(pem: string): tls.Server {
    const server = tls.createServer({ key: pem, cert: pem }, (secured) => {
      const cloud = plainConnect(this.targetPort, "127.0.0.1");
      this.keep(cloud);
      this.keep(secured);
      secured.pipe(cloud).pipe(secured);
      secured.on("close", () => cloud.destroy());
      cloud.on("close", () => secured.end());
    });
    return server.on("tlsClientError", () => undefined);
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.sockets.delete(socket));
  }

  /** Node reads the certificates that it trusts at its start; these are made later. */
  private trust(pems: readonly string[]): void {
    const { createSecureContext } = this;
    tls.createSecureContext = (options) => {
      const made = createSecureContext(options);
      for (const pem of pems) (made.context as { addCACert(pem: string): void }).addCACert(pem);
      return made;
    };
  }

  /** The gate's own name, without a thread of the pool; every other name is asked as ever. */
  private resolveNames(): void {
    const { lookup } = this;
    type Answer = (error: NodeJS.ErrnoException | null, address?: unknown, family?: number) => void;
    const own = (name: string, options: { all?: boolean }, answer: Answer) => {
      this.attempts += 1;
      if (this.isOnce) setTimeout(() => void this.become("open"), SHORTER_THAN_A_WAIT_MS);
      this.isOnce = false;
      if (this.state !== "unresolved") return answer(null, options.all ? [{ address: "127.0.0.1", family: 4 }] : "127.0.0.1", 4);
      answer(
        Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
          code: "ENOTFOUND",
          errno: -3008,
          syscall: "getaddrinfo",
          hostname: name,
        }),
      );
    };
    dns.lookup = Object.assign((name: string, options: object, answer: Answer) => {
      if (name === HOST) process.nextTick(own, name, options, answer);
      else lookup(name, options, answer as never);
    }, lookup) as unknown as typeof dns.lookup;
  }
}

import { request as plainRequest } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { selfSignedCertificate } from "../support/selfSignedCertificate";

/** One for all servers of a run: making the key pair is what takes long. */
const { pem } = selfSignedCertificate();

/** A server that speaks TLS. */
export interface TlsServer {
  readonly url: string;
  stop(): Promise<void>;
}

type Listener = NonNullable<Parameters<typeof createServer>[1]>;

/** Starts on a free port. */
export async function startTlsServer(listener: Listener): Promise<TlsServer> {
  const server = createServer({ key: pem, cert: pem }, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => stopped(server) };
}

function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * The local cloud behind TLS, to the byte but for its own address in headers. The official clients give their token to
 * nothing else, so they run against it as they come.
 */
export function openTlsDoor(cloudUrl: string): Promise<TlsServer> {
  let door: TlsServer | undefined;
  const started = startTlsServer((request, response) => {
    const { method, headers } = request;
    const passed = plainRequest(`${cloudUrl}${request.url}`, { method, headers, agent: false });
    passed.on("response", (answer) => {
      const raw = answer.rawHeaders.map((text) => text.replace(cloudUrl, door?.url ?? ""));
      response.writeHead(answer.statusCode ?? 0, raw);
      response.flushHeaders();
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    // Reset on this side too: there is no answer to give.
    passed.on("error", () => response.destroy());
    response.on("close", () => passed.destroy());
    request.pipe(passed);
  });
  return started.then((server) => {
    door = server;
    return server;
  });
}

/**
 * Makes everything in this process trust the certificate, as a trust store does: the clients' own settings stay as they
 * are. Gives back the function that takes it back.
 */
export function trustTheDoor(): () => void {
  const { createSecureContext } = tls;
  const spies = [
    jest.spyOn(tls, "createSecureContext").mockImplementation((options) => createSecureContext({ ...options, ca: pem })),
    // The certificate names no host.
    jest.spyOn(tls, "checkServerIdentity").mockReturnValue(undefined),
  ];
  return () => {
    for (const spy of spies) spy.mockRestore();
  };
}

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Http } from "../../provider/transport/http";
import { describeFailure } from "../../provider/transport/httpFailure";
import { type Reply, ScriptedServer } from "../support/scriptedServer";
import { readyAt, rejection, requestOf, TransportBench } from "../support/transportBench";

const open = new AbortController().signal;

async function send(server: ScriptedServer, limits: { timeLeftMs?: number; signal?: AbortSignal } = {}, writes = false, http = new Http()) {
  const answer = await http.send(
    { method: "GET", url: `${server.url}/a`, headers: {}, writes },
    { timeLeftMs: 60_000, signal: open, ...limits },
  );
  http.close();
  return answer;
}

/** Cancels when the request has arrived, and never answers it. */
function silentAfter(cancel: AbortController): () => Reply {
  return () => {
    cancel.abort();
    return { fault: "hang" };
  };
}

describe("one HTTP exchange", () => {
  it("gives status, text, and the first value of a repeated header under a lower-case name", async () => {
    const headers = { "X-Ms-Request-Id": ["first", "second"], ETag: '"AAA="' };
    const server = await ScriptedServer.start({ reply: { status: 201, headers, text: "\uFEFFtext" } });
    const answer = await send(server);
    expect(answer).toMatchObject({ kind: "answer", status: 201, headers: { "x-ms-request-id": "first", etag: '"AAA="' } });
    await server.finish();
  });

  it("does not follow a redirect", async () => {
    const server = await ScriptedServer.start({ reply: { status: 307, headers: { location: "/b" } } });
    expect(await send(server)).toMatchObject({ kind: "answer", status: 307 });
    await server.finish();
  });

  it.each(["drip", "hang"] as const)("ends at the deadline when the answer comes as: %s", async (fault) => {
    const server = await ScriptedServer.start({ reply: { fault } });
    // Without it, neither ever ends. Long enough for the request to arrive on a busy machine.
    expect(await send(server, { timeLeftMs: 500 })).toMatchObject({ kind: "deadline", sent: true });
    await server.finish();
  });

  it("counts as lost when one try takes longer than its limit", async () => {
    const server = await ScriptedServer.start({ reply: { fault: "drip" } });
    expect(await send(server, {}, false, new Http(500))).toMatchObject({ kind: "lost", timedOut: true });
    await server.finish();
  });

  it("takes no more than 4 MiB of an unpacked body", async () => {
    const server = await ScriptedServer.start({ reply: { fault: "bomb" } });
    const before = process.memoryUsage().rss;
    expect(await send(server)).toMatchObject({ kind: "tooLarge", sent: true });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    await server.finish();
  });

  it("is cut at once by the engine's cancel when it is a read", async () => {
    const cancel = new AbortController();
    const server = await ScriptedServer.start({ reply: silentAfter(cancel) });
    expect(await send(server, { signal: cancel.signal })).toMatchObject({ kind: "canceled", sent: true });
    await server.finish();
  });

  it("may end after the engine's cancel when it is a write", async () => {
    const cancel = new AbortController();
    const server = await ScriptedServer.start({
      reply: () => {
        cancel.abort();
        return { text: "done" };
      },
    });
    expect(await send(server, { signal: cancel.signal }, true)).toMatchObject({ kind: "answer", text: "done" });
    await server.finish();
  });

  it("counts as interrupted when a write does not end soon after the engine's cancel", async () => {
    const cancel = new AbortController();
    const server = await ScriptedServer.start({ reply: silentAfter(cancel) });
    expect(await send(server, { signal: cancel.signal }, true, new Http(undefined, 20))).toMatchObject({ kind: "canceled", sent: true });
    await server.finish();
  });

  it("is not sent at all after the engine's cancel", async () => {
    const server = await ScriptedServer.start();
    expect(await send(server, { signal: AbortSignal.abort() }, true)).toMatchObject({ kind: "canceled", sent: false });
    await server.finish();
  });

  it("goes directly to a loopback host, whatever proxy the environment names", async () => {
    process.env["HTTP_PROXY"] = "http://127.0.0.1:9";
    const server = await ScriptedServer.start({ reply: { text: "direct" } });
    try {
      expect(await send(server)).toMatchObject({ kind: "answer", text: "direct" });
    } finally {
      delete process.env["HTTP_PROXY"];
    }
    await server.finish();
  });

  it("goes through the proxy that the environment names, but for hosts of NO_PROXY", async () => {
    const asked: string[] = [];
    const proxy = createServer().on("connect", ({ url = "" }, socket) => {
      asked.push(url);
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const own = process.env;
    process.env = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, NO_PROXY: "direct.invalid" };
    const http = new Http();
    try {
      const request = (host: string) => ({ method: "GET", url: `https://${host}/a`, headers: {}, writes: false });
      await http.send(request("arm.invalid"), { timeLeftMs: 60_000, signal: open });
      expect(asked).toEqual(["arm.invalid:443"]);
      const direct = await http.send(request("direct.invalid"), { timeLeftMs: 60_000, signal: open });
      expect(direct).toMatchObject({ kind: "notSent", sentence: expect.stringContaining("direct.invalid could not be resolved") });
      expect(asked).toHaveLength(1);
    } finally {
      process.env = own;
      http.close();
      proxy.close();
    }
  });

  it("uses one connection for calls that follow each other", async () => {
    const server = await ScriptedServer.start();
    const bench = new TransportBench(readyAt(server.url));
    for (let calls = 0; calls < 5; calls++) {
      server.expect({ reply: { json: {} } });
      await bench.transport.send(requestOf("read"), bench.options());
    }
    expect(server.connections).toBe(1);
    bench.transport.close();
    await server.finish();
  });
});

describe("a failed exchange", () => {
  it.each([
    [{ code: "ENOTFOUND", syscall: "getaddrinfo" }, "notSent"],
    [{ code: "EAI_AGAIN", syscall: "getaddrinfo" }, "notSent"],
    [{ code: "ECONNREFUSED", syscall: "connect" }, "notSent"],
    [{ code: "ETIMEDOUT", syscall: "connect" }, "notSent"],
    [{ code: "ETIMEDOUT", name: "AggregateError" }, "notSent"],
    [{ code: "ECONNRESET", message: "Client network socket disconnected before secure TLS connection was established" }, "notSent"],
    [{ code: "ECONNRESET", request: { socket: { secureConnecting: true } } }, "notSent"],
    [{ code: "ECONNRESET", request: { socket: { secureConnecting: false } } }, "lost"],
    [{ code: "CERT_HAS_EXPIRED" }, "untrusted"],
    [{ code: "SELF_SIGNED_CERT_IN_CHAIN" }, "untrusted"],
    [{ code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, "untrusted"],
    [{ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }, "untrusted"],
    [{ code: "ERR_TLS_CERT_ALTNAME_INVALID" }, "untrusted"],
    [{ code: "EPROTO", request: { socket: { secureConnecting: true } } }, "untrusted"],
    [{ code: "EPROTO", request: { socket: { secureConnecting: false } } }, "lost"],
    [{ code: "ETIMEDOUT", syscall: "read" }, "lost"],
    [{ code: "ECONNRESET", syscall: "read" }, "lost"],
    [{ code: "EPIPE", syscall: "write" }, "lost"],
    [{ code: "HPE_INVALID_CONSTANT" }, "lost"],
    [{ code: "Z_DATA_ERROR" }, "lost"],
    [{}, "lost"],
    [undefined, "lost"],
  ])("of %j is sorted as %s", (error, kind) => {
    expect(describeFailure(error, "arm.test").kind).toBe(kind);
  });

  it("of an interrupted write has an unknown outcome, of an interrupted read none", async () => {
    const server = await ScriptedServer.start({ reply: { fault: "hang" } }, { reply: { fault: "hang" } });
    const writing = new TransportBench(readyAt(server.url));
    expect((await rejection(writing.transport.send(requestOf("converge"), writing.options(40)))).name).toBe("OutcomeUnknownError");
    const reading = new TransportBench(readyAt(server.url));
    expect((await rejection(reading.transport.send(requestOf("read"), reading.options(40)))).name).toBe("DeadlineError");
    await server.finish();
  });

  it("by its size says so, and that a write may have acted", async () => {
    const server = await ScriptedServer.start({ reply: { fault: "bomb" } }, { reply: { fault: "bomb" } });
    const bench = new TransportBench(readyAt(server.url));
    const read = await rejection(bench.transport.send(requestOf("read"), bench.options()));
    expect(read).toMatchObject({
      name: "UnexpectedAnswerError",
      message:
        "GET …/backends/orders: the answer is larger than the 4 MiB that are read. No answer of the service is that large: check HTTPS_PROXY and NO_PROXY, then run again.",
    });
    const write = await rejection(bench.transport.send(requestOf("once"), bench.options()));
    expect(write.message).toContain("may have acted");
    await server.finish();
  });
});

import type { Repeat } from "../../provider/engine/operation";
import { type Reply, ScriptedServer } from "../support/scriptedServer";
import { readyAt, rejection, requestOf, TransportBench } from "../support/transportBench";

// One test per cell of the retry table: what the first answer is, and whether a second request arrives.

type Ending = "retry" | "fail" | "unknown";
const ok: Reply = { json: { id: "x" } };
const azureError = (status: number, code: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  json: { error: { code, message: "The service says no." } },
});

const ROWS: readonly (readonly [event: string, reply: Reply, read: Ending, converge: Ending, guarded: Ending, once: Ending])[] = [
  ["a reset after the request was sent", { fault: "reset" }, "retry", "retry", "unknown", "unknown"],
  ["a closed connection without an answer", { fault: "close" }, "retry", "retry", "unknown", "unknown"],
  [
    "half a body, then the end",
    { text: '{"id":"xxxxxxxxxxxxxxx"}', headers: { "content-type": "application/json", "content-length": "24" }, fault: "halfBody" },
    "retry",
    "retry",
    "unknown",
    "unknown",
  ],
  [
    "half a body, then a reset",
    { text: '{"id":"xxxxxxxxxxxxxxx"}', headers: { "content-type": "application/json" }, fault: "halfBodyReset" },
    "retry",
    "retry",
    "unknown",
    "unknown",
  ],
  ["429 with Retry-After", azureError(429, "TooManyRequests", { "retry-after": "2" }), "retry", "retry", "retry", "retry"],
  ["429 without Retry-After", azureError(429, "TooManyRequests"), "retry", "retry", "retry", "retry"],
  ["503 with Retry-After", azureError(503, "ServerBusy", { "retry-after": "1" }), "retry", "retry", "retry", "retry"],
  ["503 without Retry-After", { status: 503, text: "<html>busy</html>" }, "retry", "retry", "retry", "retry"],
  ["408", azureError(408, "RequestTimeout"), "retry", "retry", "retry", "unknown"],
  ["500", azureError(500, "InternalServerError"), "retry", "retry", "retry", "unknown"],
  [
    "502 with a page",
    { status: 502, text: "<html>bad gateway</html>", headers: { "content-type": "text/html" } },
    "retry",
    "retry",
    "retry",
    "unknown",
  ],
  ["504", azureError(504, "GatewayTimeout"), "retry", "retry", "retry", "unknown"],
  ["501", azureError(501, "NotImplemented"), "fail", "fail", "fail", "fail"],
  ["409 AnotherOperationInProgress", azureError(409, "AnotherOperationInProgress"), "retry", "retry", "retry", "retry"],
  ["409 PessimisticConcurrencyConflict", azureError(409, "PessimisticConcurrencyConflict"), "retry", "retry", "retry", "retry"],
  ["409 ScalingInProgress", azureError(409, "ScalingInProgress"), "retry", "retry", "retry", "retry"],
  ["409 Conflict", azureError(409, "Conflict"), "fail", "fail", "fail", "fail"],
  ["422 ManagementApiRequestFailed", azureError(422, "ManagementApiRequestFailed"), "retry", "retry", "retry", "retry"],
  ["422 of another kind", azureError(422, "Unprocessable"), "fail", "fail", "fail", "fail"],
  ["412", azureError(412, "PreconditionFailed"), "fail", "fail", "fail", "fail"],
  ["404", azureError(404, "ResourceNotFound"), "fail", "fail", "fail", "fail"],
  ["403", azureError(403, "AuthorizationFailed"), "fail", "fail", "fail", "fail"],
  ["401 with a ready token, which cannot be renewed", azureError(401, "ExpiredAuthenticationToken"), "fail", "fail", "fail", "fail"],
  ["400", azureError(400, "ValidationError"), "fail", "fail", "fail", "fail"],
];

const COLUMNS: readonly Repeat[] = ["read", "converge", "guarded", "once"];
const PATCH_ANY = requestOf("converge", { method: "PATCH", ifMatch: "*" });
const DELETE = requestOf("converge", { method: "DELETE", body: undefined });

describe.each(ROWS)("after %s", (_event, reply, ...endings) => {
  const cells = COLUMNS.map((repeat, index) => [`${repeat} request`, endings[index] as Ending, requestOf(repeat)] as const);
  const [, converge] = endings;

  it.each([...cells, ["PATCH If-Match: *", converge, PATCH_ANY] as const, ["DELETE", converge, DELETE] as const])(
    "a %s ends as: %s",
    async (_column, ending, request) => {
      const server = await ScriptedServer.start({ reply });
      if (ending === "retry") server.expect({ reply: ok });
      const bench = new TransportBench(readyAt(server.url));
      const sent = bench.transport.send(request, bench.options());
      if (ending === "retry") expect((await sent).body).toEqual({ id: "x" });
      else expect((await rejection(sent)).name).toBe(ending === "unknown" ? "OutcomeUnknownError" : "ServiceError");
      expect(server.received).toHaveLength(ending === "retry" ? 2 : 1);
      expect(bench.delays).toHaveLength(ending === "retry" ? 1 : 0);
      await server.finish();
    },
  );
});

describe("after a refused connection", () => {
  it.each(COLUMNS)("a %s request is tried six times and then fails as not sent", async (repeat) => {
    const server = await ScriptedServer.start();
    const { url } = server;
    await server.finish();
    const bench = new TransportBench(readyAt(url));
    const error = await rejection(bench.transport.send(requestOf(repeat), bench.options()));
    expect(error.name).toBe("NotSentError");
    expect(error.message).toContain("refused the connection (ECONNREFUSED)");
    expect(bench.delays).toEqual([400, 800, 1600, 3200, 6400]);
  });
});

describe("after a failed TLS handshake", () => {
  it.each(COLUMNS)("a %s request is not tried again, and the error says how to fix it", async (repeat) => {
    const server = await ScriptedServer.start();
    const bench = new TransportBench(readyAt(server.url.replace("http:", "https:")));
    const error = await rejection(bench.transport.send(requestOf(repeat), bench.options()));
    expect(error.name).toBe("NotSentError");
    expect(error.message).toContain("NODE_EXTRA_CA_CERTS");
    expect(bench.delays).toEqual([]);
    await server.finish();
  });
});

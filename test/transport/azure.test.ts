import { inspect } from "node:util";
import { type Reply, ScriptedServer } from "../support/scriptedServer";
import { readyAt, rejection, requestOf, TOKEN, TransportBench } from "../support/transportBench";

async function exchange(reply: Reply, request = requestOf("guarded")) {
  const server = await ScriptedServer.start({ reply });
  const bench = new TransportBench(readyAt(server.url));
  const settled = bench.transport.send(request, bench.options());
  const outcome = await settled.then(
    (answer) => ({ answer, error: undefined }),
    (error: Error) => ({ answer: undefined, error }),
  );
  await server.finish();
  return { ...outcome, received: server.received[0] };
}

const BASE = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/svc/backends";

describe("an Azure request", () => {
  it("is sent as the contract says", async () => {
    const { received } = await exchange({ json: {} });
    expect(received?.method).toBe("PATCH");
    expect(received?.path).toBe(`${BASE}/orders?api-version=2024-05-01`);
    expect(received?.text).toBe('{"properties":{"title":"t"}}');
    expect(received?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      accept: "application/json",
      "content-type": "application/json; charset=utf-8",
      "if-match": '"AAAA="',
      "user-agent": expect.stringMatching(/^pulumi-patchbay\/\d+\.\d+\.\d+/),
      "x-ms-client-request-id": "11111111-2222-3333-4444-555555555555",
      "x-ms-return-client-request-id": "true",
    });
  });

  it("has no content type without a body", async () => {
    const { received } = await exchange({ status: 202 }, requestOf("once", { answer: "optional" }));
    expect(received?.method).toBe("POST");
    expect(received?.headers["content-type"]).toBeUndefined();
    expect(received?.headers["content-length"]).toBe("0");
  });

  it.each([
    ["a b", "a%20b"],
    ["a/b?c#d", "a%2Fb%3Fc%23d"],
    ["%2e%2e", "%252e%252e"],
    ["..a", "..a"],
    ["é", "%C3%A9"],
    ["a;b=c", "a%3Bb%3Dc"],
  ])("encodes the name %j", async (name, encoded) => {
    const { received } = await exchange({ json: {} }, requestOf("read", { path: ["a", name, "c"] }));
    expect(received?.path).toBe(`/a/${encoded}/c?api-version=2024-05-01`);
  });

  it.each(["", ".", "..", "a\r\nb", "a\u0000", "\ud800"])("refuses the name %j before anything is sent", async (name) => {
    const server = await ScriptedServer.start();
    const bench = new TransportBench(readyAt(server.url));
    const error = await rejection(bench.transport.send(requestOf("read", { path: ["a", name] }), bench.options()));
    expect(error.name).toBe("ConfigurationError");
    await server.finish();
  });

  it.each(["*", '"AAAAAAAACWs="', 'W/"1"', '""'])("sends the If-Match %s as it is", async (ifMatch) => {
    const { received } = await exchange({ json: {} }, requestOf("guarded", { ifMatch }));
    expect(received?.headers["if-match"]).toBe(ifMatch);
  });

  it.each(["AAAA", '"a"\r\nX-Evil: 1', "日本", '"日本"', '"a"b"', "", '"a b"'])(
    "refuses the If-Match %j before anything is sent",
    async (ifMatch) => {
      const server = await ScriptedServer.start();
      const bench = new TransportBench(readyAt(server.url));
      const error = await rejection(bench.transport.send(requestOf("guarded", { ifMatch }), bench.options()));
      expect(error.message).toContain("ifMatch must be");
      await server.finish();
    },
  );
});

describe("an Azure answer", () => {
  it("holds body, headers and both ids", async () => {
    const headers = { etag: '"B="', "x-ms-request-id": ["r-1", "r-2"], "x-ms-correlation-request-id": "c-1" };
    const { answer } = await exchange({ headers, json: { id: "x", nested: { __proto__: null } } });
    expect(answer).toMatchObject({ status: 200, requestId: "r-1", correlationId: "c-1", body: { id: "x" } });
    expect(answer?.headers["etag"]).toBe('"B="');
  });

  it("loses a byte order mark and members called __proto__, and no other", async () => {
    const text = '\uFEFF{"a":1,"__proto__":{"evil":true},"b":{"constructor":1,"prototype":2,"c":3}}';
    const { answer } = await exchange({ text, headers: { "content-type": "application/json" } });
    expect(JSON.stringify(answer?.body)).toBe('{"a":1,"b":{"constructor":1,"prototype":2,"c":3}}');
  });

  it.each<[string, Reply]>([
    ["a page", { text: "<html>sign in</html>", headers: { "content-type": "text/html" } }],
    ["an empty body", {}],
    ["204", { status: 204 }],
    ["cut JSON", { text: '{"id": ', headers: { "content-type": "application/json" } }],
    ["a list", { json: [1] }],
    ["null", { text: "null", headers: { "content-type": "application/json" } }],
    ["JSON called text", { text: "{}", headers: { "content-type": "text/plain" } }],
    ["a redirect", { status: 302, headers: { location: "https://evil.test/" } }],
  ])("is an error where an object was promised and %s came", async (_what, reply) => {
    const { error } = await exchange(reply);
    expect(error?.name).toBe("UnexpectedAnswerError");
    expect(error?.message).toContain(`answer was ${reply.status ?? 200}`);
    expect(error?.message).toContain("may have acted");
  });

  it("shows at most 200 redacted characters of a wrong body", async () => {
    const text = `<html>${"word ".repeat(500)} AccessKey=abc</html>`;
    const { error } = await exchange({ text, headers: { "content-type": "text/html" } }, requestOf("read"));
    expect(error?.message.length).toBeLessThan(500);
    expect(error?.message).not.toContain("may have acted");
  });

  it("may be empty where the answer is optional or ignored, but not a page", async () => {
    expect((await exchange({ status: 202 }, requestOf("once", { answer: "optional" }))).answer).toMatchObject({
      status: 202,
      body: undefined,
    });
    const page = { text: "<html>", headers: { "content-type": "text/html" } };
    expect((await exchange(page, requestOf("once", { answer: "optional" }))).error?.name).toBe("UnexpectedAnswerError");
    expect((await exchange(page, requestOf("once", { answer: "ignored" }))).error?.message).toContain("a page is no answer of the service");
    const cut = { text: '{"id"', headers: { "content-type": "application/json" } };
    expect((await exchange(cut, requestOf("once", { answer: "ignored" }))).answer?.status).toBe(200);
  });
});

describe("an Azure error", () => {
  const cases: [string, Reply, string][] = [
    [
      "a validation error with details",
      {
        status: 400,
        headers: { "x-ms-request-id": "r-9" },
        json: {
          error: {
            code: "ValidationError",
            message: "One or more fields contain incorrect values:",
            details: [{ code: "ValidationError", target: "url", message: "'url' should not be empty." }],
          },
        },
      },
      "PATCH …/backends/orders was refused: 400 (ValidationError). One or more fields contain incorrect values: url: 'url' should not be empty. Request id: r-9. Correct the named arguments.",
    ],
    [
      "null members",
      { status: 404, json: { error: { code: "ResourceNotFound", message: "Backend not found.", details: null, innerError: null } } },
      "PATCH …/backends/orders was refused: 404 (ResourceNotFound). Backend not found. Check the names; whoever owns the resource has to create it first.",
    ],
    [
      "a detail whose message is JSON",
      {
        status: 400,
        json: {
          error: {
            code: "DeploymentFailed",
            message: "Failed.",
            details: [{ code: "BadRequest", message: '{"error":{"code":"X","message":"The real cause"}}' }],
          },
        },
      },
      "PATCH …/backends/orders was refused: 400 (DeploymentFailed). Failed. The real cause. Correct the named arguments.",
    ],
    [
      "the doubled wrapper",
      { status: 400, json: { error: { error: { code: "Inner", message: "Deep." } } } },
      "PATCH …/backends/orders was refused: 400 (Inner). Deep. Correct the named arguments.",
    ],
    [
      "no wrapper",
      { status: 400, json: { code: "Bare", message: "Plain" } },
      "PATCH …/backends/orders was refused: 400 (Bare). Plain. Correct the named arguments.",
    ],
    [
      "an inner error",
      { status: 422, json: { error: { code: "X", message: "Outer.", innererror: { code: "Y", message: "Inner" } } } },
      "PATCH …/backends/orders was refused: 422 (X). Outer. Inner. Correct the named arguments.",
    ],
    [
      "a missing permission",
      {
        status: 403,
        json: {
          error: {
            code: "AuthorizationFailed",
            message:
              "The client 'c' does not have authorization to perform action 'Microsoft.ApiManagement/service/backends/write' over scope.",
          },
        },
      },
      "PATCH …/backends/orders was refused: 403 (AuthorizationFailed). The client 'c' does not have authorization to perform action 'Microsoft.ApiManagement/service/backends/write' over scope. Give the identity a role with the permission Microsoft.ApiManagement/service/backends/write; a role given just now takes some minutes to work.",
    ],
    [
      "a page",
      { status: 404, text: "<html><b>Not here</b></html>" },
      "PATCH …/backends/orders was refused: 404. Not here. Check the names, the subscription and the tenant.",
    ],
    [
      "nothing",
      { status: 412 },
      "PATCH …/backends/orders was refused: 412. Somebody else changed the resource in between: run again, it reads the resource anew.",
    ],
  ];

  it.each(cases)("tells what matters out of %s", async (_shape, reply, message) => {
    const { error } = await exchange(reply);
    expect(error?.message).toBe(message);
  });

  it.each([
    ["SubscriptionNotFound", /patchbay:subscriptionId/],
    ["ResourceGroupNotFound", /resourceGroupName/],
    ["ParentResourceNotFound", /created first/],
    ["ResourceNotFound", /has to create it first/],
  ])("tells the kinds of 404 apart: %s", async (code, remedy) => {
    const { error } = await exchange({ status: 404, json: { error: { code, message: "Not found." } } });
    expect(error).toMatchObject({ status: 404, code, sentence: "Not found." });
    expect(error?.message).toMatch(remedy);
  });

  it("keeps what the service said when the outcome is unknown", async () => {
    const reply = { status: 500, headers: { "x-ms-request-id": "r-5" }, json: { error: { code: "Internal", message: "It broke" } } };
    const { error } = await exchange(reply, requestOf("once"));
    expect(error?.message).toMatch(
      /^POST …\/backends\/orders\/reconnect was sent, but the answer was 500 Internal\. It broke\. Request id: r-5\. Whether/,
    );
  });

  it("holds no secret, wherever it is looked at", async () => {
    const parameter = "opensesma-parameter";
    const body = {
      properties: {
        credentials: { header: { "x-key": ["header-value-1"] }, authorization: { scheme: "Basic", parameter } },
        proxy: { password: "proxy-word" },
      },
    };
    const message = `Bad value '${parameter}' or header-value-1 or proxy-word with Bearer ${TOKEN} and AccessKey=abcdef;Version=1.0`;
    for (const reply of [
      { status: 400, json: { error: { code: "Bad", message } } },
      { text: message, headers: { "content-type": "text/plain" } },
      { status: 500, text: message },
    ]) {
      const { error } = await exchange(reply, requestOf("once", { body }));
      const shown = [
        inspect(error, { depth: 10, showHidden: true }),
        error?.message,
        error?.stack,
        String(error?.cause),
        JSON.stringify(error),
      ].join("\n");
      for (const secret of [parameter, "header-value-1", "proxy-word", TOKEN, "abcdef"]) expect(shown).not.toContain(secret);
    }
  });
});

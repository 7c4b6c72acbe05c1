import type { Answer, AzureRequest, RunningOperation } from "../../provider/engine/operation";
import { pollDelayMs, progressOf } from "../../provider/transport/operationStatus";
import { type Exchange, type Reply, ScriptedServer } from "../support/scriptedServer";
import { readyAt, rejection, requestOf, TransportBench } from "../support/transportBench";

const STATUS = "/operations/1?api-version=1&t=1&s=%20a%2B";
const post = requestOf("once", { answer: "optional" });
const put = requestOf("converge");
const patch = requestOf("guarded");
const remove = requestOf("converge", { method: "DELETE", body: undefined, answer: "ignored" });
const RESOURCE = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/svc/backends/orders";

interface Told {
  readonly answer?: Answer;
  readonly error?: Error;
  readonly bench: TransportBench;
  readonly running: RunningOperation[];
  readonly paths: string[];
}

/** Sends a request and follows what it started; the polls are a conversation. */
async function tell(request: AzureRequest, first: (url: string) => Reply, ...polls: ((url: string) => Exchange)[]): Promise<Told> {
  const server = await ScriptedServer.start();
  server.expect({ reply: first(server.url) }, ...polls.map((poll) => poll(server.url)));
  const bench = new TransportBench(readyAt(server.url));
  const running: RunningOperation[] = [];
  const options = bench.options(1_800_000);
  const followed = bench.transport
    .send(request, options)
    .then((answer) => bench.transport.follow(request, answer, options, (handle) => running.push(handle)));
  const [result] = await Promise.allSettled([followed]);
  await server.finish();
  const paths = server.received.slice(1).map((received) => `${received.method} ${received.path}`);
  const common = { bench, running, paths };
  return result.status === "fulfilled" ? { ...common, answer: result.value } : { ...common, error: result.reason as Error };
}

const accepted = (headers: Record<string, string>, json?: unknown) => (url: string) => ({
  status: 202,
  headers: Object.fromEntries(Object.entries(headers).map(([name, path]) => [name, /^\/[^/]/.test(path) ? `${url}${path}` : path])),
  json,
});
const status =
  (word: string, more: object = {}, headers: Record<string, string> = {}) =>
  () => ({ method: "GET", path: STATUS, reply: { json: { status: word, ...more }, headers } });
const reply = (answer: Reply, path?: string) => () => ({ method: "GET", path, reply: answer });

describe("following an operation", () => {
  it("ends at once when nothing was started", async () => {
    const told = await tell(post, accepted({}));
    expect(told.answer).toMatchObject({ status: 202, body: undefined });
    expect(told.running).toEqual([]);
  });

  it("polls Azure-AsyncOperation verbatim and before Location, then gets the resource of a PUT", async () => {
    const told = await tell(
      put,
      accepted({ "azure-asyncoperation": STATUS, location: "/elsewhere" }, { properties: { provisioningState: "Updating" } }),
      status("Pending", { endTime: "2026-01-01T00:00:00Z" }),
      status("InProgress"),
      status("Succeeded"),
      reply({ json: { id: "x", properties: { provisioningState: "Succeeded" } } }, RESOURCE),
    );
    expect(told.answer?.body).toEqual({ id: "x", properties: { provisioningState: "Succeeded" } });
    expect(told.paths.slice(0, 3)).toEqual([`GET ${STATUS}`, `GET ${STATUS}`, `GET ${STATUS}`]);
    expect(told.running).toHaveLength(1);
    expect(told.running[0]).toMatchObject({ mode: "status", method: "PUT", url: expect.stringContaining(STATUS) });
    expect(told.bench.delays).toEqual([500, 750, 1_125]);
    expect(told.bench.reasons[2]).toBe("PUT …/backends/orders is InProgress at the service");
  });

  it("follows a polling header on 200 and 201 too", async () => {
    for (const code of [200, 201]) {
      const told = await tell(
        patch,
        (url) => ({ status: code, headers: { "azure-asyncoperation": `${url}${STATUS}` }, json: { id: "old" } }),
        status("Succeeded"),
        reply({ json: { id: "new" } }, RESOURCE),
      );
      expect(told.answer?.body).toEqual({ id: "new" });
    }
  });

  it("polls the resource when only its provisioningState runs", async () => {
    const told = await tell(
      put,
      () => ({ status: 200, json: { properties: { provisioningState: "Creating" } } }),
      reply({ json: { properties: { provisioningState: "Anything" } } }, RESOURCE),
      reply({ json: { properties: { provisioningState: "Succeeded" } } }, RESOURCE),
    );
    expect(told.answer?.body).toEqual({ properties: { provisioningState: "Succeeded" } });
    expect(told.running[0]?.mode).toBe("resource");
  });

  it("takes a resource without provisioningState for succeeded", async () => {
    const told = await tell(put, () => ({ status: 201, json: { id: "x" } }));
    expect(told.answer?.body).toEqual({ id: "x" });
  });

  it("keeps the keys of the 202 when the Location ends empty (webPubSub regenerateKey)", async () => {
    const keys = { primaryKey: "first-key-of-202", secondaryKey: "second-key-of-202" };
    for (const last of [
      { status: 200 },
      { status: 204 },
      { json: {} },
      { status: 404 },
      { status: 500 },
      { text: "<html>", headers: { "content-type": "text/html" } },
    ]) {
      const told = await tell(
        post,
        accepted({ "azure-asyncoperation": STATUS, location: "/results/1" }, keys),
        status("Running"),
        status("Succeeded"),
        reply(last, "/results/1"),
      );
      expect(told.answer?.body).toEqual(keys);
    }
  });

  it("merges the Location's body over that of the 202", async () => {
    const told = await tell(
      post,
      accepted({ location: "/results/1" }, { a: 1, b: 1 }),
      reply({ status: 202 }, "/results/1"),
      reply({ json: { b: 2 } }, "/results/1"),
    );
    expect(told.answer?.body).toEqual({ a: 1, b: 2 });
    expect(told.running[0]?.mode).toBe("location");
  });

  it("goes to the URL that a poll names, and tells of it", async () => {
    const told = await tell(
      post,
      accepted({ location: "/results/1" }),
      (url) => ({ path: "/results/1", reply: { status: 202, headers: { location: `${url}/results/2` } } }),
      reply({ json: { done: true } }, "/results/2"),
    );
    expect(told.answer?.body).toEqual({ done: true });
    expect(told.running.map((handle) => handle.url.replace(/^http:\/\/[^/]+/, ""))).toEqual(["/results/1", "/results/2"]);
  });

  it("takes a relative polling URL", async () => {
    const told = await tell(
      put,
      () => ({ status: 202, headers: { "azure-asyncoperation": STATUS }, json: {} }),
      status("Succeeded"),
      reply({ json: {} }, RESOURCE),
    );
    expect(told.answer?.status).toBe(200);
  });

  it.each([
    "https://evil.test/x",
    "http://user:word@127.0.0.1/x",
    "https://127.0.0.1/x",
    "//evil.test/x",
    "http://127.0.0.1.evil.test/",
    "data:,x",
    "http://[",
  ])("sends nothing to %s", async (url) => {
    for (const header of ["azure-asyncoperation", "location"]) {
      const told = await tell(post, accepted({ [header]: url }));
      expect(told.error?.name).toBe("UnexpectedAnswerError");
      expect(told.error?.message).toContain("No token was sent there");
      expect(told.running).toEqual([]);
    }
  });

  it("sends nothing to another host that a later poll names", async () => {
    const told = await tell(
      post,
      accepted({ location: "/results/1" }),
      reply({ status: 202, headers: { location: "https://evil.test/" } }),
    );
    expect(told.error?.message).toContain("evil.test");
  });
});

describe("an operation that fails", () => {
  it.each([
    ["error", { error: { code: "Quota", message: "No room", details: [{ code: "D", target: "sku", message: "Too big." }] } }],
    [
      "error.error",
      { error: { error: { code: "Quota", message: "No room", details: [{ code: "D", target: "sku", message: "Too big." }] } } },
    ],
  ])("is told with the words at %s", async (_where, body) => {
    for (const word of ["Failed", "Canceled"]) {
      const told = await tell(put, accepted({ "azure-asyncoperation": STATUS }, {}), status(word, body));
      expect(told.error).toMatchObject({ name: "OperationFailedError" });
      expect(told.error?.message).toBe(
        `PUT …/backends/orders was accepted and then ended as ${word} (Quota). No room. sku: Too big. Correct the cause and run again.`,
      );
    }
  });

  it("is seen in Location mode and in the first answer", async () => {
    const body = { properties: { provisioningState: "Failed", error: { code: "C", message: "M." } } };
    expect((await tell(put, accepted({ location: "/results/1" }, {}), reply({ json: body }))).error?.message).toContain(
      "ended as Failed (C). M.",
    );
    expect((await tell(put, () => ({ json: body }))).error?.name).toBe("OperationFailedError");
  });

  it("is not taken from an answer without a status, nor is success", async () => {
    for (const answer of [{ json: {} }, { json: { status: 7 } }, { status: 204 }]) {
      const told = await tell(put, accepted({ "azure-asyncoperation": STATUS }, {}), reply(answer));
      expect(told.error?.message).toContain("holds no status");
    }
    const page = await tell(
      put,
      accepted({ "azure-asyncoperation": STATUS }, {}),
      reply({ text: "<html>", headers: { "content-type": "text/html" } }),
    );
    expect(page.error?.name).toBe("UnexpectedAnswerError");
  });
});

describe("a poll that fails", () => {
  it("says nothing about the operation", async () => {
    const failures: Reply[] = [
      { status: 500 },
      { status: 400 },
      { status: 403 },
      { status: 429, headers: { "retry-after": "3" } },
      { fault: "reset" },
      { status: 404 },
    ];
    const told = await tell(
      put,
      accepted({ "azure-asyncoperation": STATUS }, {}),
      ...failures.map((failure) => reply(failure)),
      status("Succeeded"),
      reply({ json: {} }),
    );
    expect(told.answer?.status).toBe(200);
    expect(told.bench.delays[4]).toBe(3_000);
  });

  it("is the end of a DELETE when it is 404", async () => {
    const told = await tell(
      remove,
      accepted({ "azure-asyncoperation": STATUS, location: "/results/1" }),
      status("Deleting"),
      reply({ status: 404, json: { error: { code: "ResourceNotFound" } } }),
    );
    expect(told.answer).toMatchObject({ status: 204, body: undefined });
  });

  it("is given up after three 404 otherwise", async () => {
    const told = await tell(
      post,
      accepted({ location: "/results/1" }),
      reply({ status: 404 }),
      reply({ status: 404 }),
      reply({ status: 404 }),
    );
    expect(told.error).toMatchObject({ name: "ServiceError", status: 404 });
  });

  it("ends with a 401 when the token cannot be renewed", async () => {
    const told = await tell(post, accepted({ location: "/results/1" }), reply({ status: 401 }));
    expect(told.error).toMatchObject({ name: "ServiceError", status: 401 });
  });
});

describe("the time of an operation", () => {
  it("waits as long as the first answer and each poll ask", async () => {
    const told = await tell(
      put,
      accepted({ "azure-asyncoperation": STATUS, "retry-after": "15" }, {}),
      status("Running", {}, { "retry-after": "4" }),
      status("Succeeded"),
      reply({ json: {} }),
    );
    expect(told.bench.delays).toEqual([15_000, 4_000]);
  });

  it.each([
    [0, 0, 600_000, 50],
    [0, 999_999_999_000, 3_600_000, 600_000],
    [0, 60_000, 30_000, 28_000],
    [0, undefined, 600_000, 500],
    [20, undefined, 600_000, 10_000],
    [0, undefined, 100, 100],
    [0, undefined, 10, 50],
  ])("is bounded: poll %d, asked %s ms, left %d ms", (polls, asked, left, expected) => {
    expect(pollDelayMs(polls, asked, left)).toBe(expected);
  });

  it("ends at the deadline when the operation never does, and says where it stands", async () => {
    const server = await ScriptedServer.start();
    server.expect({ reply: { status: 202, headers: { "azure-asyncoperation": `${server.url}${STATUS}` }, json: {} } });
    for (let poll = 0; poll < 100; poll++) server.expect({ reply: { json: { status: "Running" } } });
    const bench = new TransportBench(readyAt(server.url));
    const options = bench.options(60_000);
    const error = await rejection(bench.transport.follow(put, await bench.transport.send(put, options), options));
    expect(error.name).toBe("DeadlineError");
    expect(error.message).toContain("timeouts");
    expect(bench.slept).toBeLessThan(61_000);
    await expect(server.finish()).rejects.toThrow(/never came/);
  });

  it("ends when the engine cancels", async () => {
    const server = await ScriptedServer.start();
    server.expect({ reply: { status: 202, headers: { "azure-asyncoperation": `${server.url}${STATUS}` }, json: {} } });
    const bench: TransportBench = new TransportBench(readyAt(server.url), { sleep: async () => bench.cancel.abort() });
    const error = await rejection(bench.transport.follow(put, await bench.transport.send(put, bench.options()), bench.options()));
    expect(error.name).toBe("CanceledError");
    await server.finish();
  });
});

describe("resuming an operation", () => {
  it("goes on without a second write and gets what the operation gave", async () => {
    const server = await ScriptedServer.start();
    const bench = new TransportBench(readyAt(server.url));
    const running = {
      mode: "status" as const,
      method: "PUT",
      url: `${server.url}${STATUS}`,
      finalUrl: `${server.url}${RESOURCE}?api-version=1`,
    };
    server.expect(
      { method: "GET", path: STATUS, reply: { json: { status: "Succeeded" } } },
      { method: "GET", path: RESOURCE, reply: { json: { id: "x" } } },
    );
    const stored = JSON.parse(JSON.stringify(running)) as RunningOperation;
    expect((await bench.transport.resume(stored, bench.options())).body).toEqual({ id: "x" });
    await server.finish();
  });

  it("refuses a stored URL of another host", async () => {
    const server = await ScriptedServer.start();
    const bench = new TransportBench(readyAt(server.url));
    const running: RunningOperation = { mode: "location", method: "POST", url: "https://evil.test/x" };
    expect((await rejection(bench.transport.resume(running, bench.options()))).name).toBe("UnexpectedAnswerError");
    expect(
      (await rejection(bench.transport.resume({ ...running, url: `${server.url}/x`, finalUrl: "https://evil.test/x" }, bench.options())))
        .name,
    ).toBe("UnexpectedAnswerError");
    await server.finish();
  });
});

describe("the word of a status", () => {
  const answer = (body: Answer["body"], code = 200): Answer => ({ status: code, headers: {}, body, requestId: "", correlationId: "" });

  it.each([
    ["Succeeded", "succeeded"],
    ["succeeded", "succeeded"],
    ["Completed", "succeeded"],
    ["FAILED", "failed"],
    ["Canceled", "failed"],
    ["Cancelled", "failed"],
    ["Accepted", "running"],
    ["Failing", "running"],
    ["NotSucceeded", "running"],
    ["", "noStatus"],
  ])("%j means %s", (word, kind) => {
    expect(progressOf("status", answer({ status: word })).kind).toBe(kind);
  });

  it("may be missing where the HTTP status says that it runs", () => {
    expect(progressOf("status", answer(undefined, 202)).kind).toBe("running");
    expect(progressOf("location", answer(undefined, 202)).kind).toBe("running");
    expect(progressOf("location", answer(undefined, 204)).kind).toBe("succeeded");
  });
});

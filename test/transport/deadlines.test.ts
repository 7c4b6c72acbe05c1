import type { Host } from "../../provider/engine/host";
import { openRun } from "../../provider/engine/run";
import type { Exchange, Reply } from "../support/scriptedServer";
import { ScriptedServer } from "../support/scriptedServer";
import { readyAt, rejection, requestOf, TransportBench } from "../support/transportBench";

// One deadline over everything: a server that is slow in each place in turn, through the real transport and real time.

// Long enough for a request to arrive on a busy machine.
const SHORT_MS = 1_000;
const busy: Reply = { status: 503, json: { error: { code: "ServerBusy", message: "Too much to do." } } };
const put = requestOf("converge", { answer: "optional" });

// Half a second each, which the first deadlines would have to hold.
beforeAll(() => Promise.all([import("axios"), import("@azure/identity")]));

let server: ScriptedServer;
beforeEach(async () => {
  server = await ScriptedServer.start();
});
// A test that failed before its own end would keep the process alive.
afterEach(() => server.finish().catch(() => {}));

/** Waits until every connection of the server is closed from the other side. */
async function leftAlone(): Promise<void> {
  while (server.openConnections > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

function signInAt(url: string): Record<string, string> {
  const identity = { ARM_TENANT_ID: "00000000-0000-0000-0000-00000000000a", ARM_CLIENT_ID: "c" };
  return { "patchbay:resourceManagerEndpoint": url, AZURE_AUTHORITY_HOST: url, ...identity };
}

describe("the deadline covers", () => {
  it.each<[string, Reply]>([
    ["an answer that never begins", { fault: "hang" }],
    ["a body that never ends", { fault: "drip" }],
  ])("%s, of a read", async (_where, reply) => {
    server.expect({ reply });
    const bench = new TransportBench(readyAt(server.url));
    const error = await rejection(bench.transport.send(requestOf("read"), bench.options(SHORT_MS)));
    expect(error).toMatchObject({ name: "DeadlineError" });
    expect(error.message).toContain("the time was up before an answer came");
    await leftAlone();
    await server.finish();
  });

  it.each([
    ["converge", "hang"],
    ["guarded", "drip"],
    ["once", "hang"],
    ["once", "drip"],
  ] as const)("a %s write with the fault %s, which then may be done", async (repeat, fault) => {
    server.expect({ reply: { fault } });
    const bench = new TransportBench(readyAt(server.url));
    const error = await rejection(bench.transport.send(requestOf(repeat), bench.options(SHORT_MS)));
    expect(error.name).toBe("OutcomeUnknownError");
    await leftAlone();
    await server.finish();
  });

  it("the waits between tries, and the message keeps what the last try met", async () => {
    for (let tries = 0; tries < 30; tries++) server.expect({ reply: busy });
    const bench = new TransportBench(readyAt(server.url), { random: () => 1 });
    const error = await rejection(bench.transport.send(requestOf("once"), bench.options(120_000)));
    expect(error.message).toBe(
      "POST …/backends/orders/reconnect: the time is up; at the last try the answer was 503 ServerBusy. Too much to do. " +
        "Give it longer with `timeouts` or `customTimeouts`, and run again.",
    );
    expect(bench.slept).toBeLessThanOrEqual(120_000);
    await expect(server.finish()).rejects.toThrow(/never came/);
  });

  it("the last try, and the message keeps what the one before it met", async () => {
    server.expect({ reply: busy }, { reply: { fault: "hang" } });
    const bench = new TransportBench(readyAt(server.url));
    const error = await rejection(bench.transport.send(requestOf("read"), bench.options(1_000)));
    expect(error.message).toContain("the time is up; at the last try the answer was 503 ServerBusy. Too much to do.");
    await leftAlone();
    await server.finish();
  });

  it.each<[string, string, Exchange[]]>([
    ["a sign-in whose authority is silent", "ARM_CLIENT_SECRET", [{ reply: { fault: "hang" } }]],
    ["a sign-in whose answer never ends", "ARM_CLIENT_SECRET", [{ reply: { fault: "drip" } }]],
    ["an OIDC request URL that is silent", "ARM_OIDC_REQUEST_TOKEN", [{ reply: { fault: "hang" } }]],
    ["an OIDC request URL whose answer never ends", "ARM_OIDC_REQUEST_TOKEN", [{ reply: { fault: "drip" } }]],
  ])("%s", async (_where, setting, exchanges) => {
    server.expect(...exchanges);
    const settings = { ...signInAt(server.url), [setting]: "of-the-test" };
    if (setting === "ARM_OIDC_REQUEST_TOKEN") Object.assign(settings, { ARM_USE_OIDC: "true", ARM_OIDC_REQUEST_URL: `${server.url}/oidc` });
    const bench = new TransportBench(settings);
    const error = await rejection(bench.transport.send(put, bench.options(1_000)));
    expect(error).toMatchObject({ name: "DeadlineError" });
    expect(error.message).toContain("The time was up before the sign-in to Azure answered");
    await leftAlone();
    expect(server.received.map(({ method }) => method)).not.toContain("PUT");
    await server.finish();
  });

  it.each<[string, Reply]>([
    ["a poll that never answers", { fault: "hang" }],
    ["a poll whose answer never ends", { fault: "drip" }],
  ])("%s", async (_where, reply) => {
    server.expect({ reply: { status: 202, headers: { location: `${server.url}/operations/1` } } }, { reply });
    const bench = new TransportBench(readyAt(server.url));
    const options = bench.options(2_000);
    const error = await rejection(bench.transport.follow(put, await bench.transport.send(put, options), options));
    expect(error.name).toBe("DeadlineError");
    await leftAlone();
    await server.finish();
  });

  it("the polls of an operation that never ends, and the message keeps what the last one met", async () => {
    server.expect({ reply: { status: 202, headers: { location: `${server.url}/operations/1` } } });
    for (let poll = 0; poll < 1_000; poll++) server.expect({ path: "/operations/1", reply: poll % 2 === 0 ? { status: 202 } : busy });
    const bench = new TransportBench(readyAt(server.url));
    const options = bench.options(1_800_000);
    const error = await rejection(bench.transport.follow(put, await bench.transport.send(put, options), options));
    expect(error.name).toBe("DeadlineError");
    expect(bench.slept).toBeLessThanOrEqual(1_800_000 + 50);
    // 10 s at most between two looks, and one look short before the end.
    expect(server.received.length).toBeGreaterThan(170);
    expect(server.received.length).toBeLessThan(220);
    await expect(server.finish()).rejects.toThrow(/never came/);
  });

  it("the result that is read after the end of an operation", async () => {
    server.expect(
      { reply: { status: 202, headers: { "azure-asyncoperation": `${server.url}/operations/1` } } },
      { reply: { json: { status: "Succeeded" } } },
      { reply: { fault: "drip" } },
    );
    const bench = new TransportBench(readyAt(server.url));
    const options = bench.options(2_000);
    const error = await rejection(bench.transport.follow(put, await bench.transport.send(put, options), options));
    expect(error.name).toBe("DeadlineError");
    await leftAlone();
    await server.finish();
  });
});

describe("a single try", () => {
  it.each([
    ["that hangs is given up after its own limit, and a read is tried again", "read", undefined],
    ["that hangs is given up after its own limit, and a write that acts each time is not tried again", "once", "OutcomeUnknownError"],
  ] as const)("%s", async (_what, repeat, ending) => {
    server.expect({ reply: { fault: "hang" } }, ...(ending === undefined ? [{ reply: { json: {} } }] : []));
    const bench = new TransportBench(readyAt(server.url), { attemptLimitMs: 500 });
    const [result] = await Promise.allSettled([bench.transport.send(requestOf(repeat), bench.options())]);
    expect(result.status === "rejected" ? (result.reason as Error).name : undefined).toBe(ending);
    if (ending !== undefined) expect((result as PromiseRejectedResult).reason.message).toContain("no answer came within 0.5 s");
    await server.finish();
  });
});

describe("a wait", () => {
  it("is told on the resource's own row: what for, how long, how long so far and how long is left", async () => {
    server.expect(
      { reply: { ...busy, headers: { "retry-after-ms": "20" } } },
      { reply: { status: 202, headers: { location: `${server.url}/operations/1`, "retry-after-ms": "20" } } },
      { reply: { json: {} } },
    );
    const bench = new TransportBench(readyAt(server.url), { sleep: async () => {} });
    const told: string[] = [];
    const host: Host = {
      canceled: bench.cancel.signal,
      callOf: () => undefined,
      log: (severity, line, urn, isEphemeral) => void told.push(`${severity} ${urn} ${isEphemeral ? "(row) " : ""}${line}`),
    };
    const { configuration, transport } = bench;
    const run = openRun({
      carrier: transport,
      host,
      settings: configuration,
      show: String,
      urn: "urn:x",
      title: "x",
      timeoutMs: 1_800_000,
    });
    const post = requestOf("once", { answer: "optional" });
    await run.follow(post, await run.send(post));
    expect(told.map((line) => line.replace(/\d+ s, (?:30 min|29 min \d+ s) left/, "(times)"))).toEqual([
      "info urn:x (row) waiting (times): the answer was 503 ServerBusy; again in 1 s",
      "info urn:x (row) waiting (times): POST …/backends/orders/reconnect is accepted at the service; again in 1 s",
    ]);
    await server.finish();
  });
});

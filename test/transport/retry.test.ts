import { nextWait, RetryBudget } from "../../provider/transport/retry";
import { ScriptedServer } from "../support/scriptedServer";
import { readyAt, rejection, requestOf, TransportBench } from "../support/transportBench";

describe("the wait before the next try", () => {
  it("doubles from 0.8 s to 60 s, with full jitter", () => {
    const longest = [1, 2, 3, 7, 8, 50].map((tries) => nextWait(tries, undefined, 1e9, 1));
    expect(longest).toEqual([800, 1_600, 3_200, 51_200, 60_000, 60_000].map((delayMs) => ({ delayMs })));
    expect(nextWait(3, undefined, 1e9, 0)).toEqual({ delayMs: 0 });
  });

  it("is the one the service asks for, but never a busy loop", () => {
    expect(nextWait(1, 9_000, 60_000, 0.5)).toEqual({ delayMs: 9_000 });
    expect(nextWait(1, 0, 60_000, 0.5)).toEqual({ delayMs: 50 });
    expect(nextWait(30, 0, 60_000, 0.5)).toEqual({ delayMs: 1_000 });
  });

  it.each([
    [601_000, 3_600_000],
    [999_999_999_000, 3_600_000],
    [20_000, 10_000],
  ])("is refused when %d ms are asked for and %d ms are left", (asked, left) => {
    expect(nextWait(1, asked, left, 0.5)).toEqual({ stop: "askedTooLong" });
  });

  it("leaves time for the last try, and stops when there is none", () => {
    expect(nextWait(9, undefined, 10_000, 1)).toEqual({ delayMs: 9_750 });
    expect(nextWait(9, undefined, 250, 1)).toEqual({ stop: "deadline" });
  });
});

describe("the retry budget", () => {
  it("lasts for a hundred retries, or fifty after a timeout, and a success gives one back", () => {
    const budget = new RetryBudget();
    let taken = 0;
    while (taken < 1_000 && budget.take("faulted", false)) taken++;
    expect(taken).toBe(100);
    for (let success = 0; success < 5; success++) budget.giveBack();
    expect(budget.take("lost", false)).toBe(true);
    const other = new RetryBudget();
    let slow = 0;
    while (slow < 1_000 && other.take("lost", true)) slow++;
    expect(slow).toBe(50);
  });

  it("is not charged for waits that the service asked for", () => {
    const budget = new RetryBudget();
    for (let wait = 0; wait < 1_000; wait++) expect(budget.take("throttled", false) && budget.take("busy", false)).toBe(true);
    expect(budget.take("faulted", false)).toBe(true);
  });

  it("stops a process in which everything fails", async () => {
    const server = await ScriptedServer.start();
    const bench = new TransportBench(readyAt(server.url));
    for (let tries = 0; tries < 101; tries++) server.expect({ reply: { status: 500 } });
    const error = await rejection(bench.transport.send(requestOf("read"), bench.options(1e9)));
    expect(error.message).toContain("nothing is repeated any more");
    expect(bench.delays).toHaveLength(100);
    await server.finish();
  });
});

describe("a call that is retried", () => {
  const busy = { status: 429, json: { error: { code: "TooManyRequests", message: "Slow down." } } };

  it("waits as long as the service asks, and says why", async () => {
    const server = await ScriptedServer.start({ reply: { ...busy, headers: { "retry-after": "12" } } }, { reply: { json: {} } });
    const bench = new TransportBench(readyAt(server.url));
    await bench.transport.send(requestOf("once"), bench.options());
    expect(bench.delays).toEqual([12_000]);
    expect(bench.reasons).toEqual(["the answer was 429 TooManyRequests"]);
    await server.finish();
  });

  it("stops with the service's error when the wait is longer than the time left", async () => {
    const server = await ScriptedServer.start({ reply: { ...busy, headers: { "retry-after": "999999999" } } });
    const bench = new TransportBench(readyAt(server.url));
    const error = await rejection(bench.transport.send(requestOf("read"), bench.options(60_000)));
    expect(error).toMatchObject({ name: "ServiceError", status: 429, code: "TooManyRequests" });
    expect(error.message).toMatch(/asks to wait 999999999 s, which is more than the (59|60) s/);
    await server.finish();
  });

  it("ends at the deadline and keeps the last error in the message", async () => {
    const server = await ScriptedServer.start();
    for (let tries = 0; tries < 20; tries++) server.expect({ reply: busy });
    const bench = new TransportBench(readyAt(server.url), { random: () => 1 });
    const error = await rejection(bench.transport.send(requestOf("once"), bench.options(100_000)));
    expect(error.name).toBe("DeadlineError");
    expect(error.message).toContain("at the last try the answer was 429 TooManyRequests. Slow down.");
    expect(bench.delays.slice(0, 7)).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, expect.any(Number)]);
    expect(bench.slept).toBeLessThanOrEqual(100_000);
    await expect(server.finish()).rejects.toThrow(/never came/);
  });

  it("keeps its client request id over all tries", async () => {
    const server = await ScriptedServer.start({ reply: { status: 500 } }, { reply: { fault: "reset" } }, { reply: { json: {} } });
    const bench = new TransportBench(readyAt(server.url));
    await bench.transport.send(requestOf("read"), bench.options());
    expect(new Set(server.received.map((request) => request.headers["x-ms-client-request-id"])).size).toBe(1);
    await server.finish();
  });

  it("says that a write's outcome is unknown when the time is up after a lost answer", async () => {
    const server = await ScriptedServer.start({ reply: { fault: "reset" } }, { reply: { fault: "reset" } });
    const bench = new TransportBench(readyAt(server.url), { random: () => 1 });
    const error = await rejection(bench.transport.send(requestOf("converge"), bench.options(1_000)));
    expect(error.name).toBe("OutcomeUnknownError");
    await server.finish();
  });

  it("ends at once when the engine cancels a wait", async () => {
    const server = await ScriptedServer.start({ reply: busy });
    const bench: TransportBench = new TransportBench(readyAt(server.url), { sleep: async () => bench.cancel.abort() });
    const error = await rejection(bench.transport.send(requestOf("once"), bench.options()));
    expect(error.name).toBe("CanceledError");
    await server.finish();
  });
});

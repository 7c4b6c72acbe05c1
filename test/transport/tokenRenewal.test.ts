import { randomBytes } from "node:crypto";
import type { AzureRequest } from "../../provider/engine/operation";
import { SYSTEM_CLOCK } from "../../provider/transport/clock";
import { SharedToken, type TokenWait } from "../../provider/transport/credentials";
import { type Cloud, startCloud } from "../cloud";
import { ScriptedServer } from "../support/scriptedServer";
import { TransportBench } from "../support/transportBench";
import { applicationAt, discovery, issued, listKeysOf, REQUEST, refused, tokenRequest } from "./signInBench";

// The credential library has no clock to hand in: it asks for the date.
beforeEach(() => {
  const asTheyAre = ["hrtime", "nextTick", "performance", "queueMicrotask", "setImmediate", "clearImmediate"] as const;
  const timers = ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] as const;
  jest.useFakeTimers({ now: Date.now(), doNotFake: [...asTheyAre, ...timers] });
});
afterEach(() => jest.useRealTimers());

function passTime(delayMs: number): void {
  jest.setSystemTime(Date.now() + delayMs);
}

describe("in the middle of a long wait", () => {
  let cloud: Cloud;
  beforeEach(async () => {
    cloud = await startCloud();
    cloud.addWebPubSub("chat");
    Object.assign(cloud.settings, { regenerateKey: "202", operationPolls: 12, retryAfter: "120" });
  });
  afterEach(async () => {
    expect(cloud.failures).toEqual([]);
    await cloud.stop();
  });

  /** Waits move the clock of everybody. */
  function benchBeside(settings: Record<string, string>): TransportBench {
    return new TransportBench(settings, { sleep: async (delayMs) => passTime(delayMs) });
  }

  const regeneration = (): AzureRequest => {
    const keys = listKeysOf(cloud);
    const path = [...keys.path.slice(0, -1), "regenerateKey"];
    return { ...keys, path, repeat: "once", answer: "ignored", body: { keyType: "Primary" } };
  };

  it.each([
    ["ten minutes", 600, 5],
    ["two minutes", 120, 13],
    ["an hour", 3_600, 1],
  ])("a token that lives for %s is renewed before it ends, and every request has a good one", async (_life, seconds, tokens) => {
    cloud.settings.tokenLifetimeSeconds = seconds;
    const bench = benchBeside(cloud.environmentFor("clientSecret"));
    const startedMs = Date.now();
    const options = bench.options(3_600_000);
    await bench.transport.follow(regeneration(), await bench.transport.send(regeneration(), options), options);
    expect(Date.now() - startedMs).toBe(12 * 120_000);
    expect(cloud.requests.filter(({ status }) => status === 401)).toEqual([]);
    expect(cloud.tokensIssued).toBe(tokens);
    expect(cloud.rotations).toHaveLength(1);
  });

  it("an authority that is down is no end of the operation: the polls go on with a new token when it is back", async () => {
    Object.assign(cloud.settings, { tokenLifetimeSeconds: 600, operationPolls: 2, retryAfter: "600" });
    const backAtMs = Date.now() + 1_200_000;
    const bench = new TransportBench(cloud.environmentFor("clientSecret"), {
      sleep: async (delayMs) => {
        passTime(delayMs);
        if (Date.now() > backAtMs) cloud.faults.clear();
      },
    });
    const options = bench.options(7_200_000);
    const accepted = await bench.transport.send(regeneration(), options);
    cloud.faults.add({ kind: "TOKEN", mode: "answer", status: 503, times: 999 });
    await bench.transport.follow(regeneration(), accepted, options);
    expect(bench.reasons).toContain("signing in to Azure: the answer was 503");
    expect(cloud.requests.filter(({ status }) => status === 401)).toEqual([]);
    // One at first, one when the authority was back, one ten minutes later.
    expect(cloud.tokensIssued).toBe(3);
    expect(cloud.rotations).toHaveLength(1);
  });

  it("an authority whose host is gone is asked for at each poll until the deadline, which tells what was met", async () => {
    Object.assign(cloud.settings, { tokenLifetimeSeconds: 600, retryAfter: "600" });
    const settings = cloud.environmentFor("clientSecret");
    const bench = benchBeside(settings);
    const options = bench.options(3_600_000);
    const accepted = await bench.transport.send(regeneration(), options);
    const gone = await ScriptedServer.start();
    settings["AZURE_AUTHORITY_HOST"] = gone.url;
    await gone.finish();
    await expect(bench.transport.follow(regeneration(), accepted, options)).rejects.toThrow(
      /: the time is up; at the last try the sign-in failed\. The sign-in to Azure gave no token: 127\.0\.0\.1:\d+ refused the connection/,
    );
    expect(cloud.rotations).toHaveLength(1);
  });
});

describe("a shared token", () => {
  const nowMs = { value: 1_000_000 };
  const clock = { ...SYSTEM_CLOCK, now: () => nowMs.value };
  const wait = (more: Partial<TokenWait> = {}): TokenWait => ({ deadlineMs: 1e12, signal: new AbortController().signal, ...more });

  it("that lives for a minute is renewed when half of that is left, and not at each call", async () => {
    let asked = 0;
    const shared = new SharedToken(() => async () => ({ token: `token-${++asked}`, expiresAtMs: nowMs.value + 60_000 }), clock);
    const seen: string[] = [];
    for (let second = 0; second < 60; second += 5) {
      seen.push(await shared.token(wait()));
      nowMs.value += 5_000;
    }
    expect(seen).toEqual([...Array(6).fill("token-1"), ...Array(6).fill("token-2")]);
  });

  it("that cannot be renewed is not asked for again at each call while it works", async () => {
    let asked = 0;
    const shared = new SharedToken(
      () => async () => {
        if (++asked > 1) throw new Error("down");
        return { token: "token-1", expiresAtMs: nowMs.value + 3_600_000 };
      },
      clock,
    );
    await shared.token(wait());
    nowMs.value += 3_600_000 - 240_000;
    for (let second = 0; second < 60; second++) {
      expect(await shared.token(wait())).toBe("token-1");
      nowMs.value += 1_000;
    }
    // Once at first, and then twice in a minute.
    expect(asked).toBe(3);
  });

  it("keeps nobody waiting for a new one while the old one works", async () => {
    let asked = 0;
    const shared = new SharedToken(
      () => () => {
        if (++asked > 1) return new Promise(() => {});
        return Promise.resolve({ token: "token-1", expiresAtMs: Date.now() + 3_600_000 });
      },
      { ...SYSTEM_CLOCK, now: () => Date.now() + ahead },
    );
    let ahead = 0;
    await shared.token(wait({ deadlineMs: Date.now() + 1e9 }));
    ahead = 3_600_000 - 240_000;
    const timer = globalThis.setTimeout;
    const limits: number[] = [];
    globalThis.setTimeout = Object.assign((work: () => void, delayMs = 0) => {
      limits.push(delayMs);
      return timer(work, 0);
    }, timer) as typeof setTimeout;
    try {
      expect(await shared.token(wait({ deadlineMs: Date.now() + 1e9 }))).toBe("token-1");
    } finally {
      globalThis.setTimeout = timer;
    }
    expect(limits[0]).toBeGreaterThan(9_000);
    expect(limits[0]).toBeLessThanOrEqual(10_000);
  });

  it("tells every caller what is waited for", async () => {
    const shared = new SharedToken(
      () => async (_signal, onWait) => {
        await Promise.resolve();
        onWait(2_000, "the answer was 429");
        return { token: "token-1", expiresAtMs: nowMs.value + 60_000 };
      },
      clock,
    );
    const told: string[] = [];
    const listening = (who: string) => wait({ onWait: (delayMs, reason) => told.push(`${who} ${delayMs} ${reason}`) });
    await Promise.all([shared.token(listening("one")), shared.token(listening("other"))]);
    expect(told).toEqual(["one 2000 signing in to Azure: the answer was 429", "other 2000 signing in to Azure: the answer was 429"]);
  });
});

it("a renewal that was refused for good does not end what the old token can still do", async () => {
  const server = await ScriptedServer.start();
  const bench = new TransportBench(applicationAt(server, { ARM_CLIENT_SECRET: randomBytes(20).toString("hex") }));
  const ok = { path: "/a", reply: { json: {} } };
  server.expect(discovery(server.url), tokenRequest(issued("token-1")), ok);
  await bench.transport.send(REQUEST, bench.options());
  passTime(3_400_000);
  server.expect(tokenRequest(refused(401, "invalid_client", 7000222, "The secret has run out.")), ok, ok);
  await bench.transport.send(REQUEST, bench.options());
  await bench.transport.send(REQUEST, bench.options());
  expect(server.received.filter(({ headers }) => headers.authorization === "Bearer token-1")).toHaveLength(3);
  await server.finish();
});

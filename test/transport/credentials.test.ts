import { setMaxListeners } from "node:events";
import { SYSTEM_CLOCK } from "../../provider/transport/clock";
import { SharedToken } from "../../provider/transport/credentials";
import { rejection } from "../support/transportBench";

const open = { deadlineMs: Date.now() + 600_000, signal: new AbortController().signal };
setMaxListeners(0, open.signal);

describe("a shared token", () => {
  const clockAt = (nowMs: { value: number }) => ({ ...SYSTEM_CLOCK, now: () => nowMs.value });

  function source(lifetimeMs = 3_600_000, fail: () => boolean = () => false) {
    const now = { value: 1_000_000 };
    const asked = { times: 0, clients: 0 };
    const shared = new SharedToken(() => {
      asked.clients++;
      return async () => {
        if (fail()) throw new Error("down");
        return { token: `token-${++asked.times}`, expiresAtMs: now.value + lifetimeMs };
      };
    }, clockAt(now));
    return { shared, now, asked };
  }
  const wait = { deadlineMs: 1_600_000_000, signal: open.signal };

  it("is asked for once by twenty callers", async () => {
    const { shared, asked } = source();
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => shared.token(wait))))).toEqual(new Set(["token-1"]));
    expect(asked.times).toBe(1);
  });

  it("is renewed when less than five minutes are left", async () => {
    const { shared, now } = source();
    await shared.token(wait);
    now.value += 3_600_000 - 300_001;
    expect(await shared.token(wait)).toBe("token-1");
    now.value += 2;
    expect(await shared.token(wait)).toBe("token-2");
  });

  it("is used on while it works when it cannot be renewed", async () => {
    let down = false;
    const { shared, now } = source(3_600_000, () => down);
    await shared.token(wait);
    down = true;
    now.value += 3_600_000 - 60_000;
    expect(await shared.token(wait)).toBe("token-1");
    now.value += 60_000;
    await expect(shared.token(wait)).rejects.toThrow("down");
  });

  it("is asked for anew, by a new client, when the service did not accept it", async () => {
    const { shared, asked } = source();
    expect(shared.invalidate(await shared.token(wait))).toBe(true);
    expect(await shared.token(wait)).toBe("token-2");
    expect(asked.clients).toBe(2);
    shared.invalidate("token-1");
    expect(await shared.token(wait)).toBe("token-2");
  });

  it("is waited for no longer than the deadline and the engine's cancel, and then nobody asks on", async () => {
    const signals: AbortSignal[] = [];
    const shared = new SharedToken(
      () => (signal) => {
        signals.push(signal);
        return new Promise(() => {});
      },
      SYSTEM_CLOCK,
    );
    const cancel = new AbortController();
    const late = shared.token({ deadlineMs: Date.now() + 20, signal: open.signal });
    const canceled = shared.token({ ...open, signal: cancel.signal });
    expect((await rejection(late)).name).toBe("DeadlineError");
    expect(signals[0]?.aborted).toBe(false);
    cancel.abort();
    expect((await rejection(canceled)).name).toBe("CanceledError");
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  });
});

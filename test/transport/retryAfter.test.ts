import fc from "fast-check";
import { nextWait } from "../../provider/transport/retry";
import { retryAfterMs } from "../../provider/transport/retryAfter";
import { inOwnProcess } from "../support/ownProcess";
import { runs } from "../support/runs";
import { ScriptedServer } from "../support/scriptedServer";
import { readyAt, requestOf, TransportBench } from "../support/transportBench";

const NOW = Date.UTC(2026, 10, 22, 6, 0, 0);

describe("the wait that a service asks for", () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{ "retry-after": "7" }, 7_000],
    [{ "retry-after": " 7 " }, 7_000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after": "007" }, 7_000],
    [{ "retry-after": "2026" }, 2_026_000],
    [{ "retry-after": "999999999" }, 999_999_999_000],
    [{ "retry-after": "99999999999999999999999999" }, 1e15],
    [{ "retry-after": "9".repeat(400) }, 1e15],
    [{ "retry-after-ms": "150" }, 150],
    [{ "retry-after-ms": "150.5" }, 150.5],
    [{ "x-ms-retry-after-ms": "250", "retry-after": "9" }, 250],
    [{ "retry-after-ms": "1", "x-ms-retry-after-ms": "2", "x-acs-retry-after": "3", "retry-after": "4" }, 1],
    [{ "x-ms-retry-after-ms": "2", "x-acs-retry-after": "3", "retry-after": "4" }, 2],
    [{ "x-acs-retry-after": "350" }, 350],
    [{ "x-acs-retry-after": "9".repeat(30) }, 1e12],
    [{ "retry-after-ms": "x", "retry-after": "1" }, 1_000],
    [{ "retry-after-ms": "-1", "x-ms-retry-after-ms": "", "retry-after": "1" }, 1_000],
    // The three forms of an HTTP date.
    [{ "retry-after": "Sun, 22 Nov 2026 06:00:05 GMT" }, 5_000],
    [{ "retry-after": "Sunday, 22-Nov-26 06:00:05 GMT" }, 5_000],
    [{ "retry-after": "Sun Nov 22 06:00:05 2026" }, 5_000],
    [{ "retry-after": "Wed Dec  2 06:00:00 2026" }, 864_000_000],
    [{ "retry-after": " Sun, 22 Nov 2026 06:00:05 GMT " }, 5_000],
    [{ "retry-after": "Sun, 22 Nov 2026 05:00:00 GMT" }, 0],
    [{ "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, 0],
    [{ "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" }, Date.UTC(9999, 11, 31, 23, 59, 59) - NOW],
  ])("is read out of %j", (headers, expected) => {
    expect(retryAfterMs(headers, NOW)).toBe(expected);
  });

  it.each([
    ...["-5", "-0", "+5", "soon", "", " ", "5s", "5 s", "1e3", "0x10", "Infinity", "NaN", "5.", ".5", "1.5.2", "١٢", "5, 10", "5;q=1"],
    ...["2026-11-22T06:00:05Z", "22 Nov 2026 06:00:05 GMT", "Sun, 45 Nov 2026 06:00:05 GMT", "Sun, 22 Nov 2026 06:00:05 PST"],
    ...["Sun, 22 Nov 2026 06:00:05", "Sun Nov 22 06:00:05 2026 GMT", "Sun, 22 Nov 275760 06:00:05 GMT", "true", "null", "__proto__"],
  ])("is not said by %j", (text) => {
    expect(retryAfterMs({ "retry-after": text }, NOW)).toBeUndefined();
  });

  it.each(["Asia/Tokyo", "America/Los_Angeles"])("does not depend on the zone of the machine: %s", async (TZ) => {
    const printed = await inOwnProcess(
      `const { retryAfterMs } = require("./provider/transport/retryAfter.ts");
       const dates = ["Sun, 22 Nov 2026 06:00:05 GMT", "Sunday, 22-Nov-26 06:00:05 GMT", "Sun Nov 22 06:00:05 2026"];
       console.log(new Date(0).getHours() === 0, dates.map((date) => retryAfterMs({ "retry-after": date }, ${NOW})).join());`,
      { TZ },
    );
    expect(printed).toBe("false 5000,5000,5000");
  });

  it("is a bounded number of milliseconds or not said at all, whatever the headers hold", () => {
    const names = fc.constantFrom("retry-after", "retry-after-ms", "x-ms-retry-after-ms", "x-acs-retry-after");
    const number = fc.oneof(fc.integer(), fc.double(), fc.bigInt()).map(String);
    const date = fc.date({ noInvalidDate: true }).map((at) => at.toUTCString());
    const value = fc.oneof(number, date, fc.string(), fc.constantFrom("9".repeat(1_000), "0", "-1", "Sun Nov 22 06:00:05 2026"));
    const said = (headers: Record<string, string>, timeLeftMs: number, tries: number, random: number) => {
      const askedMs = retryAfterMs(headers, NOW);
      if (askedMs !== undefined) expect(askedMs).toBeGreaterThanOrEqual(0);
      expect(askedMs ?? 0).toBeLessThanOrEqual(1e15);
      const wait = nextWait(tries, askedMs, timeLeftMs, random);
      if ("stop" in wait) return;
      expect(wait.delayMs).toBeGreaterThanOrEqual(0);
      expect(wait.delayMs).toBeLessThanOrEqual(600_000);
      if (askedMs !== undefined) expect(wait.delayMs).toBeGreaterThanOrEqual(askedMs);
    };
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const tries = fc.integer({ min: 1, max: 1_000 });
    fc.assert(fc.property(fc.dictionary(names, value), fc.nat(3_600_000), tries, chance, said), runs(2_000));
  });

  it("is the first one where the header comes twice", async () => {
    const server = await ScriptedServer.start(
      { reply: { status: 429, headers: { "Retry-After": ["3", "9"] } } },
      { reply: { status: 503, headers: { "retry-after": "4", "Retry-after-MS": "1200" } } },
      { reply: { json: {} } },
    );
    const bench = new TransportBench(readyAt(server.url));
    await bench.transport.send(requestOf("once"), bench.options());
    expect(bench.delays).toEqual([3_000, 1_200]);
    await server.finish();
  });
});

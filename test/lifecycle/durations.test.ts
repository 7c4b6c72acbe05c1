import fc from "fast-check";
import { goDurationMs, isoDurationEnd, isoDurationSeconds, spokenDuration } from "../../provider/engine/durations";

const garbage = [
  "",
  " ",
  "P",
  "PT",
  "T5S",
  "5",
  "s",
  "-5s",
  "+5s",
  "5s ",
  " 5s",
  "5s\n",
  "1e3s",
  "５s",
  "PT5",
  "PT5S ",
  "0x5s",
  "5 s",
  "NaNs",
];
const hostile = ["9", "1s", "1h1m", "P", "PT1", "P1D", "1.", ".", "\0", "µ"].map((part) => part.repeat(200_000));

describe("goDurationMs", () => {
  it.each([
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["250ms", 250],
    ["1m1ms", 60_001],
    ["100us", 0.1],
    ["100µs", 0.1],
    ["0s", 0],
    ["2562047h", 9_223_369_200_000],
  ])("reads %s", (text, durationMs) => {
    expect(goDurationMs(text)).toBeCloseTo(durationMs);
  });

  it.each([...garbage, "1d", "1H", "PT1M", "1h-5m", "1..5s", "2562048h", `${"9".repeat(400)}h`])("refuses %p", (text) => {
    expect(goDurationMs(text)).toBeUndefined();
  });
});

describe("isoDurationSeconds", () => {
  it.each([
    ["PT2M", 120],
    ["PT60S", 60],
    ["PT0.5S", 0.5],
    ["PT0,5S", 0.5],
    ["P1D", 86_400],
    ["PT24H", 86_400],
    ["P2W", 1_209_600],
    ["P200DT1H", 17_283_600],
    ["P0Y", 0],
  ])("reads %s", (text, seconds) => {
    expect(isoDurationSeconds(text)).toBe(seconds);
  });

  it.each([...garbage, "PT5Sx", "PT5S PT6S", "P1DPT5S", "pt5s", "P1Y", "P1M", "PT1M1H", "P1S", `P${"9".repeat(400)}D`, "P99999999999D"])(
    "refuses %p",
    (text) => {
      expect(isoDurationSeconds(text)).toBeUndefined();
    },
  );
});

describe("isoDurationEnd", () => {
  it.each([
    ["PT2M", "2026-01-31T12:02:00.000Z"],
    ["P90D", "2026-05-01T12:00:00.000Z"],
    ["P2W", "2026-02-14T12:00:00.000Z"],
    ["P1Y", "2027-01-31T12:00:00.000Z"],
    ["P2M", "2026-03-31T12:00:00.000Z"],
    ["P0D", "2026-01-31T12:00:00.000Z"],
  ])("of %s is counted by the calendar", (text, end) => {
    const start = new Date("2026-01-31T12:00:00.000Z");
    const endMs = isoDurationEnd(text, start.getTime()) ?? Number.NaN;
    // The calendar is that of the machine, whose clock may be put forward or back in between.
    const clockChangeMs = (new Date(endMs).getTimezoneOffset() - start.getTimezoneOffset()) * 60_000;
    expect(new Date(endMs - clockChangeMs).toISOString()).toBe(end);
  });

  it.each([...garbage, "PT5Sx", "P1DPT5S", `P${"9".repeat(400)}D`, "P99999999999D"])(
    "refuses %p, and whatever begins at no time",
    (text) => {
      expect(isoDurationEnd(text, 0)).toBeUndefined();
      expect(isoDurationEnd("P1D", Number.NaN)).toBeUndefined();
    },
  );
});

describe("any duration", () => {
  it.each([goDurationMs, isoDurationSeconds, (text: string) => isoDurationEnd(text, 0)])(
    "%p is a number or nothing for any text",
    (read) => {
      fc.assert(fc.property(fc.string(), (text) => expect(Number.isNaN(read(text))).toBe(false)));
    },
  );

  it("answers hostile texts at once", () => {
    const startedMs = Date.now();
    for (const text of hostile) {
      for (const end of ["", "!", "S", "s"]) {
        goDurationMs(text + end);
        isoDurationSeconds(`P${text}${end}`);
      }
    }
    expect(Date.now() - startedMs).toBeLessThan(3_000);
  });
});

describe("spokenDuration", () => {
  it.each([
    [0, "0 s"],
    [-5_000, "0 s"],
    [1_499, "1 s"],
    [59_600, "1 min"],
    [61_000, "1 min 1 s"],
    [125_000, "2 min 5 s"],
    [1_800_000, "30 min"],
    [5_400_000, "90 min"],
  ])("says %d ms as %s", (durationMs, words) => {
    expect(spokenDuration(durationMs)).toBe(words);
  });
});

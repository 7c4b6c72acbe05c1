import { summaryOf } from "../../bench/measure/statistics";
import { compared } from "../../bench/report/figures";
import type { Results } from "../../bench/report/results";
import { targetsOf } from "../../bench/report/targets";

const checks = (answerMs: number) => [{ portMs: 500, answerMs }];

function resultsOf(walls: { readonly ours: readonly number[]; readonly floor: readonly number[] }): Results {
  const runs = (kind: "backend" | "reconnect") => {
    const figuresOf = (all: readonly number[]) =>
      all.map((wallMs) => ({
        wallMs,
        cpuMs: 0,
        provider: { cpuMs: 0, peakMiB: 0 },
        counts: { requests: 0, tokens: 0, connections: 0 },
        stateBytes: 0,
      }));
    const byPhase = (all: readonly number[]) => {
      const figures = figuresOf(all);
      return { preview: figures, create: figures, nothing: figures, update: figures, refresh: figures, destroy: figures };
    };
    const figures = { ours: byPhase(walls.ours), floor: byPhase(walls.floor) };
    return { kind, count: 100, services: 100, latencyMs: 20, phases: ["preview", "create"] as const, figures };
  };
  const starts = { loads: { "pulumi-patchbay": [{ ms: 10, modules: 48 }] }, firstChecks: { floor: checks(20), ours: checks(61) } };
  const about = { machine: "", versions: "", date: "", isQuick: false };
  return { ...about, calls: [], runs: [runs("backend"), runs("reconnect")], starts };
}

const outcomes = (results: Results) => Object.fromEntries(targetsOf(results).map(({ title, outcome }) => [title.slice(0, 24), outcome]));

it("a figure beside a floor that stands still is a ratio of pairs", () => {
  expect(compared([110, 220, 105], [100, 200, 100])).toEqual({ isConclusive: false, ratio: expect.objectContaining({ median: 1.1 }) });
  expect(compared([110, 121, 105], [100, 110, 100]).isConclusive).toBe(true);
});

it("one slow run of many does not move the spread", () => {
  expect(summaryOf([100, 101, 99, 100, 102, 98, 900]).spread).toBeLessThan(0.05);
  expect(summaryOf([100, 150, 60, 140, 70]).spread).toBeGreaterThan(0.2);
});

it("tells what is met, missed and not measured", () => {
  expect(outcomes(resultsOf({ ours: [108, 109, 107], floor: [100, 100, 100] }))).toEqual({
    "a program: our part of i": "met",
    "a provider process: from": "missed",
    "preview of 100 backends ": "met",
    "create of 100 backends a": "met",
    "create of 100 reconnects": "met",
    "create of 400 backends: ": "not measured",
  });
  expect(outcomes(resultsOf({ ours: [120, 120, 120], floor: [100, 100, 100] }))["preview of 100 backends "]).toBe("missed");
});

it("concludes nothing beside a floor whose middle half is wider than a fifth of its median", () => {
  expect(outcomes(resultsOf({ ours: [50, 50, 50], floor: [60, 100, 140] }))["preview of 100 backends "]).toBe(
    "no conclusion: the floor was too noisy",
  );
});

import type { CallResults } from "../calls/measureCalls";
import type { Phase, RunArm, RunFigures, RunResults } from "../runs/measureRuns";
import { type Compared, compared, median, ms, ratioText } from "./figures";
import type { Results } from "./results";

export interface Target {
  readonly title: string;
  readonly limit: string;
  readonly measured: string;
  readonly outcome: "met" | "missed" | "no conclusion: the floor was too noisy" | "not measured";
}

/** What the package promises of its speed, each with what this run measured. */
export function targetsOf(results: Results): Target[] {
  const runsOf = (kind: RunResults["kind"], count: number, latencyMs = 20) =>
    results.runs.find(
      (runs) => runs.kind === kind && runs.count === count && runs.latencyMs === latencyMs && runs.figures.ours !== undefined,
    );
  const ratio = (title: string, limit: number, runs: RunResults | undefined, phase: Phase): Target => {
    const [ours, floor] = [wallsOf(runs, "ours", phase), wallsOf(runs, "floor", phase)];
    return ours === undefined || floor === undefined ? absent(title, limit) : ofRatio(title, limit, compared(ours, floor));
  };
  return [
    ofTime("a program: our part of its load", 20, median(results.starts.loads["pulumi-patchbay"]?.map((load) => load.ms) ?? [])),
    ofTime(
      "a provider process: from its port to the answer of its first check",
      60,
      median(results.starts.firstChecks.ours.map((check) => check.answerMs)),
    ),
    ratio("preview of 100 backends ÷ floor", 1.1, runsOf("backend", 100), "preview"),
    ratio("create of 100 backends at 20 ms ÷ floor, with twice its requests", 1.25, runsOf("backend", 100), "create"),
    ratio("create of 100 reconnects at 20 ms ÷ floor, with as many requests", 1.1, runsOf("reconnect", 100), "create"),
    ratio("create of 400 backends: time per resource ÷ floor's, as at 100", 1.25, runsOf("backend", 400), "create"),
    ...callTargets(results.calls),
  ];
}

/** Those that a measurement of calls alone can tell. */
export function callTargets(calls: readonly CallResults[]): Target[] {
  return calls.filter(({ latencyMs }) => latencyMs === 0).flatMap(ofCalls);
}

function wallsOf(runs: RunResults | undefined, arm: RunArm, phase: Phase): number[] | undefined {
  return runs?.figures[arm]?.[phase]?.map((figures: RunFigures) => figures.wallMs);
}

function ofCalls({ work, figures }: CallResults): Target[] {
  const cpuOf = (arm: "ours" | "official" | "bare") => figures[arm]?.map(({ cpuMsPerCall }) => cpuMsPerCall);
  const [ours, official, bare] = [cpuOf("ours"), cpuOf("official"), cpuOf("bare")];
  if (ours === undefined) return [];
  const name = { read: "an ARM read", write: "an ARM write", alibaba: "an R-KVStore call" }[work];
  return [
    ...(official === undefined ? [] : [ofRatio(`processor time of ${name} ÷ the official SDK's`, 1, compared(ours, official))]),
    ...(bare === undefined ? [] : [ofRatio(`processor time of ${name} ÷ bare node:http`, 2.5, compared(ours, bare))]),
  ];
}

function ofRatio(title: string, limit: number, { ratio, isConclusive }: Compared): Target {
  const outcome = !isConclusive ? "no conclusion: the floor was too noisy" : ratio.median <= limit ? "met" : "missed";
  return { title, limit: `≤ ${limit.toFixed(2)}`, measured: ratioText(ratio), outcome };
}

function ofTime(title: string, limitMs: number, measuredMs: number): Target {
  return { title, limit: `≤ ${limitMs} ms`, measured: ms(measuredMs), outcome: measuredMs <= limitMs ? "met" : "missed" };
}

function absent(title: string, limit: number): Target {
  return { title, limit: `≤ ${limit.toFixed(2)}`, measured: "–", outcome: "not measured" };
}

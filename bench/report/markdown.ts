import { cpus } from "node:os";
import { markdownTable } from "../../test/support/generatedDocument";
import type { CallArmName } from "../calls/arms";
import type { CallResults } from "../calls/measureCalls";
import { summaryOf } from "../measure/statistics";
import type { Phase, RunArm, RunFigures, RunResults } from "../runs/measureRuns";
import { type Turn, type TurnResults, turns } from "../turns/measureTurns";
import { compared, median, ms, NOISE_LIMIT, ratioText, seconds, times } from "./figures";
import type { Results } from "./results";
import { callTargets, type Target, targetsOf } from "./targets";

/** Calls that the engine has under way at a time: four for each processor. */
const PARALLEL = 4 * cpus().length;

const armTitles: Record<RunArm, string> = {
  floor: "floor: a bare resource, one bare request",
  ours: "pulumi-patchbay",
  usual: "the usual way: a closure, a client and a token for each call",
  curl: "curl in a shell, in the place of `local.Command`",
};
const callTitles: Record<CallArmName, string> = {
  bare: "bare node:http",
  ours: "pulumi-patchbay",
  official: "official SDK",
  shell: "curl in a shell",
};

export function resultsText(results: Results): string {
  const parts = [
    "# What it costs\n",
    `Written by \`npm run bench${results.isQuick ? " -- --quick" : ""}\` on ${results.date}. ${results.machine}. ${results.versions}.\n`,
    `Ratios are medians of pairs within one run, with the least and the most; arms take turns. Times are only to be compared within a table. The cloud is a process of its own on the same machine. A floor whose middle half is wider than ${NOISE_LIMIT * 100} % of its median allows no conclusion.\n`,
    "## Targets\n",
    `${targetsTable(results)}\n`,
    "What is missed, by how much, where the time goes and why it cannot be less: [docs/speed.md](../docs/speed.md).\n",
    "![Time of each command with 100 backends, beside a floor](chart.svg)\n",
    "## Commands\n",
    ...results.runs.map(runsText),
    "## Calls\n",
    ...results.calls.map(callsText),
    "## Starts\n",
    startsText(results),
    ...(results.turns === undefined ? [] : ["## What a user can turn\n", turnsIntroduction(results.turns), turnsTable(results.turns), ""]),
  ];
  return parts.join("\n");
}

const targetRow = ({ title, limit, measured, outcome }: Target) => [title, limit, measured, outcome];
const targetHead = ["target", "limit", "measured", "outcome"];

export function targetsTable(results: Results): string {
  return markdownTable(targetHead, targetsOf(results).map(targetRow));
}

/** A page with the rows of these calls in its table of targets, and their figures where it has a part for them. */
export function withCalls(page: string, calls: readonly CallResults[], date: string): string {
  const [, , ...rows] = markdownTable(targetHead, callTargets(calls).map(targetRow)).split("\n");
  const titleOf = (line: string) => line.split(" | ")[0];
  const lines = page.split("\n").map((line) => rows.find((row) => titleOf(row) === titleOf(line)) ?? line);
  const part = `## Calls\n\nMeasured again on ${date}, in a run of their own (\`npm run bench -- --calls\`).\n\n${calls.map(callsText).join("\n")}\n`;
  return lines.join("\n").replace(/^## Calls\n.*?(?=^## Starts\n)/ms, () => part);
}

const kindTitles: Record<RunResults["kind"], string> = {
  backend: "`BackendPatch`",
  reconnect: "`BackendReconnect`",
  connection: "`PrivateEndpointConnection`",
  rotation: "`KeyRegeneration`",
  direct: "`DirectConnection`",
};

function runsText(runs: RunResults): string {
  const { kind, count, services, latencyMs, figures } = runs;
  const inOne = services === 1 && count > 1 ? " of one service, whose writes go one at a time" : "";
  const repetitions = Object.values(figures)[0]?.[runs.phases[0] as Phase]?.length ?? 0;
  const head = [
    "",
    "arm",
    "wall",
    "÷ floor",
    "÷ ideal",
    "CPU of all",
    "provider CPU a resource",
    "peak",
    "requests a resource",
    "tokens",
    "connections",
    "state a resource",
  ];
  const rows = runs.phases.flatMap((phase) =>
    Object.entries(figures).map(([arm, byPhase]) => runRow(runs, phase, arm as RunArm, byPhase[phase])),
  );
  return `### ${count} × ${kindTitles[kind]}${inOne}, ${latencyMs} ms latency, ${repetitions} repetitions\n\n${markdownTable(head, rows)}\n`;
}

function runRow(runs: RunResults, phase: Phase, arm: RunArm, figures: readonly RunFigures[]): string[] {
  const of = (figure: (each: RunFigures) => number) => median(figures.map(figure));
  const walls = figures.map(({ wallMs }) => wallMs);
  const floor = runs.figures.floor?.[phase].map(({ wallMs }) => wallMs);
  const { ratio, isConclusive } = compared(walls, floor ?? []);
  const beside = arm === "floor" ? `± ${Math.round(summaryOf(walls).spread * 100)} %` : floor === undefined ? "–" : ratioText(ratio);
  const requests = of(({ counts }) => counts.requests);
  const idealMs = Math.ceil(runs.count / PARALLEL) * (requests / runs.count) * runs.latencyMs;
  return [
    phase,
    armTitles[arm],
    seconds(median(walls)),
    arm === "floor" || isConclusive || floor === undefined ? beside : `${beside}, too noisy`,
    idealMs === 0 ? "–" : times(median(walls) / idealMs),
    seconds(of(({ cpuMs }) => cpuMs)),
    `${(of(({ provider }) => provider.cpuMs) / runs.count).toFixed(1)} ms`,
    `${Math.round(of(({ provider }) => provider.peakMiB))} MiB`,
    String(requests / runs.count),
    String(of(({ counts }) => counts.tokens)),
    String(of(({ counts }) => counts.connections)),
    phase === "preview" || phase === "destroy" ? "–" : `${Math.round(of(({ stateBytes }) => stateBytes) / runs.count)} B`,
  ];
}

function callsText({ work, latencyMs, calls, atATime, figures, connections, idealMs }: CallResults): string {
  const titles = { read: "GET of a backend", write: "PATCH of a backend", alibaba: "DescribeInstanceAttribute" };
  const cpuOf = (arm: CallArmName) => (figures[arm] ?? []).map(({ cpuMsPerCall }) => cpuMsPerCall);
  const wallsOf = (arm: CallArmName) => (figures[arm] ?? []).map(({ wallMs }) => wallMs);
  const rows = (Object.keys(figures) as CallArmName[]).map((arm) => {
    const ofShell = arm === "shell";
    return [
      callTitles[arm],
      `${times(median(wallsOf(arm)))} ms`,
      idealMs === 0 ? "–" : times(median(wallsOf(arm)) / idealMs),
      ofShell ? "–" : `${median(cpuOf(arm)).toFixed(3)} ms`,
      ofShell || figures.bare === undefined ? "–" : ratioText(compared(cpuOf(arm), cpuOf("bare")).ratio),
      ofShell ? "–" : ratioText(compared(cpuOf(arm), cpuOf("official")).ratio),
      String(connections[arm] ?? 0),
    ];
  });
  const head = ["", "wall", "÷ ideal", "CPU a call", "÷ bare", "÷ official SDK", "connections opened"];
  const repetitions = figures.ours?.length ?? 0;
  return `### ${calls} × ${titles[work]}, ${atATime} at a time, ${latencyMs} ms latency, ${repetitions} repetitions\n\n${markdownTable(head, rows)}\n`;
}

const turnTitles: Record<Turn, string> = {
  compiled: "a compiled program, Node 20, as everything above",
  transpiled: "TypeScript with `PULUMI_NODEJS_TRANSPILE_ONLY=true`",
  typeChecked: "TypeScript, type-checked at each run (Pulumi's default)",
  node22: "Node 22",
  compileCache: "Node 22 with `NODE_COMPILE_CACHE`",
  parallel32: "`--parallel 32`",
  noCheckpoints: "`PULUMI_SKIP_CHECKPOINTS=true` with `PULUMI_EXPERIMENTAL=true`",
};

const turnsIntroduction = ({ count, latencyMs, figures }: TurnResults) =>
  `${count} × \`BackendPatch\`, ${latencyMs} ms latency, ${figures.compiled.length} repetitions:\n`;

/** Each beside a compiled program. */
export function turnsTable({ figures }: TurnResults): string {
  const of = (turn: Turn, figure: "previewMs" | "createMs") => figures[turn].map((each) => each[figure]);
  const besides = (turn: Turn, figure: "previewMs" | "createMs") => ratioText(compared(of(turn, figure), of("compiled", figure)).ratio);
  const rows = turns.map((turn) => [
    turnTitles[turn],
    seconds(median(of(turn, "previewMs"))),
    besides(turn, "previewMs"),
    seconds(median(of(turn, "createMs"))),
    besides(turn, "createMs"),
  ]);
  const head = ["", "preview", "÷ compiled", "create", "÷ compiled"];
  return markdownTable(head, rows);
}

function startsText({ starts }: Results): string {
  const loads = Object.entries(starts.loads).map(([name, each]) => [
    `\`${name}\``,
    `${median(each.map((load) => load.ms)).toFixed(1)} ms`,
    String(median(each.map((load) => load.modules))),
  ]);
  const checks = (["floor", "ours"] as const).map((arm) => [
    armTitles[arm],
    ms(median(starts.firstChecks[arm].map(({ portMs }) => portMs))),
    `${median(starts.firstChecks[arm].map(({ answerMs }) => answerMs)).toFixed(1)} ms`,
  ]);
  return [
    `An import in a program that has loaded the SDK:\n\n${markdownTable(["", "time", "files"], loads)}\n`,
    `A provider process:\n\n${markdownTable(["", "Node and the SDK, to its port", "from there to the answer of its first check"], checks)}\n`,
  ].join("\n");
}

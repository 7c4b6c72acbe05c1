import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { bringEngine } from "../test/engine/bring";
import { foreignProject } from "../test/engine/project";
import { repositoryDirectory } from "../test/engine/repository";
import { withPart } from "../test/support/generatedDocument";
import { measureCalls } from "./calls/measureCalls";
import { type Plan, quickPlan, wholePlan } from "./plan";
import { chartText } from "./report/chart";
import { resultsText, targetsTable, turnsTable, withCalls } from "./report/markdown";
import type { Results } from "./report/results";
import { callTargets, targetsOf } from "./report/targets";
import { measureRuns } from "./runs/measureRuns";
import { measureStarts } from "./starts/measureStarts";
import { measureTurns } from "./turns/measureTurns";

// Everything that is measured, in one run on one machine: `npm run bench`, `-- --quick` for a look, `-- --calls` for the calls alone.

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, calls: { type: "boolean", default: false } } });
  if (values.calls) return callsAgain();
  const engine = await bringEngine({ progress: say });
  const projectDirectory = await foreignProject({});
  const results: Results = {
    ...(await measured(values.quick ? quickPlan : wholePlan, { engine, projectDirectory })),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
    versions: `Node ${process.version}, pulumi ${engine.version} (${engine.source}), @pulumi/pulumi ${versionOf("@pulumi/pulumi")}, axios ${versionOf("axios")}`,
    date: new Date().toISOString().slice(0, 10),
    isQuick: values.quick,
  };
  for (const { title, limit, measured: figure, outcome } of targetsOf(results))
    say(`${outcome.toUpperCase()}: ${title}: ${figure}, ${limit}`);
  // A quick run is for looking: the published figures are of a whole one.
  const folder = path.join(repositoryDirectory, values.quick ? "build" : "bench");
  await writeFile(path.join(folder, "RESULTS.md"), resultsText(results));
  await writeFile(path.join(folder, "chart.svg"), chartText(results));
  if (results.turns !== undefined) await writePage(targetsTable(results), turnsTable(results.turns));
  say(`Written: ${path.relative(repositoryDirectory, folder)}/RESULTS.md and chart.svg.`);
}

async function writePage(targets: string, turns: string): Promise<void> {
  const page = path.join(repositoryDirectory, "docs/speed.md");
  await writeFile(page, withPart(withPart(readFileSync(page, "utf8"), "targets", targets), "turns", turns));
}

/** Calls alone, which take two minutes, into the pages of the last whole run. */
async function callsAgain(): Promise<void> {
  const calls = await measuredCalls(wholePlan);
  for (const { title, measured: figure, outcome } of callTargets(calls)) say(`${outcome.toUpperCase()}: ${title}: ${figure}`);
  for (const name of ["bench/RESULTS.md", "docs/speed.md"]) {
    const page = path.join(repositoryDirectory, name);
    await writeFile(page, withCalls(readFileSync(page, "utf8"), calls, new Date().toISOString().slice(0, 10)));
  }
}

async function measuredCalls(plan: Plan): Promise<Results["calls"]> {
  const calls = [];
  for (const work of plan.calls) {
    say(`${work.calls} calls, ${work.work}, ${work.latencyMs} ms …`);
    calls.push(await measureCalls(work, work.arms, work.repetitions));
  }
  return calls;
}

async function measured(
  plan: Plan,
  tools: Parameters<typeof measureRuns>[3],
): Promise<Pick<Results, "starts" | "calls" | "runs" | "turns">> {
  say("Starts …");
  const starts = await measureStarts(tools.projectDirectory, plan.startRepetitions);
  const calls = await measuredCalls(plan);
  const runs = [];
  for (const work of plan.runs) {
    say(`${work.count} × ${work.kind} in ${work.services} services, ${work.latencyMs} ms: ${work.arms.join(", ")} …`);
    runs.push(await measureRuns(work, work.arms, work.repetitions, tools));
  }
  if (plan.turnRepetitions === 0) return { starts, calls, runs };
  say("What a user can turn …");
  return { starts, calls, runs, turns: await measureTurns(50, 20, plan.turnRepetitions, tools) };
}

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(path.join(repositoryDirectory, "node_modules", name, "package.json"), "utf8")) as { version: string })
    .version;
}

void main();

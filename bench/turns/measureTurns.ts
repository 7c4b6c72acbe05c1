import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { nodeDirectory } from "../../test/engine/nodes";
import { createStack, type Stack } from "../../test/engine/stack";
import type { StackOptions } from "../../test/engine/stackFolder";
import { CloudProcess } from "../measure/cloudProcess";
import { interleaved } from "../measure/interleaved";
import type { RunTools } from "../runs/measureRuns";
import { ourProgram, type ProgramOptions } from "../runs/programs";

/** What a user can set to make the same program faster, each beside a compiled program on the Node that runs this. */
export const turns = ["compiled", "transpiled", "typeChecked", "node22", "compileCache", "parallel32", "noCheckpoints"] as const;
export type Turn = (typeof turns)[number];

export interface TurnFigures {
  readonly previewMs: number;
  readonly createMs: number;
}

export interface TurnResults {
  readonly count: number;
  readonly latencyMs: number;
  readonly figures: Record<Turn, TurnFigures[]>;
}

export async function measureTurns(count: number, latencyMs: number, repetitions: number, tools: RunTools): Promise<TurnResults> {
  const cacheDirectory = await mkdtemp(path.join(tmpdir(), "patchbay-compiled-"));
  try {
    const settings = await settingsOf(cacheDirectory);
    const measure = (turn: Turn, repetition: number) => measured({ count, latencyMs, ...tools }, settings[turn], String(repetition));
    // The first start fills the compile cache.
    await measure("compileCache", -1);
    return { count, latencyMs, figures: await interleaved(turns, repetitions, measure) };
  } finally {
    await rm(cacheDirectory, { recursive: true });
  }
}

interface Settings extends Partial<StackOptions> {
  readonly args?: readonly string[];
}

async function settingsOf(NODE_COMPILE_CACHE: string): Promise<Record<Turn, Settings>> {
  const newer = { nodeDirectory: await nodeDirectory("22") };
  return {
    compiled: {},
    transpiled: { language: "typescript" },
    typeChecked: { language: "typescript", environment: { PULUMI_NODEJS_TRANSPILE_ONLY: "false" } },
    node22: newer,
    compileCache: { ...newer, environment: { NODE_COMPILE_CACHE } },
    parallel32: { args: ["--parallel", "32"] },
    noCheckpoints: { environment: { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" } },
  };
}

interface TurnWork extends RunTools {
  readonly count: number;
  readonly latencyMs: number;
}

async function measured(
  { count, latencyMs, ...tools }: TurnWork,
  { args = [], ...settings }: Settings,
  name: string,
): Promise<TurnFigures> {
  const cloud = await CloudProcess.start();
  await cloud.order({ do: "addBackends", count, services: count });
  await cloud.order({ do: "settings", settings: { latencyMs } });
  const language = settings.language ?? "javascript";
  const program = programIn(language, { kind: "backend", count, services: count, revision: `first ${name}` });
  const environment = { ...cloud.address.environments.readyToken, ...settings.environment };
  const stack = await createStack({ ...tools, ...settings, program, language, environment, limitMs: 300_000 });
  try {
    return {
      previewMs: await durationOf(stack, ["preview", ...args]),
      createMs: await durationOf(stack, ["up", "--yes", "--skip-preview", ...args]),
    };
  } finally {
    await stack.dispose();
    await cloud.stop();
  }
}

async function durationOf(stack: Stack, args: readonly string[]): Promise<number> {
  const { durationMs, exitCode, output } = await stack.run([...args]);
  if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${exitCode}:\n${output}`);
  return durationMs;
}

function programIn(language: "javascript" | "typescript", options: ProgramOptions): string {
  const program = ourProgram(options);
  return language === "javascript" ? program : program.replace(/const (\{.*?\}) = require\((".*?")\);/, "import $1 from $2;");
}

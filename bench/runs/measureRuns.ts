import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Engine } from "../../test/engine/bring";
import { createStack, type Stack } from "../../test/engine/stack";
import { CloudProcess, type Counts, type Order } from "../measure/cloudProcess";
import { interleaved } from "../measure/interleaved";
import { endedChildrenCpuMs, type ProcessFigures, watchProvider } from "../measure/processes";
import { floorProgram, type Kind, ourProgram, type ProgramOptions, providerFiles, usualProgram } from "./programs";

export type RunArm = "floor" | "ours" | "usual" | "curl";
export const phases = ["preview", "create", "nothing", "update", "refresh", "destroy"] as const;
export type Phase = (typeof phases)[number];

export interface RunWork {
  readonly kind: Kind;
  readonly count: number;
  readonly services: number;
  readonly latencyMs: number;
  readonly phases: readonly Phase[];
}

export interface RunFigures {
  readonly wallMs: number;
  /** Of the engine, the program and the provider together. */
  readonly cpuMs: number;
  readonly provider: ProcessFigures;
  readonly counts: Counts;
  /** Of the whole state file, and of its `__provider` texts. */
  readonly stateBytes: number;
}

export type RunResults = RunWork & { readonly figures: Partial<Record<RunArm, Record<Phase, RunFigures[]>>> };

const programs: Record<RunArm, (options: ProgramOptions) => string> = {
  floor: (options) => floorProgram(options, "bareProvider"),
  curl: (options) => floorProgram(options, "curlProvider"),
  ours: ourProgram,
  usual: usualProgram,
};

const arranged: Record<Kind, (work: RunWork) => Order> = {
  backend: ({ count, services }) => ({ do: "addBackends", count, services }),
  reconnect: ({ count, services }) => ({ do: "addBackends", count, services }),
  connection: ({ count }) => ({ do: "addCluster", count }),
  rotation: ({ count }) => ({ do: "addWebPubSub", count }),
  direct: ({ count }) => ({ do: "addInstance", count }),
};

export interface RunTools {
  readonly engine: Engine;
  readonly projectDirectory: string;
}

/** One stack's life for each arm and repetition; the cloud is another process. */
export async function measureRuns(work: RunWork, arms: readonly RunArm[], repetitions: number, tools: RunTools): Promise<RunResults> {
  const lives = await interleaved(arms, repetitions, (arm, repetition) => life(arm, work, `${repetition}`, tools));
  const byPhase = (arm: RunArm) =>
    Object.fromEntries(work.phases.map((phase) => [phase, lives[arm].map((figures) => figures[phase] as RunFigures)])) as Record<
      Phase,
      RunFigures[]
    >;
  return { ...work, figures: Object.fromEntries(arms.map((arm) => [arm, byPhase(arm)])) };
}

async function life(arm: RunArm, work: RunWork, name: string, tools: RunTools): Promise<Partial<Record<Phase, RunFigures>>> {
  const cloud = await CloudProcess.start();
  await cloud.order(arranged[work.kind](work));
  await cloud.order({ do: "settings", settings: { latencyMs: work.latencyMs } });
  const programOf = (revision: string) => programs[arm]({ ...work, revision: `${revision} ${name}` });
  const way = arm === "usual" ? "clientSecret" : "readyToken";
  const environment = cloud.address.environments[way];
  const stack = await createStack({ ...tools, program: programOf("first"), language: "javascript", environment, limitMs: 300_000 });
  for (const [file, text] of Object.entries(providerFiles)) await writeFile(path.join(stack.directory, file), text);
  try {
    const figures: Partial<Record<Phase, RunFigures>> = {};
    for (const phase of work.phases) {
      if (phase === "update") await stack.writeProgram(programOf("second"));
      figures[phase] = await measured(phase, stack, cloud);
    }
    return figures;
  } finally {
    await stack.dispose();
    await cloud.stop();
  }
}

const commands: Record<Phase, readonly string[]> = {
  preview: ["preview"],
  create: ["up", "--yes", "--skip-preview"],
  nothing: ["up", "--yes", "--skip-preview"],
  update: ["up", "--yes", "--skip-preview"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

async function measured(phase: Phase, stack: Stack, cloud: CloudProcess): Promise<RunFigures> {
  await cloud.takeCounts();
  const cpuBeforeMs = endedChildrenCpuMs();
  const figuresOfProvider = watchProvider();
  const { durationMs, exitCode, output } = await stack.run([...commands[phase]]);
  const provider = figuresOfProvider();
  if (exitCode !== 0) throw new Error(`pulumi ${commands[phase].join(" ")} ended with ${exitCode}:\n${output}`);
  const stateBytes = Buffer.byteLength(stack.stateFileText());
  return { wallMs: durationMs, cpuMs: endedChildrenCpuMs() - cpuBeforeMs, provider, counts: await cloud.takeCounts(), stateBytes };
}

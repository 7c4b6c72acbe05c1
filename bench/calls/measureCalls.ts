import { CloudProcess, type Counts } from "../measure/cloudProcess";
import { inParallel } from "../measure/inParallel";
import { interleaved } from "../measure/interleaved";
import { type CallArmName, openArm, type Work } from "./arms";

export interface CallFigures {
  readonly wallMs: number;
  /** Of this process, for each call. 0 for the shell, whose work is done by other processes. */
  readonly cpuMsPerCall: number;
  readonly counts: Counts;
}

export interface CallWork {
  readonly work: Work;
  readonly latencyMs: number;
  readonly calls: number;
  /** Calls at the same time. */
  readonly atATime: number;
}

export interface CallResults extends CallWork {
  readonly figures: Partial<Record<CallArmName, CallFigures[]>>;
  /** All that an arm opened, from its first call on. */
  readonly connections: Partial<Record<CallArmName, number>>;
  readonly idealMs: number;
}

/** Time that the work takes at least: so many rounds of the latency. */
const idealMs = ({ calls, atATime, latencyMs }: CallWork) => Math.ceil(calls / atATime) * latencyMs;

/** All ways to make a call, interleaved; the cloud is another process. */
export async function measureCalls(work: CallWork, arms: readonly CallArmName[], repetitions: number): Promise<CallResults> {
  const cloud = await CloudProcess.start();
  await cloud.order({ do: "addBackends", count: work.calls, services: work.calls });
  await cloud.order({ do: "addInstance", count: 1 });
  const opened = Object.fromEntries(arms.map((arm) => [arm, openArm(arm, cloud.address, work.work, work.calls)]));
  const armOf = (arm: CallArmName) => opened[arm] as ReturnType<typeof openArm>;
  try {
    // Compiled code is what counts: a provider process is young, and so is every other client in it.
    const connections: CallResults["connections"] = {};
    for (const arm of arms) {
      await inParallel(arm === "shell" ? work.atATime : work.calls, work.atATime, (index) => armOf(arm).call(index));
      connections[arm] = (await cloud.takeCounts()).connections;
    }
    await cloud.order({ do: "settings", settings: { latencyMs: work.latencyMs } });
    const figures = await interleaved(arms, repetitions, async (arm) => {
      await cloud.takeCounts();
      const cpu = process.cpuUsage();
      const startedMs = performance.now();
      await inParallel(work.calls, work.atATime, (index) => armOf(arm).call(index));
      const wallMs = performance.now() - startedMs;
      const { user, system } = process.cpuUsage(cpu);
      const counts = await cloud.takeCounts();
      connections[arm] = (connections[arm] ?? 0) + counts.connections;
      return { wallMs, cpuMsPerCall: (user + system) / 1000 / work.calls, counts };
    });
    return { ...work, figures, connections, idealMs: idealMs(work) };
  } finally {
    for (const arm of arms) armOf(arm).close();
    await cloud.stop();
  }
}

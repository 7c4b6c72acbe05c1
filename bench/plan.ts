import type { CallArmName, Work } from "./calls/arms";
import type { CallWork } from "./calls/measureCalls";
import { type Phase, phases, type RunArm, type RunWork } from "./runs/measureRuns";

export interface PlannedCalls extends CallWork {
  readonly arms: readonly CallArmName[];
  readonly repetitions: number;
}
export interface PlannedRuns extends RunWork {
  readonly arms: readonly RunArm[];
  readonly repetitions: number;
}
export interface Plan {
  readonly calls: readonly PlannedCalls[];
  readonly runs: readonly PlannedRuns[];
  readonly startRepetitions: number;
  readonly turnRepetitions: number;
}

const calls = (work: Work, latencyMs: number, repetitions: number, arms: readonly CallArmName[]): PlannedCalls => ({
  ...{ work, latencyMs, repetitions, arms },
  // Rounds of 400 without latency are over in a tenth of a second, which the machine's own restlessness moves by half.
  calls: latencyMs === 0 ? 2_000 : 400,
  atATime: 8,
});

const azureArms = ["bare", "ours", "official"] as const;

/** A backend of a service of its own each, unless told otherwise. */
function backends(
  count: number,
  latencyMs: number,
  repetitions: number,
  arms: readonly RunArm[],
  some: Partial<PlannedRuns> = {},
): PlannedRuns {
  return { kind: "backend", count, services: count, latencyMs, phases, repetitions, arms, ...some };
}

const changing: readonly Phase[] = ["create", "update"];

/** About a quarter of an hour on two cores. */
export const wholePlan: Plan = {
  startRepetitions: 9,
  turnRepetitions: 2,
  calls: [
    calls("read", 0, 15, azureArms),
    calls("write", 0, 15, azureArms),
    calls("alibaba", 0, 15, ["ours", "official"]),
    calls("write", 20, 3, [...azureArms, "shell"]),
    calls("write", 100, 3, azureArms),
  ],
  runs: [
    backends(1, 0, 3, ["floor", "ours"]),
    backends(25, 20, 2, ["floor", "ours", "usual", "curl"]),
    backends(100, 20, 5, ["floor", "ours"]),
    backends(100, 20, 2, ["floor", "usual", "curl"], { phases: ["preview", "create", "nothing", "update", "destroy"] }),
    backends(100, 20, 5, ["floor", "ours"], { kind: "reconnect", phases: changing }),
    backends(100, 0, 2, ["floor", "ours"], { phases: changing }),
    backends(100, 100, 2, ["floor", "ours"], { phases: changing }),
    backends(400, 20, 2, ["floor", "ours"], { phases: ["preview", "create", "nothing", "update"] }),
    backends(64, 20, 2, ["ours"], { services: 1, phases: changing }),
    backends(64, 20, 2, ["ours"], { phases: changing }),
    ...(["connection", "rotation", "direct"] as const).map((kind) => backends(25, 20, 1, ["ours"], { kind })),
  ],
};

/** Under three minutes: enough to see that everything runs, and no more. */
export const quickPlan: Plan = {
  startRepetitions: 3,
  turnRepetitions: 0,
  calls: [calls("read", 0, 5, azureArms), calls("write", 0, 5, azureArms), calls("alibaba", 0, 5, ["ours", "official"])],
  runs: [backends(1, 0, 1, ["floor", "ours"]), backends(25, 20, 2, ["floor", "ours"])],
};

import type { CallResults } from "../calls/measureCalls";
import type { RunResults } from "../runs/measureRuns";
import type { StartResults } from "../starts/measureStarts";
import type { TurnResults } from "../turns/measureTurns";

export interface Results {
  readonly machine: string;
  readonly versions: string;
  readonly date: string;
  readonly isQuick: boolean;
  readonly calls: readonly CallResults[];
  readonly runs: readonly RunResults[];
  readonly starts: StartResults;
  /** Of a whole run only. */
  readonly turns?: TurnResults;
}

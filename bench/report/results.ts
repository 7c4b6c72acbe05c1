import type { CallResults } from "../calls/measureCalls";
import type { RunResults } from "../runs/measureRuns";
import type { StartResults } from "../starts/measureStarts";

export interface Results {
  readonly machine: string;
  readonly versions: string;
  readonly date: string;
  readonly isQuick: boolean;
  readonly calls: readonly CallResults[];
  readonly runs: readonly RunResults[];
  readonly starts: StartResults;
}

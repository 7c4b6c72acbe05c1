import { bringEngine, type Engine } from "./bring";

/** For `beforeAll`: the first test file on a machine without Pulumi waits for a build, and others may wait with it. */
export const bringLimitMs = 50 * 60_000;

export function testEngine(): Promise<Engine> {
  return bringEngine({ progress: (line) => process.stderr.write(`${line}\n`) });
}

import type { CloudRequest } from "../cloud";
import { outcomeOf } from "../support/cells";
import { HookDriver, type Recorded } from "../support/hookDriver";
import type { Rig } from "./rig";
import type { Row } from "./row";
import type { Column, Members, Table } from "./table";

/** Short enough for a wait to its end, long enough for three tries of the longest kind. */
export const TIMEOUT_MS = 300_000;
const TIMEOUTS = { create: "5m", read: "5m", update: "5m", delete: "5m" };
const MUCH_TOO_LONG_MS = 3_600_000;

/** A resource of its own, about to meet one fault. */
export interface Trial {
  readonly rig: Rig;
  readonly table: Table;
  readonly column: Column;
  readonly row: Row;
  readonly name: string;
  readonly driver: HookDriver;
}

/** What one run of a hook did. */
export interface Run {
  readonly requests: readonly CloudRequest[];
  readonly error: Error | undefined;
  readonly elapsedMs: number;
  /** Whether a refresh found it. */
  readonly isThere: boolean;
  /** Whether the cloud is not as it was before. */
  readonly hasActed: boolean;
  /** What is recorded afterwards. */
  readonly recorded: Recorded | undefined;
  readonly lines: readonly string[];
}

/** Makes what the column's hook needs, with a healthy cloud. */
export async function arranged(rig: Rig, table: Table, column: Column, row: Row, name: string): Promise<Trial> {
  table.prepare(rig.cloud, name);
  const driver = new HookDriver(table.operation, rig.cloud, rig.environmentFor(row, column));
  const trial = { rig, table, column, row, name, driver };
  Object.assign(rig.cloud.settings, column.settings);
  if (column.earlier !== undefined) await leftByEarlier(trial, column.earlier);
  else if (column.hook !== "up") await driver.up(givenFor(trial));
  driver.close();
  driver.restart();
  driver.said.length = 0;
  driver.ends.length = 0;
  driver.waits.length = 0;
  return trial;
}

async function leftByEarlier({ rig, driver, name }: Trial, { given, fault }: NonNullable<Column["earlier"]>): Promise<void> {
  if (fault !== undefined) rig.cloud.faults.add(fault);
  const outcome = await outcomeOf(driver.up({ ...given(name), timeouts: TIMEOUTS }));
  rig.cloud.faults.clear();
  if ("threw" in outcome !== (fault !== undefined)) throw new Error(`The earlier run of ${name} ended otherwise.`);
}

/** The column's hook, or another one. */
export async function runOf(trial: Trial, hook: Column["hook"] = trial.column.hook): Promise<Run> {
  const { rig, table, driver, name } = trial;
  const { cloud } = rig;
  const since = cloud.requests.length;
  const shown = JSON.stringify(table.shown(cloud, name));
  const startedMs = Date.now();
  const guard = setTimeout(() => driver.interrupt(), MUCH_TOO_LONG_MS);
  const result = await outcomeOf(called(trial, hook));
  clearTimeout(guard);
  const elapsedMs = Date.now() - startedMs;
  await rig.time.settled();
  return {
    requests: cloud.requests.slice(since),
    error: "threw" in result ? result.threw : undefined,
    elapsedMs,
    isThere: "gave" in result && result.gave !== false,
    hasActed: JSON.stringify(table.shown(cloud, name)) !== shown,
    recorded: driver.recorded,
    lines: [...driver.said.splice(0).map((line) => line.replace(/^\w+: /, "")), ...driver.ends.splice(0), ...driver.waits.splice(0)],
  };
}

function called(trial: Trial, hook: Column["hook"]): Promise<unknown> {
  const { driver } = trial;
  if (hook === "up") return driver.up(givenFor(trial));
  if (hook === "refresh") return driver.refresh();
  return driver.recorded === undefined ? Promise.resolve() : driver.destroy();
}

function givenFor({ column, name }: Pick<Trial, "column" | "name">): Members {
  return { ...column.given(name), timeouts: TIMEOUTS };
}

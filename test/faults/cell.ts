import type { CloudRequest } from "../cloud";
import { wrongInEnd, wrongInRun } from "./invariants";
import type { Rig } from "./rig";
import type { Row } from "./row";
import { strike } from "./strike";
import type { Column, Table } from "./table";
import { arranged, type Run, runOf } from "./trial";

export interface Cell {
  readonly struck: Run;
  readonly next: Run;
  /** Which rules it breaks. */
  readonly wrong: readonly string[];
}

/** One fault at one request of one column. */
export interface Place {
  readonly rig: Rig;
  readonly table: Table;
  readonly column: Column;
  readonly row: Row;
  /** Of the resource; unique in the cloud. */
  readonly name: string;
}

/** The run that the fault strikes, the next one with a healthy cloud, and one more. */
export async function cellOf({ rig, table, column, row, name }: Place, conversation: readonly CloudRequest[]): Promise<Cell> {
  const trial = await arranged(rig, table, column, row, name);
  const { driver } = trial;
  const before = driver.recorded;
  rig.strayed = 0;
  const settings = { ...rig.cloud.settings };
  await strike(trial, conversation);
  const struck = await runOf(trial);
  await heal(rig);
  Object.assign(rig.cloud.settings, settings);
  const wrong = wrongInRun(trial, struck, before);
  driver.close();
  driver.restart();
  // What is gone is made anew.
  const next = await runOf(trial, column.hook === "refresh" && driver.recorded === undefined ? "up" : column.hook);
  wrong.push(...(await wrongInEnd(trial, struck, next)));
  driver.close();
  const left = await rig.connectionsLeft();
  if (left > 0) wrong.push(`${left} connections are open at the end`);
  rig.cloud.clock.offsetMs = 0;
  return { struck, next, wrong };
}

/** What is sent when nothing fails. */
export async function conversationOf({ rig, table, column, row, name }: Place): Promise<readonly CloudRequest[]> {
  const trial = await arranged(rig, table, column, row, name);
  if (column.besides !== undefined) rig.cloud.faults.add(column.besides);
  const { requests, error } = await runOf(trial);
  trial.driver.close();
  if (error !== undefined) throw error;
  return requests;
}

async function heal({ cloud, gate, time }: Rig): Promise<void> {
  time.isStalling = false;
  cloud.faults.clear();
  await gate.become("open");
}

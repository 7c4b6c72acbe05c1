import type { Cell } from "./cell";
import type { Row } from "./row";
import { type Column, isWrite, type Table } from "./table";
import type { Run } from "./trial";
import { triesIn } from "./tries";

const SECOND_MS = 1_000;

/** A cell as the table shows it: how often it was sent, how it ended, how long it took, and what the next run did about it. */
export function cellText(table: Table, column: Column, row: Row, { struck, next }: Cell): string {
  return `${counted(column, row, struck)} ${ended(column, struck)}${time(struck)}${whatNext(table, column, struck, next)}`;
}

function counted(column: Column, row: Row, run: Run): string {
  const { tries, later } = triesIn(column, row, run.requests);
  return later === 0 ? `${tries}×` : `${tries}+${later}×`;
}

function ended(column: Column, { error, isThere }: Run): string {
  if (error !== undefined) return error.name === "PartialStateError" ? "**open**" : error.name.replace(/Error$/, "");
  return column.hook === "refresh" && !isThere ? "gone" : "ok";
}

function time({ elapsedMs }: Run): string {
  return elapsedMs < SECOND_MS ? "" : `, ${Math.round(elapsedMs / SECOND_MS)} s`;
}

function whatNext(table: Table, column: Column, { error, recorded }: Run, next: Run): string {
  const isOpen = recorded !== undefined && table.isOpen(recorded.state);
  if ((error === undefined && !isOpen) || column.hook === "refresh") return "";
  if (next.requests.some(isWrite)) return " → sends";
  if (next.requests.some(({ kind }) => kind === "POLL")) return " → follows";
  return next.requests.length > 0 ? " → looks" : " → nothing";
}

import type { Answer, CloudRequest, FaultRule } from "../cloud";
import { appliesRequest } from "../cloud/faults";
import { actsTwice, type Column, serviceOf } from "./table";
import type { Trial } from "./trial";

/** Lets a fault strike the column's request of the run that comes now. `conversation` is what it sends when nothing fails. */
export async function strike(trial: Trial, conversation: readonly CloudRequest[]): Promise<void> {
  const { rig, row } = trial;
  const { cloud, time } = rig;
  Object.assign(cloud.settings, row.settings);
  time.isStalling = row.isStalling === true;
  time.beginSecond();
  if (row.gate === undefined) strikeInCloud(trial);
  else await strikeAtGate(trial, conversation);
}

function strikeInCloud({ rig, table, column, row }: Trial): void {
  const fault = row.fault?.(serviceOf(table, column), rig.place);
  if (fault === undefined) throw new Error(`${row.name} is no fault of ${table.title}.`);
  if (column.besides !== undefined) rig.cloud.faults.add(column.besides);
  const rule: FaultRule = { ...fault, ...column.strikes, ...row.hooks?.(rig.place), nth: column.nth ?? 1, times: row.times };
  const apply = row.acts ?? appliesRequest(rule);
  rig.cloud.faults.add(actsTwice(column) ? { ...rule, apply } : rule);
}

/** The gate changes as soon as the request before has been answered, on a connection that ends with that. */
async function strikeAtGate({ rig, column, row }: Trial, conversation: readonly CloudRequest[]): Promise<void> {
  const { cloud, gate, time } = rig;
  // The sign-in library keeps connections of its own.
  gate.hangUp();
  await time.settled();
  const change = () => {
    gate.attempts = 0;
    void gate.become(row.gate ?? "open", row.times === 1);
  };
  const position = positionIn(conversation, column);
  const before = conversation[position - 1];
  const closing = (answer: Answer) => ({ ...answer, headers: { ...answer.headers, Connection: "close" } });
  const isStruckToo = before?.fault !== undefined;
  if (column.besides !== undefined) cloud.faults.add({ ...column.besides, ...(isStruckToo ? { after: change } : {}) });
  if (before === undefined) change();
  else if (!isStruckToo) cloud.faults.add({ mode: "amend", nth: position, after: change, change: closing });
}

/** Which request of a conversation the column is about, from 0. */
export function positionIn(conversation: readonly CloudRequest[], column: Column): number {
  const matching = conversation.flatMap((request, index) => (isOf(column, request) ? [index] : []));
  const position = matching[(column.nth ?? 1) - 1];
  if (position === undefined) throw new Error(`${column.title} is not in ${conversation.map(({ line }) => line).join(", ")}.`);
  return position;
}

export function isOf({ strikes }: Column, request: CloudRequest): boolean {
  const { method, kind, action, path } = strikes;
  if ((method ?? request.method) !== request.method || (kind ?? request.kind) !== request.kind) return false;
  if (action !== undefined && action !== request.action) return false;
  return path === undefined || (path as RegExp).test(request.path);
}

import type { Operation, Repeat } from "../../provider/engine/operation";
import type { Cloud, CloudRequest, CloudSettings, FaultRule, LoginWay } from "../cloud";
import type { Row, Service } from "./row";

export type Members = Record<string, unknown>;

/** What has to come of a fault. */
export type Promised =
  | "good at once"
  | "sent again"
  | "looked up and sent again"
  | "not sent again, and well"
  | "not sent again, and an error";

/** One request of an operation, in the conversation in which it is sent. */
export interface Column {
  readonly title: string;
  /** A column of the retry table, or the question how an operation stands. */
  readonly repeat: Repeat | "poll";
  readonly strikes: Pick<FaultRule, "method" | "action" | "kind" | "path">;
  /** Which of its kind in the conversation, from 1. */
  readonly nth?: number;
  readonly hook: "up" | "refresh" | "destroy";
  readonly settings?: Partial<CloudSettings>;
  /** What the program asks for. */
  given(name: string): Members;
  /** What a run before it asked for, and the fault after which that run may have left it open. */
  readonly earlier?: { given(name: string): Members; readonly fault?: FaultRule };
  /** Another fault in the same run. */
  readonly besides?: FaultRule;
  readonly login?: LoginWay;
  /** What becomes of a request that acts each time it arrives, when its answer is lost. @default "unknown" */
  readonly afterLoss?: "looked up and sent again" | "looked up";
  /** Whether the end of an operation is asked for where an answer says. */
  readonly follows?: boolean;
  /** What comes of the news that it is not there. @default nothing is left to do for a refresh or a destroy, else an error */
  readonly whenGone?: "sent again";
  /** What has to come of a fault here, where it is not what comes of it elsewhere. */
  otherwise?(row: Row): Promised | undefined;
  /** Whether the cloud still has what this destroy takes away. @default the table's own */
  remains?(cloud: Cloud, name: string): boolean;
  /** Whether an answer that other requests fail with is good enough for this one. */
  forgives?(row: Row): boolean;
}

/** An operation and what has to be true of it. */
export interface Table {
  readonly title: string;
  // biome-ignore lint/suspicious/noExplicitAny: as in the driver, hooks take any members
  readonly operation: Operation<any, any>;
  readonly service: Service;
  readonly columns: readonly Column[];
  /** Makes what the operation finds. */
  prepare(cloud: Cloud, name: string): void;
  /** Everything of it that a run can change, without the secrets. */
  shown(cloud: Cloud, name: string): unknown;
  /** Where a state that says that it is complete does not describe the cloud. */
  untrue(state: Members, cloud: Cloud, name: string): string[];
  /** Whether the cloud still has what a destroy takes away. */
  remains?(cloud: Cloud, name: string): boolean;
  /** Whether a recorded state says itself that the outcome is not known. */
  isOpen(state: Members): boolean;
  /** How often the cloud did what must be done once, and what it is called. */
  deeds(cloud: Cloud, name: string): number;
}

export function isWrite({ kind, method, action }: Pick<CloudRequest, "kind" | "method" | "action">): boolean {
  if (kind === "ALIBABA") return !/^Describe/.test(action ?? "");
  return kind === "ARM" && method !== "GET" && action !== "listKeys";
}

/** The rows that a column has: a read acts on nothing, so that one of two cells tells it. */
export function rowsOf(table: Table, column: Column, all: readonly Row[]): readonly Row[] {
  const place = { cloudUrl: "", elsewhereUrl: "", skew: () => {} };
  return all.filter((row) => {
    if (row.gate === undefined && row.fault?.(serviceOf(table, column), place) === undefined) return false;
    if (row.means === "operation" && column.repeat !== "poll") return false;
    return actsTwice(column) || !hasTwin(row, all);
  });
}

/** Whether the same fault is there without the effect. */
export function hasTwin(row: Row, all: readonly Row[]): boolean {
  return row.acts === true && all.some((other) => other.acts === false && other.name === row.name.replace(/, carried out/, ""));
}

/** Whether an answer that other requests fail with is good enough here. */
export function forgives(column: Column, row: Row): boolean {
  return column.forgives?.(row) === true;
}

export function actsTwice({ repeat }: Column): boolean {
  return repeat !== "read" && repeat !== "poll";
}

export function serviceOf(table: Table, column: Column): Service {
  return column.login === undefined ? table.service : "authority";
}

import { getEventListeners } from "node:events";
import { isDeepStrictEqual } from "node:util";
import type { Recorded } from "../support/hookDriver";
import { wrongInError, wrongInLine } from "./errorRules";
import { doneTooOften, sentAgainBlindly, sentAgainNextTime } from "./postRules";
import { actsTwice, forgives } from "./table";
import { type Run, runOf, TIMEOUT_MS, type Trial } from "./trial";

// What holds in every cell, whatever the fault.

const GRACE_MS = 3_000;
const OURS = /[\\/](provider|node_modules)[\\/]|hookDriver/;
/** Words with which an error says that another writer came between. */
const BLAMES = /somebody else|other writer/i;
/** Words with which an error says that the service may have done it. */
const MAY_HAVE_ACTED = /may have acted|not known|was accepted|may have been|was allocated/;

/** What is wrong with a run that a fault has struck. `before` is what was recorded before it. */
export function wrongInRun(trial: Trial, run: Run, before: Recorded | undefined): string[] {
  const { rig, row } = trial;
  const wrong = [...sentAgainBlindly(run.requests), ...leftBehind(trial)];
  if (run.elapsedMs > TIMEOUT_MS + GRACE_MS) wrong.push(`it took ${Math.round(run.elapsedMs / 1000)} s`);
  if (rig.strayed > 0) wrong.push(`${rig.strayed} connections to a host that nobody may ask`);
  if (row.means === "untrusted" && rig.gate.attempts > 1) wrong.push(`${rig.gate.attempts} connections to a host that is not trusted`);
  wrong.push(...wrongInLines(trial, run));
  wrong.push(...(run.error === undefined ? wrongInSuccess(trial, run) : wrongInFailure(trial, run, run.error, before)));
  return [...wrong, ...rig.cloud.failures.map(String)];
}

function wrongInFailure(trial: Trial, run: Run, error: Error, before: Recorded | undefined): string[] {
  const wrong = [...wrongInError(error, secretsOf(trial, run)), ...wrongInState(trial, run, before)];
  if (trial.row.means !== "outdated" && BLAMES.test(error.message))
    wrong.push(`it blames somebody else, and nobody was there: ${error.message}`);
  // What a read or a poll met says nothing about the write that was answered before it, which the next run sees.
  // One that is gone has nothing left that the write could have changed.
  const isLost = actsTwice(trial.column) || (trial.column.besides !== undefined && trial.row.means !== "gone");
  if (!run.hasActed || !isLost || MAY_HAVE_ACTED.test(error.message)) return wrong;
  return [...wrong, `it acted, and the error does not say that it may have: ${error.message}`];
}

/** What is wrong with the state that a failed run leaves: the old one, none, or one that says that it is open. */
function wrongInState({ table, column }: Trial, run: Run, before: Recorded | undefined): string[] {
  if (isDeepStrictEqual(run.recorded, before)) return [];
  if (column.hook !== "up" || run.recorded === undefined) return ["a failed run changed what is recorded"];
  const { isUnfinished, state } = run.recorded;
  return isUnfinished && table.isOpen(state) ? [] : ["a failed run recorded a state that does not say that it is open"];
}

function wrongInSuccess({ rig, table, column, row, name }: Trial, run: Run): string[] {
  if (column.hook === "destroy") return wrongInGoing({ table, rig, column, row, name });
  if (!run.isThere) return row.means === "gone" ? [] : ["it is taken for gone, and no answer said so"];
  const state = run.recorded?.state ?? {};
  return table.isOpen(state) ? [] : table.untrue(state, rig.cloud, name);
}

function wrongInGoing({ table, rig, column, row, name }: Pick<Trial, "table" | "rig" | "column" | "row" | "name">): string[] {
  const isTakenAtItsWord = row.means === "gone" || forgives(column, row);
  const remains = (column.remains ?? table.remains)?.(rig.cloud, name) === true && !isTakenAtItsWord;
  return remains ? ["it is told as destroyed, and it is still there"] : [];
}

/** The next run brings it to its end, and one more finds nothing to do. */
export async function wrongInEnd(trial: Trial, struck: Run, next: Run): Promise<string[]> {
  const { rig, table, column, row, driver, name } = trial;
  const wrong = [...sentAgainBlindly(next.requests), ...sentAgainNextTime(struck.requests, next.requests, struck.error)];
  wrong.push(...leftBehind(trial), ...wrongInLines(trial, next));
  if (column.hook === "up") {
    wrong.push(...doneTooOften(table.deeds(rig.cloud, name), [...struck.requests, ...next.requests], struck.error));
  }
  if (next.error !== undefined) return [...wrong, `the next run fails: ${next.error.message}`];
  if (column.hook === "destroy") return [...wrong, ...wrongInGoing(trial)];
  if (driver.recorded === undefined || table.isOpen(driver.state)) return wrong;
  const further = await runOf(trial, "up");
  if (further.error !== undefined || further.requests.length > 0) {
    wrong.push(`one more run sends ${further.requests.map(({ line }) => line).join(", ")} ${further.error?.message ?? ""}`);
  }
  // What was said to be gone, and is there after all, is taken over as somebody else's.
  if (column.hook === "refresh" && row.means === "gone") return wrong;
  return [...wrong, ...table.untrue(driver.state, rig.cloud, name)];
}

/** Requests, timers and listeners of ours that outlive the hook. */
function leftBehind({ rig, driver }: Trial): string[] {
  const listeners = getEventListeners(driver.canceled, "abort").length;
  const left = [
    [listeners, "listeners"],
    [rig.time.requestsUnderWay, "requests"],
    [rig.time.pendingOf(OURS).length, `timers (${rig.time.pendingOf(OURS).join(" | ")})`],
  ] as const;
  return left.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what} are left`);
}

function wrongInLines(trial: Trial, run: Run): string[] {
  return run.lines.flatMap((line) => wrongInLine(line, secretsOf(trial, run)));
}

/** The cloud's secrets, and the signatures of the addresses that it gave out for polling. */
function secretsOf({ rig }: Trial, { requests }: Run): string[] {
  const polled = requests.filter(({ kind }) => kind === "POLL").flatMap(({ query }) => Object.values(query));
  return [...rig.cloud.secrets, ...new Set(polled.filter((value) => value.length > 30))];
}

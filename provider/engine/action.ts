import type { Answer, Show, Zod } from "./operation";
import { isObject, isUnknown, sameValue, valueAt } from "./state";

// Triggered actions run at create and when `triggers` changes, and at nothing else: not on refresh, not on another
// argument, a new version of this package, a change of secretness or the order of members.

/** Arguments of every triggered action. */
export interface ActionArguments {
  /** Any values; the action runs again when one of them changes. Never give the time of day: it would run at every deployment. */
  triggers?: Record<string, unknown>;
  /**
   * Whether it runs when the resource is created.
   * @default true
   */
  runOnCreate?: boolean;
}

/** The last run of an action. */
export interface ActionRun<Outcome extends string> {
  /** When, in UTC, ISO 8601; empty after a `.get` of a resource that no run is known of. */
  at: string;
  /** The service's request id, for a support case. */
  requestId: string;
  /** Azure's correlation id of the call, for a support case. */
  correlationId: string;
  /** What became of it. */
  outcome: Outcome;
}

/** The schema of {@link ActionArguments}. */
export function actionArguments(zod: Zod) {
  return { triggers: zod.record(zod.string(), zod.unknown()).optional(), runOnCreate: zod.boolean().optional() };
}

/** Whether an update has to run the action. */
export function isTriggered(state: ActionArguments, given: ActionArguments): boolean {
  return areAllUnknown(given) || changedNames(state, given).length > 0;
}

/** `triggers.month: "2026-10" → "2026-11"`, for each trigger that changed. */
export function changedTriggers(state: ActionArguments, given: ActionArguments, show: Show): string {
  if (areAllUnknown(given)) return `triggers: ${show(["triggers"], state.triggers)} → ${show(["triggers"], given.triggers)}`;
  return changedNames(state, given)
    .map((name) => {
      const path = ["triggers", name];
      return `triggers.${name}: ${show(path, valueAt(state, path))} → ${show(path, valueAt(given, path))}`;
    })
    .join(", ");
}

/** Not known yet as a whole. */
function areAllUnknown({ triggers }: ActionArguments): boolean {
  return isUnknown(triggers) && !isObject(triggers);
}

/** No triggers, an empty map and a trigger that is null are all the same: nothing that has changed could be named. */
function changedNames(state: ActionArguments, given: ActionArguments): string[] {
  const before = state.triggers ?? {};
  const after = given.triggers ?? {};
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !sameValue(valueAt(before, [name]), valueAt(after, [name])));
}

/** The record of a run that got an answer. */
export function ran<Outcome extends string>(outcome: Outcome, answer: Pick<Answer, "requestId" | "correlationId">): ActionRun<Outcome> {
  return { at: new Date().toISOString(), requestId: answer.requestId, correlationId: answer.correlationId, outcome };
}

/** The record of an action that no run of this resource is known of. Without a time, which would change with each read. */
export function neverRan<Outcome extends string>(outcome: Outcome): ActionRun<Outcome> {
  return { at: "", requestId: "", correlationId: "", outcome };
}

/** The record of a run that did not take place, or whose answer never came. */
export function notRan<Outcome extends string>(outcome: Outcome): ActionRun<Outcome> {
  return ran(outcome, { requestId: "", correlationId: "" });
}

/** Other arguments that changed, in words; their change is recorded without a call. */
export function recordedChanges(state: object, given: object, members: readonly string[], show: Show): string[] {
  const before = state as Record<string, unknown>;
  const after = given as Record<string, unknown>;
  const changed = members.filter((member) => !sameValue(before[member], after[member]));
  return changed.map((member) => `${member} ${show([member], before[member])} → ${show([member], after[member])}`);
}

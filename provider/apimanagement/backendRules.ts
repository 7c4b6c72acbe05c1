import type { Loose, Problem, Rule } from "../engine/operation";
import { isGiven, isObject, isUnknown, valueAt } from "../engine/state";
import type { BackendMembers } from "./backendMembers";

/**
 * Rules between the members of a backend, as the service and its documentation have them. Microsoft's reference and older definitions
 * call url and protocol required; the service wants both for a single backend at its creation and refuses both for a
 * pool (Azure/azure-rest-api-specs#35713), and a patch requires neither.
 */
export const backendRules: readonly Rule<BackendMembers>[] = [
  (given) => notWithPool(given, "url"),
  (given) => notWithPool(given, "protocol"),
  typeOfPool,
  oneKindOfCertificate,
  ({ circuitBreaker }) => itemsAt(circuitBreaker, ["rules"]).flatMap(failureConditionProblems),
];

type Given = Loose<BackendMembers>;

function notWithPool(given: Given, member: "url" | "protocol"): Problem[] {
  const isPool = isGiven(given.pool) || given.type === "Pool";
  return isPool && isGiven(given[member]) ? [{ path: [member], reason: "is not supported for a backend pool" }] : [];
}

function typeOfPool({ type, pool }: Given): Problem[] {
  return isGiven(pool) && isGiven(type) && type !== "Pool" ? [{ path: ["type"], reason: 'must be "Pool" when pool is given' }] : [];
}

function oneKindOfCertificate({ credentials }: Given): Problem[] {
  const kinds = ["certificate", "certificateIds"].map((kind) => valueAt(credentials, [kind]));
  if (!kinds.every(isGiven)) return [];
  return [{ path: ["credentials", "certificate"], reason: "is ignored by the service when certificateIds is given; give one of the two" }];
}

function failureConditionProblems(rule: unknown, index: number): Problem[] {
  const condition = valueAt(rule, ["failureCondition"]);
  if (!isObject(condition)) return [];
  const path = ["circuitBreaker", "rules", index, "failureCondition"];
  const ranges = itemsAt(condition, ["statusCodeRanges"]).flatMap((range, at) => rangeProblems(range, [...path, "statusCodeRanges", at]));
  return [...boundProblems(condition, path), ...ranges];
}

function boundProblems({ count, percentage }: Record<string, unknown>, path: PropertyKey[]): Problem[] {
  const bounds = [count, percentage];
  const given = bounds.filter(isGiven).length;
  if (given === 1 || bounds.some(isUnknown)) return [];
  return [{ path, reason: `must have exactly one of count and percentage, not ${given === 0 ? "none" : "both"}` }];
}

function rangeProblems(range: unknown, path: PropertyKey[]): Problem[] {
  const [min, max] = [valueAt(range, ["min"]), valueAt(range, ["max"])];
  const isTurned = typeof min === "number" && typeof max === "number" && min > max;
  return isTurned ? [{ path, reason: "must have min not above max" }] : [];
}

function itemsAt(value: unknown, path: readonly string[]): unknown[] {
  const items = valueAt(value, path);
  return Array.isArray(items) ? items : [];
}

import type { Problem, Rule } from "../engine/operation";
import type { BackendMembers, FailureCondition } from "./backendMembers";

/**
 * Rules between the members of a backend, as the service and its documentation have them. The page and older definitions
 * call url and protocol required; the service wants both for a single backend at its creation and refuses both for a
 * pool (Azure/azure-rest-api-specs#35713), and a patch requires neither.
 */
export const backendRules: readonly Rule<BackendMembers>[] = [
  { members: ["url", "pool"], problems: (given) => notWithPool(given, "url") },
  { members: ["protocol", "pool"], problems: (given) => notWithPool(given, "protocol") },
  { members: ["type", "pool"], problems: typeOfPool },
  { members: ["credentials"], problems: oneKindOfCertificate },
  { members: ["circuitBreaker"], problems: circuitBreakerProblems },
];

function notWithPool(given: BackendMembers, member: "url" | "protocol"): Problem[] {
  const isPool = given.pool != null || given.type === "Pool";
  return isPool && given[member] != null ? [{ path: [member], reason: "is not supported for a backend pool" }] : [];
}

function typeOfPool({ type, pool }: BackendMembers): Problem[] {
  return pool != null && type != null && type !== "Pool" ? [{ path: ["type"], reason: 'must be "Pool" when pool is given' }] : [];
}

function oneKindOfCertificate({ credentials }: BackendMembers): Problem[] {
  if (credentials?.certificate == null || credentials.certificateIds == null) return [];
  return [{ path: ["credentials", "certificate"], reason: "is ignored by the service when certificateIds is given; give one of the two" }];
}

function circuitBreakerProblems({ circuitBreaker }: BackendMembers): Problem[] {
  return (circuitBreaker?.rules ?? []).flatMap((rule, index) => {
    if (rule.failureCondition == null) return [];
    return failureConditionProblems(["circuitBreaker", "rules", index, "failureCondition"], rule.failureCondition);
  });
}

function failureConditionProblems(path: PropertyKey[], condition: FailureCondition): Problem[] {
  const counts = [condition.count, condition.percentage].filter((bound) => bound != null).length;
  const problems: Problem[] =
    counts === 1 ? [] : [{ path, reason: `must have exactly one of count and percentage, not ${counts === 0 ? "none" : "both"}` }];
  (condition.statusCodeRanges ?? []).forEach(({ min, max }, index) => {
    if (min === undefined || max === undefined || min <= max) return;
    problems.push({ path: [...path, "statusCodeRanges", index], reason: `must have min (${min}) not above max (${max})` });
  });
  return problems;
}

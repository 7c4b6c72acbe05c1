import { type Contract, givenMembers, type Member, ourMember } from "./facts";

// Valid arguments around one value.

type Members = Record<string, unknown>;
const MAP_KEY = "x-1";
/** The one rule between members that a contract states in prose: exactly one of count and percentage. */
const INSTEAD: Readonly<Record<string, Members>> = { count: { percentage: 1 }, percentage: { count: 1 } };

function stepsOf(argument: string): string[] {
  return argument.split(/\.|(?=\[\])/);
}

/** `circuitBreaker.rules[0].name`: where a refusal of a member is expected. */
export function propertyOf(argument: string): string {
  return argument.replaceAll("[]", "[0]").replaceAll("*", MAP_KEY);
}

/** The minimal arguments with one member set, and beside it what has to be there then; undefined leaves the member out. */
export function argumentsWith(contract: Contract, argument: string, value: unknown): Members {
  const steps = stepsOf(argument);
  const around = (depth: number): unknown => {
    const step = steps[depth];
    if (step === undefined) return value;
    if (step === "[]") return [around(depth + 1)];
    const above = steps.slice(0, depth).join(".").replaceAll(".[]", "[]");
    const isLeftOut = value === undefined && depth === steps.length - 1;
    const beside = depth === 0 ? contract.minimal : { ...companions(contract, above, step), ...(isLeftOut && INSTEAD[step]) };
    return { ...beside, [step === "*" ? MAP_KEY : step]: around(depth + 1) };
  };
  return JSON.parse(JSON.stringify(around(0))) as Members;
}

/** The members that an object has to have, but for one. */
function companions(contract: Contract, above: string, without: string): Members {
  const required = givenMembers(contract)
    .map((member) => ourMember(contract, member))
    .filter(({ argument, required }) => required === true && parentOf(argument) === above && nameOf(argument) !== without);
  const given = Object.fromEntries(required.map((member) => [nameOf(member.argument), sampleOf(contract, member)]));
  const isCondition = above.endsWith("failureCondition") && INSTEAD[without] === undefined;
  return isCondition ? { ...given, count: 1 } : given;
}

/** A valid value of a member. */
export function sampleOf(contract: Contract, { argument, types, minimum, minItems = 0, enum: values }: Member): unknown {
  switch (types[0]) {
    case "string":
      return values?.[0] ?? "a";
    case "integer":
      return minimum ?? 1;
    case "boolean":
      return true;
    case "array":
      return Array.from({ length: minItems }, () => itemOf(contract, argument));
    default:
      return companions(contract, argument, "");
  }
}

/** An object with nothing in it but what has to be there. */
export function companionsOnly(contract: Contract, argument: string): Members {
  return companions(contract, argument, "");
}

/** A valid item of a list. */
export function itemOf(contract: Contract, list: string): unknown {
  const item = givenMembers(contract).find(({ argument }) => argument === `${list}[]`);
  return item === undefined ? undefined : sampleOf(contract, item);
}

function parentOf(argument: string): string {
  return argument.slice(0, Math.max(0, argument.lastIndexOf(".")));
}

function nameOf(argument: string): string {
  return argument.slice(argument.lastIndexOf(".") + 1);
}

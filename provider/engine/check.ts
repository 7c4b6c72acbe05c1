import type { z } from "zod";
import type { Operation, Problem, Settings, Show, Zod } from "./operation";
import { isInternal, isUnknown, propertyPath, valueAt } from "./state";
import { showing } from "./words";

/** The form in which Pulumi wants a refused argument. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

type AnyOperation = Operation<object, object>;
const schemas = new WeakMap<object, z.ZodObject>();

function schemaOf(operation: AnyOperation): z.ZodObject {
  let schema = schemas.get(operation);
  if (schema === undefined) {
    const { z } = require("zod") as { z: Zod };
    schema = operation.schema(z).strict();
    schemas.set(operation, schema);
  }
  return schema;
}

/** The names of an operation's arguments. */
export function argumentNames(operation: AnyOperation): readonly string[] {
  return Object.keys(schemaOf(operation).shape);
}

/**
 * Everything that is wrong with the arguments, at once. What is not known yet in a preview is never wrong, and a rule
 * that looks at it is left out.
 */
export function problemsOf(operation: AnyOperation, inputs: Record<string, unknown>, settings: Settings): CheckFailure[] {
  const given = Object.fromEntries(Object.entries(inputs).filter(([member]) => !isInternal(member)));
  const problems: Problem[] = [...shapeProblems(operation, given), ...defaultProblems(operation, given, settings)];
  // A rule may trust the types of its members, so it waits until these are right.
  const wrong = new Set(problems.map((problem) => String(problem.path[0])));
  for (const rule of operation.rules) {
    const usable = rule.members.every((member) => !wrong.has(member) && !isUnknown(valueAt(given, [member])));
    if (usable) problems.push(...rule.problems(given));
  }
  const show = showing(operation, inputs);
  return problems.map(({ path, reason }) => ({ property: printable(path, show), reason }));
}

/**
 * The engine prints the value of a refused argument, a secret one in plain text, when it finds an argument of that very
 * name. The other spelling of the same path, `["title"]`, it does not find.
 */
function printable(path: readonly PropertyKey[], show: Show): string {
  const isSecret = path.length === 1 && show(path, "") === "(secret)";
  return isSecret ? `["${String(path[0])}"]` : propertyPath(path);
}

function shapeProblems(operation: AnyOperation, given: Record<string, unknown>): Problem[] {
  const result = schemaOf(operation).safeParse(given, { reportInput: false });
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => problemsOfIssue(issue, given)).filter(({ path }) => !isUnknown(valueAt(given, path)));
}

function problemsOfIssue(issue: z.core.$ZodIssue, given: unknown): Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...issue.path, key], reason: "is not an argument of this resource; check its spelling" }));
  }
  const missing = valueAt(given, issue.path) === undefined;
  return [{ path: issue.path, reason: missing ? "is required and was not given" : issue.message }];
}

/** An argument with a configured default is required where nothing is configured. */
function defaultProblems(operation: AnyOperation, given: Record<string, unknown>, settings: Settings): Problem[] {
  return (["subscriptionId", "regionId"] as const)
    .filter((member) => member in schemaOf(operation).shape && given[member] === undefined && settings[member]() === undefined)
    .map((member) => {
      const places = settings.lookedFor(member).join(", ");
      return { path: [member], reason: `was not given and no default is configured (looked for ${places})` };
    });
}

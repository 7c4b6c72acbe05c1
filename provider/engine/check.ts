import type { z } from "zod";
import type { Operation, Problem, Settings, Zod } from "./operation";
import { isInternal, isUnknown, propertyPath, valueAt } from "./state";
import { SECRET, showing } from "./words";

/** What is wrong with one argument. */
export interface Mistake {
  /** `circuitBreaker.rules[0].name` */
  readonly property: string;
  /** Why, and what the value is unless it is, or may be, a secret. */
  readonly reason: string;
  /** Whether nobody else may print the value either. */
  readonly isSecret: boolean;
}

/** The form in which Pulumi wants a refused argument. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/**
 * The engine prints the value of a refused argument, a secret one in plain text, when it finds an argument of that very
 * name. The other spelling of the same path, `["title"]`, it does not find.
 */
export function failureOf({ property, reason, isSecret }: Mistake): CheckFailure {
  return { property: isSecret && !/[.[]/.test(property) ? `["${property}"]` : property, reason };
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
export function mistakesIn(
  operation: AnyOperation,
  inputs: Record<string, unknown>,
  settings: Settings,
  /** What no copy could be made of; the rest is not looked at then. */
  unreadable: readonly Problem[] = [],
): Mistake[] {
  const given = Object.fromEntries(Object.entries(inputs).filter(([member]) => !isInternal(member)));
  const problems = unreadable.length > 0 ? unreadable : problemsIn(operation, given, settings);
  const wrong = new Set(problems.map(({ path }) => path[0]));
  const told = problems.filter(({ unlessWrong = [] }) => !unlessWrong.some((member) => wrong.has(member)));
  const show = showing(operation, inputs);
  const mistakes = told.map(({ path, reason, isValueShown }): Mistake => {
    const value = valueAt(given, path);
    // What stands under a misspelled name may be a secret that its right name would have hidden.
    const isSecret = !(String(path[0]) in schemaOf(operation).shape) || show(path, "") === SECRET;
    const isTold = value !== undefined && isValueShown !== false && !isSecret;
    return { property: propertyPath(path), reason: `${reason}${isTold ? ` (is ${sized(show(path, value), value)})` : ""}`, isSecret };
  });
  // A text that is too short and of the wrong characters breaks one limit, not two.
  return [...new Map(mistakes.map((mistake) => [`${mistake.property} ${mistake.reason}`, mistake])).values()];
}

function problemsIn(operation: AnyOperation, given: Record<string, unknown>, settings: Settings): Problem[] {
  return [
    ...shapeProblems(operation, given),
    ...defaultProblems(operation, given, settings),
    ...operation.rules.flatMap((rule) => rule(given)),
  ];
}

/** Of a long text or list that is shortened also how long it is. */
function sized(shown: string, value: unknown): string {
  if (!shown.endsWith("…")) return shown;
  if (typeof value === "string") return `${shown}, ${value.length} characters`;
  return Array.isArray(value) ? `${shown}, ${value.length} items` : shown;
}

function shapeProblems(operation: AnyOperation, given: Record<string, unknown>): Problem[] {
  const result = schemaOf(operation).safeParse(given, { reportInput: false, error: ({ code, expected }) => wrongKind(code, expected) });
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => problemsOfIssue(issue, given)).filter(({ path }) => !isUnknown(valueAt(given, path)));
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};

/** In words of this package; where the schema has a message of its own, that one is taken. */
function wrongKind(code: string | undefined, expected: unknown): string | undefined {
  const kind = code === "invalid_type" ? KINDS[String(expected)] : undefined;
  return kind === undefined ? undefined : `must be ${kind}`;
}

function problemsOfIssue(issue: z.core.$ZodIssue, given: unknown): Problem[] {
  if (issue.code === "unrecognized_keys") {
    const reason = "is not an argument of this resource; check its spelling";
    return issue.keys.map((key) => ({ path: [...issue.path, key], reason, isValueShown: false }));
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

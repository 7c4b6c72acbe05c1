import * as pulumi from "@pulumi/pulumi";
import { shortStackTraces } from "./stackTraces";

type Deep<T> = unknown extends T
  ? T
  : T extends readonly (infer Item)[]
    ? pulumi.Input<Deep<Item>>[]
    : T extends object
      ? { [Member in keyof T]: pulumi.Input<Deep<T[Member]>> }
      : T;

/** The arguments of a resource: every member, at every depth, may be a plain value, a promise or an output. */
export type Arguments<T> = { [Member in keyof T]: pulumi.Input<Deep<T[Member]>> };

/** How long each step may take, as durations above zero: `"90s"`, `"30m"`, `"1h30m"`. The resource option `customTimeouts` is copied into it. */
export interface Timeouts {
  /**
   * Of a create.
   * @default "30m"
   */
  create?: string;
  /**
   * Of an update.
   * @default "30m"
   */
  update?: string;
  /**
   * Of a destroy.
   * @default "30m"
   */
  delete?: string;
  /**
   * Of a refresh.
   * @default "5m"
   */
  read?: string;
}

/** What a resource class tells the base class about itself. */
export interface Declaration {
  /** The operation's name, `apimanagement/BackendPatch`. */
  readonly operation: string;
  /** Everything that the class declares as an output; what is not in it, and not given, has no promise in the program. */
  readonly outputs: readonly string[];
  /** Outputs, arguments among them, that are secret whatever the program wraps; an argument's member with a dot. */
  readonly secrets: readonly string[];
}

/**
 * The whole code that state holds, for ever: it only finds the installed package from the folder of the program, in
 * which the provider process runs. Never change it; new hooks reach old state through `runtime.provider`.
 */
export function providerText(operation: string): string {
  return `exports.handler=()=>require("node:module").createRequire(process.cwd()+"/")("pulumi-patchbay/runtime").provider("${operation}")`;
}

/** A dynamic resource with a constant provider text. */
export abstract class PatchbayResource extends pulumi.CustomResource {
  protected constructor(declaration: Declaration, name: string, given: object, options: pulumi.CustomResourceOptions = {}) {
    const type = typeToken(declaration.operation);
    const isRead = options.id !== undefined;
    const outputs = Object.fromEntries(declaration.outputs.map((output) => [output, undefined]));
    const timeouts = timeoutsOf(given, options);
    const whole: Record<string, unknown> = { ...outputs, ...given, ...(timeouts !== undefined && { timeouts }) };
    const members = declaration.secrets.reduce((all, secret) => withSecret(all, secret.split(".")), whole);
    members.__provider = providerText(declaration.operation);
    if (!isRead) {
      const wrapped = wrappedPaths(given, declaration.secrets);
      if (wrapped !== undefined) members.__secret = wrapped;
      // Only check sees it: the engine names the resource to no hook, and the sentence of a preview belongs on its row.
      members.__urn = withoutDependencies(pulumi.createUrn(name, type, options.parent));
      if (pulumi.runtime.isDryRun()) members.__mistakes = [];
    }
    const secrets = declaration.secrets.filter((secret) => !secret.includes("."));
    const restoreStackTraces = shortStackTraces(__filename);
    try {
      super(type, name, members, pulumi.mergeOptions(options, { additionalSecretOutputs: secrets }));
    } catch (error) {
      restoreStackTraces();
      // What the SDK refuses must show the line of the program.
      if (error instanceof Error) Error.captureStackTrace(error, new.target);
      throw error;
    } finally {
      restoreStackTraces();
    }
    tellMistakes(this, `${declaration.operation.replace("/", ".")} ${name}`);
  }
}

/**
 * Fails the program, at its end, for what check found wrong in a preview: so all mistakes of all resources are told in
 * one run. An update fails in check itself, at the first of them.
 */
function tellMistakes(resource: PatchbayResource, title: string): void {
  const { __mistakes } = resource as unknown as { __mistakes?: pulumi.Output<string[] | undefined> };
  __mistakes?.apply((mistakes) => {
    if (mistakes === undefined || mistakes.length === 0) return;
    const count = mistakes.length === 1 ? "1 argument has" : `${mistakes.length} arguments have`;
    const message = `${title}: ${count} to be corrected:\n${mistakes.map((mistake) => `  ${mistake}`).join("\n")}`;
    // Nobody hears of this rejection but the program runner, which prints the stack where there is one.
    throw Object.assign(new pulumi.ResourceError(message, resource, true), { stack: "" });
  });
}

/** `pulumi-nodejs:dynamic/patchbay/apimanagement:BackendPatch` */
export function typeToken(operation: string): string {
  return `pulumi-nodejs:dynamic/patchbay/${operation.replace("/", ":")}`;
}

/** Whether a value is a resource of this operation, also when it comes from another copy of this package. */
export function isResourceOf(operation: string, value: unknown): boolean {
  return pulumi.CustomResource.isInstance(value) && (value as { __pulumiType?: unknown }).__pulumiType === typeToken(operation);
}

/**
 * An output that is known by itself. A dependency on the parent is one on all its children, of which one that waits for
 * this resource would wait for ever.
 */
function withoutDependencies<T>(output: pulumi.Output<T>): pulumi.Output<T> {
  const { promise } = output as unknown as { promise(): Promise<T> };
  return pulumi.output(promise.call(output)) as pulumi.Output<T>;
}

/** The members with one of them made secret; one that is not given stays so. */
function withSecret(members: Record<string, unknown>, [member, ...below]: string[]): Record<string, unknown> {
  const value = members[member as string];
  if (value === undefined || (value === null && below.length > 0)) return members;
  return { ...members, [member as string]: below.length === 0 ? pulumi.secret(value) : secretInside(value, below) };
}

function secretInside(value: unknown, path: string[]): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise)
    return pulumi.output(value).apply((known: unknown) => secretInside(known, path));
  return typeof value === "object" && value !== null ? withSecret(value as Record<string, unknown>, path) : value;
}

function timeoutsOf(given: object, { customTimeouts }: pulumi.CustomResourceOptions): unknown {
  const own = (given as { timeouts?: pulumi.Input<Timeouts> }).timeouts;
  if (customTimeouts === undefined) return own;
  return pulumi.output(own).apply((timeouts) => ({ ...customTimeouts, ...timeouts }));
}

/**
 * Paths of the values that the program wrapped in a secret. The engine unwraps secrets before it calls a dynamic
 * provider, which must know what its sentences may not show. Undefined when nothing can be secret but what always is.
 */
function wrappedPaths(given: object, always: readonly string[]): pulumi.Output<string[] | undefined> | undefined {
  const outputs = outputsIn(Object.fromEntries(Object.entries(given).filter(([member]) => !always.includes(member))), []);
  if (outputs.length === 0) return undefined;
  const paths = outputs.map(async ([path, output]) => ((await pulumi.isSecret(output)) ? [path.join(".")] : []));
  return pulumi.output(Promise.all(paths)).apply((found) => (found.flat().length > 0 ? found.flat() : undefined));
}

function outputsIn(value: unknown, path: readonly string[]): [readonly string[], pulumi.Output<unknown>][] {
  if (pulumi.Output.isInstance(value)) return [[path, value]];
  if (value instanceof Promise) return [[path, pulumi.output(value)]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([member, part]) => outputsIn(part, [...path, member]));
}

import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { type CommandResult, type RunningCommand, startCommand } from "./command";
import type { Environment } from "./environment";
import { type ConfigValue, fillStackFolder, projectName, type StackOptions, stackEnvironment } from "./stackFolder";

export type { CommandResult, RunningCommand } from "./command";
export type { ConfigValue, StackOptions } from "./stackFolder";

export interface RunOptions {
  /** The working folder. @default the stack's */
  directory?: string;
  environment?: Environment;
  limitMs?: number;
  /** up, refresh and destroy: preview first, as a user without flags does. @default false */
  keepPreview?: boolean;
}

export type Operation = "preview" | "up" | "refresh" | "destroy";

/** What `pulumi stack export` prints. */
export interface Deployment {
  version: number;
  deployment: {
    resources?: StateResource[];
    pending_operations?: { type: string; resource: StateResource }[];
    [member: string]: unknown;
  };
}

export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  parent?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  initErrors?: string[];
  [member: string]: unknown;
}

/** A stack of a real engine with its own state, home and passphrase in a temporary folder. */
export async function createStack(options: StackOptions): Promise<Stack> {
  const folder = await mkdtemp(path.join(tmpdir(), "patchbay-stack-"));
  const stack = new Stack(options, folder);
  try {
    await fillStackFolder(options, folder);
    await stack.writeProgram(options.program);
    await stack.expect(["stack", "init", stack.name]);
    await stack.setConfigs(options.config ?? {});
    return stack;
  } catch (error) {
    await stack.dispose();
    throw error;
  }
}

export class Stack {
  readonly name: string;
  /** The folder of Pulumi.yaml. */
  readonly directory: string;
  readonly #options: StackOptions;
  readonly #folder: string;
  readonly #environment: Environment;
  readonly #outputs: (() => string)[] = [];
  readonly #programFile: string;

  constructor(options: StackOptions, folder: string) {
    this.name = options.name ?? "test";
    this.directory = path.join(folder, "project");
    this.#options = options;
    this.#folder = folder;
    this.#programFile = path.join(this.directory, options.main ?? "", options.language === "javascript" ? "index.js" : "index.ts");
    this.#environment = stackEnvironment(options, folder);
  }

  preview(args: string[] = [], options: RunOptions = {}): Promise<CommandResult> {
    return this.run(["preview", ...args], options);
  }

  up(args: string[] = [], options: RunOptions = {}): Promise<CommandResult> {
    return this.run(withConsent("up", args, options), options);
  }

  refresh(args: string[] = [], options: RunOptions = {}): Promise<CommandResult> {
    return this.run(withConsent("refresh", args, options), options);
  }

  destroy(args: string[] = [], options: RunOptions = {}): Promise<CommandResult> {
    return this.run(withConsent("destroy", args, options), options);
  }

  /** Runs `pulumi` with these arguments, without colour and without questions. A failure is an exit code, not an exception. */
  run(args: string[], options: RunOptions = {}): Promise<CommandResult> {
    return this.start(args, options).result;
  }

  /** Runs a script of a pipeline as its shell does, with the engine on the PATH behind `tools`. */
  shell(script: string, tools: string, options: RunOptions = {}): Promise<CommandResult> {
    const running = startCommand({
      command: "bash",
      args: ["-eo", "pipefail", "-c", script],
      directory: options.directory ?? this.directory,
      environment: { ...this.#environment, ...options.environment, PATH: `${tools}${path.delimiter}${this.#environment.PATH}` },
      limitMs: options.limitMs ?? this.#options.limitMs ?? 60_000,
      takeRequests: this.#options.takeRequests,
    });
    this.#outputs.push(() => running.output());
    return running.result;
  }

  /** Like `run`, for a command that the test interrupts or watches. */
  start(args: string[], options: RunOptions = {}): RunningCommand {
    const running = startCommand({
      command: this.#options.engine.command,
      args: [...args, "--non-interactive", "--color", "never"],
      directory: options.directory ?? this.directory,
      environment: { ...this.#environment, ...options.environment },
      limitMs: options.limitMs ?? this.#options.limitMs ?? 60_000,
      takeRequests: this.#options.takeRequests,
    });
    if (!args.includes("--show-secrets")) this.#outputs.push(() => running.output());
    return running;
  }

  /** All that commands printed so far, and the state as it is stored: where a secret may not stand. */
  everythingShown(): string {
    return [...this.#outputs.map((output) => output()), this.stateFileText()].join("\n");
  }

  /** The result of a command that must succeed. */
  async expect(args: string[], options: RunOptions = {}): Promise<CommandResult> {
    const result = await this.run(args, options);
    if (result.exitCode !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${result.exitCode}:\n${result.output}`);
    return result;
  }

  /** Runs one operation and returns what the engine logged: every step, diff and diagnostic as data. */
  async events(operation: Operation, args: string[] = [], options: RunOptions = {}): Promise<CommandResult & { events: EngineEvent[] }> {
    const file = path.join(this.#folder, "events.jsonl");
    const command = operation === "preview" ? ["preview", ...args] : withConsent(operation, args, options);
    // The engine has this flag for its own debugging only.
    const environment = { ...options.environment, PULUMI_DEBUG_COMMANDS: "true" };
    const result = await this.run([...command, "--event-log", file], { ...options, environment });
    const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
    return { ...result, events: lines.map((line) => JSON.parse(line) as EngineEvent) };
  }

  async writeProgram(source: string): Promise<void> {
    await mkdir(path.dirname(this.#programFile), { recursive: true });
    await writeFile(this.#programFile, source);
  }

  /** `key` is `namespace:name`, or a name in the project's own namespace. */
  setConfig(key: string, value: string, secret = false): Promise<void> {
    return this.setConfigs({ [key]: secret ? { secret: value } : value });
  }

  async setConfigs(values: Record<string, ConfigValue>): Promise<void> {
    const flags = Object.entries(values).map(([key, value]) =>
      typeof value === "string" ? `--plaintext=${key}=${value}` : `--secret=${key}=${value.secret}`,
    );
    if (flags.length > 0) await this.expect(["config", "set-all", ...flags]);
  }

  async removeConfig(key: string): Promise<void> {
    await this.expect(["config", "rm", key]);
  }

  /** The state as `pulumi stack export` prints it, secrets as ciphertext; read from the checkpoint, which costs no command. */
  async exportState(): Promise<Deployment> {
    const { version, checkpoint } = JSON.parse(this.stateFileText());
    return { version, deployment: checkpoint.latest ?? {} };
  }

  async importState(deployment: Deployment): Promise<void> {
    const file = path.join(this.#folder, "import.json");
    await writeFile(file, JSON.stringify(deployment));
    await this.expect(["stack", "import", "--file", file]);
  }

  /** The raw checkpoint, byte for byte what a back end stores; of this stack, or of another one that was made beside it. */
  stateFileText(name = this.name): string {
    return readFileSync(path.join(this.#folder, "state", ".pulumi", "stacks", projectName, `${name}.json`), "utf8");
  }

  /** Removes the folder. What the program created in a cloud stays; destroy it first. */
  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function withConsent(operation: Operation, args: string[], options: RunOptions): string[] {
  return [operation, "--yes", ...(options.keepPreview ? [] : ["--skip-preview"]), ...args];
}

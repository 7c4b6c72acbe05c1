import { type ChildProcess, spawn } from "node:child_process";
import type { Environment } from "./environment";

export interface CommandOptions {
  command: string;
  args: readonly string[];
  directory: string;
  environment: Environment;
  /** After this long the command is ended and its promise rejects with what it printed so far. */
  limitMs: number;
  /** What the emulators received since the last call; lands in `requests`. */
  takeRequests?: () => string[];
}

export interface CommandResult {
  /** As a shell counts it: 128 + the number of the signal that ended the command. */
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Both streams in the order in which they arrived. */
  output: string;
  durationMs: number;
  requests: string[];
}

export interface RunningCommand {
  readonly processId: number;
  readonly result: Promise<CommandResult>;
  output(): string;
  /** What ^C in a terminal sends, to the command alone: the engine decides what its plugins get. */
  interrupt(): void;
  /** Resolves when the output so far has `text`; rejects when the command ends without it. */
  waitForOutput(text: string | RegExp): Promise<void>;
}

export class CommandLimitError extends Error {
  override readonly name = "CommandLimitError";
  constructor(
    command: string,
    limitMs: number,
    readonly output: string,
  ) {
    super(`${command} did not end within ${limitMs / 1000} s. It printed:\n${output}`);
  }
}

// A second ^C makes the engine end its plugins and itself within about 1.1 s; plugins that do not end get 5 s from it.
const terminationMs = 8_000;
// Two at once can arrive as one.
const secondInterruptMs = 500;

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

export function runCommand(options: CommandOptions): Promise<CommandResult> {
  return startCommand(options).result;
}

export function startCommand(options: CommandOptions): RunningCommand {
  const startedMs = Date.now();
  options.takeRequests?.();
  const child = spawn(options.command, options.args, {
    cwd: options.directory,
    env: options.environment,
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own: ended as a whole, and untouched by a ^C that is meant for the test runner.
    detached: process.platform !== "win32",
  });
  const printed = collectOutput(child);
  const result = new Promise<CommandResult>((resolve, reject) => {
    let isOverLimit = false;
    const limit = setTimeout(() => {
      isOverLimit = true;
      endCommand(child);
    }, options.limitMs);
    child.once("error", (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.once("close", (code, signal) => {
      clearTimeout(limit);
      const words = [options.command, ...options.args].join(" ");
      if (isOverLimit) return reject(new CommandLimitError(words, options.limitMs, printed.output()));
      resolve({
        exitCode: code ?? 128 + ((signal && signalNumbers[signal]) ?? 0),
        stdout: printed.stdout(),
        stderr: printed.stderr(),
        output: printed.output(),
        durationMs: Date.now() - startedMs,
        requests: options.takeRequests?.() ?? [],
      });
    });
  });
  // Whoever only waits for output must not fail with an unhandled rejection.
  result.catch(() => undefined);
  return {
    processId: child.pid ?? 0,
    result,
    output: printed.output,
    interrupt: () => void child.kill("SIGINT"),
    waitForOutput: (text) => printed.waitFor(text, result),
  };
}

function collectOutput(child: ChildProcess) {
  const chunks: { from: "stdout" | "stderr"; text: string }[] = [];
  const listeners = new Set<() => void>();
  for (const from of ["stdout", "stderr"] as const) {
    child[from]?.setEncoding("utf8").on("data", (text: string) => {
      chunks.push({ from, text });
      for (const listener of listeners) listener();
    });
  }
  const text = (from?: "stdout" | "stderr") =>
    chunks.flatMap((chunk) => (from === undefined || chunk.from === from ? [chunk.text] : [])).join("");
  const waitFor = (wanted: string | RegExp, end: Promise<CommandResult>) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        const output = text();
        const isThere = typeof wanted === "string" ? output.includes(wanted) : wanted.test(output);
        if (isThere) resolve();
        return isThere;
      };
      if (look()) return;
      listeners.add(look);
      end.then(() => look() || reject(new Error(`The command ended without printing ${wanted}:\n${text()}`)), reject);
    });
  return { output: () => text(), stdout: () => text("stdout"), stderr: () => text("stderr"), waitFor };
}

/**
 * Plugins live in process groups of the engine's making, so the engine is asked first to end them. Launchers of ours
 * end by themselves when the engine is gone.
 */
function endCommand(child: ChildProcess): void {
  child.kill("SIGINT");
  const steps = [
    setTimeout(() => child.kill("SIGINT"), secondInterruptMs),
    setTimeout(() => killGroup(child), terminationMs),
    // "close" waits for everybody who holds the pipes, also for a process that left the group.
    setTimeout(() => closePipes(child), terminationMs + 1_000),
  ];
  child.once("close", () => steps.forEach(clearTimeout));
}

function closePipes(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || process.platform === "win32") return void child.kill("SIGKILL");
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It ended in between.
  }
}

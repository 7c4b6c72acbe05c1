import { readdirSync, readFileSync } from "node:fs";
import type { CommandResult, RunningCommand } from "./stack";

export type Death = "the provider is killed" | "the engine is killed" | "one interrupt" | "two interrupts";

/** How a run dies, a short name for it, and whether the engine itself ends without a word. */
export const deaths: [Death, string, boolean][] = [
  ["the provider is killed", "provider", false],
  ["the engine is killed", "engine", true],
  ["one interrupt", "once", false],
  ["two interrupts", "twice", true],
];

const BETWEEN_INTERRUPTS_MS = 500;

export async function dies(death: Death, running: RunningCommand): Promise<CommandResult> {
  if (death === "the provider is killed") for (const processId of providersOf(running.processId)) process.kill(processId, "SIGKILL");
  else if (death === "the engine is killed") process.kill(running.processId, "SIGKILL");
  else running.interrupt();
  if (death === "two interrupts") {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_INTERRUPTS_MS));
    running.interrupt();
  }
  return running.result;
}

interface Process {
  readonly id: number;
  readonly parentId: number;
  readonly command: string;
}

/** The dynamic providers among a command's descendants. */
function providersOf(commandId: number): number[] {
  const all = processes();
  const below = (id: number): Process[] => all.filter(({ parentId }) => parentId === id).flatMap((child) => [child, ...below(child.id)]);
  const found = below(commandId).filter(({ command }) => /pulumi-resource-pulumi-nodejs|cmd.dynamic-provider/.test(command));
  if (found.length === 0) throw new Error("No provider process was found below the engine.");
  return found.map(({ id }) => id);
}

function processes(): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      // The name in parentheses may hold blanks.
      const [, parentId] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [{ id: Number(name), parentId: Number(parentId), command }];
    } catch {
      return [];
    }
  });
}

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

// /proc gives the processor time of a process in ticks of a hundredth of a second, on every Linux that Node runs on.
const TICK_MS = 10;

/** Processor time of the children of this process that have ended, and of theirs. */
export function endedChildrenCpuMs(): number {
  const fields = statOf("self");
  return (Number(fields[CHILD_USER]) + Number(fields[CHILD_SYSTEM])) * TICK_MS;
}

const [USER, SYSTEM, CHILD_USER, CHILD_SYSTEM] = [11, 12, 13, 14];

/** The fields behind the name, which may hold spaces. */
function statOf(processId: string): string[] {
  const text = readFileSync(`/proc/${processId}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

export interface ProcessFigures {
  readonly cpuMs: number;
  readonly peakMiB: number;
}

/** Looks every 20 ms at the provider process, until told to stop; what it used last is what counts. */
export function watchProvider(): () => ProcessFigures {
  let found: string | undefined;
  let figures: ProcessFigures = { cpuMs: 0, peakMiB: 0 };
  const look = () => {
    found ??= readdirSync("/proc").find(isProvider);
    const seen = found === undefined ? undefined : figuresOf(found);
    // One that has ended and was not yet waited for shows no memory any more.
    if (seen !== undefined) figures = { cpuMs: seen.cpuMs, peakMiB: Math.max(seen.peakMiB, figures.peakMiB) };
  };
  const timer = setInterval(look, 20);
  return () => {
    clearInterval(timer);
    return figures;
  };
}

/** The official engine starts the SDK's file itself, one that was built here a launcher beside it. */
function isProvider(name: string): boolean {
  if (!/^\d+$/.test(name) || !/cmd\/dynamic-provider|pulumi-resource-pulumi-nodejs/.test(commandLineOf(name))) return false;
  return quietly(() => /node$/.test(readlinkSync(`/proc/${name}/exe`))) ?? false;
}

function commandLineOf(processId: string): string {
  return quietly(() => readFileSync(`/proc/${processId}/cmdline`, "utf8").replaceAll("\0", " ")) ?? "";
}

function figuresOf(processId: string): ProcessFigures | undefined {
  return quietly(() => {
    const fields = statOf(processId);
    const peakKiB = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, "utf8"))?.[1] ?? 0);
    return { cpuMs: (Number(fields[USER]) + Number(fields[SYSTEM])) * TICK_MS, peakMiB: peakKiB / 1024 };
  });
}

/** A process may end between two looks. */
function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

import { spawn } from "node:child_process";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { repositoryDirectory } from "./repository";

export interface InstallOptions {
  version: string;
  /** An empty folder; the engine is in its `bin` afterwards. */
  root: string;
  environment: NodeJS.ProcessEnv;
  /** The installer has no limits of its own: this long without a new byte and it is ended. */
  stallLimitMs: number;
  /** Node arguments of the installer; replaced in tests. */
  installer?: string[];
}

const pollMs = 1_000;

// In a process of its own, because PulumiCommand.install can neither be aborted nor be told a time limit.
const automationInstaller = [
  "-e",
  `const { PulumiCommand } = require("@pulumi/pulumi/automation");
   const { parse } = require("node:module").createRequire(require.resolve("@pulumi/pulumi"))("semver");
   const [version, root] = process.argv.slice(1);
   PulumiCommand.install({ version: parse(version), root }).catch((error) => {
     console.error(error.message);
     process.exitCode = 1;
   });`,
];

/** Installs the official release through the Automation API. Rejects with what the installer said. */
export async function installOfficially(options: InstallOptions): Promise<void> {
  const downloads = path.join(options.root, "downloads");
  await mkdir(downloads);
  const child = spawn(process.execPath, [...(options.installer ?? automationInstaller), options.version, options.root], {
    cwd: repositoryDirectory,
    // The install script downloads into this folder, which makes its progress visible; TMP is its name on Windows.
    env: { ...options.environment, TMPDIR: downloads, TMP: downloads },
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const watch = endWhenStalled(options, () => child.pid !== undefined && endGroup(child.pid));
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
    if (watch.isStalled()) throw new Error(`no data arrived for ${options.stallLimitMs / 1000} s`);
    if (code !== 0) throw new Error(lastLine(said) || `the installer ended with code ${code}`);
  } finally {
    watch.stop();
    await rm(downloads, { recursive: true, force: true });
  }
}

function endWhenStalled(options: InstallOptions, end: () => void) {
  let isStalled = false;
  let sizeBytes = 0;
  let grewMs = Date.now();
  const look = async () => {
    const nowBytes = await folderBytes(options.root);
    if (nowBytes !== sizeBytes) grewMs = Date.now();
    sizeBytes = nowBytes;
    if (Date.now() - grewMs <= options.stallLimitMs || isStalled) return;
    isStalled = true;
    end();
  };
  const timer = setInterval(() => void look(), Math.min(pollMs, options.stallLimitMs));
  return { isStalled: () => isStalled, stop: () => clearInterval(timer) };
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = names.map((name) =>
    stat(path.join(folder, name)).then(
      (found) => found.size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function endGroup(processId: number): void {
  try {
    process.kill(process.platform === "win32" ? processId : -processId, "SIGKILL");
  } catch {
    // It ended in between.
  }
}

const lastLine = (text: string) => text.trim().split("\n").at(-1)?.trim() ?? "";

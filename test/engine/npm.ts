import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { cacheDirectory, publish } from "./engineCache";
import { isolatedEnvironment } from "./environment";
import { exclusively } from "./exclusive";

const commandLimitMs = 300_000;

/** What npm printed; an error holds all that it said. */
export async function npm(directory: string, args: string[]): Promise<string> {
  try {
    const options = { cwd: directory, env: isolatedEnvironment(), timeout: commandLimitMs, maxBuffer: 1 << 26 };
    const { stdout } = await promisify(execFile)("npm", args, { ...options, shell: process.platform === "win32" });
    return stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`npm ${args.join(" ")} failed in ${directory}:\n${stdout}${stderr}`, { cause: error });
  }
}

/**
 * The folder of a package in the user's cache folder, installed there once without its scripts: for what the tests need and
 * what is another package on each platform, or no dependency of this repository.
 */
export async function installedPackage(name: string, version: string): Promise<string> {
  const directory = path.join(cacheDirectory(process.env), "packages", `${name.replace("/", "+")}@${version}`);
  await exclusively(`${directory}.lock`, async () => {
    if (existsSync(directory)) return;
    await publish(directory, async (partial) => {
      await writeFile(path.join(partial, "package.json"), JSON.stringify({ private: true, dependencies: { [name]: version } }));
      await npm(partial, ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]);
    });
  });
  return path.join(directory, "node_modules", name);
}

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, link, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { engineFiles } from "./repository";

/** The engine that is installed or built when there is none; the version of go.mod. */
export const engineVersion = "3.259.0";

const versionLimitMs = 20_000;

export const executable = (name: string, platform = process.platform) => (platform === "win32" ? `${name}.exe` : name);

/** Where this package keeps what is costly to bring, by the custom of each platform. */
export function cacheDirectory(environment: NodeJS.ProcessEnv, platform = process.platform): string {
  const { join } = platform === "win32" ? path.win32 : path.posix;
  const home = environment.HOME ?? homedir();
  const byPlatform: Partial<Record<NodeJS.Platform, string>> = {
    darwin: join(home, "Library", "Caches"),
    win32: environment.LOCALAPPDATA ?? join(home, "AppData", "Local"),
  };
  return join(environment.XDG_CACHE_HOME || byPlatform[platform] || join(home, ".cache"), "pulumi-patchbay");
}

/** The version that `command` reports, without touching the user's ~/.pulumi. */
export async function reportedVersion(command: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(command, ["version"], {
    env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeout: versionLimitMs,
  });
  const version = /^v?(\d+\.\d+\.\d+\S*)/m.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`\`${command} version\` printed no version: ${stdout.trim()}`);
  return version;
}

/** Whether the Node plugins that the official release ships are beside this engine. */
export function hasNodePlugins(directory: string, platform = process.platform): boolean {
  // What is a shell script elsewhere is a command file on Windows.
  const resource = platform === "win32" ? "pulumi-resource-pulumi-nodejs.cmd" : "pulumi-resource-pulumi-nodejs";
  return [executable("pulumi-language-nodejs", platform), resource].every((name) => existsSync(path.join(directory, name)));
}

/**
 * Fills `root` with what `fill` puts into a folder beside it. The rename makes the whole appear at once, so no process
 * ever starts half an engine; a broken `root` of an earlier time is replaced.
 */
export async function publish(root: string, fill: (partial: string) => Promise<void>): Promise<void> {
  await mkdir(path.dirname(root), { recursive: true });
  const partial = await mkdtemp(`${root}.partial-`);
  try {
    await fill(partial);
    await rm(root, { recursive: true, force: true });
    await rename(partial, root);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * A folder in `root` with a hard link to its engine and copies of our launchers beside it. The engine takes its Node
 * plugins from its own folder in silence; from PATH it takes them too, but with a warning under every command. The
 * folder is named after the launchers' content, so checkouts with different launchers do not meet.
 */
export async function withLaunchers(root: string): Promise<string> {
  const launchers = path.join(engineFiles, "launchers");
  const names = (await readdir(launchers)).sort();
  const hash = createHash("sha256");
  for (const name of names) hash.update(name).update(await readFile(path.join(launchers, name)));
  const complete = path.join(root, `with-launchers-${hash.digest("hex").slice(0, 12)}`);
  if (existsSync(complete)) return complete;
  const partial = await mkdtemp(path.join(root, "partial-"));
  await link(path.join(root, executable("pulumi")), path.join(partial, executable("pulumi")));
  for (const name of names) await copyFile(path.join(launchers, name), path.join(partial, name));
  await rename(partial, complete).catch(async (error: NodeJS.ErrnoException) => {
    await rm(partial, { recursive: true, force: true });
    // Another process was first, with the same content.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  });
  return complete;
}

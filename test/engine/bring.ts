import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { cacheDirectory, engineVersion, executable, hasNodePlugins, publish, reportedVersion, withLaunchers } from "./engineCache";
import { exclusively } from "./exclusive";
import { buildWithGo } from "./goBuild";
import { installOfficially } from "./officialInstall";
import { engineFiles } from "./repository";

export interface Engine {
  /** Absolute path of `pulumi`. */
  command: string;
  version: string;
  source: "path" | "installed" | "built";
  /** To be put first on PATH when `command` runs, so that it finds the Node plugins that belong to it. */
  directory?: string;
}

export interface BringOptions {
  progress(line: string): void;
  /** @default process.env */
  environment?: NodeJS.ProcessEnv;
  /** How long the official download may bring nothing. @default 60 s */
  stallLimitMs?: number;
}

type Step = "path" | "cache" | "install" | "build";

const oldestMinor = 200;

/**
 * A real Pulumi engine on any machine: the one on PATH, else the one of the user's cache folder, else the official
 * install, else a build with Go. PATCHBAY_ENGINE_SOURCES narrows and orders that, for tests and for the curious:
 * `PATCHBAY_ENGINE_SOURCES=cache,build` never looks at PATH and never asks the install server.
 */
export async function bringEngine(options: BringOptions): Promise<Engine> {
  const context = { stallLimitMs: 60_000, environment: process.env, ...options };
  const failures: string[] = [];
  for (const step of allowedSteps(context.environment)) {
    const outcome = await steps[step](context).catch(reasonOf);
    if (typeof outcome !== "string") return outcome;
    failures.push(`${titles[step]}: ${outcome}`);
    if (step === "install") context.progress(failures.at(-1) ?? outcome);
  }
  throw new Error(
    [
      "There is no Pulumi engine to run.",
      ...failures.map((failure) => `  - ${failure}`),
      `Install Pulumi 3.${oldestMinor} or newer (https://www.pulumi.com/docs/iac/download-install/), or Go 1.26 or newer so that it can be built here, and run this again.`,
    ].join("\n"),
  );
}

type Context = Required<BringOptions>;

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const titles: Record<Step, string> = {
  path: "pulumi on PATH",
  cache: "the engine of an earlier run",
  install: "the official install (PulumiCommand.install)",
  build: "a build with Go",
};

const steps: Record<Step, (context: Context) => Promise<Engine>> = {
  path: fromPath,
  cache: (context) => fromCache(context),
  install: (context) =>
    fillCache(context, "installing the official Pulumi engine", (root) =>
      installOfficially({
        version: engineVersion,
        root,
        environment: context.environment,
        stallLimitMs: context.stallLimitMs,
      }),
    ),
  build: (context) =>
    fillCache(context, "building the Pulumi engine", (directory) =>
      buildWithGo({ version: engineVersion, directory, environment: context.environment, progress: context.progress }),
    ),
};

function allowedSteps(environment: NodeJS.ProcessEnv): Step[] {
  const all = Object.keys(titles) as Step[];
  const wanted = environment.PATCHBAY_ENGINE_SOURCES?.split(",").map((word) => word.trim()) ?? all;
  const unknown = wanted.filter((word) => !all.some((step) => step === word));
  if (unknown.length > 0) {
    throw new Error(`PATCHBAY_ENGINE_SOURCES has "${unknown.join(",")}"; it takes a list of ${all.join(", ")}.`);
  }
  return wanted as Step[];
}

async function fromPath({ environment }: Context): Promise<Engine> {
  const folders = (environment.PATH ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const commands = folders.map((folder) => path.join(folder, executable("pulumi"))).filter(existsSync);
  const reasons: string[] = [];
  for (const command of commands.filter((candidate) => !isOurs(candidate, environment))) {
    try {
      const version = await reportedVersion(command, environment);
      if (isRecent(version)) return { command, version, source: "path", directory: pluginDirectory(command, folders) };
      reasons.push(`${command} is ${version}, older than 3.${oldestMinor}.0`);
    } catch (error) {
      reasons.push(`${command} does not run (${reasonOf(error).split("\n")[0]})`);
    }
  }
  throw new Error(reasons.join("; ") || "none found");
}

/** Found again through PATH, an engine of ours would lose the launchers beside it. */
function isOurs(command: string, environment: NodeJS.ProcessEnv): boolean {
  const cache = cacheDirectory(environment);
  return existsSync(cache) && realpathSync(command).startsWith(realpathSync(cache) + path.sep);
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 3 || (major === 3 && minor >= oldestMinor);
}

/** An engine that has its Node plugins, beside it or on PATH, gets no others, and the order of PATH stays the user's. */
function pluginDirectory(command: string, folders: string[]): string | undefined {
  const isComplete = [path.dirname(realpathSync(command)), ...folders].some((folder) => hasNodePlugins(folder));
  return isComplete ? undefined : path.join(engineFiles, "launchers");
}

async function fromCache({ environment }: Pick<Context, "environment">): Promise<Engine> {
  const root = cacheRoot(environment);
  const bin = path.join(root, "bin");
  const isInstalled = existsSync(path.join(bin, executable("pulumi")));
  if (!isInstalled && !existsSync(path.join(root, executable("pulumi")))) throw new Error(`none in ${root}`);
  const directory = isInstalled ? bin : await withLaunchers(root);
  const command = path.join(directory, executable("pulumi"));
  const version = await reportedVersion(command, environment);
  return { command, version, source: isInstalled ? "installed" : "built", directory };
}

const cacheRoot = (environment: NodeJS.ProcessEnv) => path.join(cacheDirectory(environment), `pulumi-${engineVersion}`);

async function fillCache(context: Context, what: string, fill: (folder: string) => Promise<void>): Promise<Engine> {
  const root = cacheRoot(context.environment);
  const waiting = () => context.progress(`waiting for another process that is ${what}`);
  return exclusively(
    `${root}.lock`,
    async () => {
      const brought = await fromCache(context).catch(() => undefined);
      if (brought !== undefined) return brought;
      context.progress(`${what} ${engineVersion} into ${root}`);
      await publish(root, fill);
      return fromCache(context);
    },
    waiting,
  );
}

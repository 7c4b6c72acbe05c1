import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Engine } from "./bring";
import { type Environment, isolatedEnvironment } from "./environment";

export type ConfigValue = string | { secret: string };

export interface StackOptions {
  engine: Engine;
  /** A folder with package.json, tsconfig.json and node_modules, as `foreignProject` makes it. It is only read. */
  projectDirectory: string;
  /** The text of index.ts or index.js. */
  program: string;
  /** @default "typescript", not type checked: PULUMI_NODEJS_TRANSPILE_ONLY saves 2.3 s per command */
  language?: "typescript" | "javascript";
  /** `main` of Pulumi.yaml, a folder: `src/`. */
  main?: string;
  config?: Record<string, ConfigValue>;
  environment?: Environment;
  /** The stack's name. @default "test" */
  name?: string;
  /**
   * `linked` makes the stack's node_modules a symbolic link to the project's. Node resolves it to the real folder, so
   * every package in it is where npm put it. `copied` is a plain folder. Measured with the SDK alone, 14,000 files: a link
   * takes 1 ms, a copy 1.2 s, `npm install` 12 s. (fs.cp of Node 20 needs 17 s for what cp does in 1.2.)
   * @default "linked"
   */
  nodeModules?: "linked" | "copied";
  /** The folder of the Node that runs program and provider. @default that of the PATH */
  nodeDirectory?: string;
  /** Options of `runtime` in Pulumi.yaml: `typescript`, `tsconfig`, `nodeargs`. */
  runtimeOptions?: Record<string, string | boolean>;
  /** Of each command. @default 60 s */
  limitMs?: number;
  /** What the emulators received since the last call; each command's result carries its own. */
  takeRequests?: () => string[];
}

export const projectName = "patchbay-test";

/** What `pulumi` and everything below it sees: a state, a home and a passphrase of this stack, nobody's account. */
export function stackEnvironment(options: StackOptions, folder: string): Environment {
  const inherited = isolatedEnvironment();
  return {
    ...inherited,
    PATH: [options.nodeDirectory, options.engine.directory, inherited.PATH].filter(Boolean).join(path.delimiter),
    PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
    PULUMI_HOME: path.join(folder, "home"),
    XDG_STATE_HOME: path.join(folder, "notes"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    ...options.environment,
  };
}

/** Everything but the program: state, home and a project as `pulumi new` leaves it. */
export async function fillStackFolder(options: StackOptions, folder: string): Promise<void> {
  const project = path.join(folder, "project");
  for (const name of ["state", "home", "project"]) await mkdir(path.join(folder, name));
  for (const name of ["package.json", "tsconfig.json"]) await copyFile(path.join(options.projectDirectory, name), path.join(project, name));
  const modules = path.join(options.projectDirectory, "node_modules");
  if (options.nodeModules === "copied") {
    await promisify(execFile)("cp", ["-RP", modules, project]);
  } else {
    await symlink(modules, path.join(project, "node_modules"), "junction");
  }
  // JSON is YAML.
  const description = {
    name: projectName,
    main: options.main,
    runtime: { name: "nodejs", options: options.runtimeOptions ?? {} },
  };
  await writeFile(path.join(project, "Pulumi.yaml"), JSON.stringify(description));
}

import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { type Environment, isolatedEnvironment } from "./environment";
import { gatewayProgram, serviceName, succeeded } from "./gateway";
import { installedPackage, npm } from "./npm";
import { foreignProject } from "./project";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

// The packed package as other package managers lay it out; npm's layout is in all the other tests.

const READ = "GET …/backends/orders";
const PATCH = "PATCH …/backends/orders";
const rows: string[][] = [];
let world: World;
let scratch: string;
let registry: string;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    cloud.addApiManagementService(serviceName);
    cloud.addBackend(serviceName, "orders", { title: "Before", url: "https://orders.example.com/", protocol: "http" });
  });
  scratch = await mkdtemp(path.join(tmpdir(), "patchbay-managers-"));
  registry = (await npm(scratch, ["config", "get", "registry"])).trim();
}, bringLimitMs);

afterAll(async () => {
  await world.close();
  await rm(scratch, { recursive: true });
});

interface Manager {
  readonly name: string;
  /** Its newest releases that run no script of their own and run with Node 20. */
  readonly version: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly environment: Environment;
}

const yarnEnvironment = { YARN_ENABLE_SCRIPTS: "false", YARN_ENABLE_TELEMETRY: "false", YARN_ENABLE_IMMUTABLE_INSTALLS: "false" };
const yarn4 = { name: "@yarnpkg/cli-dist", version: "4", script: "bin/yarn.js", args: [] };
const managers: Readonly<Record<string, Manager>> = {
  pnpm: { name: "pnpm", version: "10", script: "bin/pnpm.cjs", args: ["--ignore-scripts"], environment: {} },
  "Yarn 1": {
    name: "yarn",
    version: "1",
    script: "bin/yarn.js",
    args: ["--ignore-scripts", "--ignore-engines", "--non-interactive"],
    environment: {},
  },
  "Yarn 4": { ...yarn4, environment: { ...yarnEnvironment, YARN_NODE_LINKER: "node-modules" } },
  "Yarn 4 with Plug'n'Play": { ...yarn4, environment: { ...yarnEnvironment, YARN_NODE_LINKER: "pnp" } },
};

/** A user's project, installed by this manager with a cache of its own, and the stack's settings beside it. */
async function install(title: string, stack: Stack): Promise<string> {
  const { name, version, script, args, environment } = managers[title] as Manager;
  const folder = path.join(scratch, title.replace(/\W/g, ""));
  await mkdir(folder);
  const { dependencies } = JSON.parse(await readFile(path.join(await foreignProject(), "package.json"), "utf8"));
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ name: "a-users-program", private: true, dependencies }));
  await writeFile(path.join(folder, "yarn.lock"), "");
  await writeFile(path.join(folder, "index.js"), gatewayProgram(`patch("orders", { title: "${title}", onDestroy: "restore" });`));
  for (const file of ["Pulumi.yaml", `Pulumi.${stack.name}.yaml`])
    await copyFile(path.join(stack.directory, file), path.join(folder, file));
  const own = {
    npm_config_registry: registry,
    YARN_NPM_REGISTRY_SERVER: registry,
    XDG_DATA_HOME: scratch,
    XDG_CACHE_HOME: scratch,
    YARN_GLOBAL_FOLDER: path.join(scratch, "yarn"),
  };
  const command = path.join(await installedPackage(name, version), script);
  await promisify(execFile)(process.execPath, [command, "install", ...args], {
    cwd: folder,
    env: { ...isolatedEnvironment(), ...own, ...environment },
  });
  return folder;
}

const pnp = "Yarn 4 with Plug'n'Play";

async function upAndDestroy(stack: Stack, directory: string, environment: Environment = {}): Promise<string[][]> {
  const sent: string[][] = [];
  for (const command of ["up", "destroy"] as const) {
    const result = succeeded(await stack[command](["--stack", stack.name], { directory, environment }));
    sent.push(result.requests);
  }
  return sent;
}

it.each(Object.keys(managers).filter((title) => title !== pnp))("%s: a program is applied and destroyed", async (title) => {
  const stack = await world.stack("");
  expect(await upAndDestroy(stack, await install(title, stack))).toEqual([
    [READ, PATCH],
    [READ, PATCH],
  ]);
  rows.push([title, "works"]);
});

it("Plug'n'Play works where every Node process of the run gets its resolver", async () => {
  const stack = await world.stack("");
  const directory = await install(pnp, stack);
  const refused = await stack.up(["--stack", stack.name], { directory });
  expect([refused.exitCode === 0, refused.requests]).toEqual([false, []]);
  expect(refused.output).toContain("It looks like the Pulumi SDK has not been installed");
  expect(await upAndDestroy(stack, directory, { NODE_OPTIONS: `--require ${path.join(directory, ".pnp.cjs")}` })).toEqual([
    [READ, PATCH],
    [READ, PATCH],
  ]);
  rows.push([
    pnp,
    'works with `NODE_OPTIONS="--require <folder>/.pnp.cjs"` in the environment of `pulumi`; without it, `It looks like the Pulumi SDK has not been installed`',
  ]);
});

it("docs/with-pulumi.md tells of each", () => {
  expectDocumentPart("docs/with-pulumi.md", "managers", markdownTable(["installed by", "what happens"], rows));
});

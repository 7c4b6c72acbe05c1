import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import manifest from "../../package.json";
import { readRecording } from "../cloud/recordingFile";
import { shownFile } from "../documents/documents";
import { isolatedEnvironment } from "./environment";
import { foreignProject } from "./project";
import { repositoryDirectory } from "./repository";
import { bringLimitMs, testEngine } from "./testEngine";

// pulumi-patchbay/testing as a user has it: examples/testing, the code of docs/testing.md, in a project that installed the
// packed package.

const inRepository = (file: string) => path.join(repositoryDirectory, file);
/** What the page shows of the project beside the code. */
const SHOWN = ["package.json", "tsconfig.json", "Pulumi.yaml", "jest.config.js"];
const shownManifest = JSON.parse(shownFile("docs/testing.md", "package.json"));
const [compile = "", testWithNode = "", testWithJest = "", ...more] = shownManifest.scripts.test.split(" && ") as string[];
let folder: string;
let environment: Record<string, string>;

beforeAll(async () => {
  const engine = await testEngine();
  const project = await foreignProject();
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-testing-"));
  cpSync(inRepository("examples/testing"), folder, { recursive: true });
  linkPackages(path.join(project, "node_modules"), ["@pulumi/pulumi", "pulumi-patchbay", "typescript", "@types/node"]);
  linkPackages(inRepository("node_modules"), ["jest", "@types/jest", "@swc/core", "@swc/jest"]);
  for (const file of SHOWN) writeFileSync(path.join(folder, file), shownFile("docs/testing.md", file));
  const inherited = isolatedEnvironment();
  environment = {
    ...inherited,
    PATH: [inRepository("node_modules/.bin"), engine.directory, inherited.PATH].filter(Boolean).join(path.delimiter),
    PULUMI_HOME: path.join(folder, "home"),
    XDG_STATE_HOME: path.join(folder, "notes"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}, bringLimitMs);

afterAll(() => rmSync(folder, { recursive: true }));

/** Packages of another node_modules, where each finds those that it needs. */
function linkPackages(modules: string, names: readonly string[]): void {
  for (const name of names) {
    const link = path.join(folder, "node_modules", name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.join(modules, name), link, "junction");
  }
}

function runs(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8", env: environment });
  return { status, output: `${stdout}${stderr}`, stdout };
}

/** A command of the page, which must succeed. */
function succeeds(command: string): string {
  const { status, output } = runs("bash", "-c", command);
  expect([command, status, status === 0 ? "" : output]).toEqual([command, 0, ""]);
  return output;
}

function filesOf(end: string): string[] {
  return readdirSync(folder).filter((file) => file.endsWith(end));
}

it("the page names the versions that this repository has and needs", () => {
  const { version, peerDependencies, devDependencies } = manifest;
  expect(shownManifest.dependencies).toEqual({ ...peerDependencies, "pulumi-patchbay": `^${version}` });
  expect(devDependencies).toMatchObject(shownManifest.devDependencies);
});

it.each([
  ["commonjs", "node10", "--ignoreDeprecations 6.0"],
  ["node16", "node16", ""],
])("the code of the page type-checks under strict with module %s and resolution %s", (module, resolution, others) => {
  const options = "--strict --target es2022 --types node,jest --esModuleInterop --ignoreConfig --noEmit";
  const files = filesOf(".ts").join(" ");
  expect(succeeds(`tsc ${options} --module ${module} --moduleResolution ${resolution} ${others} ${files}`)).toBe("");
});

it("all of it compiles with the page's tsconfig.json, and no index.js comes beside index.ts", () => {
  expect(more).toEqual([]);
  expect(succeeds(compile)).toBe("");
  expect(filesOf(".js")).toEqual(["jest.config.js"]);
});

it("the tests of the page pass under node:test, recorded, and leave nothing else behind", () => {
  environment["PATCHBAY_RECORDING"] = "bug.jsonl";
  expect(succeeds(testWithNode)).toMatch(/^# pass 4$/m);
  expect(existsSync(path.join(folder, "Pulumi.test.yaml"))).toBe(false);
  // Two runs of up, a refresh and a destroy sent something; previews and the run without a change did not.
  expect(filesOf(".jsonl").sort()).toEqual(["bug-2.jsonl", "bug-3.jsonl", "bug-4.jsonl", "bug.jsonl"]);
});

it("and the first run again, from its recording alone", () => {
  delete environment["PATCHBAY_RECORDING"];
  // The example has the names of the recording, as whoever writes it reads them there.
  const { body } = readRecording(path.join(folder, "bug.jsonl"))[1] ?? {};
  expect(readFileSync(path.join(folder, "replay.test.ts"), "utf8")).toContain(
    JSON.stringify((body as { properties: { url: string } }).properties.url),
  );
  succeeds("node --test bin/replay.test.js");
});

it("and under Jest", () => {
  expect(succeeds(testWithJest)).toMatch(/^Tests: +2 passed, 2 total$/m);
});

describe("pulumi-patchbay/testing", () => {
  const services = Object.keys(manifest.typesVersions["*"]).filter((name) => name !== "testing" && name !== "runtime");
  const isTesting = (file: string) => file.includes("pulumi-patchbay/dist/testing/");

  /** Every file that a process has loaded after a script. */
  function loadedBy(script: string): string[] {
    const { stdout, output } = runs(
      process.execPath,
      "-e",
      `${script}; process.stdout.write("LOADED" + JSON.stringify(Object.keys(require.cache)));`,
    );
    expect(output).toContain("LOADED");
    return JSON.parse(stdout.slice(stdout.indexOf("LOADED") + 6)) as string[];
  }

  it("is loaded by no other entry point, and by no operation", () => {
    const loaded = loadedBy(`
      require("pulumi-patchbay");
      const { provider } = require("pulumi-patchbay/runtime");
      for (const service of ${JSON.stringify(services)})
        for (const name of Object.keys(require("pulumi-patchbay/" + service))) provider(service + "/" + name)`);
    expect(loaded.some((file) => file.endsWith("pulumi-patchbay/dist/webpubsub/keyRegeneration.js"))).toBe(true);
    expect(loaded.filter(isTesting)).toEqual([]);
  });

  it("loads itself and Node's own modules, and nothing that would have to be installed", () => {
    const loaded = loadedBy('require("pulumi-patchbay/testing")');
    expect(loaded.some((file) => file.endsWith("dist/testing/index.js"))).toBe(true);
    expect(loaded.filter((file) => !isTesting(file))).toEqual([]);
    const required = loaded.flatMap((file) => [...readFileSync(file, "utf8").matchAll(/require\("([^".][^"]*)"\)/g)]);
    const names = required.map(([, name = ""]) => name.replace(/^node:/, ""));
    expect(names.filter((name) => !builtinModules.includes(name))).toEqual([]);
  });

  it("is found from this repository too", () => {
    expect(require.resolve("pulumi-patchbay/testing")).toBe(inRepository("dist/testing/index.js"));
  });
});

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { typesVersions } from "../../package.json";
import { readRecording } from "../cloud/recordingFile";
import { isolatedEnvironment } from "./environment";
import { foreignProject } from "./project";
import { repositoryDirectory } from "./repository";
import { bringLimitMs, testEngine } from "./testEngine";

// pulumi-patchbay/testing as a user has it: examples/testing, the code of docs/testing.md, in a project that installed the
// packed package.

const inRepository = (file: string) => path.join(repositoryDirectory, file);
let folder: string;
let environment: Record<string, string>;

beforeAll(async () => {
  const engine = await testEngine();
  const project = await foreignProject();
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-testing-"));
  cpSync(inRepository("examples/testing"), folder, { recursive: true });
  symlinkSync(path.join(project, "node_modules"), path.join(folder, "node_modules"), "junction");
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "a-users-program", private: true }));
  writeFileSync(path.join(folder, "Pulumi.yaml"), JSON.stringify({ name: "a-users-program", runtime: "nodejs" }));
  const inherited = isolatedEnvironment();
  environment = {
    ...inherited,
    PATH: [engine.directory, inherited.PATH].filter(Boolean).join(path.delimiter),
    PULUMI_HOME: path.join(folder, "home"),
    XDG_STATE_HOME: path.join(folder, "notes"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}, bringLimitMs);

afterAll(() => rmSync(folder, { recursive: true }));

function node(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", env: environment });
  return { status, output: `${stdout}${stderr}`, stdout };
}

function filesOf(end: string): string[] {
  return readdirSync(folder).filter((file) => file.endsWith(end));
}

it.each([
  ["commonjs", "node10", ["--ignoreDeprecations", "6.0"]],
  ["node16", "node16", []],
])("the code of the page type-checks under strict with module %s and resolution %s", (module, resolution, more) => {
  const options = ["--strict", "--target", "es2022", "--types", "node", "--esModuleInterop", "--ignoreConfig", "--outDir", folder];
  // The types of jest's own functions are no part of such a project.
  const files = filesOf(".ts").filter((file) => !/\.jest\.|\.d\.ts$/.test(file));
  const { output, status } = node(
    "node_modules/typescript/bin/tsc",
    ...options,
    ...["--module", module, "--moduleResolution", resolution, ...more, ...files],
  );
  expect(output).toBe("");
  expect(status).toBe(0);
});

it("the tests of the page pass under node:test, recorded, and leave nothing else behind", () => {
  environment["PATCHBAY_RECORDING"] = "bug.jsonl";
  const { output, status } = node("--test", "--test-concurrency=1", "mocks.test.js", "program.test.js");
  expect([status, status === 0 ? "" : output]).toEqual([0, ""]);
  expect(output).toMatch(/^# pass 4$/m);
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
  const { output, status } = node("--test", "replay.test.js");
  expect([status, status === 0 ? "" : output]).toEqual([0, ""]);
});

it("and under Jest", () => {
  const transform = { "\\.ts$": [require.resolve("@swc/jest"), { jsc: { target: "es2022" }, module: { type: "commonjs" } }] };
  writeFileSync(path.join(folder, "jest.config.json"), JSON.stringify({ testMatch: ["**/*.jest.test.ts"], transform }));
  const { output, status } = node(inRepository("node_modules/jest/bin/jest.js"), "--config", "jest.config.json");
  expect([status, status === 0 ? "" : output]).toEqual([0, ""]);
  expect(output).toMatch(/^Tests: +2 passed, 2 total$/m);
});

describe("pulumi-patchbay/testing", () => {
  const services = Object.keys(typesVersions["*"]).filter((name) => name !== "testing" && name !== "runtime");
  const isTesting = (file: string) => file.includes("pulumi-patchbay/dist/testing/");

  /** Every file that a process has loaded after a script. */
  function loadedBy(script: string): string[] {
    const { stdout, output } = node("-e", `${script}; process.stdout.write("LOADED" + JSON.stringify(Object.keys(require.cache)));`);
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

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Mutation, mutations } from "./mutations";

const repository = path.resolve(__dirname, "../..");
const copied = ["provider", "test", "docs", "examples", "package.json", "jest.config.js", "README.md", "CHANGELOG.md", "LICENSE"];
const compilers = ["tsconfig.json", "tsconfig.build.json", "tsconfig.testing.json"];
const only = process.env.PATCHBAY_MUTATION;

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), "patchbay-mutations-"));
  for (const name of [...copied, ...compilers]) cpSync(path.join(repository, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(repository, "node_modules"), path.join(copy, "node_modules"));
  // The engine is nothing that a mutation here needs.
  writeFileSync(
    path.join(copy, "jest.config.js"),
    `module.exports = { ...require(${JSON.stringify(path.join(repository, "jest.config.js"))}), rootDir: __dirname, globalSetup: undefined };`,
  );
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

function run(tests: readonly string[]): { exitCode: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync("npx", ["jest", "--bail", ...tests], { cwd: copy, encoding: "utf8", timeout: 600_000 });
  return { exitCode: status, output: stdout + stderr };
}

/** The package as it is published, of the copy as it is now. */
function build(): void {
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", "build"], { cwd: copy, encoding: "utf8" });
  if (status !== 0) throw new Error(stdout + stderr);
}

/** The names of the tests that failed. */
function failed(output: string): string[] {
  return [...new Set([...output.matchAll(/^ {2}● (.+)$/gm)].map(([, name = ""]) => name.trim()))];
}

function mutated({ file, find, replace }: Mutation): () => void {
  const target = path.join(copy, "provider", file);
  const original = readFileSync(target, "utf8");
  writeFileSync(
    target,
    original.replace(find, () => replace),
  );
  return () => writeFileSync(target, original);
}

describe("a deliberate bug is noticed:", () => {
  const chosen = mutations.filter(({ breaks }) => only === undefined || breaks.includes(only));
  it.each(chosen.map((mutation) => [mutation.breaks, mutation] as const))("%s", (_breaks, mutation) => {
    const putBack = mutated(mutation);
    try {
      if (mutation.isOfTheBuild) build();
      const { exitCode, output } = run(mutation.caughtBy);
      const noticed = failed(output);
      process.stdout.write(`${mutation.breaks}\n${noticed.map((name) => `    ${name}\n`).join("")}`);
      // A mutation that does not even load is noticed by everything, and tells nothing.
      expect(output).not.toContain("Test suite failed to run");
      expect(noticed.length).toBeGreaterThan(0);
      expect(exitCode).not.toBe(0);
    } finally {
      putBack();
    }
  });

  it("and without one the same tests pass", () => {
    if (chosen.some(({ isOfTheBuild }) => isOfTheBuild)) build();
    const tests = [...new Set(chosen.flatMap(({ caughtBy }) => caughtBy))];
    expect(failed(run(tests).output)).toEqual([]);
  });
});

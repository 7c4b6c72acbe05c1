import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const repository = path.resolve(__dirname, "../..");

/** What a step loaded beside what was there before: files of the built package by name, and other packages. */
export interface Loaded {
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

const PREAMBLE = `
  const path = require("node:path");
  const dist = path.join(${JSON.stringify(repository)}, "dist") + path.sep;
  const steps = [];
  require("@pulumi/pulumi");
  let known = new Set(Object.keys(require.cache));
  const step = () => {
    const now = Object.keys(require.cache).filter((file) => !known.has(file));
    for (const file of now) known.add(file);
    const packages = now.filter((file) => !file.startsWith(dist)).map((file) => /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1] ?? file);
    const files = now.filter((file) => file.startsWith(dist)).map((file) => file.slice(dist.length));
    steps.push({ files: files.sort(), packages: [...new Set(packages)].sort() });
  };
`;

/**
 * Runs a script in a process that has loaded the SDK, as programs and provider processes have; \`step()\` in it ends a
 * step. Gives what each step loaded.
 */
export async function loadedBy(script: string, environment: Record<string, string> = {}): Promise<Loaded[]> {
  const whole = `${PREAMBLE}(async () => { ${script}; console.log("LOADED" + JSON.stringify(steps)); process.exit(0); })();`;
  const env = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", whole], { cwd: repository, env });
  return JSON.parse(stdout.slice(stdout.indexOf("LOADED") + "LOADED".length)) as Loaded[];
}

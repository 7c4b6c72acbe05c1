import { spawn } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");

// Node cannot run TypeScript by itself in version 20; jest's own loader is no real process.
const LOADER = `
  const { transformSync } = require("@swc/core");
  const { readFileSync } = require("node:fs");
  require.extensions[".ts"] = (module, file) => {
    const options = { filename: file, jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } };
    module._compile(transformSync(readFileSync(file, "utf8"), options).code, file);
  };
`;

/** Runs a script in a process of its own, where \`require\` takes this repository's TypeScript; gives what it printed. */
export async function inOwnProcess(script: string, environment: Record<string, string> = {}): Promise<string> {
  const env = { PATH: process.env["PATH"] ?? "", ...environment };
  const child = spawn(process.execPath, ["-e", `${LOADER}\n${script}`], { cwd: ROOT, env });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await new Promise((resolve) => child.on("close", resolve));
  return printed.trim();
}

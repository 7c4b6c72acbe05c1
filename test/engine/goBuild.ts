import { spawn } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { executable } from "./engineCache";
import { engineFiles } from "./repository";

export interface BuildOptions {
  version: string;
  /** Where the engine's executable goes. */
  directory: string;
  environment: NodeJS.ProcessEnv;
  progress(line: string): void;
}

const progressEveryMs = 15_000;
const limitMs = 45 * 60_000;

/** Builds the engine from its Go module. Rejects with the end of what the Go command said. */
export async function buildWithGo(options: BuildOptions): Promise<void> {
  // A copy, because the Go command may complete go.sum where it builds.
  const source = await mkdtemp(path.join(tmpdir(), "patchbay-engine-"));
  try {
    for (const name of ["go.mod", "go.sum", "tools.go"]) await copyFile(path.join(engineFiles, name), path.join(source, name));
    options.progress(`building the Pulumi engine ${options.version} with Go, once for this machine: about 6 minutes on 2 cores`);
    await runGo(source, options);
  } finally {
    await rm(source, { recursive: true, force: true });
  }
}

function runGo(source: string, options: BuildOptions): Promise<void> {
  const args = [
    "build",
    "-v",
    // Without its version in it, the Automation API refuses the engine.
    `-ldflags=-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${options.version}`,
    "-o",
    path.join(options.directory, executable("pulumi")),
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  ];
  const child = spawn("go", args, { cwd: source, env: options.environment, stdio: ["ignore", "ignore", "pipe"] });
  const phase = watchPhase(child.stderr);
  const startedMs = Date.now();
  const elapsed = () => Math.round((Date.now() - startedMs) / 1000);
  const report = setInterval(() => options.progress(`building the Pulumi engine with Go: ${elapsed()} s, ${phase.now()}`), progressEveryMs);
  const limit = setTimeout(() => child.kill("SIGTERM"), limitMs);
  return new Promise<void>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new Error("Go is not installed (no `go` on PATH)") : error),
    );
    child.once("close", (code, signal) => {
      if (code !== 0) return reject(new Error(`go build ended with ${signal ?? code} after ${elapsed()} s: ${phase.lastLines()}`));
      options.progress(`built the Pulumi engine in ${elapsed()} s`);
      resolve();
    });
  }).finally(() => {
    clearInterval(report);
    clearTimeout(limit);
  });
}

/** `go build -v` prints a line per module that it downloads and a line per package that it compiles. */
function watchPhase(stderr: NodeJS.ReadableStream) {
  const lines: string[] = [];
  let modules = 0;
  let packages = 0;
  createInterface({ input: stderr }).on("line", (line) => {
    if (line.startsWith("go: downloading ")) modules += 1;
    else if (/^[\w.-]+(\/[\w.~-]+)*$/.test(line)) packages += 1;
    lines.push(line);
  });
  return {
    now: () => (packages > 0 ? `${packages} packages compiled` : modules > 0 ? `${modules} modules downloaded` : "at work"),
    lastLines: () => lines.slice(-5).join(" | "),
  };
}

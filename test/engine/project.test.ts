import { execFile } from "node:child_process";
import { lstat, readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { foreignProject } from "./project";
import { repositoryDirectory } from "./repository";

const installLimitMs = 300_000;

const ourPackage = (project: string) => path.join(project, "node_modules", "pulumi-patchbay");

describe("foreignProject", () => {
  it(
    "has the packed package where npm puts it, and finds its public paths",
    async () => {
      const project = await foreignProject();
      expect((await lstat(ourPackage(project))).isDirectory()).toBe(true);
      expect(path.relative(repositoryDirectory, await realpath(ourPackage(project)))).toMatch(/^\.\./);
      // Node's own resolution, which jest replaces in this process.
      const args = ["-p", 'require.resolve("pulumi-patchbay/runtime")'];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project });
      expect(stdout.trim()).toBe(path.join(await realpath(ourPackage(project)), "dist", "runtime.js"));
      expect(await foreignProject()).toBe(project);
    },
    installLimitMs,
  );

  it(
    "has a link to this repository instead, with any SDK of the peer range",
    async () => {
      const project = await foreignProject({ link: true, pulumiVersion: "3.216.0" });
      expect(await realpath(ourPackage(project))).toBe(await realpath(repositoryDirectory));
      const sdk = await readFile(path.join(project, "node_modules", "@pulumi", "pulumi", "package.json"), "utf8");
      expect(JSON.parse(sdk).version).toBe("3.216.0");
    },
    installLimitMs,
  );
});

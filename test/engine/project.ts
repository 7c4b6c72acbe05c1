import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheDirectory, publish } from "./engineCache";
import { exclusively } from "./exclusive";
import { npm } from "./npm";
import { repositoryDirectory } from "./repository";

export interface ProjectOptions {
  /** The SDK that the program uses. @default the version of this repository */
  pulumiVersion?: string;
  /** The package as a symbolic link to this repository, as `npm link` makes it, in place of the packed tarball. */
  link?: boolean;
  /** Without the package: for tests of the harness, which then need no build. */
  bare?: boolean;
  /** @default "~6.0.3", or "~5.9.3" with another SDK than this repository's: 3.216.0 does not take TypeScript 6 */
  typescriptVersion?: string;
  /** How TypeScript resolves modules in the program. @default "node16" */
  moduleResolution?: "node10" | "node16";
}

const kept = 6;
const keptForMs = 3_600_000;

/**
 * The folder of a project as a user has it: outside this repository, the packed package and the SDK installed by npm.
 * Made once per content and kept in the user's cache folder, because `npm install` of the SDK is measured in seconds.
 * Only to be read: a stack links or copies its node_modules.
 */
export async function foreignProject(options: ProjectOptions = {}): Promise<string> {
  const cache = cacheDirectory(process.env);
  const tarball = options.link || options.bare ? undefined : await packedTarball(cache);
  const files = await projectFiles(options, tarball);
  const key = createHash("sha256").update(JSON.stringify([files, options.link ? repositoryDirectory : "", process.version]));
  const directory = path.join(cache, "projects", key.digest("hex").slice(0, 16));
  await exclusively(`${directory}.lock`, async () => {
    if (!existsSync(directory)) await publish(directory, (partial) => install(partial, files, options.link ?? false));
    await utimes(directory, new Date(), new Date());
  });
  await removeUnused(path.join(cache, "projects"));
  return directory;
}

/** The package as npm would publish it; built first when what it is built of is newer than `dist/`. */
async function packedTarball(cache: string): Promise<string> {
  return exclusively(path.join(cache, "pack.lock"), async () => {
    if (await isBuildStale()) await npm(repositoryDirectory, ["run", "build"]);
    const directory = path.join(cache, "tarballs");
    const tarball = path.join(directory, `pulumi-patchbay-${await contentHash()}.tgz`);
    if (existsSync(tarball)) return tarball;
    await mkdir(directory, { recursive: true });
    for (const old of await readdir(directory)) await removeIfOld(path.join(directory, old));
    const [packed] = JSON.parse(await npm(repositoryDirectory, ["pack", "--ignore-scripts", "--json", "--pack-destination", directory]));
    await rename(path.join(directory, packed.filename), tarball);
    return tarball;
  });
}

async function isBuildStale(): Promise<boolean> {
  if (!existsSync(path.join(repositoryDirectory, "dist", "index.js"))) return true;
  const newest = async (folder: string) =>
    Math.max(...(await Promise.all((await filesIn(folder)).map(async (file) => (await stat(file)).mtimeMs))));
  const sources = await Promise.all(["provider", "test/cloud"].map(newest));
  return Math.max(...sources) > (await newest("dist"));
}

async function contentHash(): Promise<string> {
  const hash = createHash("sha256");
  const documents = ["package.json", "README.md", "CHANGELOG.md", "LICENSE"].map((name) => path.join(repositoryDirectory, name));
  for (const file of [...documents.filter(existsSync), ...(await filesIn("dist"))]) {
    hash.update(path.relative(repositoryDirectory, file)).update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 16);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(repositoryDirectory, folder), { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [path.join(entry.parentPath, entry.name)] : [])).sort();
}

async function projectFiles(options: ProjectOptions, tarball: string | undefined): Promise<Record<string, string>> {
  const repository = JSON.parse(await readFile(path.join(repositoryDirectory, "package.json"), "utf8"));
  const dependencies = {
    "@pulumi/pulumi": options.pulumiVersion ?? repository.devDependencies["@pulumi/pulumi"],
    ...(tarball !== undefined && { "pulumi-patchbay": `file:${tarball}` }),
  };
  const typescript = options.typescriptVersion ?? (options.pulumiVersion === undefined ? "~6.0.3" : "~5.9.3");
  // TypeScript 6 refuses node10 without the last member, TypeScript 5 refuses the member.
  const deprecations = /\b6\./.test(typescript) ? { ignoreDeprecations: "6.0" } : {};
  const modules =
    options.moduleResolution === "node10"
      ? { module: "commonjs", moduleResolution: "node10", ...deprecations }
      : { module: "node16", moduleResolution: "node16" };
  const compilerOptions = { target: "es2022", strict: true, skipLibCheck: true, types: ["node"], ...modules };
  const description = {
    name: "a-users-program",
    private: true,
    dependencies,
    devDependencies: { typescript, "@types/node": repository.devDependencies["@types/node"] },
  };
  return {
    "package.json": JSON.stringify(description, null, 2),
    "tsconfig.json": JSON.stringify({ compilerOptions }, null, 2),
  };
}

async function install(directory: string, files: Record<string, string>, link: boolean): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text);
  await npm(directory, ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]);
  // By hand: `npm install <folder>` would also install into the linked repository.
  if (link) await symlink(repositoryDirectory, path.join(directory, "node_modules", "pulumi-patchbay"), "junction");
}

/** Each change of the package leaves a project of some hundred megabytes behind. */
async function removeUnused(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => /^[0-9a-f]{16}$/.test(name));
  const used = await Promise.all(names.map(async (name) => ({ name, usedMs: (await stat(path.join(directory, name))).mtimeMs })));
  used.sort((one, other) => other.usedMs - one.usedMs);
  for (const { name } of used.slice(kept)) await removeIfOld(path.join(directory, name));
}

/** A run that goes on at the same time may have just found it. */
async function removeIfOld(file: string): Promise<void> {
  const usedMs = await stat(file).then(
    (found) => found.mtimeMs,
    () => Date.now(),
  );
  if (Date.now() - usedMs > keptForMs) await rm(file, { recursive: true, force: true });
}

import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { bringEngine } from "./bring";
import { installOfficially } from "./officialInstall";

let scratch: string;
let bin: string;
let cache: string;
const progress: string[] = [];

beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), "patchbay-bring-"));
  bin = path.join(scratch, "bin");
  cache = path.join(scratch, "cache", "pulumi-patchbay", "pulumi-3.259.0");
  progress.length = 0;
});

afterEach(() => rm(scratch, { recursive: true, force: true }));

/** An executable script; PATH of the tests has nothing but these, and the shell's own folders. */
async function script(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
}

const pulumi = (folder: string, version: string) => script(path.join(folder, "pulumi"), `echo v${version}`);

async function nodePlugins(folder: string): Promise<void> {
  for (const name of ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) await script(path.join(folder, name), "exit 0");
}

/** A `go` that says what the real one says and writes an engine where `-o` points. */
const go = (end: string) =>
  script(
    path.join(bin, "go"),
    `echo "go: downloading github.com/pulumi/pulumi/pkg/v3 v3.259.0" >&2
     echo "$@" > ${scratch}/go-arguments; ls > ${scratch}/go-files
     while [ "$1" != -o ]; do shift; done
     ${end}`,
  );
const goodGo = () => go(`printf '#!/bin/sh\\necho v3.259.0\\n' > "$2"; chmod 755 "$2"; echo built >> ${scratch}/builds`);

function bring(sources = "path,cache,build") {
  const environment = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: scratch,
    XDG_CACHE_HOME: path.join(scratch, "cache"),
    PATCHBAY_ENGINE_SOURCES: sources,
  };
  return bringEngine({ environment, progress: (line) => progress.push(line), stallLimitMs: 500 });
}

describe("bringEngine", () => {
  it("takes a complete pulumi on PATH as it is", async () => {
    await pulumi(bin, "3.260.1");
    await nodePlugins(bin);
    await pulumi(cache, "3.259.0");
    expect(await bring()).toEqual({
      command: path.join(bin, "pulumi"),
      version: "3.260.1",
      source: "path",
    });
    expect(progress).toEqual([]);
  });

  it("gives a pulumi on PATH without Node plugins the launchers", async () => {
    await pulumi(bin, "3.200.0");
    const engine = await bring();
    expect(engine).toMatchObject({ command: path.join(bin, "pulumi"), source: "path" });
    expect(await readdir(engine.directory ?? "")).toEqual(
      expect.arrayContaining(["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]),
    );
  });

  it("prefers the engine of an earlier run to an old or broken one on PATH", async () => {
    await pulumi(bin, "3.199.0");
    await pulumi(cache, "3.259.0");
    const engine = await bring();
    expect(engine).toMatchObject({ version: "3.259.0", source: "built" });
    expect(await readdir(engine.directory ?? "")).toEqual([
      "programSdk.js",
      "pulumi",
      "pulumi-language-nodejs",
      "pulumi-resource-pulumi-nodejs",
      "pulumi-watch",
    ]);
    expect((await bring()).directory).toBe(engine.directory);
  });

  it("knows an official install of an earlier run, which needs no launchers", async () => {
    await pulumi(path.join(cache, "bin"), "3.259.0");
    expect(await bring()).toMatchObject({ source: "installed", directory: path.join(cache, "bin") });
  });

  it("skips its own engine when that is what PATH finds", async () => {
    bin = cache;
    await pulumi(cache, "3.259.0");
    expect(await bring()).toMatchObject({ source: "built" });
  });

  it("builds with Go when there is nothing else, from a copy of go.mod, with the version inside", async () => {
    await goodGo();
    expect(await bring()).toMatchObject({ version: "3.259.0", source: "built" });
    expect(await readFile(path.join(scratch, "go-arguments"), "utf8")).toContain("version.Version=v3.259.0 -o ");
    expect((await readFile(path.join(scratch, "go-files"), "utf8")).split("\n")).toEqual(
      expect.arrayContaining(["go.mod", "go.sum", "tools.go"]),
    );
    expect(progress.join("\n")).toContain("building the Pulumi engine 3.259.0 with Go");
    expect((await readdir(path.dirname(cache))).sort()).toEqual(["pulumi-3.259.0"]);
  });

  it("builds once for two that ask at the same time", async () => {
    await go(`sleep 1; printf '#!/bin/sh\\necho v3.259.0\\n' > "$2"; chmod 755 "$2"; echo built >> ${scratch}/builds`);
    const [one, other] = await Promise.all([bring(), bring()]);
    expect(one).toEqual(other);
    expect(await readFile(path.join(scratch, "builds"), "utf8")).toBe("built\n");
    expect(progress.filter((line) => line.startsWith("waiting for another process"))).toHaveLength(1);
  });

  it("replaces a broken engine in the cache", async () => {
    await script(path.join(cache, "pulumi"), "exit 1");
    await goodGo();
    expect(await bring()).toMatchObject({ version: "3.259.0" });
  });

  it("lists everything that was tried, why it failed and what to do", async () => {
    await pulumi(bin, "3.100.0");
    await go(`echo "go: errors parsing go.mod: unknown block type" >&2; exit 1`);
    const failure = bring();
    await expect(failure).rejects.toThrow(/pulumi on PATH: .*pulumi is 3\.100\.0, older than 3\.200\.0\n/);
    await expect(failure).rejects.toThrow(/the engine of an earlier run: none in .*pulumi-3\.259\.0\n/);
    await expect(failure).rejects.toThrow(/a build with Go: go build ended with 1 after \d+ s: .*errors parsing go\.mod/);
    await expect(failure).rejects.toThrow(/Install Pulumi 3\.200 or newer .* or Go 1\.26 or newer/);
    expect(await readdir(path.dirname(cache))).toEqual([]);
  });

  it("names a source that PATCHBAY_ENGINE_SOURCES does not know", async () => {
    await expect(bring("path,docker")).rejects.toThrow(
      'PATCHBAY_ENGINE_SOURCES has "docker"; it takes a list of path, cache, install, build.',
    );
  });
});

describe("installOfficially", () => {
  const install = (installer: string) =>
    installOfficially({
      version: "3.259.0",
      root: bin,
      environment: process.env,
      stallLimitMs: 1_500,
      installer: ["-e", installer],
    });

  beforeEach(() => mkdir(bin, { recursive: true }));

  it("reports the installer's last sentence", async () => {
    await expect(install(`console.error("trying"); console.error("get.pulumi.com: 403"); process.exit(1)`)).rejects.toThrow(
      "get.pulumi.com: 403",
    );
  });

  it("ends an installer to which no data arrives", async () => {
    await expect(install("setInterval(() => {}, 1000)")).rejects.toThrow("no data arrived for 1.5 s");
  });

  it("lets an installer go on while its download grows", async () => {
    await install(`
      const { appendFileSync } = require("node:fs");
      const timer = setInterval(() => appendFileSync(process.env.TMPDIR + "/tarball", "data"), 300);
      setTimeout(() => clearInterval(timer), 4000)`);
    expect(await readdir(bin)).toEqual([]);
  });
});

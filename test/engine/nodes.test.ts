import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { typesVersions } from "../../package.json";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { program as fiveOperations, prepare } from "./fiveOperations";
import { succeeded } from "./gateway";
import { nodeDirectory } from "./nodes";
import { foreignProject } from "./project";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

// Newer lines of Node than the one that runs the tests, from the packages that carry its executable, which differ by platform.

const lines = ["22", "24"];
const entryPoints = ["pulumi-patchbay", ...Object.keys(typesVersions["*"]).map((name) => `pulumi-patchbay/${name}`)];
const rows: string[][] = [];
let world: World;
let scratch: string;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    for (const line of lines) {
      prepare(cloud, `node${line}`);
      cloud.addWebPubSub(`keys-${line}`);
    }
  });
  scratch = await mkdtemp(path.join(tmpdir(), "patchbay-nodes-"));
}, bringLimitMs);

afterAll(async () => {
  await world.close();
  await rm(scratch, { recursive: true });
});

const everyClass = (line: string) => `${fiveOperations(`node${line}`)}
  new webpubsub.RotatingKeys("keys", { ...place, resourceName: "keys-${line}" });
`;

/** Every Node process that is started with this environment writes its line down. */
async function witness(line: string) {
  const [hook, seen] = [path.join(scratch, `${line}.js`), path.join(scratch, `${line}.txt`)];
  await writeFile(hook, `require("node:fs").appendFileSync(${JSON.stringify(seen)}, parseInt(process.versions.node) + "\\n");`);
  return { NODE_OPTIONS: `--require ${hook}`, seen: async () => (await readFile(seen, "utf8")).trim().split("\n") };
}

describe.each(lines)("Node %s", (line) => {
  it("previews, applies, refreshes and destroys every class, with a compile cache", async () => {
    const { NODE_OPTIONS, seen } = await witness(line);
    const NODE_COMPILE_CACHE = path.join(scratch, `compiled-${line}`);
    const environment = { NODE_OPTIONS, NODE_COMPILE_CACHE };
    const stack = await world.stack(everyClass(line), { nodeDirectory: await nodeDirectory(line), environment });
    expect(succeeded(await stack.preview()).output).toContain("7 to create");
    succeeded(await stack.up());
    expect(succeeded(await stack.up()).requests).toEqual([]);
    succeeded(await stack.refresh());
    expect(succeeded(await stack.destroy()).output).toContain("7 deleted");
    const nodes = await seen();
    // A program and a provider in each of the first three, a provider in the others.
    expect([nodes.length >= 8, new Set(nodes)]).toEqual([true, new Set([line])]);
    expect(await readdir(NODE_COMPILE_CACHE)).toEqual([expect.stringMatching(`^v${line}\\.`)]);
  });

  it("loads every entry point by require and by import", async () => {
    const { stdout } = await promisify(execFile)(
      path.join(await nodeDirectory(line), "node"),
      ["--input-type=module", "-e", LOAD, "--", ...entryPoints],
      { cwd: await foreignProject() },
    );
    const loaded = JSON.parse(stdout) as { version: string; missing: object };
    expect(loaded.version).toMatch(new RegExp(`^v${line}\\.`));
    expect(loaded.missing).toEqual(Object.fromEntries(entryPoints.map((name) => [name, []])));
    rows.push([
      `Node ${line}`,
      "previews, applies, refreshes and destroys every class; loads every entry point by `require` and by `import`",
    ]);
  });
});

it("docs/with-pulumi.md tells of each", () => {
  expectDocumentPart("docs/with-pulumi.md", "nodes", markdownTable(["version", "what it does"], rows));
});

/** Prints which names of an entry point are there by `require` and not by `import`. */
const LOAD = `
import { createRequire } from "node:module";
const missing = {};
for (const name of process.argv.slice(1)) {
  const names = Object.keys(createRequire(process.cwd() + "/")(name));
  const imported = await import(name);
  missing[name] = names.length > 0 ? names.filter((each) => imported[each] === undefined) : ["everything"];
}
console.log(JSON.stringify({ version: process.version, missing }));
`;

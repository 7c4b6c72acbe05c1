import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { succeeded } from "./gateway";
import { foreignProject } from "./project";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

// What README says to a stranger, done to the letter in an empty folder; only the package comes from its tarball.

const repository = path.resolve(__dirname, "../..");
const [, section = ""] = /^## Install.*?\n(.*?)^## /ms.exec(readFileSync(path.join(repository, "README.md"), "utf8")) ?? [];
const block = (language: string) => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(section)?.[1] ?? "";

let world: World;
let folder: string;
let tarball: string;

beforeAll(async () => {
  world = await openWorld(() => {});
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-stranger-"));
  const project = JSON.parse(readFileSync(path.join(await foreignProject({}), "package.json"), "utf8"));
  tarball = project.dependencies["pulumi-patchbay"].replace(/^file:/, "");
}, bringLimitMs);

afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

it("leads from an empty folder to a first preview, without an account", async () => {
  const stack = await world.stack("");
  const options = { directory: folder, limitMs: 300_000 };
  // Node 20 is older than what the newest @pulumi/pulumi asks for, which npm only warns of.
  const script = block("sh").replace(/ pulumi-patchbay$/m, ` ${tarball}`);
  expect(script).toContain(tarball);
  succeeded(await stack.shell(script, "", options));
  writeFileSync(path.join(folder, "index.ts"), block("ts"));
  const { output, requests } = succeeded(await stack.shell("pulumi preview --non-interactive --color never", "", options));
  expect(output).toContain(/!\[What pulumi preview prints: (.+?)\]/.exec(section)?.[1]);
  expect(output).not.toContain("warning");
  expect(requests).toEqual([]);
});

import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

// CONTRIBUTING's walk-through of another operation, followed to the letter in a copy of the repository.

const repository = path.resolve(__dirname, "../..");
const blocks = [...readFileSync(path.join(repository, "CONTRIBUTING.md"), "utf8").matchAll(/^```ts (file|append)=(\S+)\n(.*?)^```$/gms)];
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), "patchbay-walk-"));
  const left = new Set(["node_modules", "dist", "build", ".git"]);
  cpSync(repository, copy, { recursive: true, filter: (source) => !left.has(path.relative(repository, source)) });
  symlinkSync(path.join(repository, "node_modules"), path.join(copy, "node_modules"));
  spawnSync("git", ["init", "-q"], { cwd: copy });
  for (const [, how, file = "", text = ""] of blocks) {
    const target = path.join(copy, file);
    if (how === "append") appendFileSync(target, text);
    else writeFileSync(target, text);
  }
});

afterAll(() => rmSync(copy, { recursive: true }));

function runs(command: string): void {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { cwd: copy, encoding: "utf8" });
  expect([command, status, status === 0 ? "" : `${stdout}${stderr}`]).toEqual([command, 0, ""]);
}

it("gives a green build", () => {
  expect(blocks).toHaveLength(4);
  runs("npx biome check --write provider test examples");
  runs("npm run build && npm run types");
  runs("npx jest test/webpubsub/restart test/lifecycle test/contracts test/imports");
});

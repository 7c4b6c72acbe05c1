import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import manifest from "../../package.json";
import lockfile from "../../package-lock.json";
import { journalDirectory, openJournal } from "../../provider/engine/journal";
import { plainCopy } from "../../provider/engine/plainCopy";
import { CANCEL_GRACE_MS, LONGEST_BODY_BYTES } from "../../provider/transport/http";
import { declaredMembers } from "../contracts/declaredTypes";
import { folded, textOf } from "./documents";
import { namesOf, pages } from "./pages";

// Numbers and versions that pages name, each taken from where it is decided.

const IN_WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"] as const;

function found(text: string, pattern: RegExp): string {
  const [, what] = pattern.exec(text) ?? [];
  if (what === undefined) throw new Error(`${pattern} is not found.`);
  return what;
}

const peer = found(manifest.peerDependencies["@pulumi/pulumi"], /^\^(\d+\.\d+)\.0$/);
const node = found(manifest.engines.node, /^>=(\d+)$/);
const nodes = [node, ...[...textOf("docs/with-pulumi.md").matchAll(/^\| Node (\d+) \|/gm)].map(([, version]) => version)];
const go = found(textOf("test/engine/go.mod"), /^go (\d+\.\d+)$/m);
const buildMinutes = IN_WORDS[Number(found(textOf("test/engine/goBuild.ts"), /about (\d+) minutes/))];
const newestSdk = lockfile.packages["node_modules/@pulumi/pulumi"].engines.node;

function defaultMinutes(deed: string): string {
  const defaults = pages.map((page) => declaredMembers(namesOf(page).file, `${namesOf(page).className}Inputs`).get(`timeouts.${deed}`));
  const [minutes = "", ...others] = new Set(defaults.map((member) => found(member?.byDefault ?? "", /^"(\d+)m"$/)));
  expect(others).toEqual([]);
  return minutes;
}

/** How long a note counts and what its folder's mode is, as a note shows it. */
function noteFacts(): { hours: number; mode: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "patchbay-notes-"));
  const notes = path.join(folder, "notes");
  openJournal(notes, () => 0).note("urn", {});
  const counts = (hours: number) => openJournal(notes, () => hours * 3_600_000).recall("urn") !== undefined;
  const hours = IN_WORDS.map((_, hour) => hour).filter(counts);
  const mode = `0${(statSync(notes).mode & 0o777).toString(8)}`;
  rmSync(folder, { recursive: true });
  return { hours: Math.max(...hours), mode };
}

/** The number in what is said of an argument that breaks a limit. */
function limitOf(argument: unknown): string {
  const [problem] = plainCopy({ argument }).problems;
  return Number(found(problem?.reason ?? "", /(\d+)/)).toLocaleString("en");
}
function nested(levels: number): object {
  let inner: object = {};
  for (let level = 0; level < levels; level += 1) inner = { inner };
  return inner;
}

const npmTest = manifest.scripts.test.split(" && ").map((command) => command.replace("npm run ", ""));
// The table of settings is generated from the local cloud's own.
const lastPoll = ["first", "second", "third"][
  Number(found(textOf("docs/testing.md"), /^\| `operationPolls` \| `number` \| (\d+) \|/m)) - 1
];
const { hours, mode } = noteFacts();
const home = path.dirname(journalDirectory({ HOME: "~" }, "linux"));

it.each<[file: string, sentence: string]>([
  ["README.md", `\`@pulumi/pulumi\` ${peer} or newer is a peer dependency`],
  ["docs/installation-configuration.md", `\`@pulumi/pulumi\` ${peer} or newer is a peer dependency; Node ${node} or newer`],
  ["README.md", `with Node ${node} or newer and no account`],
  ["README.md", `Node ${nodes.slice(0, -1).join(", ")} and ${nodes.at(-1)}, npm, pnpm and Yarn`],
  ["docs/with-pulumi.md", `Node ${node} or newer. The tests run with Node ${node}, and these through the real engine besides`],
  ["docs/with-pulumi.md", `newer ask for Node ${found(newestSdk, /^>=(\d+)$/)} or newer`],
  ["README.md", `(${buildMinutes} minutes, once, with Go ${go} or newer)`],
  [".github/workflows/publish.yml", `go-version: "${go}"`],
  ["CONTRIBUTING.md", `built from its Go module once (${buildMinutes} minutes)`],
  ["CONTRIBUTING.md", `runs ${npmTest.slice(0, -1).join(", ")}, unit tests and the engine tests`],
  [
    "docs/installation-configuration.md",
    `destroy give up after ${defaultMinutes("create")} minutes, refresh after ${defaultMinutes("read")}`,
  ],
  ["README.md", `a write under way has ${CANCEL_GRACE_MS / 1_000} s for its answer`],
  ["README.md", `A note in \`${home}\` on the same machine`],
  ["SECURITY.md", `(\`${home}\`, mode ${mode})`],
  ["SECURITY.md", `they count for ${IN_WORDS[hours]} hours`],
  ["SECURITY.md", `A body is read up to ${LONGEST_BODY_BYTES / 2 ** 20} MiB decoded`],
  ["SECURITY.md", `each member read once, up to ${limitOf(nested(2_000))} levels and ${limitOf(Array(200_000).fill(0))} values`],
  ["docs/testing.md", `A long-running operation ends at its ${lastPoll} poll unless`],
  ["CHANGELOG.md", `# Changelog ## ${manifest.version} `],
])("%s: %s", (file, sentence) => {
  expect(folded(textOf(file))).toContain(sentence);
});

it("the update of a resource and its destroy have the time of a create", () => {
  expect([defaultMinutes("update"), defaultMinutes("delete")]).toEqual([defaultMinutes("create"), defaultMinutes("create")]);
});

it("no plugin is downloaded: nothing in the package names one", () => {
  expect(manifest).not.toHaveProperty("pulumi");
  expect(folded(textOf("README.md"))).toContain("no plugin is downloaded");
});

it("CHANGELOG.md and docs/_index.md name every class", () => {
  const titles = pages.map(({ operation }) => operation.name.replace("/", "."));
  expect(titles.filter((title) => !textOf("CHANGELOG.md").includes(`\`${title}\``))).toEqual([]);
  const linked = pages.map((page) => namesOf(page).page.replace("docs/", ""));
  expect(linked.filter((page) => !textOf("docs/_index.md").includes(`](${page})`))).toEqual([]);
});

it("README.md counts the classes of the story right", () => {
  const story = new Set(
    [...textOf("examples/index.ts").matchAll(/new \w+\.\w+\.(\w+)\(|new ([A-Z]\w+)\(/g)].map(([, one, other]) => one ?? other),
  );
  const own = [...story].filter((name) => pages.some((page) => namesOf(page).className === name));
  expect(folded(textOf("README.md"))).toContain(`tells one story with ${IN_WORDS[own.length]} of them`);
});

it("README.md says of the picture what the picture shows", () => {
  const shown = textOf("docs/terminal.svg").replace(/<[^>]*>|\n/g, "");
  const [, said = ""] = /!\[What pulumi preview prints: (.+?)\]/.exec(textOf("README.md")) ?? [];
  expect(said).toMatch(/^will patch /);
  // The picture breaks lines within words.
  expect(shown.replaceAll(" ", "")).toContain(said.replaceAll(" ", ""));
});

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { gatewayProgram, serviceName, succeeded } from "./gateway";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

// The shell steps of docs/pipelines/, as they stand there. What a runner has beside the engine is stood in for: npm, and
// GitHub's command, which keeps the comment.

interface Step {
  readonly name?: string;
  readonly run?: string;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

/** Of a comment of GitHub. */
const MOST_CHARACTERS = 65_536;
const folder = path.resolve(__dirname, "../../docs/pipelines");
let world: World;
let stack: Stack;
let tools: string;

beforeAll(async () => {
  tools = mkdtempSync(path.join(tmpdir(), "patchbay-tools-"));
  for (const [tool, script] of [
    ["npm", "echo npm $*"],
    ["gh", `echo "$*" > ${tools}/gh.arguments; cp "$5" ${tools}/gh.comment`],
  ] as const) {
    writeFileSync(path.join(tools, tool), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(tools, tool), 0o755);
  }
  world = await openWorld((cloud) => {
    cloud.addApiManagementService(serviceName);
    cloud.addBackend(serviceName, "orders", { title: "first", url: "https://orders.example.com/", protocol: "http" });
  });
  stack = await world.stack(gatewayProgram(`patch("orders", { title: "ours" });`), { name: "prod", nodeModules: "copied" });
}, bringLimitMs);

afterAll(async () => {
  await world.close();
  rmSync(tools, { recursive: true });
});

function scriptOf(file: string, name: string): string {
  const { jobs } = parse(readFileSync(path.join(folder, file), "utf8")) as Workflow;
  const script = Object.values(jobs).flatMap(({ steps }) => steps.filter((step) => step.name === name))[0]?.run;
  if (script === undefined) throw new Error(`${file} has no step ${name}.`);
  return script;
}

const step = (file: string, name: string, environment: Record<string, string> = {}) =>
  stack.shell(scriptOf(file, name), tools, { environment: { STACK: "prod", IS_FORK: "false", PULL_REQUEST: "7", ...environment } });

describe("github-preview.yml", () => {
  it("previews, sends nothing to the cloud, and comments what will happen", async () => {
    succeeded(await step("github-preview.yml", "Install"));
    const preview = succeeded(await step("github-preview.yml", "Preview"));
    expect(preview.requests).toEqual([]);
    succeeded(await step("github-preview.yml", "Comment"));
    expect(readFileSync(path.join(tools, "gh.arguments"), "utf8")).toContain(
      "pr comment 7 --body-file comment.md --edit-last --create-if-none",
    );
    const comment = readFileSync(path.join(tools, "gh.comment"), "utf8");
    const sentence = "apimanagement.BackendPatch orders: will patch title of backend orders in apim-prod; nothing else of it is touched.";
    const [head = "", details = ""] = comment.split("<details><summary>Every value</summary>");
    expect(head).toMatch(/^### Preview of prod\n`````text\nResources:\n {4}\+ 2 to create\n/);
    expect(head.split("\n")).toContain(sentence);
    expect(details).toContain('title            : "ours"');
  });

  it("comments what will happen to each of 200 resources, and of their values as many as there is room for", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `orders-of-the-region-${index}`);
    const patch = "{ title: name, description: name, tls: { validateCertificateChain: true, validateCertificateName: true } }";
    await stack.writeProgram(gatewayProgram(`for (const name of ${JSON.stringify(names)}) patch(name, ${patch});`));
    expect(succeeded(await step("github-preview.yml", "Preview")).requests).toEqual([]);
    succeeded(await step("github-preview.yml", "Comment"));
    const comment = readFileSync(path.join(tools, "gh.comment"), "utf8");
    expect(comment.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    const told = names.filter((name) => comment.includes(`\napimanagement.BackendPatch ${name}: will patch `));
    expect(told).toEqual(names);
    expect(comment).toContain("+ 201 to create");
    expect(comment).toMatch(/\n… and \d{3,4} more lines in the log of this job\n`````\n<\/details>\n$/);
    await stack.writeProgram(gatewayProgram(`patch("orders", { title: "ours" });`));
  });

  it("comments no more than a comment may have, in whole lines and whole characters", async () => {
    for (const file of ["sentences.txt", "values.txt"]) writeFileSync(path.join(stack.directory, file), "title “ä” → “ö…”\n".repeat(9_999));
    succeeded(await step("github-preview.yml", "Comment"));
    const comment = readFileSync(path.join(tools, "gh.comment"), "utf8");
    expect(comment.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(comment).not.toContain("\ufffd");
    expect(comment.match(/^… and \d+ more lines in the log of this job$/gm)).toHaveLength(2);
    expect(new Set(comment.match(/^title.*$/gm))).toEqual(new Set(["title “ä” → “ö…”"]));
  });

  it("comments the mistakes of a program that has some, and fails", async () => {
    await stack.writeProgram(gatewayProgram(`patch("orders", { title: "" , tilte: "x" });`));
    const preview = await step("github-preview.yml", "Preview");
    expect(preview.exitCode).not.toBe(0);
    succeeded(await step("github-preview.yml", "Comment"));
    expect(readFileSync(path.join(tools, "gh.comment"), "utf8")).toMatch(/2 arguments have to be corrected/);
    await stack.writeProgram(gatewayProgram(`patch("orders", { title: "ours" });`));
  });

  it("previews a pull request from a fork without state, credentials or secrets", async () => {
    const names = Object.keys(world.cloud.environment).filter((name) => /TOKEN|SECRET|KEY/.test(name));
    const without = Object.fromEntries(names.map((name) => [name, ""]));
    const preview = succeeded(await step("github-preview.yml", "Preview", { IS_FORK: "true", ...without }));
    expect(preview.output).toContain("2 to create");
    expect(preview.requests).toEqual([]);
  });
});

describe("github-deploy.yml", () => {
  it("deploys", async () => {
    const up = succeeded(await step("github-deploy.yml", "Deploy"));
    expect(up.requests).toEqual(["GET …/backends/orders", "PATCH …/backends/orders"]);
  });
});

describe("github-drift.yml", () => {
  it("succeeds while nothing has changed", async () => {
    const drift = succeeded(await step("github-drift.yml", "Look for drift"));
    expect(drift.requests).toEqual(["GET …/backends/orders"]);
  });

  it("fails when somebody has changed an owned member, and writes nothing", async () => {
    world.cloud.changeBackend(serviceName, "orders", { title: "theirs" });
    const drift = await step("github-drift.yml", "Look for drift");
    expect(drift.exitCode).not.toBe(0);
    expect(drift.output).toMatch(/title.*"theirs"/);
    expect(drift.requests).toEqual(["GET …/backends/orders"]);
  });
});

it("GitLab's and Azure's files run the same commands", () => {
  const commands = ["github-preview.yml", "github-deploy.yml", "github-drift.yml"].flatMap((file) =>
    readFileSync(path.join(folder, file), "utf8").match(/pulumi (?:preview|up) --stack .*? --color never/g),
  );
  for (const file of ["gitlab-ci.yml", "azure-pipelines.yml"].filter((each) => existsSync(path.join(folder, each)))) {
    const own = readFileSync(path.join(folder, file), "utf8").match(/pulumi (?:preview|up) --.*/g) ?? [];
    expect(own.length).toBeGreaterThan(1);
    expect(own.filter((command) => !commands.includes(command))).toEqual([]);
  }
});

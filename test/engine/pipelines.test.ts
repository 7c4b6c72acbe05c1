import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { shownFile } from "../documents/documents";
import { backendIdOf, gatewayProgram, serviceName, succeeded } from "./gateway";
import { type Comment, GitHubCommand } from "./githubCommand";
import { gitHub, runnerOf } from "./githubRunner";
import { pipelineFolder, pipelineStep } from "./pipelineFiles";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

// The shell steps of docs/pipelines/, as they stand there, with the variables that the files themselves set: nothing of the
// test's own but the addresses of the local cloud. What a runner has beside the engine is stood in for: npm, GitHub's
// command, which keeps the comments, its tokens for OIDC, and the action that signs in to Alibaba Cloud.

/** Of a comment of GitHub. */
const MOST_CHARACTERS = 65_536;
const ORDERS = gatewayProgram(`patch("orders", { title: "ours" });`);
/** As in README: no resource says in which subscription or region it is. */
const THREE_SERVICES = `${ORDERS}
const { KeyRegeneration } = require("pulumi-patchbay/webpubsub");
const { DirectConnection } = require("pulumi-patchbay/kvstore");
new KeyRegeneration("secondary", { resourceGroupName: place.resourceGroupName, resourceName: "chat-prod", keyType: "Secondary" });
new DirectConnection("direct", { instanceId: "r-chat" });
`;
let world: World;
let stack: Stack;
let tools: string;
let github: GitHubCommand;

beforeAll(async () => {
  tools = mkdtempSync(path.join(tmpdir(), "patchbay-tools-"));
  writeFileSync(path.join(tools, "npm"), "#!/bin/sh\necho npm $*\n");
  chmodSync(path.join(tools, "npm"), 0o755);
  github = new GitHubCommand(tools);
  world = await openWorld((cloud) => {
    cloud.addApiManagementService(serviceName);
    cloud.addBackend(serviceName, "orders", { title: "first", url: "https://orders.example.com/", protocol: "http" });
    cloud.addWebPubSub("chat-prod");
    cloud.addInstance({ instanceId: "r-chat" });
  });
  const others = Object.keys(world.cloud.environment).filter((name) => !name.endsWith("_ENDPOINT"));
  const without = Object.fromEntries(others.map((name) => [name, ""]));
  stack = await world.stack(THREE_SERVICES, { name: "prod", nodeModules: "copied", environment: without });
}, bringLimitMs);

afterAll(async () => {
  await world.close();
  rmSync(tools, { recursive: true });
});

function step(file: string, name: string, { isFork = false, runner = runnerOf(world.cloud) } = {}) {
  const { script, environment } = pipelineStep(file, name, gitHub(world.cloud, isFork));
  return stack.shell(script, tools, { environment: { ...runner, ...environment } });
}

/** The one comment that a preview of this workflow keeps. */
function ownComment(): string {
  const [own, ...more] = github.comments.filter(({ body }) => body.startsWith("<!-- pulumi preview of prod -->\n"));
  expect(more).toEqual([]);
  return own?.body ?? "";
}

describe("github-preview.yml", () => {
  it("previews, sends nothing to the cloud, and comments what will happen", async () => {
    succeeded(await step("github-preview.yml", "Install"));
    const preview = succeeded(await step("github-preview.yml", "Preview"));
    expect(preview.requests).toEqual([]);
    succeeded(await step("github-preview.yml", "Comment"));
    const comment = ownComment();
    const sentence = "apimanagement.BackendPatch orders: will patch title of backend orders in apim-prod; nothing else of it is touched.";
    const [head = "", details = ""] = comment.split("<details><summary>Every value</summary>");
    expect(head).toMatch(/^<!-- .* -->\n### Preview of prod\n`````text\nResources:\n {4}\+ 4 to create\n/);
    expect(head.split("\n")).toContain(sentence);
    expect(details).toContain('title            : "ours"');
  });

  it("comments what will happen to each of 200 resources, and of their values as many as there is room for", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `orders-of-the-region-${index}`);
    const patch = "{ title: name, description: name, tls: { validateCertificateChain: true, validateCertificateName: true } }";
    await stack.writeProgram(gatewayProgram(`for (const name of ${JSON.stringify(names)}) patch(name, ${patch});`));
    expect(succeeded(await step("github-preview.yml", "Preview")).requests).toEqual([]);
    succeeded(await step("github-preview.yml", "Comment"));
    const comment = ownComment();
    expect(comment.length).toBeLessThanOrEqual(MOST_CHARACTERS);
    const told = names.filter((name) => comment.includes(`\napimanagement.BackendPatch ${name}: will patch `));
    expect(told).toEqual(names);
    expect(comment).toContain("+ 201 to create");
    expect(comment).toMatch(/\n… and \d{3,4} more lines in the log of this job\n`````\n<\/details>\n$/);
    await stack.writeProgram(THREE_SERVICES);
  });

  it("comments no more than a comment may have, in whole lines and whole characters", async () => {
    for (const file of ["sentences.txt", "values.txt"]) writeFileSync(path.join(stack.directory, file), "title “ä” → “ö…”\n".repeat(9_999));
    succeeded(await step("github-preview.yml", "Comment"));
    const comment = ownComment();
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
    expect(ownComment()).toMatch(/2 arguments have to be corrected/);
    await stack.writeProgram(THREE_SERVICES);
  });

  it("changes its own comment, and no other one of the same user or with the same first line", async () => {
    const url = (id: number) => `https://github.com/example/platform/pull/7#issuecomment-${id}`;
    const copied = { body: "<!-- pulumi preview of prod -->\nof a reader", url: url(1001), viewerDidAuthor: false };
    const other = { body: "### Coverage", url: url(3001), viewerDidAuthor: true };
    github.comments = [copied, ...github.comments, other];
    succeeded(await step("github-preview.yml", "Preview"));
    succeeded(await step("github-preview.yml", "Comment"));
    const [first, own, last, ...more] = github.comments;
    expect([first, last, more]).toEqual([copied, other, []]);
    expect(own?.body).toContain("4 to create");
    github.comments = [own as Comment];
  });

  it("previews a pull request from a fork without state, credentials or secrets", async () => {
    // As the page shows it.
    writeFileSync(path.join(stack.directory, "Pulumi.fork.yaml"), shownFile("docs/pipelines.md", "Pulumi.fork.yaml"));
    const preview = succeeded(await step("github-preview.yml", "Preview", { isFork: true, runner: {} }));
    expect(preview.output).toContain("4 to create");
    expect(preview.requests).toEqual([]);
  });
});

it("a preview sends what a .get in the program reads, and then needs credentials", async () => {
  const id = backendIdOf(world.cloud, "orders");
  await stack.writeProgram(gatewayProgram(`BackendPatch.get("read", "${id}", { title: "" });`));
  const refused = await step("github-preview.yml", "Preview");
  expect(refused.exitCode).not.toBe(0);
  const { PATCHBAY_AZURE_ACCESS_TOKEN = "" } = world.cloud.environment;
  const read = succeeded(await step("github-preview.yml", "Preview", { runner: { PATCHBAY_AZURE_ACCESS_TOKEN } }));
  expect(read.requests).toEqual(["GET …/backends/orders"]);
  await stack.writeProgram(THREE_SERVICES);
});

it.each([
  ["gitlab-ci.yml", "preview"],
  ["azure-pipelines.yml", "Preview"],
])("%s previews with the variables that it sets, and sends nothing", async (file, name) => {
  const { clientId, tenantId, subscriptionId } = world.cloud.identity;
  const gitLab = { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId, AZURE_SUBSCRIPTION_ID: subscriptionId };
  const { script, environment } = pipelineStep(file, name, { values: { ...gitLab, azureSubscriptionId: subscriptionId } });
  // The file's own back end is Azure's.
  const { PULUMI_BACKEND_URL, ...others } = environment;
  await stack.writeProgram(ORDERS);
  const preview = succeeded(await stack.shell(script, tools, { environment: { ...others, ARM_OIDC_TOKEN: "" } }));
  expect(preview.output).toContain("nothing else of it is touched");
  expect(preview.requests).toEqual([]);
  await stack.writeProgram(THREE_SERVICES);
});

describe("github-deploy.yml", () => {
  it("deploys, signed in by OIDC and by the action of Alibaba Cloud", async () => {
    const up = succeeded(await step("github-deploy.yml", "Deploy"));
    expect(up.requests).toEqual(
      expect.arrayContaining([
        "OIDC",
        "TOKEN",
        "PATCH …/backends/orders",
        "POST …/webPubSub/chat-prod/regenerateKey",
        "ALIBABA AllocateDirectConnection",
      ]),
    );
  });
});

describe("github-drift.yml", () => {
  const isWrite = (line: string) => /^(?:PUT|PATCH|DELETE) |regenerateKey|^ALIBABA (?!Describe)/.test(line);
  async function drift() {
    const found = await step("github-drift.yml", "Look for drift");
    expect(found.requests).toEqual(expect.arrayContaining(["GET …/backends/orders", "POST …/webPubSub/chat-prod/listKeys"]));
    expect(found.requests.some((line) => line.startsWith("ALIBABA Describe"))).toBe(true);
    expect(found.requests.filter(isWrite)).toEqual([]);
    return found;
  }

  it("succeeds while nothing has changed", async () => {
    succeeded(await drift());
  });

  it("shows a key that somebody else has regenerated, and succeeds", async () => {
    world.cloud.rotateBySomebodyElse("chat-prod", "Secondary");
    const { output } = succeeded(await drift());
    expect(output).toMatch(/fingerprints/);
  });

  it("fails when somebody has changed an owned member, and writes nothing", async () => {
    world.cloud.changeBackend(serviceName, "orders", { title: "theirs" });
    const found = await drift();
    expect(found.exitCode).not.toBe(0);
    expect(found.output).toMatch(/title.*"theirs"/);
  });
});

it("GitLab's and Azure's files run the same commands", () => {
  const commands = ["github-preview.yml", "github-deploy.yml", "github-drift.yml"].flatMap((file) =>
    readFileSync(path.join(pipelineFolder, file), "utf8").match(/pulumi (?:preview|up) --stack .*? --color never/g),
  );
  for (const file of readdirSync(pipelineFolder).filter((each) => !each.startsWith("github-"))) {
    const own = readFileSync(path.join(pipelineFolder, file), "utf8").match(/pulumi (?:preview|up) --.*/g) ?? [];
    expect(own.length).toBeGreaterThan(1);
    expect(own.filter((command) => !commands.includes(command))).toEqual([]);
  }
});

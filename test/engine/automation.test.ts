import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { gatewayProgram, serviceName, succeeded } from "./gateway";
import type { CommandResult, Stack } from "./stack";
import { projectName } from "./stackFolder";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

// Programs that drive the engine by Pulumi's Automation API; each row of the table in docs/with-pulumi.md is a test here.

const READ = "GET …/backends/orders";
const PATCH = "PATCH …/backends/orders";
const rows: string[][] = [];
let world: World;
let elsewhere: string;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    cloud.addApiManagementService(serviceName);
    cloud.addBackend(serviceName, "orders", { title: "Before", url: "https://orders.example.com/", protocol: "http" });
  });
  elsewhere = await mkdtemp(path.join(tmpdir(), "patchbay-elsewhere-"));
}, bringLimitMs);

afterAll(async () => {
  await rm(elsewhere, { recursive: true });
  await world.close();
});

function row(tool: string, meaning: string): void {
  rows.push([tool, meaning]);
}

const titled = (title: string) => gatewayProgram(`patch("orders", { title: "${title}", onDestroy: "restore" });`);

/** Runs the user's script as a process of its own. */
async function deploy(stack: Stack, what: string, directory = stack.directory): Promise<CommandResult> {
  return stack.shell(`node ${path.join(stack.directory, "deploy.js")} ${what}`, elsewhere, { directory });
}

async function writeScript(stack: Stack, where: string, options = "{}"): Promise<void> {
  await writeFile(path.join(stack.directory, "deploy.js"), script(where, options));
}

it("a program in a folder is previewed, applied and destroyed from anywhere", async () => {
  const stack = await world.stack(titled("Local"));
  await writeScript(stack, `{ stackName: "test", workDir: __dirname }`);
  const sent: string[][] = [];
  for (const what of ["preview", "up", "up", "destroy"]) sent.push(succeeded(await deploy(stack, what, elsewhere)).requests);
  expect(sent).toEqual([[], [READ, PATCH], [], [READ, PATCH]]);
  expect(world.cloud.backend(serviceName, "orders").properties.title).toBe("Before");
  row("a program in a folder (`workDir`)", "as on the command line");
});

it("an inline program needs the package where the engine looks for it", async () => {
  const stack = await world.stack("", { name: "inline" });
  const inline = `{ stackName: "inline", projectName: "${projectName}", program: async () => {${titled("Inline")}} }`;
  await writeScript(stack, inline);
  const sent: string[][] = [];
  for (const what of ["preview", "up", "up"]) sent.push(succeeded(await deploy(stack, what)).requests);
  expect(sent).toEqual([[], [READ, PATCH], []]);
  row("an inline program, started in the folder that has the package installed", "as on the command line");

  const settings = (main: string) => `{ projectSettings: { name: "${projectName}", runtime: "nodejs"${main} } }`;
  await writeScript(stack, inline, settings(""));
  const lost = await deploy(stack, "destroy");
  expect([lost.exitCode, lost.requests]).toEqual([1, []]);
  expect(lost.output).toContain("It looks like the Pulumi SDK has not been installed");
  await writeScript(stack, inline, settings(", main: __dirname"));
  expect(succeeded(await deploy(stack, "destroy", elsewhere)).requests).toEqual([READ, PATCH]);
  row(
    "an inline program with `projectSettings`, or started elsewhere",
    "needs that folder as `main` in `projectSettings`: `main: __dirname`; without it, `It looks like the Pulumi SDK has not been installed`",
  );
});

it("docs/with-pulumi.md tells of each", () => {
  expectDocumentPart("docs/with-pulumi.md", "automation", markdownTable(["program", "what happens"], rows));
});

/** A user's deploy script; what it is to do is its argument. */
const script = (where: string, options: string) => `
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
LocalWorkspace.createOrSelectStack(${where}, ${options})
  .then((stack) => stack[process.argv[2]]({ onOutput: (text) => process.stdout.write(text) }))
  .then(({ changeSummary, summary }) => console.log(JSON.stringify(changeSummary ?? summary.resourceChanges)))
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
`;

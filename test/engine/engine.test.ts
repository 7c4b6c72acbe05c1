import { existsSync } from "node:fs";
import { lstat, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Engine } from "./bring";
import { CommandLimitError } from "./command";
import { foreignProject } from "./project";
import { createStack, type Stack, type StackOptions } from "./stack";
import { bringLimitMs, testEngine } from "./testEngine";

// The smallest resource of the same kind as this package's: a constant provider text, its code in the program's folder.
const standIn = `
import * as pulumi from "@pulumi/pulumi";
import { writeFileSync } from "node:fs";
const provider = \`exports.handler = () => ({
  create: async (inputs) => {
    console.log("creating " + inputs.text);
    require("node:fs").writeFileSync(inputs.processFile, String(process.pid));
    await new Promise((resolve) => setTimeout(resolve, inputs.delayMs));
    return { id: inputs.text, outs: { ...inputs, length: inputs.text.length } };
  },
  update: async (id, olds, news) => ({ outs: { ...news, length: news.text.length } }),
})\`;
class Note extends pulumi.CustomResource {
  declare readonly length: pulumi.Output<number>;
  constructor(name: string, args: Record<string, unknown>, options?: pulumi.CustomResourceOptions) {
    super("pulumi-nodejs:dynamic/standin/notes:Note", name, { length: undefined, ...args, __provider: provider }, options);
  }
}
class Notebook extends pulumi.ComponentResource {
  constructor(name: string) {
    super("standin:index:Notebook", name);
    const config = new pulumi.Config();
    const args = { text: config.require("text"), word: config.getSecret("word"), delayMs: config.getNumber("delayMs") ?? 0, processFile: config.require("processFile") };
    new Note(name + "-note", args, { parent: this });
    this.registerOutputs({});
  }
}
console.log("program in", process.cwd());
console.error("accounts:", Object.keys(process.env).filter((name) => /^(ARM|AZURE|ALI|PATCHBAY)/.test(name)).join());
writeFileSync(new pulumi.Config().require("processFile") + ".program", String(process.pid));
new Notebook("notebook");
export const text = new pulumi.Config().require("text");
`;

let engine: Engine;
let projectDirectory: string;
let scratch: string;
const stacks: Stack[] = [];

beforeAll(async () => {
  engine = await testEngine();
  projectDirectory = await foreignProject({ bare: true });
  scratch = await mkdtemp(path.join(tmpdir(), "patchbay-stand-in-"));
}, bringLimitMs);

afterAll(async () => {
  for (const stack of stacks) await stack.dispose();
  await rm(scratch, { recursive: true, force: true });
});

async function standInStack(options: Partial<StackOptions> = {}): Promise<Stack> {
  const config = { text: "hello", processFile: path.join(scratch, String(stacks.length)), ...options.config };
  const stack = await createStack({ engine, projectDirectory, program: standIn, ...options, config });
  stacks.push(stack);
  return stack;
}

async function isRunning(processFile: string): Promise<boolean> {
  const processId = Number(await readFile(processFile, "utf8"));
  try {
    process.kill(processId, 0);
  } catch {
    return false;
  }
  // A process that ended and that nobody has waited for still takes a signal.
  const state = await readFile(`/proc/${processId}/stat`, "utf8").catch(() => "");
  return !/\) Z /.test(state);
}

async function expectNoneRunning(processFile: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    if (!(await isRunning(processFile)) && !(await isRunning(`${processFile}.program`))) return;
    await delay(100);
  }
  throw new Error("The program or its provider still runs 5 s after the engine ended.");
}

describe("a stack of the real engine", () => {
  it("previews, creates, leaves alone, updates and destroys a nested TypeScript resource", async () => {
    process.env.ARM_CLIENT_SECRET = "of the developer";
    const stack = await standInStack({
      config: { word: { secret: "hush-hush" } },
      environment: { PATCHBAY_PLANTED: "1" },
    });
    delete process.env.ARM_CLIENT_SECRET;

    const preview = await stack.preview();
    expect(preview.output).toContain("+ 3 to create");
    expect(preview.output).toContain("accounts: PATCHBAY_PLANTED");
    expect(preview).toMatchObject({ exitCode: 0, stderr: "" });

    const { events, ...created } = await stack.events("up");
    expect(created.output).toMatch(/program in .*[\s\S]*creating hello/);
    // The stack, the component, the resource and the default provider.
    expect(events.filter((event) => event.resOutputsEvent?.metadata.op === "create")).toHaveLength(4);

    const { deployment } = await stack.exportState();
    const note = deployment.resources?.find((resource) => resource.type.endsWith("notes:Note"));
    expect(note).toMatchObject({
      id: "hello",
      outputs: { length: 5 },
      parent: expect.stringContaining("Notebook::notebook"),
    });
    expect(stack.stateFileText()).not.toContain("hush-hush");

    expect((await stack.up()).output).toContain("3 unchanged");
    await stack.setConfig("text", "hello, world");
    expect((await stack.up()).output).toContain("~ 1 updated");
    expect((await stack.destroy()).output).toContain("- 3 deleted");
    await expectNoneRunning(path.join(scratch, "0"));
  });

  it("runs a JavaScript program in a subfolder from a parent folder, with node_modules in a plain folder", async () => {
    const stack = await standInStack({
      language: "javascript",
      main: "src/",
      nodeModules: "copied",
      runtimeOptions: { typescript: false, nodeargs: `--title "two words"` },
      program: `
        const pulumi = require("@pulumi/pulumi");
        console.log(process.title, "in", process.cwd(), process.env.PULUMI_NODEJS_TYPESCRIPT);
        console.log(require.resolve("@pulumi/pulumi"));`,
    });
    expect((await lstat(path.join(stack.directory, "node_modules"))).isSymbolicLink()).toBe(false);
    const parent = path.dirname(stack.directory);
    const preview = await stack.run(["-C", stack.directory, "preview"], { directory: parent });
    expect(preview.output).toContain(`two words in ${path.join(stack.directory, "src")} undefined`);
    expect(preview.output).toContain(path.join(stack.directory, "node_modules", "@pulumi"));
    expect(preview.exitCode).toBe(0);
  });

  it("moves state between stacks", async () => {
    const stack = await standInStack();
    await stack.expect(["up", "--yes", "--skip-preview"]);
    const before = await stack.exportState();
    await stack.importState({ version: before.version, deployment: { ...before.deployment, resources: [] } });
    expect((await stack.exportState()).deployment.resources ?? []).toEqual([]);
    await stack.importState(before);
    expect((await stack.exportState()).deployment.resources).toEqual(before.deployment.resources);
  });

  it("lets the engine decide about one interrupt, and leaves no process behind", async () => {
    const stack = await standInStack({ config: { delayMs: "3000" } });
    const running = stack.start(["up", "--yes", "--skip-preview"]);
    await running.waitForOutput("creating hello");
    running.interrupt();
    const result = await running.result;
    expect(result.exitCode).not.toBe(0);
    expect(result.output).toContain("update canceled");
    expect((await stack.exportState()).deployment.resources).toContainEqual(expect.objectContaining({ id: "hello" }));
    await expectNoneRunning(path.join(scratch, String(stacks.length - 1)));
  });

  it("ends a command at its limit, with its plugins", async () => {
    const stack = await standInStack({ config: { delayMs: "60000" } });
    const processFile = path.join(scratch, String(stacks.length - 1));
    const started = stack.start(["up", "--yes", "--skip-preview"], { limitMs: 6_000 });
    const error = await started.result.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CommandLimitError);
    expect(error).toMatchObject({ output: expect.stringContaining("program in") });
    if (existsSync(processFile)) await expectNoneRunning(processFile);
  });

  it("leaves no process behind when the engine itself is killed", async () => {
    const stack = await standInStack({ config: { delayMs: "60000" } });
    const running = stack.start(["up", "--yes", "--skip-preview"]);
    await running.waitForOutput("creating hello");
    process.kill(running.processId, "SIGKILL");
    await running.result;
    await expectNoneRunning(path.join(scratch, String(stacks.length - 1)));
  });

  it("says how to go on when node_modules is missing at destroy", async () => {
    const stack = await standInStack();
    await stack.expect(["up", "--yes", "--skip-preview"]);
    await rm(path.join(stack.directory, "node_modules"));
    const destroyed = await stack.destroy();
    expect(destroyed.exitCode).not.toBe(0);
    expect(destroyed.output).toContain("It looks like the Pulumi SDK has not been installed");
    expect(destroyed.output).toMatch(engine.source === "built" ? `Run \`npm install\` in ${stack.directory}` : /install/);
    expect((await stack.exportState()).deployment.resources).toHaveLength(4);
  });
});

import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { peerDependencies } from "../../package.json";
import { runCommand } from "./command";
import { isolatedEnvironment } from "./environment";
import { testEngine } from "./testEngine";
import { openWorld, type World } from "./world";

// How programs lie on disk, which SDK they have, and what a missing package looks like.

const program = (title: string) => `
const { BackendPatch } = require("pulumi-patchbay/apimanagement");
exports.etag = new BackendPatch("orders", { resourceGroupName: "chat-platform-rg", serviceName: "apim-prod", backendId: "orders", title: "${title}", onDestroy: "restore" }).etag;
`;
const READ = "GET …/backends/orders";
const PATCH = "PATCH …/backends/orders";

async function openBackendWorld(pulumiVersion?: string): Promise<World> {
  return openWorld(
    (cloud) => {
      cloud.addApiManagementService("apim-prod");
      cloud.addBackend("apim-prod", "orders", { title: "Before", url: "https://orders.example.com", protocol: "http" });
    },
    { pulumiVersion },
  );
}

describe("a program", () => {
  let world: World;
  beforeAll(async () => {
    world = await openBackendWorld();
  });
  afterAll(() => world.close());

  it("whose main is a subfolder is previewed, applied, refreshed and destroyed, also from the parent folder", async () => {
    const stack = await world.stack(program("Subfolder"), { main: "source/" });
    const parent = { directory: path.dirname(stack.directory) };
    const here = ["-C", path.basename(stack.directory)];
    expect((await stack.preview(here, parent)).requests).toEqual([]);
    expect((await stack.up(here, parent)).requests).toEqual([READ, PATCH]);
    expect((await stack.up()).requests).toEqual([]);
    expect((await stack.refresh(here, parent)).requests).toEqual([READ]);
    expect((await stack.destroy(here, parent)).requests).toEqual([READ, PATCH]);
    expect(world.cloud.backend("apim-prod", "orders").properties.title).toBe("Before");
  });

  it("in a plain folder with nothing linked works the same", async () => {
    const stack = await world.stack(program("Plain"), { nodeModules: "copied" });
    expect((await stack.up()).requests).toEqual([READ, PATCH]);
    expect((await stack.destroy()).requests).toEqual([READ, PATCH]);
  });

  it("whose package is missing at destroy is told what to install, and loses nothing", async () => {
    const stack = await world.stack(program("Missing"), { nodeModules: "copied" });
    expect((await stack.up()).exitCode).toBe(0);
    const installed = path.join(stack.directory, "node_modules/pulumi-patchbay");
    renameSync(installed, `${installed}-away`);
    const refused = await stack.destroy();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain("Cannot find module 'pulumi-patchbay/runtime'");
    expect(refused.output).toContain(stack.directory);
    expect(refused.requests).toEqual([]);
    renameSync(`${installed}-away`, installed);
    expect((await stack.destroy()).requests).toEqual([READ, PATCH]);
  });

  it("whose node_modules is missing at destroy is told to run npm install", async () => {
    const stack = await world.stack(program("Nothing"), { nodeModules: "copied" });
    expect((await stack.up()).exitCode).toBe(0);
    const modules = path.join(stack.directory, "node_modules");
    renameSync(modules, `${modules}-away`);
    const refused = await stack.destroy();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toMatch(/npm install/);
    renameSync(`${modules}-away`, modules);
    expect((await stack.destroy()).exitCode).toBe(0);
  });
});

describe("the oldest supported @pulumi/pulumi", () => {
  it("creates, updates, refreshes, reads and destroys, with the name on the row and secrets encrypted", async () => {
    const oldest = peerDependencies["@pulumi/pulumi"].replace("^", "");
    const world = await openBackendWorld(oldest);
    try {
      const stack = await world.stack(program("Oldest"));
      const preview = await stack.preview();
      expect(preview.output).toContain("apimanagement.BackendPatch orders: will patch title of backend orders in apim-prod");
      expect((await stack.up()).requests).toEqual([READ, PATCH]);
      await stack.writeProgram(program("Oldest again"));
      expect((await stack.up()).requests).toEqual([READ, PATCH]);
      world.cloud.changeBackend("apim-prod", "orders", { title: "theirs" });
      expect((await stack.refresh()).requests).toEqual([READ]);
      const repaired = await stack.up();
      expect(repaired.output).toContain('title "theirs" → "Oldest again"');
      expect((await stack.destroy()).requests).toEqual([READ, PATCH]);
      expect(world.cloud.backend("apim-prod", "orders").properties.title).toBe("Before");
    } finally {
      await world.close();
    }
  });
});

describe("the repository's own program", () => {
  it("runs where it lies, through the package's own exports", async () => {
    const engine = await testEngine();
    const repository = path.resolve(__dirname, "../..");
    const folder = mkdtempSync(path.join(tmpdir(), "patchbay-own-"));
    const inherited = isolatedEnvironment();
    const environment = {
      ...inherited,
      PATH: [engine.directory, inherited.PATH].filter(Boolean).join(path.delimiter),
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_HOME: path.join(folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      ARM_SUBSCRIPTION_ID: "00000000-0000-0000-0000-000000000000",
      ALICLOUD_REGION: "cn-hangzhou",
    };
    const settings = ["--config-file", path.join(folder, "Pulumi.own.yaml"), "--stack", "own"];
    const pulumi = (args: string[]) =>
      runCommand({ command: engine.command, args: [...args, "--non-interactive"], directory: repository, environment, limitMs: 120_000 });
    try {
      await pulumi(["stack", "init", "own", "--no-select"]);
      const id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/cache";
      const set = await pulumi([
        "config",
        "set-all",
        `--plaintext=cachePrivateEndpointId=${id}`,
        "--secret=ordersToken=placeholder",
        ...settings,
      ]);
      expect(set.output).toBe("");
      const { output, exitCode } = await pulumi(["preview", ...settings]);
      expect(output).toContain("6 to create");
      expect(exitCode).toBe(0);
    } finally {
      // `stack init` leaves the stack's encryption salt beside Pulumi.yaml.
      rmSync(path.join(repository, "Pulumi.own.yaml"), { force: true });
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

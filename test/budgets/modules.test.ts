import { type Cloud, startCloud } from "../cloud";
import { type Loaded, loadedBy } from "./loading";

// What is loaded when: a heavy import that moves to the top of a file is found here, as is a file more at the start.

/** Files of the built package, its own and those that they import. */
const entryPoints: [name: string, files: number][] = [
  ["pulumi-patchbay", 50],
  ["pulumi-patchbay/apimanagement", 28],
  ["pulumi-patchbay/kvstore", 16],
  ["pulumi-patchbay/redisenterprise", 14],
  ["pulumi-patchbay/webpubsub", 22],
];

describe("a program loads beside the SDK", () => {
  it.each(entryPoints)("for %s: %d small files and no other package", async (name, files) => {
    const [loaded] = await loadedBy(`require(${JSON.stringify(name)}); step();`);
    expect(loaded?.packages).toEqual([]);
    expect(loaded?.files).toHaveLength(files);
    expect(
      loaded?.files.filter((file) => /^transport\/(?!clouds|endpoint|kvstoreEndpoints)|^engine\/(lifecycle|check|run|host)/.test(file)),
    ).toEqual([]);
  });
});

describe("a provider process loads", () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud();
    cloud.addApiManagementService("apim");
    cloud.addBackend("apim", "orders", { url: "https://orders.example/", protocol: "http" });
    cloud.addInstance({ instanceId: "r-direct" });
  });
  afterAll(() => cloud.stop());

  const patch = {
    resourceGroupName: "chat-platform-rg",
    serviceName: "apim",
    backendId: "orders",
    description: "ours",
    __provider: "text",
  };
  const provider = (operation: string) =>
    `const hooks = require("pulumi-patchbay/runtime").provider(${JSON.stringify(operation)}); step();`;
  const steps = (environment: Record<string, string>) =>
    loadedBy(
      `${provider("apimanagement/BackendPatch")}
      const given = ${JSON.stringify(patch)};
      await hooks.check({}, given); step();
      const { id, outs } = await hooks.create(given); step();
      await hooks.read(id, outs); step();`,
      environment,
    );
  const packagesOf = (loaded: readonly Loaded[]) => loaded.map(({ packages }) => packages);

  it("the operation's own files first, the schema library with the first check, the HTTP client with the first call, and then nothing", async () => {
    const loaded = await steps(cloud.environment);
    expect(packagesOf(loaded)).toEqual([[], ["zod"], expect.arrayContaining(["axios"]), []]);
    expect(loaded[2]?.packages.filter((name) => /^@/.test(name))).toEqual([]);
    expect(loaded.map(({ files }) => files.length)).toEqual([38, 0, 30, 0]);
  });

  it("no file of another operation", async () => {
    const [first] = await steps(cloud.environment);
    expect(first?.files.filter((file) => /^(kvstore|redisenterprise|webpubsub)\//.test(file))).toEqual([]);
    expect(first?.files.filter((file) => /backendReconnect/.test(file))).toEqual([]);
  });

  it.each([
    ["clientSecret", true],
    ["oidc", true],
    ["managedIdentity", false],
    ["readyToken", false],
  ] as const)("@azure/identity for the sign-in by %s: %s", async (way, isLoaded) => {
    const loaded = await steps(cloud.environmentFor(way));
    expect(loaded[2]?.packages.includes("@azure/identity")).toBe(isLoaded);
    expect(loaded[1]?.packages).toEqual(["zod"]);
    expect(loaded.flatMap(({ packages }) => packages).filter((name) => /^@alicloud/.test(name))).toEqual([]);
  });

  it("of Alibaba Cloud the signer alone, and nothing of Azure", async () => {
    const given = { instanceId: "r-direct", connectionString: "direct0000", __provider: "text" };
    const script = `${provider("kvstore/DirectConnection")}
      const given = ${JSON.stringify(given)};
      await hooks.check({}, given); step();
      await hooks.read("cn-hangzhou/r-direct/direct", given); step();`;
    const packages = (await loadedBy(script, cloud.environment)).flatMap((loaded) => loaded.packages);
    expect(packages.filter((name) => /^@azure/.test(name))).toEqual([]);
    expect(packages).toContain("@alicloud/openapi-util");
    expect(packages).not.toContain("@alicloud/openapi-client");
  });
});

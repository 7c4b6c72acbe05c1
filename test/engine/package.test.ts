import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isolatedEnvironment } from "./environment";
import { foreignProject } from "./project";

const repository = path.resolve(__dirname, "../..");

function run(command: string, args: string[], directory: string) {
  const result = spawnSync(command, args, { cwd: directory, encoding: "utf8", env: isolatedEnvironment() });
  return { exitCode: result.status, output: `${result.stdout}${result.stderr}`, stdout: result.stdout };
}

describe("the packed package", () => {
  it("holds what users need and nothing else", () => {
    const { stdout } = run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], repository);
    const [{ files }] = JSON.parse(stdout.slice(stdout.indexOf("["))) as [{ files: { path: string }[] }];
    const others = files.map((file) => file.path).filter((file) => !/^dist\/.+\.(js|d\.ts)$/.test(file));
    expect(others.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
    expect(files.map((file) => file.path)).toContain("dist/runtime.js");
  });

  it("has exports that publint finds no fault with", () => {
    const { exitCode, output } = run(path.join(repository, "node_modules/.bin/publint"), ["--strict"], repository);
    expect(output).toContain("All good!");
    expect(exitCode).toBe(0);
  });

  it("depends on nothing that runs an install script", () => {
    const { stdout } = run(
      "npm",
      ["query", ".prod:attr(scripts, [postinstall]), .prod:attr(scripts, [install]), .prod:attr(scripts, [preinstall])"],
      repository,
    );
    // protobufjs comes with @pulumi/pulumi, which every program has already; its script only warns about versions.
    const names = (JSON.parse(stdout) as { name: string }[]).map((each) => each.name);
    expect(names.filter((name) => name !== "protobufjs")).toEqual([]);
  });
});

describe("in a foreign project", () => {
  let folder: string;
  beforeAll(async () => {
    const project = await foreignProject({});
    folder = mkdtempSync(path.join(tmpdir(), "patchbay-types-"));
    symlinkSync(path.join(project, "node_modules"), path.join(folder, "node_modules"), "junction");
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "foreign", private: true }));
    mkdirSync(path.join(folder, "source"));
    writeFileSync(path.join(folder, "source/index.ts"), PROGRAM);
    const readme = readFileSync(path.join(repository, "README.md"), "utf8");
    const blocks = [...readme.matchAll(/^```ts\n(.+?)^```/gms)].map((match) => match[1] ?? "");
    expect(blocks.length).toBeGreaterThan(1);
    for (const [index, block] of blocks.entries()) writeFileSync(path.join(folder, `source/readme${index}.ts`), block);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    { moduleResolution: "node10", module: "commonjs", skipLibCheck: true },
    { moduleResolution: "node10", module: "commonjs", skipLibCheck: false },
    { moduleResolution: "node16", module: "node16", skipLibCheck: true },
    { moduleResolution: "node16", module: "node16", skipLibCheck: false },
  ])("the README's code and a program with everything type-check under strict with %j", (options) => {
    // TypeScript 6 says that node10 is old; most Pulumi programs use it nevertheless.
    const ignoreDeprecations = options.moduleResolution === "node10" ? { ignoreDeprecations: "6.0" } : {};
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "es2022",
      types: ["node"],
      esModuleInterop: true,
      ...ignoreDeprecations,
      ...options,
    };
    writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["source"] }));
    const { output, exitCode } = run(process.execPath, [path.join(folder, "node_modules/typescript/bin/tsc"), "-p", "."], folder);
    expect(output).toBe("");
    expect(exitCode).toBe(0);
  });

  it("refuses a misspelled argument, a wrong type and a missing one in the editor", () => {
    writeFileSync(path.join(folder, "wrong.ts"), WRONG);
    const args = [
      "--strict",
      "--noEmit",
      "--skipLibCheck",
      "--module",
      "node16",
      "--moduleResolution",
      "node16",
      "--target",
      "es2022",
      "wrong.ts",
    ];
    const { output } = run(process.execPath, [path.join(folder, "node_modules/typescript/bin/tsc"), ...args, "--ignoreConfig"], folder);
    const lines = output.split("\n").filter((line) => line.startsWith("wrong.ts"));
    expect(lines.map((line) => Number(/\((\d+),/.exec(line)?.[1]))).toEqual([2, 3, 4]);
  });

  it("loads no HTTP client, no credential library and no schema library in a program that only declares", () => {
    writeFileSync(path.join(folder, "declares.js"), DECLARES);
    const { stdout, output } = run(process.execPath, ["declares.js"], folder);
    expect(output).toContain("LOADED");
    const loaded = JSON.parse(stdout.slice(stdout.indexOf("LOADED") + 6)) as string[];
    expect(loaded.filter((module) => /node_modules\/(axios|zod|iso8601-duration|@azure|@alicloud)\//.test(module))).toEqual([]);
    expect(
      loaded.filter((module) => /pulumi-patchbay\/dist\/(transport|configuration|runtime|engine\/(lifecycle|host|run|check))/.test(module)),
    ).toEqual([]);
    expect(loaded.some((module) => module.includes("pulumi-patchbay/dist/apimanagement/backendPatch.js"))).toBe(true);
  });
});

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
import * as patchbay from "pulumi-patchbay";
import { BackendPatch, type BackendPatchArgs } from "pulumi-patchbay/apimanagement";
import { DirectConnection } from "pulumi-patchbay/kvstore";
import { PrivateEndpointConnection } from "pulumi-patchbay/redisenterprise";
import { KeyRegeneration, RotatingKeys } from "pulumi-patchbay/webpubsub";

const args: BackendPatchArgs = { resourceGroupName: pulumi.output("rg"), serviceName: "apim", backendId: "orders", title: null, protocol: "newer" };
const patch = new BackendPatch("patch", { ...args, pool: { services: [{ id: pulumi.output("id"), weight: 1 }] }, extraProperties: { any: [1, { thing: true }] } });
const reconnect = new patchbay.apimanagement.BackendReconnect("reconnect", { resourceGroupName: "rg", serviceName: "apim", backendId: "orders", triggers: { etag: patch.etag, n: 1 } });
const key = new KeyRegeneration("key", { resourceGroupName: "rg", resourceName: "chat", keyType: "Primary" }, { dependsOn: reconnect });
const pair = new RotatingKeys("pair", { resourceGroupName: "rg", resourceName: "chat", triggers: { month: pulumi.output("2026-11") }, firstKeyType: "Secondary" });
const connection = new PrivateEndpointConnection("connection", { resourceGroupName: "rg", clusterName: "c", privateEndpointConnectionName: "p", privateLinkServiceConnectionState: { status: "Approved" } });
const direct = new DirectConnection("direct", { instanceId: "r-1", port: "6380" }, { customTimeouts: { create: "5m" } });
const read = BackendPatch.get("read", patch.id, { title: "t" });

export const etag: pulumi.Output<string> = patch.etag;
export const outcome: pulumi.Output<"rotated" | "accepted" | "skipped" | "unknown"> = key.lastRun.outcome;
export const primary: pulumi.Output<string> = key.fingerprints.primary;
export const active: pulumi.Output<"Primary" | "Secondary"> = pair.activeKeyType;
export const connectionString: pulumi.Output<string | undefined> = pair.activeConnectionString;
export const port: pulumi.Output<number> = direct.port;
export const status: pulumi.Output<string> = connection.privateLinkServiceConnectionState.status;
export const title = read.title.apply((text) => text?.toUpperCase());

// Outputs of every class in interpolate and apply without a cast; a misspelled member or a wrong type is an error below.
export const sentences: pulumi.Output<string>[] = [
  pulumi.interpolate\`\${patch.etag} \${patch.url} \${patch.tls.apply((tls) => tls?.validateCertificateName ?? false)}\`,
  pulumi.interpolate\`\${reconnect.lastRun.at} \${reconnect.lastRun.outcome} \${reconnect.lastRun.requestId}\`,
  key.secondaryConnectionString.apply((text) => text?.split(";")[0] ?? "absent"),
  pair.activeKeyType.apply((keyType) => ({ Primary: "first", Secondary: "second" })[keyType]),
  pulumi.interpolate\`\${direct.connectionDomain}:\${direct.port.apply((number) => number.toFixed())} \${direct.adopted.apply((is) => (is ? 1 : 2))}\`,
  connection.provisioningState.apply((state) => state.toLowerCase()),
];

type Untyped<Resource> = {
  [Member in keyof Resource]: Resource[Member] extends pulumi.OutputInstance<infer Value> ? (unknown extends Value ? Member : never) : never;
}[keyof Resource];
type UntypedOf<Class> = Class extends abstract new (...args: never[]) => infer Resource ? Untyped<Resource> : never;
type Services = typeof patchbay;
// Of every class that the package exports: outputs that are not typed stand in the error.
const untyped: UntypedOf<{ [Service in keyof Services]: Services[Service][keyof Services[Service]] }[keyof Services]>[] = [];
export const none: never[] = untyped;
export const planted: Untyped<{ typed: pulumi.Output<string>; untyped: pulumi.Output<any> }> = "untyped";
`;

const WRONG = `import * as patchbay from "pulumi-patchbay";
new patchbay.kvstore.DirectConnection("a", { instanceId: "r-1", prefix: "x" });
new patchbay.webpubsub.KeyRegeneration("b", { resourceGroupName: "rg", resourceName: "chat", keyType: "primary" });
new patchbay.apimanagement.BackendPatch("c", { resourceGroupName: "rg", backendId: "orders", title: "t" });
`;

const DECLARES = `
const pulumi = require("@pulumi/pulumi");
pulumi.runtime.setMocks({ newResource: (args) => ({ id: args.name, state: args.inputs }), call: () => ({}) }, "project", "stack", true);
const patchbay = require("pulumi-patchbay");
const rg = { resourceGroupName: "rg" };
const backend = { ...rg, serviceName: "apim", backendId: "orders" };
new patchbay.apimanagement.BackendPatch("patch", { ...backend, title: pulumi.secret("t") });
new patchbay.apimanagement.BackendReconnect("reconnect", { ...backend, triggers: { at: pulumi.output("1") } });
new patchbay.webpubsub.KeyRegeneration("key", { ...rg, resourceName: "chat", keyType: "Primary" });
new patchbay.webpubsub.RotatingKeys("pair", { ...rg, resourceName: "chat", maximumAge: "P90D" });
new patchbay.kvstore.DirectConnection("direct", { instanceId: "r-1" }, { customTimeouts: { create: "5m" } });
new patchbay.redisenterprise.PrivateEndpointConnection("pec", { ...rg, clusterName: "c", privateEndpointConnectionName: "p", privateLinkServiceConnectionState: { status: "Approved" } });
setTimeout(() => process.stdout.write("LOADED" + JSON.stringify(Object.keys(require.cache))), 500);
`;

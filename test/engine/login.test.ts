import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Cloud } from "../cloud";
import { selfSignedCertificate } from "../support/selfSignedCertificate";
import { openWorld, type World } from "./world";

// Ways to sign in, through the engine's own configuration and environment, with three resources at once.

const PROGRAM = `
const { BackendPatch } = require("pulumi-patchbay/apimanagement");
for (const backendId of ["one", "two", "three"]) {
  new BackendPatch(backendId, { resourceGroupName: "chat-platform-rg", serviceName: "apim-" + backendId, backendId, title: "Ours" });
}
`;

let world: World;
beforeAll(async () => {
  world = await openWorld((cloud) => {
    for (const name of ["one", "two", "three"]) {
      cloud.addApiManagementService(`apim-${name}`);
      cloud.addBackend(`apim-${name}`, name, { title: "Before", url: "https://orders.example.com", protocol: "http" });
    }
  });
});
afterAll(() => world.close());

/** The environment of a way to sign in, without what the world's own (a ready token) would add. */
function only(environment: Record<string, string>): Record<string, string> {
  const { PATCHBAY_AZURE_ACCESS_TOKEN, ...others } = { PATCHBAY_AZURE_ACCESS_TOKEN: "", ...environment };
  return { ...others, PATCHBAY_AZURE_ACCESS_TOKEN: environment.PATCHBAY_AZURE_ACCESS_TOKEN ?? "" };
}

function byKind(requests: string[]): Record<string, number> {
  const count: Record<string, number> = {};
  for (const line of requests) {
    const kind = /^(TOKEN|OIDC|DISCOVERY)$/.test(line) ? line : (line.split(" ")[0] ?? "");
    if (kind !== "DISCOVERY") count[kind] = (count[kind] ?? 0) + 1;
  }
  return count;
}

function resetBackends(cloud: Cloud): void {
  for (const name of ["one", "two", "three"]) cloud.changeBackend(`apim-${name}`, name, { title: "Before" });
}

describe("one token is asked for, whoever needs it,", () => {
  beforeEach(() => resetBackends(world.cloud));

  it.each([
    ["a ready token", "readyToken", { GET: 3, PATCH: 3 }],
    ["a client secret in the environment", "clientSecret", { TOKEN: 1, GET: 3, PATCH: 3 }],
    ["a managed identity", "managedIdentity", { TOKEN: 1, GET: 3, PATCH: 3 }],
    ["the pipeline's OIDC", "oidc", { OIDC: 1, TOKEN: 1, GET: 3, PATCH: 3 }],
  ] as const)("with %s", async (_name, way, requests) => {
    const stack = await world.stack(PROGRAM, { environment: only(world.cloud.environmentFor(way)) });
    const up = await stack.up();
    expect(up.output).toContain("4 created");
    expect(byKind(up.requests)).toEqual(requests);
  });

  it("with a client secret in Pulumi config, and with the one of azure-native", async () => {
    const { tenantId, clientId, clientSecret } = world.cloud.identity;
    const { AZURE_AUTHORITY_HOST = "" } = world.cloud.environmentFor("clientSecret");
    for (const namespace of ["patchbay", "azure-native"]) {
      resetBackends(world.cloud);
      const config = {
        [`${namespace}:tenantId`]: tenantId,
        [`${namespace}:clientId`]: clientId,
        [`${namespace}:clientSecret`]: { secret: clientSecret },
      };
      const stack = await world.stack(PROGRAM, { config, environment: { AZURE_AUTHORITY_HOST, PATCHBAY_AZURE_ACCESS_TOKEN: "" } });
      const up = await stack.up();
      expect(byKind(up.requests)).toEqual({ TOKEN: 1, GET: 3, PATCH: 3 });
    }
  });

  it("with a client certificate", async () => {
    const { tenantId, clientId } = world.cloud.identity;
    const { AZURE_AUTHORITY_HOST = "" } = world.cloud.environmentFor("clientSecret");
    const stack = await world.stack(PROGRAM);
    const file = path.join(path.dirname(stack.directory), "client.pem");
    const { pem, publicKey } = selfSignedCertificate();
    world.cloud.trustCertificate(publicKey);
    writeFileSync(file, pem);
    const environment = { AZURE_AUTHORITY_HOST, PATCHBAY_AZURE_ACCESS_TOKEN: "", ARM_TENANT_ID: tenantId, ARM_CLIENT_ID: clientId };
    const up = await stack.up([], { environment: { ...environment, ARM_CLIENT_CERTIFICATE_PATH: file } });
    expect(up.output).toContain("4 created");
    expect(byKind(up.requests)).toEqual({ TOKEN: 1, GET: 3, PATCH: 3 });
  });

  it("with the login of the Azure CLI", async () => {
    const stack = await world.stack(PROGRAM);
    const bin = path.join(path.dirname(stack.directory), "bin");
    mkdirSync(bin);
    const expiresOn = Math.floor(Date.now() / 1000) + 3600;
    const answer = { accessToken: world.cloud.issueToken(), expires_on: expiresOn, subscription: "s", tenant: "t", tokenType: "Bearer" };
    writeFileSync(path.join(bin, "answer.json"), JSON.stringify(answer));
    writeFileSync(path.join(bin, "az"), `#!/bin/sh\necho asked >> "${bin}/calls"\ncat "${bin}/answer.json"\n`);
    chmodSync(path.join(bin, "az"), 0o755);
    const environment = { PATCHBAY_AZURE_ACCESS_TOKEN: "", PATH: `${bin}:${process.env.PATH}` };
    const up = await stack.up([], { environment });
    expect(up.output).toContain("4 created");
    expect(byKind(up.requests)).toEqual({ GET: 3, PATCH: 3 });
  });
});

it("without any way to sign in one error says what was looked for and where", async () => {
  resetBackends(world.cloud);
  const stack = await world.stack(PROGRAM);
  const environment = { PATCHBAY_AZURE_ACCESS_TOKEN: "", PATH: path.dirname(process.execPath) };
  const preview = await stack.preview([], { environment: { PATCHBAY_AZURE_ACCESS_TOKEN: "" } });
  expect(preview.output).toContain("4 to create");
  expect(preview.requests).toEqual([]);
  const up = await stack.up([], { environment: { ...environment, PATH: `${path.dirname(process.execPath)}:/bin` } });
  expect(up.exitCode).not.toBe(0);
  expect(up.output).toMatch(/patchbay:clientSecret/);
  expect(up.output).toMatch(/ARM_OIDC_TOKEN/);
  expect(up.output).toMatch(/az login/);
});

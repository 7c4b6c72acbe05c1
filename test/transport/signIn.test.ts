import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud";
import { ScriptedServer } from "../support/scriptedServer";
import { selfSignedCertificate } from "../support/selfSignedCertificate";
import { TransportBench } from "../support/transportBench";
import { encryptedKey, pkcs12 } from "./keyFiles";
import { applicationAt, callsAtOnce, countOf, discovery, issued, listKeysOf, OK, REQUEST, tokenRequest } from "./signInBench";

// Each row of the table of settings that signs in to Azure, against a token service. The Azure CLI needs a process of its
// own (azureCli.test.ts), and a machine's metadata service too (machineIdentity.test.ts).

const secret = () => randomBytes(20).toString("hex");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "patchbay-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("sixty-four calls at once have one token, asked for once,", () => {
  let cloud: Cloud;
  let application: Record<string, string>;
  beforeEach(async () => {
    cloud = await startCloud();
    cloud.addWebPubSub("chat");
    const { PATCHBAY_RESOURCE_MANAGER_ENDPOINT = "", AZURE_AUTHORITY_HOST = "" } = cloud.environmentFor("clientSecret");
    application = { PATCHBAY_RESOURCE_MANAGER_ENDPOINT, AZURE_AUTHORITY_HOST };
  });
  afterEach(async () => {
    expect(cloud.failures).toEqual([]);
    await cloud.stop();
  });

  const ONE_TOKEN = { DISCOVERY: 1, TOKEN: 1, ARM: 64 };
  const PLACES = [
    ["config", "patchbay:tenantId", "patchbay:clientId", "patchbay:clientSecret"],
    ["config of azure-native", "azure-native:tenantId", "azure-native:clientId", "azure-native:clientSecret"],
    ["ARM_ variables", "ARM_TENANT_ID", "ARM_CLIENT_ID", "ARM_CLIENT_SECRET"],
    ["AZURE_ variables", "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"],
  ] as const;

  it.each(PLACES)("with a client secret in %s", async (_place, tenant, client, key) => {
    const { tenantId, clientId, clientSecret } = cloud.identity;
    const { answered, asked } = await callsAtOnce(cloud, { ...application, [tenant]: tenantId, [client]: clientId, [key]: clientSecret });
    expect({ answered, asked }).toEqual({ answered: 64, asked: ONE_TOKEN });
    expect(new Set(cloud.requests.flatMap(({ kind, credential }) => (kind === "ARM" ? [credential] : []))).size).toBe(1);
  });

  it.each([
    ["a PEM file", (pem: string) => ["both.pem", pem, undefined]],
    ["a PEM file with Windows line ends", (pem: string) => ["windows.pem", pem.replace(/\n/g, "\r\n"), undefined]],
    ["a PEM file whose key has a password", (pem: string, password: string) => ["locked.pem", encryptedKey(pem, password), password]],
  ] as const)("with a client certificate in %s", async (_what, made) => {
    const { pem, publicKey } = selfSignedCertificate();
    cloud.trustCertificate(publicKey);
    const [name, content, password] = made(pem, secret()) as [string, string, string | undefined];
    const { tenantId, clientId } = cloud.identity;
    const settings = {
      ...application,
      ARM_TENANT_ID: tenantId,
      ARM_CLIENT_ID: clientId,
      ARM_CLIENT_CERTIFICATE_PATH: fileOf(name, content),
    };
    if (password !== undefined) Object.assign(settings, { ARM_CLIENT_CERTIFICATE_PASSWORD: password });
    const { answered, asked } = await callsAtOnce(cloud, settings);
    expect({ answered, asked }).toEqual({ answered: 64, asked: ONE_TOKEN });
  });

  it("with an OIDC token that is given as it is", async () => {
    const { tenantId, clientId, federatedToken } = cloud.identity;
    const oidc = { "patchbay:useOidc": "true", "patchbay:oidcToken": `${federatedToken}\n` };
    const { answered, asked } = await callsAtOnce(cloud, { ...application, ...oidc, ARM_TENANT_ID: tenantId, ARM_CLIENT_ID: clientId });
    expect({ answered, asked }).toEqual({ answered: 64, asked: ONE_TOKEN });
  });

  it("with an OIDC token in a cluster's file, which nothing else has to be said for", async () => {
    const { tenantId, clientId, federatedToken } = cloud.identity;
    const cluster = { AZURE_FEDERATED_TOKEN_FILE: fileOf("cluster", federatedToken), AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId };
    const { answered, asked } = await callsAtOnce(cloud, { ...application, ...cluster });
    expect({ answered, asked }).toEqual({ answered: 64, asked: ONE_TOKEN });
  });

  it("with the OIDC request URL of a pipeline, which is asked once too", async () => {
    const { answered, asked } = await callsAtOnce(cloud, cloud.environmentFor("oidc"));
    expect({ answered, asked }).toEqual({ answered: 64, asked: { ...ONE_TOKEN, OIDC: 1 } });
  });

  it("with the managed identity of an app service, which needs no discovery", async () => {
    const settings = cloud.environmentFor("managedIdentity");
    Object.assign(process.env, settings);
    try {
      const { answered, asked } = await callsAtOnce(cloud, settings);
      expect({ answered, asked }).toEqual({ answered: 64, asked: { TOKEN: 1, ARM: 64 } });
      expect(cloud.requests.find(({ kind }) => kind === "TOKEN")?.query["resource"]).toBe("https://management.core.windows.net/");
    } finally {
      for (const name of Object.keys(settings)) delete process.env[name];
    }
  });

  it("with a ready token, for which nothing is asked", async () => {
    const { answered, asked } = await callsAtOnce(cloud, { ...application, "patchbay:azureAccessToken": cloud.accessToken });
    expect({ answered, asked }).toEqual({ answered: 64, asked: { ARM: 64 } });
  });
});

describe("an OIDC token", () => {
  it("in a file is read anew for each token: its owner renews it while this runs", async () => {
    const server = await ScriptedServer.start();
    const path = fileOf("renewed", "first-assertion\n");
    const bench = new TransportBench(applicationAt(server, { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN_FILE_PATH: path }));
    server.expect(discovery(server.url), tokenRequest(issued("first-token")), OK);
    await bench.transport.send(REQUEST, bench.options());
    writeFileSync(path, "second-assertion\n");
    const expired = { status: 401, json: { error: { code: "ExpiredAuthenticationToken", message: "Expired." } } };
    server.expect({ path: "/a", reply: expired }, discovery(server.url), tokenRequest(issued("second-token")), OK);
    await bench.transport.send(REQUEST, bench.options());
    const assertions = server.received.flatMap(({ text }) => new URLSearchParams(text).getAll("client_assertion"));
    expect(assertions).toEqual(["first-assertion", "second-assertion"]);
    await server.finish();
  });

  it("of Azure Pipelines is asked for with a POST that names the service connection", async () => {
    const server = await ScriptedServer.start();
    server.expect(
      {
        method: "POST",
        path: "/jobs/1/oidctoken?api-version=7.1&serviceConnectionId=sc%2F1",
        reply: { json: { oidcToken: "assertion-1" } },
      },
      discovery(server.url),
      tokenRequest(issued("token-1")),
      OK,
    );
    const pipeline = { SYSTEM_OIDCREQUESTURI: `${server.url}/jobs/1/oidctoken`, SYSTEM_ACCESSTOKEN: "job-bearer" };
    const asked = { ARM_USE_OIDC: "true", ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "sc/1" };
    const bench = new TransportBench(applicationAt(server, { ...pipeline, ...asked }));
    await bench.transport.send(REQUEST, bench.options());
    expect(server.received[0]?.headers).toMatchObject({ authorization: "Bearer job-bearer", "x-tfs-fedauthredirect": "Suppress" });
    expect(server.received[0]?.text).toBe("");
    expect(new URLSearchParams(server.received[2]?.text).get("client_assertion")).toBe("assertion-1");
    await server.finish();
  });

  it.each([
    ["ARM_OIDC_REQUEST_URL", "ARM_OIDC_REQUEST_TOKEN", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"],
    ["patchbay:oidcRequestUrl", "patchbay:oidcRequestToken", "patchbay:adoPipelineServiceConnectionId"],
  ])("of Azure Pipelines may be named by %s, %s and %s", async (url, bearer, connection) => {
    const server = await ScriptedServer.start();
    const path = "/oidctoken?api-version=8.0-preview&serviceConnectionId=sc";
    server.expect({ method: "POST", path, reply: { json: { oidcToken: "a-1" } } }, discovery(server.url), tokenRequest(issued("t-1")), OK);
    const settings = { [url]: `${server.url}/oidctoken?api-version=8.0-preview`, [bearer]: "job-bearer", [connection]: "sc" };
    const bench = new TransportBench(applicationAt(server, { ...settings, ARM_USE_OIDC: "true" }));
    expect((await bench.transport.send(REQUEST, bench.options())).status).toBe(200);
    await server.finish();
  });

  it("of GitHub Actions is asked for with a GET, whatever service connection is named", async () => {
    const server = await ScriptedServer.start();
    const github = { ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/github?v=2`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job-bearer" };
    const path = "/github?v=2&audience=api%3A%2F%2FAzureADTokenExchange";
    server.expect({ method: "GET", path, reply: { json: { value: "a-1" } } }, discovery(server.url), tokenRequest(issued("t-1")), OK);
    const asked = { ARM_USE_OIDC: "true", ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "sc" };
    const bench = new TransportBench(applicationAt(server, { ...github, ...asked }));
    expect((await bench.transport.send(REQUEST, bench.options())).status).toBe(200);
    await server.finish();
  });
});

describe("two identities in one process", () => {
  it("have two tokens, each for its own tenant, and each is asked for once", async () => {
    const clouds = await Promise.all([startCloud(), startCloud()]);
    for (const cloud of clouds) cloud.addWebPubSub("chat");
    const settings: Record<string, string> = {};
    const bench = new TransportBench(settings);
    for (const cloud of [...clouds, ...clouds, ...clouds]) {
      Object.assign(settings, cloud.environmentFor("clientSecret"));
      const { body } = await bench.transport.send(listKeysOf(cloud), bench.options());
      expect(body?.["primaryKey"]).toBe(cloud.keys("chat").primaryKey);
    }
    expect(clouds.map(countOf)).toEqual(clouds.map(() => ({ DISCOVERY: 1, TOKEN: 1, ARM: 3 })));
    await Promise.all(clouds.map((cloud) => cloud.stop()));
  });

  it("of one tenant have two tokens too", async () => {
    const server = await ScriptedServer.start();
    const settings = applicationAt(server, { ARM_CLIENT_SECRET: secret() });
    const bench = new TransportBench(settings);
    server.expect(discovery(server.url), tokenRequest(issued("one")), OK, discovery(server.url), tokenRequest(issued("other")), OK, OK);
    await bench.transport.send(REQUEST, bench.options());
    settings["ARM_CLIENT_ID"] = "client-2";
    await bench.transport.send(REQUEST, bench.options());
    settings["ARM_CLIENT_ID"] = "client-1";
    await bench.transport.send(REQUEST, bench.options());
    const used = server.received.filter(({ path }) => path.startsWith("/a?")).map(({ headers }) => headers.authorization);
    expect(used).toEqual(["Bearer one", "Bearer other", "Bearer one"]);
    await server.finish();
  });
});

describe("in the cloud", () => {
  it.each([
    ["public", "https://management.core.windows.net//.default"],
    ["usgovernment", "https://management.core.usgovcloudapi.net//.default"],
    ["china", "https://management.core.chinacloudapi.cn//.default"],
  ])("%s the token is asked for the scope %s", async (environment, scope) => {
    const server = await ScriptedServer.start();
    server.expect(discovery(server.url), tokenRequest(issued("token-1")), OK);
    const bench = new TransportBench(applicationAt(server, { ARM_CLIENT_SECRET: secret(), ARM_ENVIRONMENT: environment }));
    await bench.transport.send(REQUEST, bench.options());
    expect(new URLSearchParams(server.received[1]?.text).get("scope")?.split(" ")[0]).toBe(scope);
    await server.finish();
  });

  it.each([
    ["public", "https://management.azure.com", "https://login.microsoftonline.com", true],
    ["usgovernment", "https://management.usgovcloudapi.net", "https://login.microsoftonline.us", false],
    ["china", "https://management.chinacloudapi.cn", "https://login.chinacloudapi.cn", false],
  ])("%s the service is %s and the authority %s", (environment, resourceManagerEndpoint, authorityHost, publicAuthority) => {
    const { configuration } = new TransportBench({ "azure-native:environment": environment });
    expect(configuration.cloud()).toMatchObject({ resourceManagerEndpoint, authorityHost, publicAuthority });
  });
});

describe("a PKCS#12 file", () => {
  it("is not read, and the error says how to make a PEM file of it", async () => {
    const path = fileOf("client.pfx", pkcs12());
    const server = await ScriptedServer.start();
    const bench = new TransportBench(
      applicationAt(server, { ARM_CLIENT_CERTIFICATE_PATH: path, ARM_CLIENT_CERTIFICATE_PASSWORD: secret() }),
    );
    await expect(bench.transport.send(REQUEST, bench.options())).rejects.toThrow(/PEM-encoded certificate.*openssl pkcs12/);
    await server.finish();
  });
});

import { identityEndpoint } from "../../provider/transport/managedIdentity";
import { type Cloud, type Fault, startCloud } from "../cloud";
import { rejection, TransportBench } from "../support/transportBench";
import { callsAtOnce, countOf, listKeysOf, shown } from "./signInBench";

let cloud: Cloud;
let settings: Record<string, string>;
beforeEach(async () => {
  cloud = await startCloud();
  cloud.addWebPubSub("chat");
  settings = { "patchbay:resourceManagerEndpoint": cloud.url, "patchbay:useMsi": "true" };
  process.env["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = cloud.url;
});
afterEach(async () => {
  delete process.env["AZURE_POD_IDENTITY_AUTHORITY_HOST"];
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
});

describe("the managed identity of a machine", () => {
  it("gives sixty-four calls at once one token", async () => {
    const { answered, asked } = await callsAtOnce(cloud, settings);
    expect({ answered, asked }).toEqual({ answered: 64, asked: { TOKEN: 1, ARM: 64 } });
    const request = cloud.requests.find(({ kind }) => kind === "TOKEN");
    expect(request?.query).toEqual({ "api-version": "2018-02-01", resource: "https://management.core.windows.net/" });
    expect(request?.headers["metadata"]).toBe("true");
  });

  it("is the one that clientId names, where there are several", async () => {
    const bench = new TransportBench({ ...settings, ARM_CLIENT_ID: "identity-7" });
    await bench.transport.send(listKeysOf(cloud), bench.options());
    expect(cloud.requests.find(({ kind }) => kind === "TOKEN")?.query["client_id"]).toBe("identity-7");
  });

  it("gives a new token when the service did not accept the first", async () => {
    const bench = new TransportBench(settings);
    await bench.transport.send(listKeysOf(cloud), bench.options());
    cloud.expireTokens();
    await bench.transport.send(listKeysOf(cloud), bench.options());
    expect(countOf(cloud)).toEqual({ TOKEN: 2, ARM: 3 });
  });

  it.each([
    ["is being updated", { status: 404, times: 3 }, 3],
    ["is away for a moment", { status: 410, times: 8 }, 8],
    ["is asked too often", { status: 429, times: 2, headers: { "Retry-After": "2" } }, 2],
    ["has a fault", { status: 500, times: 2 }, 2],
  ] as const)("is waited for while the metadata service %s", async (_what, fault, waits) => {
    cloud.faults.add({ kind: "TOKEN", mode: "answer", ...fault });
    const bench = new TransportBench(settings);
    await bench.transport.send(listKeysOf(cloud), bench.options());
    expect(bench.delays).toHaveLength(waits);
    expect(bench.reasons[0]).toBe(`signing in to Azure: the answer was ${fault.status}`);
    expect(countOf(cloud)).toEqual({ TOKEN: waits + 1, ARM: 1 });
  });

  it("is not waited for longer than ten minutes, however long the metadata service asks", async () => {
    cloud.faults.add({ kind: "TOKEN", mode: "answer", status: 429, headers: { "Retry-After": "999999999" } });
    const bench = new TransportBench(settings);
    const error = await rejection(bench.transport.send(listKeysOf(cloud), bench.options()));
    expect(error.name).toBe("NotSentError");
    expect(error.message).toContain("The service asks to wait 999999999 s, which is more than the 600 s that may be waited");
    expect(countOf(cloud)).toEqual({ TOKEN: 1 });
  });

  it.each<[string, Fault]>([
    ["is silent", { mode: "hang" }],
    ["breaks off", { mode: "reset" }],
  ])("is told to be missing after six tries where the metadata service %s", async (_what, fault) => {
    cloud.faults.add({ kind: "TOKEN", times: 99, ...fault });
    const bench = new TransportBench(settings, { attemptLimitMs: 50 });
    const error = await rejection(bench.transport.send(listKeysOf(cloud), bench.options()));
    expect(error.name).toBe("NotSentError");
    expect(error.message).toMatch(
      /^The managed identity at 127\.0\.0\.1:\d+ gave no token: .*\. Check that this machine has a managed identity/,
    );
    expect(countOf(cloud)).toEqual({ TOKEN: 6 });
  });

  it.each<[string, Fault]>([
    ["a page", { mode: "html" }],
    ["nothing", { mode: "empty" }],
    ["half of its JSON", { mode: "truncatedJson" }],
  ])("is told to have given no token where the metadata service answers %s", async (_what, fault) => {
    cloud.faults.add({ kind: "TOKEN", ...fault });
    const bench = new TransportBench(settings);
    const error = await rejection(bench.transport.send(listKeysOf(cloud), bench.options()));
    expect(error.message).toMatch(/^The managed identity at 127\.0\.0\.1:\d+ gave no token \(status 200\)\. /);
    for (const value of cloud.secrets) expect(shown(error)).not.toContain(value);
  });

  it("is refused in words that help where the machine has none", async () => {
    const none = { error: "invalid_request", error_description: "Identity not found" };
    cloud.faults.add({ kind: "TOKEN", mode: "amend", change: (answer) => ({ ...answer, status: 400, body: JSON.stringify(none) }) });
    const bench = new TransportBench(settings);
    const error = await rejection(bench.transport.send(listKeysOf(cloud), bench.options()));
    expect(error.name).toBe("ConfigurationError");
    expect(error.message).toContain("Identity not found");
    expect(error.message).toContain("Check that this machine has a managed identity");
    for (const value of cloud.secrets) expect(shown(error)).not.toContain(value);
  });
});

describe("the managed identity of an app service", () => {
  const [url, header] = ["http://127.0.0.1:41/msi/token", "header-1"];

  it("is asked for at its own endpoint", () => {
    const endpoint = identityEndpoint({ IDENTITY_ENDPOINT: url, IDENTITY_HEADER: header });
    expect(endpoint).toEqual({ url: `${url}?api-version=2019-08-01`, headers: { "x-identity-header": header } });
  });

  it("gives a new token when the service did not accept the first", async () => {
    const environment = cloud.environmentFor("managedIdentity");
    Object.assign(process.env, environment);
    try {
      const bench = new TransportBench(environment);
      await bench.transport.send(listKeysOf(cloud), bench.options());
      cloud.expireTokens();
      await bench.transport.send(listKeysOf(cloud), bench.options());
      expect(countOf(cloud)).toEqual({ TOKEN: 2, ARM: 3 });
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
    }
  });

  it.each(["IDENTITY_SERVER_THUMBPRINT", "IMDS_ENDPOINT", "MSI_ENDPOINT", "AZURE_FEDERATED_TOKEN_FILE"])(
    "is left to the credential library where %s tells of a service fabric, an Arc machine, a cloud shell or a cluster",
    (name) => {
      expect(identityEndpoint({ IDENTITY_ENDPOINT: url, IDENTITY_HEADER: header, [name]: "x" })).toBeUndefined();
    },
  );

  it("is the machine's where nothing else is named", () => {
    expect(identityEndpoint({})?.url).toBe("http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01");
  });
});

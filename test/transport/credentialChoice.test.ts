import { randomBytes } from "node:crypto";
import { Configuration } from "../../provider/configuration";
import { chooseCredential } from "../../provider/transport/credentialChoice";

const secret = randomBytes(20).toString("hex");

function choose(settings: Record<string, string>) {
  return chooseCredential(new Configuration((key) => settings[key], settings));
}

describe("the choice of a credential", () => {
  const client = { ARM_TENANT_ID: "t", ARM_CLIENT_ID: "c" };
  const pipelines = { SYSTEM_OIDCREQUESTURI: "https://p.test/oidctoken", SYSTEM_ACCESSTOKEN: "b" };

  it.each<[string, Record<string, string>, object]>([
    [
      "a ready token before everything",
      { ...client, ARM_CLIENT_SECRET: "s", PATCHBAY_AZURE_ACCESS_TOKEN: "tok" },
      { kind: "token", token: "tok" },
    ],
    ["a client secret", { ...client, ARM_CLIENT_SECRET: "s" }, { kind: "clientSecret", tenantId: "t", clientId: "c", clientSecret: "s" }],
    ["a certificate", { ...client, AZURE_CLIENT_CERTIFICATE_PATH: "/c.pem" }, { kind: "clientCertificate", path: "/c.pem" }],
    [
      "the more specific place",
      { ...client, ARM_CLIENT_SECRET: "s", "patchbay:clientCertificatePath": "/c.pem" },
      { kind: "clientCertificate" },
    ],
    ["an OIDC token", { ...client, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "o" }, { kind: "oidc", assertion: { from: "text", token: "o" } }],
    [
      "an OIDC token file, named without a flag",
      { ...client, ARM_OIDC_TOKEN_FILE_PATH: "/f" },
      { kind: "oidc", assertion: { from: "file", path: "/f" } },
    ],
    [
      "GitHub's OIDC when it is asked for",
      { ...client, ARM_USE_OIDC: "1", ACTIONS_ID_TOKEN_REQUEST_URL: "https://g.test/t?a=1", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "b" },
      { kind: "oidc", assertion: { from: "request", url: "https://g.test/t?a=1", bearer: "b" } },
    ],
    [
      "Azure Pipelines' OIDC when it is asked for and a service connection is named",
      { ...client, ARM_USE_OIDC: "1", ...pipelines, ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "sc" },
      { kind: "oidc", assertion: { from: "request", url: "https://p.test/oidctoken", bearer: "b", serviceConnectionId: "sc" } },
    ],
    [
      "the CLI where Azure Pipelines' variables merely exist",
      { ...client, ...pipelines, ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "sc" },
      { kind: "cli", tenantId: "t" },
    ],
    [
      "the CLI where GitHub's variables merely exist",
      { ...client, ACTIONS_ID_TOKEN_REQUEST_URL: "https://g.test/", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "b" },
      { kind: "cli", tenantId: "t" },
    ],
    [
      "the secret where a cluster's token file merely exists",
      { ...client, ARM_CLIENT_SECRET: "s", AZURE_FEDERATED_TOKEN_FILE: "/f" },
      { kind: "clientSecret" },
    ],
    [
      "a cluster's token file before the CLI",
      { ...client, AZURE_FEDERATED_TOKEN_FILE: "/f" },
      { kind: "oidc", assertion: { from: "file", path: "/f" } },
    ],
    ["the CLI when OIDC is switched off", { ...client, ARM_USE_OIDC: "false", AZURE_FEDERATED_TOKEN_FILE: "/f" }, { kind: "cli" }],
    ["a managed identity", { "azure-native:useMsi": "true", ARM_CLIENT_ID: "c" }, { kind: "managedIdentity", clientId: "c" }],
    ["the CLI when nothing is set", {}, { kind: "cli" }],
  ])("is %s", (_what, settings, expected) => {
    expect(choose(settings)).toMatchObject(expected);
  });

  const KINDS: Readonly<Record<string, (place: string) => Record<string, string>>> = {
    clientSecret: (place) => ({ [`${place}clientSecret`]: "s" }),
    clientCertificate: (place) => ({ [`${place}clientCertificatePath`]: "/c.pem" }),
    oidc: (place) => ({ [`${place}useOidc`]: "true", [`${place}oidcToken`]: "o" }),
    managedIdentity: (place) => ({ [`${place}useMsi`]: "true" }),
  };
  const pairs = Object.keys(KINDS).flatMap((one) => Object.keys(KINDS).map((other) => [one, other] as const));

  it.each(pairs)("is %s of this package's config before %s of the sibling's, and contradictory at one place", (one, other) => {
    const settings = (place: string, kind: string) => KINDS[kind]?.(place) ?? {};
    expect(choose({ ...client, ...settings("patchbay:", one), ...settings("azure-native:", other) }).kind).toBe(one);
    const both = () => choose({ ...client, ...settings("azure-native:", one), ...settings("azure-native:", other) });
    if (one === other) expect(both().kind).toBe(one);
    else expect(both).toThrow(/^Two ways to sign in to Azure are set at the same place: azure-native:/);
  });

  it.each<[string, Record<string, string>, RegExp[]]>([
    [
      "secret and certificate at one place",
      { ...client, ARM_CLIENT_SECRET: secret, ARM_CLIENT_CERTIFICATE_PATH: "/c" },
      [/ARM_CLIENT_SECRET and ARM_CLIENT_CERTIFICATE_PATH/, /Looked for/],
    ],
    [
      "a secret without tenant and client",
      { ARM_CLIENT_SECRET: secret },
      [
        /^ARM_CLIENT_SECRET is set, and to sign in to Azure with it a tenant and a client are missing\. Looked for the tenant in patchbay:tenantId, azure-native:…, ARM_TENANT_ID, AZURE_TENANT_ID; the client in patchbay:clientId, /,
        / Set each in one of these places\.$/,
      ],
    ],
    [
      "OIDC without a source",
      { ...client, "patchbay:useOidc": "true" },
      [
        /^patchbay:useOidc is set, and to sign in to Azure with it an OIDC token is missing\. Looked for the OIDC token in patchbay:oidcToken, /,
        /, or patchbay:oidcRequestUrl, azure-native:…, ARM_OIDC_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_URL, SYSTEM_OIDCREQUESTURI\. Set it /,
        /`id-token: write` among its permissions\.$/,
      ],
    ],
    [
      "Azure Pipelines' OIDC without the token of the job",
      { ...client, ARM_USE_OIDC: "1", ...pipelines, SYSTEM_ACCESSTOKEN: "" },
      [
        / the token that asks for the OIDC token is missing\. Looked for the token that .* SYSTEM_ACCESSTOKEN\. /,
        /\$\(System\.AccessToken\)` in its env\.$/,
      ],
    ],
    [
      "Azure Pipelines' OIDC without a service connection",
      { ...client, ARM_USE_OIDC: "1", ...pipelines },
      [/ARM_USE_OIDC is set/, /patchbay:adoPipelineServiceConnectionId, ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID/],
    ],
    [
      "an OIDC request without TLS",
      { ...client, ARM_USE_OIDC: "1", ARM_OIDC_REQUEST_URL: "http://g.test/", ARM_OIDC_REQUEST_TOKEN: "b" },
      [/ARM_OIDC_REQUEST_URL/, /loopback/],
    ],
    ["a token that no header can carry", { "patchbay:azureAccessToken": `${secret} x` }, [/cannot carry/]],
  ])("is refused for %s", (_what, settings, messages) => {
    let error: Error | undefined;
    try {
      choose(settings);
    } catch (caught) {
      error = caught as Error;
    }
    expect(error?.name).toBe("ConfigurationError");
    for (const message of messages) expect(error?.message).toMatch(message);
    expect(error?.message).not.toContain(secret);
  });
});

import fc from "fast-check";
import { Configuration, type SettingName } from "../../provider/configuration";
import { runs } from "../support/runs";

// The published table of settings, as data: where each is looked for. First that is set wins.

interface Places {
  readonly config?: string;
  /** Config of the provider that the same program is likely to have. */
  readonly sibling?: string;
  readonly environment: readonly string[];
}

const TABLE: Readonly<Record<SettingName, Places>> = {
  subscriptionId: {
    config: "patchbay:subscriptionId",
    sibling: "azure-native:subscriptionId",
    environment: ["ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID"],
  },
  tenantId: { config: "patchbay:tenantId", sibling: "azure-native:tenantId", environment: ["ARM_TENANT_ID", "AZURE_TENANT_ID"] },
  clientId: { config: "patchbay:clientId", sibling: "azure-native:clientId", environment: ["ARM_CLIENT_ID", "AZURE_CLIENT_ID"] },
  clientSecret: {
    config: "patchbay:clientSecret",
    sibling: "azure-native:clientSecret",
    environment: ["ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"],
  },
  clientCertificatePath: {
    config: "patchbay:clientCertificatePath",
    sibling: "azure-native:clientCertificatePath",
    environment: ["ARM_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PATH"],
  },
  clientCertificatePassword: {
    config: "patchbay:clientCertificatePassword",
    sibling: "azure-native:clientCertificatePassword",
    environment: ["ARM_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD"],
  },
  useOidc: { config: "patchbay:useOidc", sibling: "azure-native:useOidc", environment: ["ARM_USE_OIDC"] },
  oidcToken: { config: "patchbay:oidcToken", sibling: "azure-native:oidcToken", environment: ["ARM_OIDC_TOKEN"] },
  oidcTokenFilePath: {
    config: "patchbay:oidcTokenFilePath",
    sibling: "azure-native:oidcTokenFilePath",
    environment: ["ARM_OIDC_TOKEN_FILE_PATH", "AZURE_FEDERATED_TOKEN_FILE"],
  },
  // The last of each is of Azure Pipelines, and came after the table.
  oidcRequestUrl: {
    config: "patchbay:oidcRequestUrl",
    sibling: "azure-native:oidcRequestUrl",
    environment: ["ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"],
  },
  oidcRequestToken: {
    config: "patchbay:oidcRequestToken",
    sibling: "azure-native:oidcRequestToken",
    environment: ["ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"],
  },
  adoPipelineServiceConnectionId: {
    config: "patchbay:adoPipelineServiceConnectionId",
    environment: ["ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"],
  },
  useMsi: { config: "patchbay:useMsi", sibling: "azure-native:useMsi", environment: ["ARM_USE_MSI"] },
  azureAccessToken: { config: "patchbay:azureAccessToken", environment: ["PATCHBAY_AZURE_ACCESS_TOKEN"] },
  environment: {
    config: "patchbay:environment",
    sibling: "azure-native:environment",
    environment: ["ARM_ENVIRONMENT", "AZURE_ENVIRONMENT"],
  },
  resourceManagerEndpoint: { config: "patchbay:resourceManagerEndpoint", environment: ["PATCHBAY_RESOURCE_MANAGER_ENDPOINT"] },
  // Not in the table: the credential library's own variable, which sets all its credentials right at once.
  authorityHost: { environment: ["AZURE_AUTHORITY_HOST"] },
  accessKeyId: {
    config: "patchbay:accessKeyId",
    sibling: "alicloud:accessKey",
    environment: ["ALICLOUD_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID"],
  },
  accessKeySecret: {
    config: "patchbay:accessKeySecret",
    sibling: "alicloud:secretKey",
    environment: ["ALICLOUD_SECRET_KEY", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
  },
  securityToken: {
    config: "patchbay:securityToken",
    sibling: "alicloud:securityToken",
    environment: ["ALICLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  },
  regionId: { config: "patchbay:regionId", sibling: "alicloud:region", environment: ["ALICLOUD_REGION", "ALIBABA_CLOUD_REGION"] },
  kvstoreEndpoint: { config: "patchbay:kvstoreEndpoint", environment: ["PATCHBAY_KVSTORE_ENDPOINT"] },
  // Not in the table: where a run is recorded.
  recording: { environment: ["PATCHBAY_RECORDING"] },
};

const SETTINGS = Object.entries(TABLE) as [SettingName, Places][];

function keysOf({ config, sibling, environment }: Places): string[] {
  return [config, sibling, ...environment].filter((key) => key !== undefined);
}

function levelOf({ config, sibling }: Places, key: string): number {
  return key === config ? 0 : key === sibling ? 1 : 2;
}

/** Config and environment are two places: a name of one is not looked for in the other. */
function configured(values: Readonly<Record<string, string>>): Configuration {
  const environment = Object.fromEntries(Object.entries(values).filter(([key]) => !key.includes(":")));
  return new Configuration((key) => (key.includes(":") ? values[key] : undefined), environment);
}

describe.each(SETTINGS)("the setting %s", (name, places) => {
  const keys = keysOf(places);

  it(`is looked for in ${keys.join(", then ")}`, () => {
    expect(configured({}).lookedFor(name)).toEqual(keys);
    expect(configured({}).text(name)).toBeUndefined();
  });

  it(`is the first that is set, whichever of the others are (${2 ** keys.length - 1} combinations)`, () => {
    for (let combination = 1; combination < 2 ** keys.length; combination++) {
      const set = keys.filter((_key, index) => (combination >> index) % 2 === 1);
      const found = configured(Object.fromEntries(set.map((key) => [key, `of ${key}`]))).find(name);
      const [first = ""] = set;
      expect(found).toEqual({ value: `of ${first}`, key: first, level: levelOf(places, first), rank: keys.indexOf(first) });
    }
  });

  it("is not set by a blank text, nor by its name in the wrong place", () => {
    const values = Object.fromEntries(keys.map((key, index) => [key, ["", " ", "\n", "\t \r\n"][index % 4] ?? ""]));
    expect(configured(values).text(name)).toBeUndefined();
    const wrong = new Configuration(
      (key) => (key.includes(":") ? undefined : "from config"),
      Object.fromEntries(keys.filter((key) => key.includes(":")).map((key) => [key, "from the environment"])),
    );
    expect(wrong.text(name)).toBeUndefined();
  });
});

it("whatever is set, each setting is the first of its own places and no other's", () => {
  const all = SETTINGS.flatMap(([, places]) => keysOf(places));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...all), fc.constantFrom("", " ", "a", "b\n", "true")), (values) => {
      const configuration = configured(values);
      for (const [name, places] of SETTINGS) {
        const first = keysOf(places).find((key) => (values[key] ?? "").trim() !== "");
        expect(configuration.find(name)?.key).toBe(first);
        expect(configuration.text(name)).toBe(first === undefined ? undefined : values[first]?.trim());
      }
    }),
    runs(500),
  );
});

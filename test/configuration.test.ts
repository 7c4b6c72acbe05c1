import { readFileSync } from "node:fs";
import { Configuration, type SettingName } from "../provider/configuration";
import { kvstoreHost } from "../provider/transport/kvstoreEndpoints";

function configured(settings: Record<string, string>): Configuration {
  return new Configuration((key) => (key.includes(":") ? settings[key] : undefined), settings);
}

describe("configuration", () => {
  const rows: [SettingName, string[]][] = [
    ["subscriptionId", ["patchbay:subscriptionId", "azure-native:subscriptionId", "ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID"]],
    ["clientSecret", ["patchbay:clientSecret", "azure-native:clientSecret", "ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"]],
    [
      "oidcTokenFilePath",
      ["patchbay:oidcTokenFilePath", "azure-native:oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH", "AZURE_FEDERATED_TOKEN_FILE"],
    ],
    ["accessKeyId", ["patchbay:accessKeyId", "alicloud:accessKey", "ALICLOUD_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID"]],
    ["regionId", ["patchbay:regionId", "alicloud:region", "ALICLOUD_REGION", "ALIBABA_CLOUD_REGION"]],
  ];

  it.each(rows)("reads %s from config, then the sibling's config, then the environment", (name, keys) => {
    expect(configured({}).lookedFor(name)).toEqual(keys);
    keys.forEach((key, index) => {
      const settings = Object.fromEntries(keys.slice(index).map((set) => [set, `of ${set}`]));
      expect(configured(settings).text(name)).toBe(`of ${key}`);
    });
  });

  it("takes a blank text for not set, and cuts a trailing newline off", () => {
    expect(configured({ "patchbay:tenantId": " ", ARM_TENANT_ID: "", AZURE_TENANT_ID: "t\n" }).text("tenantId")).toBe("t");
    expect(configured({ "patchbay:subscriptionId": "" }).subscriptionId()).toBeUndefined();
  });

  it("does not read a variable of the environment as config, nor the other way round", () => {
    const configuration = new Configuration((key) => (key === "ARM_CLIENT_ID" ? "wrong" : undefined), { "patchbay:clientId": "wrong" });
    expect(configuration.text("clientId")).toBeUndefined();
  });

  it("takes true and 1 for a flag", () => {
    expect(["true", "True", "1"].map((text) => configured({ ARM_USE_MSI: text }).flag("useMsi"))).toEqual([true, true, true]);
    expect(["false", "0", "yes"].map((text) => configured({ ARM_USE_MSI: text }).flag("useMsi"))).toEqual([false, false, false]);
  });

  it("sees a setting that changes between two questions", () => {
    const settings: Record<string, string> = { "patchbay:regionId": "cn-beijing" };
    const configuration = configured(settings);
    expect(configuration.regionId()).toBe("cn-beijing");
    settings["patchbay:regionId"] = "cn-hangzhou";
    expect(configuration.regionId()).toBe("cn-hangzhou");
  });

  it.each([
    ["public", "https://management.azure.com", "https://login.microsoftonline.com", "https://management.core.windows.net//.default"],
    [
      "AzurePublicCloud",
      "https://management.azure.com",
      "https://login.microsoftonline.com",
      "https://management.core.windows.net//.default",
    ],
    [
      "usgov",
      "https://management.usgovcloudapi.net",
      "https://login.microsoftonline.us",
      "https://management.core.usgovcloudapi.net//.default",
    ],
    [
      "AzureUSGovernmentCloud",
      "https://management.usgovcloudapi.net",
      "https://login.microsoftonline.us",
      "https://management.core.usgovcloudapi.net//.default",
    ],
    [
      "AzureChinaCloud",
      "https://management.chinacloudapi.cn",
      "https://login.chinacloudapi.cn",
      "https://management.core.chinacloudapi.cn//.default",
    ],
  ])("knows the cloud %s", (name, resourceManagerEndpoint, authorityHost, scope) => {
    expect(configured({ ARM_ENVIRONMENT: name }).cloud()).toMatchObject({ resourceManagerEndpoint, authorityHost, scope });
  });

  it("refuses a cloud it does not know, by the key that names it", () => {
    expect(() => configured({ "patchbay:environment": "german" }).cloud()).toThrow(/patchbay:environment names no Azure cloud/);
    expect(() => configured({ "patchbay:environment": "constructor" }).cloud()).toThrow(/names no Azure cloud/);
  });

  it("takes endpoint and authority from their overrides", () => {
    const cloud = configured({
      "patchbay:resourceManagerEndpoint": "http://127.0.0.1:4000/",
      AZURE_AUTHORITY_HOST: "https://login.example.com/",
    }).cloud();
    expect(cloud).toMatchObject({
      resourceManagerEndpoint: "http://127.0.0.1:4000",
      authorityHost: "https://login.example.com",
      publicAuthority: false,
    });
  });

  it.each(["http://localhost:1", "http://127.9.9.9", "http://[::1]:9", "https://arm.example.com", "arm.example.com"])(
    "accepts the endpoint %s",
    (endpoint) => {
      expect(() => configured({ "patchbay:resourceManagerEndpoint": endpoint }).cloud()).not.toThrow();
    },
  );

  it.each([
    ["http://arm.example.com", /loopback/],
    ["http://127.0.0.1.example.com", /loopback/],
    ["http://localhost.example.com", /loopback/],
    ["https://user:opensesame@arm.example.com", /user name or password/],
    ["https://arm.example.com/?a=b", /query/],
    ["https://arm.example.com/#a", /fragment/],
    ["https://arm.example.com/#", /fragment/],
    ["https://arm.example.com/path", /path/],
    ["ftp://arm.example.com", /neither https nor http/],
    ["https://", /not a URL/],
  ])("refuses the endpoint %s", (endpoint, why) => {
    const act = () => configured({ PATCHBAY_RESOURCE_MANAGER_ENDPOINT: endpoint }).cloud();
    expect(act).toThrow(why);
    expect(act).toThrow(/^PATCHBAY_RESOURCE_MANAGER_ENDPOINT is not a usable endpoint/);
    expect(act).not.toThrow(/opensesame/);
  });

  it("finds the R-KVStore endpoint of each region by the official map", () => {
    const official = officialEndpoints();
    expect(official).toHaveLength(69);
    expect(official.map(([region]) => [region, kvstoreHost(region)])).toEqual(official);
  });

  it("gives an unknown region an endpoint of its own, but only to a text that can be a region", () => {
    const configuration = configured({});
    expect(configuration.kvstoreEndpoint("xx-new-7")).toBe("https://r-kvstore.xx-new-7.aliyuncs.com");
    expect(() => configuration.kvstoreEndpoint("evil.com/")).toThrow(/no Alibaba Cloud region id/);
    expect(() => configuration.kvstoreEndpoint("")).toThrow(/PATCHBAY_KVSTORE_ENDPOINT/);
    expect(configured({ PATCHBAY_KVSTORE_ENDPOINT: "r-kvstore-vpc.cn-beijing.aliyuncs.com" }).kvstoreEndpoint("cn-beijing")).toBe(
      "https://r-kvstore-vpc.cn-beijing.aliyuncs.com",
    );
  });
});

/** The map inside the official client. */
function officialEndpoints(): [region: string, host: string][] {
  const source = readFileSync(require.resolve("@alicloud/r-kvstore20150101"), "utf8");
  const map = /this\._endpointMap = \{([\s\S]*?)\};/.exec(source)?.[1] ?? "";
  return [...map.matchAll(/'([^']+)': "([^"]+)"/g)].map((match) => [match[1] ?? "", match[2] ?? ""]);
}

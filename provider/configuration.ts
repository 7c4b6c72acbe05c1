import type { Settings } from "./engine/operation";
import { ConfigurationError } from "./errors";
import { type Cloud, cloudNamed } from "./transport/clouds";
import { endpointOrigin } from "./transport/endpoint";
import { kvstoreHost } from "./transport/kvstoreEndpoints";

/** Pulumi config by its full key, for example `patchbay:clientSecret`; secrets unwrapped. */
export type ReadConfig = (key: string) => string | undefined;

// Every setting and where it is looked for; the first that is set wins. A key with a colon is Pulumi config, the rest
// are environment variables.
const KEYS = {
  subscriptionId: ["patchbay:subscriptionId", "azure-native:subscriptionId", "ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID"],
  tenantId: ["patchbay:tenantId", "azure-native:tenantId", "ARM_TENANT_ID", "AZURE_TENANT_ID"],
  clientId: ["patchbay:clientId", "azure-native:clientId", "ARM_CLIENT_ID", "AZURE_CLIENT_ID"],
  clientSecret: ["patchbay:clientSecret", "azure-native:clientSecret", "ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET"],
  clientCertificatePath: [
    "patchbay:clientCertificatePath",
    "azure-native:clientCertificatePath",
    "ARM_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_CERTIFICATE_PATH",
  ],
  clientCertificatePassword: [
    "patchbay:clientCertificatePassword",
    "azure-native:clientCertificatePassword",
    "ARM_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
  ],
  useOidc: ["patchbay:useOidc", "azure-native:useOidc", "ARM_USE_OIDC"],
  oidcToken: ["patchbay:oidcToken", "azure-native:oidcToken", "ARM_OIDC_TOKEN"],
  oidcTokenFilePath: [
    "patchbay:oidcTokenFilePath",
    "azure-native:oidcTokenFilePath",
    "ARM_OIDC_TOKEN_FILE_PATH",
    "AZURE_FEDERATED_TOKEN_FILE",
  ],
  oidcRequestUrl: [
    "patchbay:oidcRequestUrl",
    "azure-native:oidcRequestUrl",
    "ARM_OIDC_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "SYSTEM_OIDCREQUESTURI",
  ],
  oidcRequestToken: [
    "patchbay:oidcRequestToken",
    "azure-native:oidcRequestToken",
    "ARM_OIDC_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "SYSTEM_ACCESSTOKEN",
  ],
  // As azurerm spells it; azure-native has none.
  adoPipelineServiceConnectionId: [
    "patchbay:adoPipelineServiceConnectionId",
    "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
    "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
  ],
  useMsi: ["patchbay:useMsi", "azure-native:useMsi", "ARM_USE_MSI"],
  azureAccessToken: ["patchbay:azureAccessToken", "PATCHBAY_AZURE_ACCESS_TOKEN"],
  environment: ["patchbay:environment", "azure-native:environment", "ARM_ENVIRONMENT", "AZURE_ENVIRONMENT"],
  resourceManagerEndpoint: ["patchbay:resourceManagerEndpoint", "PATCHBAY_RESOURCE_MANAGER_ENDPOINT"],
  authorityHost: ["AZURE_AUTHORITY_HOST"],
  accessKeyId: ["patchbay:accessKeyId", "alicloud:accessKey", "ALICLOUD_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID"],
  accessKeySecret: ["patchbay:accessKeySecret", "alicloud:secretKey", "ALICLOUD_SECRET_KEY", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
  securityToken: ["patchbay:securityToken", "alicloud:securityToken", "ALICLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_SECURITY_TOKEN"],
  regionId: ["patchbay:regionId", "alicloud:region", "ALICLOUD_REGION", "ALIBABA_CLOUD_REGION"],
  kvstoreEndpoint: ["patchbay:kvstoreEndpoint", "PATCHBAY_KVSTORE_ENDPOINT"],
  // No configuration: a stack's is everybody's, and a recording is of one run.
  recording: ["PATCHBAY_RECORDING"],
} as const satisfies Record<string, readonly string[]>;

export type SettingName = keyof typeof KEYS;

/** Each key with what its spelling tells. Sorted out once: every call asks for some sixteen settings. */
const PLACES = Object.fromEntries(
  Object.entries(KEYS).map(([name, keys]) => [
    name,
    keys.map((key: string, rank) => {
      const isConfig = key.includes(":");
      return { key, rank, isConfig, level: key.startsWith("patchbay:") ? 0 : isConfig ? 1 : 2 };
    }),
  ]),
) as unknown as Record<SettingName, readonly (Omit<Found, "value"> & { readonly isConfig: boolean })[]>;

/** A setting that is set, and where. */
export interface Found {
  readonly value: string;
  readonly key: string;
  /** How specific the place is, 0 first: this package's config, the sibling provider's config, the environment. */
  readonly level: number;
  /** Its place in the list of keys. */
  readonly rank: number;
}

/** The settings of this package. Every question reads config and environment anew. */
export class Configuration implements Settings {
  /** Endpoints that were found usable, by key and text. */
  private readonly origins = new Map<string, string>();

  constructor(
    private readonly readConfig: ReadConfig,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** The first key of a setting that is set; a blank text counts as not set. */
  find(name: SettingName): Found | undefined {
    for (const place of PLACES[name]) {
      const text = place.isConfig ? this.readConfig(place.key) : this.environment[place.key];
      if (text === undefined || text.trim() === "") continue;
      // A trailing newline is what `echo $SECRET | pulumi config set` leaves behind; no header can carry it.
      return { value: text.replace(/[\r\n]+$/, ""), key: place.key, level: place.level, rank: place.rank };
    }
    return undefined;
  }

  text(name: SettingName): string | undefined {
    return this.find(name)?.value;
  }

  /** True for `true` and `1`. */
  flag(name: SettingName): boolean {
    return /^\s*(true|1)\s*$/i.test(this.text(name) ?? "");
  }

  /** The keys of a setting, in the order in which they are read. */
  lookedFor(name: SettingName): readonly string[] {
    return KEYS[name];
  }

  subscriptionId(): string | undefined {
    return this.text("subscriptionId")?.trim();
  }

  regionId(): string | undefined {
    return this.text("regionId")?.trim();
  }

  /** The Azure cloud, with the endpoint and authority that override it. */
  cloud(): Cloud {
    const name = this.find("environment");
    const cloud = cloudNamed(name?.value ?? "public");
    if (cloud === undefined) {
      throw new ConfigurationError(`${name?.key} names no Azure cloud that is known here. Use public, usgovernment or china.`);
    }
    const authorityHost = this.origin("authorityHost") ?? cloud.authorityHost;
    return {
      resourceManagerEndpoint: this.origin("resourceManagerEndpoint") ?? cloud.resourceManagerEndpoint,
      authorityHost,
      scope: cloud.scope,
      publicAuthority: authorityHost === cloudNamed("public")?.authorityHost,
    };
  }

  /** The origin of the R-KVStore endpoint that serves a region. */
  kvstoreEndpoint(regionId: string): string {
    const override = this.origin("kvstoreEndpoint");
    if (override !== undefined) return override;
    const host = kvstoreHost(regionId);
    if (host !== undefined) return `https://${host}`;
    throw new ConfigurationError(
      `"${regionId.slice(0, 40)}" is no Alibaba Cloud region id. Use one as "cn-hangzhou", or set ${KEYS.kvstoreEndpoint.join(" or ")}.`,
    );
  }

  private origin(name: SettingName): string | undefined {
    const found = this.find(name);
    if (found === undefined) return undefined;
    const known = `${found.key} ${found.value}`;
    const origin = this.origins.get(known) ?? endpointOrigin(found.value.trim(), found.key);
    this.origins.set(known, origin);
    return origin;
  }
}

import type { SettingName } from "../../provider/configuration";

/** What each setting is for; the compiler wants a sentence for each. */
export const MEANINGS: Readonly<Record<SettingName, string>> = {
  subscriptionId: "Subscription of Azure resources that name none",
  tenantId: "Tenant to sign in to",
  clientId: "Application, or the managed identity where there are several",
  clientSecret: "Client secret. Secret",
  clientCertificatePath: "Client certificate: a PEM file with its private key",
  clientCertificatePassword: "Password of that file. Secret",
  useOidc: "Whether to sign in with a token of the pipeline",
  oidcToken: "That token. Secret",
  oidcTokenFilePath: "A file that holds that token",
  oidcRequestUrl: "Where the pipeline gives out that token",
  oidcRequestToken: "With which the pipeline is asked for it. Secret",
  adoPipelineServiceConnectionId: "Service connection of Azure Pipelines",
  useMsi: "Whether to sign in as the machine's managed identity",
  azureAccessToken: "A token that is ready. Secret",
  environment: "Cloud: public, usgovernment, china",
  resourceManagerEndpoint: "Another endpoint of Azure Resource Manager, for tests",
  authorityHost: "Another host to sign in at",
  accessKeyId: "AccessKey of Alibaba Cloud",
  accessKeySecret: "Its secret. Secret",
  securityToken: "Token of temporary keys (STS). Secret",
  regionId: "Region of Alibaba Cloud resources that name none",
  kvstoreEndpoint: "Another endpoint of R-KVStore, for tests",
  recording: "A file in which a run is recorded, for a report about a mistake: see recordings.md",
};

export const SETTINGS = Object.keys(MEANINGS) as readonly SettingName[];

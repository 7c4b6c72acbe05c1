import type { LoginWay } from "./cloud";
import type { CloudIdentity } from "./context";
import { managedIdentityPath, oidcRequestPath } from "./entra";

/** What a child process needs to use the cloud at `url`. */
export function environmentFor(way: LoginWay, url: string, accessToken: string, identity: CloudIdentity): Record<string, string> {
  return {
    PATCHBAY_RESOURCE_MANAGER_ENDPOINT: url,
    PATCHBAY_KVSTORE_ENDPOINT: url,
    ARM_SUBSCRIPTION_ID: identity.subscriptionId,
    ALICLOUD_ACCESS_KEY: identity.accessKeyId,
    ALICLOUD_SECRET_KEY: identity.accessKeySecret,
    ALICLOUD_REGION: identity.regionId,
    ...loginEnvironment(way, url, accessToken, identity),
  };
}

function loginEnvironment(way: LoginWay, url: string, accessToken: string, identity: CloudIdentity): Record<string, string> {
  const application = { AZURE_AUTHORITY_HOST: url, ARM_TENANT_ID: identity.tenantId, ARM_CLIENT_ID: identity.clientId };
  switch (way) {
    case "readyToken":
      return { PATCHBAY_AZURE_ACCESS_TOKEN: accessToken };
    case "clientSecret":
      return { ...application, ARM_CLIENT_SECRET: identity.clientSecret };
    case "managedIdentity":
      return { ARM_USE_MSI: "true", IDENTITY_ENDPOINT: `${url}${managedIdentityPath}`, IDENTITY_HEADER: identity.identityHeader };
    case "oidc":
      return {
        ...application,
        ARM_USE_OIDC: "true",
        ARM_OIDC_REQUEST_URL: `${url}${oidcRequestPath}?api-version=2.0`,
        ARM_OIDC_REQUEST_TOKEN: identity.oidcRequestToken,
      };
  }
}

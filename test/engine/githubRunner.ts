import type { Cloud } from "../cloud";
import type { Platform } from "./pipelineFiles";

/** What GitHub knows in a run for a pull request of this repository, or of a fork, which gets no variables. */
export function gitHub({ identity }: Cloud, isFork: boolean): Platform {
  const { clientId, tenantId, subscriptionId, regionId, accessKeyId, accessKeySecret } = identity;
  const ids = { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId, AZURE_SUBSCRIPTION_ID: subscriptionId, ALIBABA_REGION: regionId };
  const variables = Object.entries(ids).map(([name, value]) => [`vars.${name}`, isFork ? "" : value]);
  const pullRequest = { "github.event.pull_request.head.repo.fork": String(isFork), "github.event.pull_request.number": "7" };
  return {
    values: { ...Object.fromEntries(variables), ...pullRequest, "github.token": "" },
    actions: {
      "aliyun/configure-aliyun-credentials-action": {
        ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
      },
    },
  };
}

/** What a runner of GitHub has in a job that may ask for tokens. */
export function runnerOf(cloud: Cloud): Record<string, string> {
  const { AZURE_AUTHORITY_HOST = "", ARM_OIDC_REQUEST_URL = "", ARM_OIDC_REQUEST_TOKEN = "" } = cloud.environmentFor("oidc");
  const request = { ACTIONS_ID_TOKEN_REQUEST_URL: ARM_OIDC_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN: ARM_OIDC_REQUEST_TOKEN };
  return { AZURE_AUTHORITY_HOST, GITHUB_REPOSITORY: "example/platform", ...request };
}

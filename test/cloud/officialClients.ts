import { Config as OldConfig } from "@alicloud/openapi-client";
import { $OpenApiUtil } from "@alicloud/openapi-core";
import KvstoreClient from "@alicloud/r-kvstore20150101";
import { ApiManagementClient } from "@azure/arm-apimanagement";
import { RedisEnterpriseManagementClient } from "@azure/arm-redisenterprisecache";
import { WebPubSubManagementClient } from "@azure/arm-webpubsub";

/** What a client has to know of a cloud; any server on plain http will do. */
export interface CloudAccess {
  readonly url: string;
  readonly accessToken: string;
  readonly identity: {
    readonly subscriptionId: string;
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly regionId: string;
  };
}

interface Header {
  set(name: string, value: string): void;
}
interface Policy {
  name: string;
  sendRequest<Request extends { headers: Header }, Answer>(request: Request, next: (request: Request) => Answer): Answer;
}

/** The clients' own bearer policy refuses http, so it is replaced; everything else of them stays as it is. */
function withPlainBearer<
  Client extends { pipeline: { removePolicy(o: { name: string }): unknown; addPolicy(p: Policy, o: { phase: "Sign" }): void } },
>(client: Client, token: string): Client {
  client.pipeline.removePolicy({ name: "bearerTokenAuthenticationPolicy" });
  const sendRequest: Policy["sendRequest"] = (request, next) => {
    request.headers.set("Authorization", `Bearer ${token}`);
    return next(request);
  };
  client.pipeline.addPolicy({ name: "plainBearer", sendRequest }, { phase: "Sign" });
  return client;
}

function settingsOf(cloud: CloudAccess, apiVersion?: string) {
  const settings = { endpoint: cloud.url, $host: cloud.url, allowInsecureConnection: true, retryOptions: { maxRetries: 0 } };
  return apiVersion === undefined ? settings : { ...settings, apiVersion };
}

function credentialOf(cloud: CloudAccess) {
  return { getToken: async () => ({ token: cloud.accessToken, expiresOnTimestamp: Date.now() + 3_600_000 }) };
}

export function apiManagementClient(cloud: CloudAccess, token = cloud.accessToken, apiVersion?: string): ApiManagementClient {
  return withPlainBearer(new ApiManagementClient(credentialOf(cloud), cloud.identity.subscriptionId, settingsOf(cloud, apiVersion)), token);
}

export function webPubSubClient(cloud: CloudAccess): WebPubSubManagementClient {
  return withPlainBearer(
    new WebPubSubManagementClient(credentialOf(cloud), cloud.identity.subscriptionId, settingsOf(cloud)),
    cloud.accessToken,
  );
}

/** The registry has this client for 2022-01-01 only; the version can be forced. */
export function redisEnterpriseClient(cloud: CloudAccess, apiVersion?: string): RedisEnterpriseManagementClient {
  return withPlainBearer(
    new RedisEnterpriseManagementClient(credentialOf(cloud), cloud.identity.subscriptionId, settingsOf(cloud, apiVersion)),
    cloud.accessToken,
  );
}

interface KvstoreKeys {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

export function kvstoreClient(cloud: CloudAccess, keys: KvstoreKeys = cloud.identity, url = cloud.url): KvstoreClient {
  const { accessKeyId, accessKeySecret, securityToken } = keys;
  const endpoint = new URL(url).host;
  return new KvstoreClient(
    new $OpenApiUtil.Config({ accessKeyId, accessKeySecret, securityToken, endpoint, protocol: "http", regionId: cloud.identity.regionId }),
  );
}

export function openApiSettings(cloud: CloudAccess): OldConfig {
  const { accessKeyId, accessKeySecret, regionId } = cloud.identity;
  return new OldConfig({ accessKeyId, accessKeySecret, endpoint: new URL(cloud.url).host, protocol: "http", regionId });
}

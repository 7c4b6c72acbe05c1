import { ApiManagementClient } from "@azure/arm-apimanagement";
import { RedisEnterpriseManagementClient } from "@azure/arm-redisenterprisecache";
import { WebPubSubManagementClient } from "@azure/arm-webpubsub";
import { createHttpPoller, type OperationResponse, type OperationState } from "@azure/core-lro";
import axios, { type AxiosInstance, type AxiosResponse } from "axios";
import type { Cloud } from "../cloud";
import { chat, group, type World } from "./world";

// As they come; what is set is where they find the cloud, and waits that would only make this run longer.

const POLL_INTERVAL_MS = 20;

function settings(url: string) {
  return { endpoint: url, $host: url, retryOptions: { retryDelayInMs: 20 } };
}

/** A new token each time one is asked for. */
function credential(cloud: Cloud) {
  return { getToken: async () => ({ token: cloud.issueToken(), expiresOnTimestamp: Date.now() + 3_600_000 }) };
}

export function apiManagement({ cloud, url }: World): ApiManagementClient {
  return new ApiManagementClient(credential(cloud), cloud.identity.subscriptionId, settings(url));
}

export function webPubSub({ cloud, url }: World): WebPubSubManagementClient {
  return new WebPubSubManagementClient(credential(cloud), cloud.identity.subscriptionId, settings(url));
}

export function redisEnterprise({ cloud, url }: World): RedisEnterpriseManagementClient {
  return new RedisEnterpriseManagementClient(credential(cloud), cloud.identity.subscriptionId, settings(url));
}

export function plainAxios({ cloud, url }: World): AxiosInstance {
  return axios.create({ baseURL: url, headers: { Authorization: `Bearer ${cloud.accessToken}` } });
}

/** The path of a resource in the world's group, below `providers`. */
export function pathOf({ cloud }: World, resource: string, apiVersion: string): string {
  return `/subscriptions/${cloud.identity.subscriptionId}/resourceGroups/${group}/providers/${resource}?api-version=${apiVersion}`;
}

export function backendUrl(world: World, name: string): string {
  return pathOf(world, `Microsoft.ApiManagement/service/apim-prod/backends/${encodeURIComponent(name)}`, "2024-05-01");
}

export function rotationUrl(world: World, name = chat): string {
  return pathOf(world, `Microsoft.SignalRService/webPubSub/${encodeURIComponent(name)}/regenerateKey`, "2024-03-01");
}

/** A rotation of the primary key by the official client, to its end. */
export function rotateSdk(world: World) {
  return webPubSub(world).webPubSub.beginRegenerateKeyAndWait(
    group,
    chat,
    { keyType: "Primary" },
    { updateIntervalInMs: POLL_INTERVAL_MS },
  );
}

/** The same by axios, which knows nothing of operations. */
export function rotateAxios(world: World): Promise<AxiosResponse> {
  return plainAxios(world).post(rotationUrl(world), { keyType: "Primary" });
}

type Members = Record<string, unknown>;

/** The same by core-lro over axios, wired as its documentation shows. */
export function coreLroPoller(world: World) {
  const client = plainAxios(world);
  const sendInitialRequest = async () => operationResponse(await client.post(rotationUrl(world), { keyType: "Primary" }));
  const sendPollRequest = async (url: string) => operationResponse(await client.get(url));
  return createHttpPoller<Members, OperationState<Members>>(
    { sendInitialRequest, sendPollRequest },
    { resourceLocationConfig: "location", intervalInMs: POLL_INTERVAL_MS },
  );
}

function operationResponse({ status, headers, data, config }: AxiosResponse): OperationResponse {
  const request = { method: (config.method ?? "").toUpperCase(), url: config.url ?? "" };
  const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return { flatResponse: data, rawResponse: { statusCode: status, headers: plain, body: data, request } };
}

import { randomUUID } from "node:crypto";
import { type Cloud, defaultResourceGroup as group } from "../index";
import { apiManagementClient, type CloudAccess } from "../officialClients";
import { armQuota } from "../quota";
import { type ChangedRequest, changing, type ErrorRow } from "./row";

// What Azure Resource Manager itself refuses, whatever the service.

const operation = "any request";

function get(cloud: Cloud, resourceGroup = group) {
  cloud.addApiManagementService("gateway");
  cloud.addBackend("gateway", "orders", { url: "https://orders.example/", protocol: "http" });
  return apiManagementClient(cloud).backend.get(resourceGroup, "gateway", "orders");
}

function changed(change: (request: ChangedRequest) => void) {
  return (cloud: Cloud) => changing(apiManagementClient(cloud), change).backend.get(group, "gateway", "orders");
}

function at(pattern: RegExp | string, replacement: string) {
  return changed((request) => {
    request.url = request.url.replace(pattern, replacement);
  });
}

function put(change: (request: ChangedRequest) => void) {
  return (cloud: Cloud) => {
    cloud.addApiManagementService("gateway");
    const { backend } = changing(apiManagementClient(cloud), change);
    return backend.createOrUpdate(group, "gateway", "orders", { url: "https://orders.example/", protocol: "http" });
  };
}

function throttled(code: string): ErrorRow {
  return {
    ...{ operation, status: 429, code, sentence: "The request is being throttled" },
    provoke: (cloud) => {
      cloud.faults.add({ mode: "answer", status: 429, code, headers: { "Retry-After": "7" } });
      return get(cloud);
    },
  };
}

export const frontDoorErrors: readonly ErrorRow[] = [
  {
    ...{ operation, status: 401, code: "AuthenticationFailed", sentence: "The 'Authorization' header is missing." },
    provoke: changed(({ headers }) => headers.delete("Authorization")),
  },
  {
    ...{ operation, status: 401, code: "InvalidAuthenticationToken", sentence: "The access token is invalid." },
    provoke: (cloud) => apiManagementClient(cloud, randomUUID()).backend.get(group, "gateway", "orders"),
  },
  {
    ...{ operation, status: 401, code: "ExpiredAuthenticationToken", sentence: "is earlier than current UTC time" },
    provoke: (cloud) => {
      cloud.expireTokens();
      return get(cloud);
    },
  },
  {
    ...{ operation, status: 404, code: "SubscriptionNotFound", sentence: "could not be found." },
    provoke: (cloud) => {
      const { url, accessToken, identity } = cloud;
      const elsewhere: CloudAccess = { url, accessToken, identity: { ...identity, subscriptionId: randomUUID() } };
      return apiManagementClient(elsewhere).backend.get(group, "gateway", "orders");
    },
  },
  {
    ...{ operation, status: 404, code: "ResourceGroupNotFound", sentence: "Resource group 'nowhere' could not be found." },
    provoke: (cloud) => get(cloud, "nowhere"),
  },
  {
    ...{ operation, status: 400, code: "MissingApiVersionParameter", sentence: "The api-version query parameter" },
    provoke: at(/\?api-version=.*/, ""),
  },
  {
    ...{ operation, status: 400, code: "InvalidApiVersionParameter", sentence: "The api-version 'newest' is invalid." },
    provoke: at("2024-05-01", "newest"),
  },
  {
    ...{ operation, status: 400, code: "NoRegisteredProviderFound", sentence: "The supported api-versions are" },
    provoke: (cloud) => apiManagementClient(cloud, cloud.accessToken, "2019-01-01").backend.get(group, "gateway", "orders"),
  },
  {
    ...{ operation, status: 404, code: "InvalidResourceNamespace", sentence: "The resource namespace 'Microsoft.Nothing' is invalid." },
    provoke: at("Microsoft.ApiManagement", "Microsoft.Nothing"),
  },
  {
    ...{ operation, status: 404, code: "InvalidResourceType", sentence: "The resource type 'service/frontends' could not be found" },
    provoke: at("backends", "frontends"),
  },
  { ...{ operation, status: 400, code: "InvalidRequestUri", sentence: "an empty segment" }, provoke: at("/backends/", "//") },
  { ...{ operation, status: 400, code: "InvalidRequestUri", sentence: "not valid percent-encoding" }, provoke: at("orders", "%zz") },
  {
    ...{ operation, status: 405, code: "HttpMethodNotSupported", sentence: "does not support http method 'POST'." },
    provoke: changed((request) => {
      request.method = "POST";
      request.url = request.url.replace("/backends/orders", "");
    }),
  },
  {
    ...{ operation, status: 415, code: "UnsupportedMediaType", sentence: "Only 'application/json' is supported." },
    provoke: put(({ headers }) => headers.set("Content-Type", "application/merge-patch+json")),
  },
  {
    ...{ operation, status: 400, code: "InvalidRequestContent", sentence: "'Expected a JSON object.'." },
    provoke: put((request) => {
      request.body = "[]";
    }),
  },
  throttled("TooManyRequests"),
  throttled("RetryableErrorDueToAnotherOperation"),
  {
    ...{ operation, status: 429, code: "SubscriptionRequestsThrottled", sentence: "exceeded the backend storage limit" },
    provoke: async (cloud) => {
      cloud.settings.quota = "buckets";
      // More than the bucket holds and what runs into it meanwhile.
      for (let count = 0; count < 4 * armQuota.reads.size; count += 1) await get(cloud);
    },
  },
  {
    ...{ operation, status: 504, code: "GatewayTimeout", sentence: "The gateway did not receive a response" },
    provoke: (cloud) => {
      cloud.faults.add({ mode: "answer", status: 504 });
      return get(cloud);
    },
  },
];

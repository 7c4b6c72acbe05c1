import { type Cloud, defaultResourceGroup as group } from "../index";
import { redisEnterpriseClient } from "../officialClients";
import { type ChangedRequest, changing, type ErrorRow } from "./row";

const version = "2025-07-01";
const client = (cloud: Cloud) => redisEnterpriseClient(cloud, version);

function clusterWith(cloud: Cloud, status = "Pending"): string {
  cloud.addCluster("sessions");
  return cloud.addPrivateEndpoint("sessions", { status }).connectionName;
}

function put(cloud: Cloud, name: string, status = "Approved", change: (request: ChangedRequest) => void = () => undefined) {
  const { privateEndpointConnections } = changing(client(cloud), change);
  const parameters = { privateLinkServiceConnectionState: { status } };
  return privateEndpointConnections.beginPutAndWait(group, "sessions", name, parameters, { updateIntervalInMs: 1 });
}

const body = (properties: object) => (request: ChangedRequest) => {
  request.body = JSON.stringify({ properties });
};
const missingParent = "because the parent resource";
const missing = (type: string) => `The Resource '${type}`;

const operation = "PrivateEndpointConnections_Put";

export const redisEnterpriseErrors: readonly ErrorRow[] = [
  {
    ...{ operation, status: 400, code: "BadRequest", sentence: "Approving rejected private endpoint connections is not supported." },
    provoke: (cloud) => put(cloud, clusterWith(cloud, "Rejected")),
  },
  {
    ...{ operation, status: 400, code: "InvalidValuesForRequestParameters", sentence: "Values for request parameters are invalid" },
    provoke: (cloud) => {
      cloud.settings.equalConnectionStatus = "refused";
      return put(cloud, clusterWith(cloud, "Approved"));
    },
  },
  ...[
    body({ provisioningState: "Succeeded", privateLinkServiceConnectionState: { status: "Approved" } }),
    body({ privateEndpoint: { id: "/subscriptions/another" }, privateLinkServiceConnectionState: { status: "Approved" } }),
    (request: ChangedRequest) => {
      request.body = JSON.stringify({ id: "/another", properties: { privateLinkServiceConnectionState: { status: "Approved" } } });
    },
  ].map((change) => ({
    ...{ operation, status: 400, code: "InvalidResource", sentence: "Property set method not found." },
    provoke: (cloud: Cloud) => put(cloud, clusterWith(cloud), "Approved", change),
  })),
  {
    ...{ operation, status: 400, code: "InvalidRequestContent", sentence: "is not one of Pending, Approved, Rejected." },
    provoke: (cloud) => put(cloud, clusterWith(cloud), "Perhaps"),
  },
  {
    ...{ operation, status: 400, code: "InvalidRequestContent", sentence: "'properties.privateLinkServiceConnectionState' is required." },
    provoke: (cloud) => put(cloud, clusterWith(cloud), "Approved", body({})),
  },
  {
    ...{
      operation,
      status: 404,
      code: "ResourceNotFound",
      sentence: missing("Microsoft.Cache/redisEnterprise/privateEndpointConnections/"),
    },
    provoke: (cloud) => {
      clusterWith(cloud);
      return put(cloud, "nobody");
    },
  },
  { ...{ operation, status: 404, code: "ParentResourceNotFound", sentence: missingParent }, provoke: (cloud) => put(cloud, "nobody") },
  {
    ...{ operation, status: 409, code: "AnotherOperationInProgress", sentence: "Another operation on the private endpoint connection" },
    provoke: async (cloud) => {
      const name = clusterWith(cloud);
      cloud.settings.connectionPut = "asyncOperation";
      cloud.settings.operationPolls = 100;
      await client(cloud).privateEndpointConnections.beginPut(group, "sessions", name, {
        privateLinkServiceConnectionState: { status: "Approved" },
      });
      return put(cloud, name);
    },
  },
  {
    ...{ operation: "PrivateEndpointConnections_Get", status: 404, code: "ResourceNotFound", sentence: missing("Microsoft.Cache/") },
    provoke: (cloud) => {
      clusterWith(cloud);
      return client(cloud).privateEndpointConnections.get(group, "sessions", "nobody");
    },
  },
  {
    ...{ operation: "PrivateEndpointConnections_Get", status: 404, code: "ParentResourceNotFound", sentence: missingParent },
    provoke: (cloud) => client(cloud).privateEndpointConnections.get(group, "sessions", "nobody"),
  },
  {
    ...{ operation: "PrivateEndpointConnections_List", status: 404, code: "ParentResourceNotFound", sentence: missingParent },
    provoke: (cloud) => client(cloud).privateEndpointConnections.list(group, "sessions").next(),
  },
  {
    ...{ operation: "PrivateEndpointConnections_Delete", status: 404, code: "ParentResourceNotFound", sentence: missingParent },
    provoke: (cloud) => client(cloud).privateEndpointConnections.delete(group, "sessions", "nobody"),
  },
  {
    ...{ operation: "RedisEnterprise_Get", status: 404, code: "ResourceNotFound", sentence: missing("Microsoft.Cache/redisEnterprise/") },
    provoke: (cloud) => client(cloud).redisEnterprise.get(group, "sessions"),
  },
];

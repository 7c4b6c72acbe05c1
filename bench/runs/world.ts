import type { Cloud } from "../../test/cloud";

export const resourceGroupName = "chat-platform-rg";

/** Where the backend of a number stands: `services` 1 puts all of them in one service, where writes go one at a time. */
export function backendPlace(index: number, services: number) {
  return { resourceGroupName, serviceName: `apim-${index % services}`, backendId: `orders-${index}` };
}

export function addBackends(cloud: Cloud, count: number, services: number): void {
  for (let service = 0; service < services; service += 1) cloud.addApiManagementService(`apim-${service}`);
  for (let index = 0; index < count; index += 1) {
    const { serviceName, backendId } = backendPlace(index, services);
    cloud.addBackend(serviceName, backendId, { title: "Orders", url: "https://orders.example/", protocol: "http" });
  }
}

export function addWebPubSubs(cloud: Cloud, count: number): void {
  for (let index = 0; index < count; index += 1) cloud.addWebPubSub(`chat-${index}`);
}

export function addClusters(cloud: Cloud, count: number): void {
  for (let index = 0; index < count; index += 1) {
    cloud.addCluster(`cache-${index}`);
    cloud.addPrivateEndpoint(`cache-${index}`, { connectionName: "partner" });
  }
}

export function addInstances(cloud: Cloud, count: number): void {
  for (let index = 0; index < count; index += 1) cloud.addInstance({ instanceId: `r-${index}` });
}

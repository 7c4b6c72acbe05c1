import { operation } from "../../provider/apimanagement/backendPatch";
import { type Cloud, startCloud } from "../cloud";
import { HookDriver } from "../support/hookDriver";

export const place = { resourceGroupName: "chat-platform-rg", serviceName: "apim-prod", backendId: "orders" };
export const before = {
  ...{ title: "Orders", url: "https://orders.example.com/", protocol: "http", description: "by the API team" },
  credentials: { header: { "x-team": ["gold-team"] }, authorization: { scheme: "Basic", parameter: "opensesame" } },
};

export async function startGateway(): Promise<Cloud> {
  const cloud = await startCloud();
  cloud.addApiManagementService(place.serviceName);
  cloud.addBackend(place.serviceName, place.backendId, before);
  return cloud;
}

/** A patch of the orders backend of a cloud. */
export function patchOf(cloud: Cloud): HookDriver {
  return new HookDriver(operation, cloud);
}

export function bodyOf(cloud: Cloud): Record<string, unknown> {
  return cloud.backend(place.serviceName, place.backendId).properties;
}

/** The methods that the cloud saw since it was asked last. */
export function methods(cloud: Cloud): string[] {
  return cloud.takeRequests().map((line) => line.split(" ")[0] as string);
}

export function lastBody(cloud: Cloud): unknown {
  const request = cloud.requests.findLast(({ body }) => body !== "");
  return request && (JSON.parse(request.body) as unknown);
}

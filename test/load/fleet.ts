import { operation as patch } from "../../provider/apimanagement/backendPatch";
import { operation as reconnect } from "../../provider/apimanagement/backendReconnect";
import { operation as direct } from "../../provider/kvstore/directConnection";
import { operation as approval } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as rotation } from "../../provider/webpubsub/keyRegeneration";
import type { Cloud } from "../cloud";
import { HookDriver } from "../support/hookDriver";

/** One resource of a program of many. */
export interface Member {
  readonly kind: "patch" | "reconnect" | "rotation" | "approval" | "direct";
  /** What takes one writer at a time: the API Management service, the key pair, or the resource for itself. */
  readonly lane: string;
  readonly given: Record<string, unknown>;
  /** What the cloud sees of its first run, in order. */
  readonly requests: readonly string[];
}

const operations = { patch, reconnect, rotation, approval, direct };
const place = { resourceGroupName: "chat-platform-rg" };
const GROUP = 16;

/**
 * So many resources, sixteen to a group: eight patches of four backends of one API Management service, two to a backend
 * and of different leaves; two reconnects there; both keys of one Web PubSub; two connections; two direct endpoints.
 */
export function fleetOf(count: number, cloud: Cloud): Member[] {
  return Array.from({ length: count }, (_, index) => memberOf(Math.floor(index / GROUP), index % GROUP, cloud));
}

// So that the first eight are of all five kinds.
const ORDER = [0, 1, 8, 10, 11, 12, 14, 2, 3, 4, 5, 6, 7, 9, 13, 15];

function memberOf(group: number, position: number, cloud: Cloud): Member {
  const number = ORDER[position] ?? 0;
  if (number < 10) return inService(`gateway-${group}`, number, cloud);
  if (number < 12) return ofKey(`chat-${group}`, number === 10 ? "Primary" : "Secondary", cloud);
  return number < 14 ? ofConnection(`cache-${group}-${number}`, cloud) : ofInstance(`r-${group}-${number}`, cloud);
}

function inService(serviceName: string, number: number, cloud: Cloud): Member {
  if (number === 0) cloud.addApiManagementService(serviceName);
  const backendId = `backend-${Math.floor(number / 2) % 4}`;
  if (!cloud.hasBackend(serviceName, backendId)) {
    cloud.addBackend(serviceName, backendId, { url: "https://orders.example/", protocol: "http" });
  }
  const given = { ...place, serviceName, backendId };
  if (number >= 8) {
    return { kind: "reconnect", lane: serviceName, given, requests: [`POST …/backends/${backendId}/reconnect`] };
  }
  const leaf = number % 2 === 0 ? { description: `of ${serviceName}` } : { title: `of ${serviceName}` };
  const requests = [`GET …/backends/${backendId}`, `PATCH …/backends/${backendId}`];
  return { kind: "patch", lane: serviceName, given: { ...given, ...leaf }, requests };
}

function ofKey(resourceName: string, keyType: string, cloud: Cloud): Member {
  if (keyType === "Primary") cloud.addWebPubSub(resourceName);
  const at = `POST …/webPubSub/${resourceName}`;
  const requests = [`${at}/listKeys`, `${at}/regenerateKey`, "POLL", "POLL", `${at}/listKeys`];
  return { kind: "rotation", lane: resourceName, given: { ...place, resourceName, keyType }, requests };
}

function ofConnection(clusterName: string, cloud: Cloud): Member {
  cloud.addCluster(clusterName);
  const { connectionName } = cloud.addPrivateEndpoint(clusterName, { connectionName: "partner" });
  const given = { ...place, clusterName, privateEndpointConnectionName: connectionName };
  const requests = ["GET …/privateEndpointConnections/partner", "PUT …/privateEndpointConnections/partner"];
  return { kind: "approval", lane: clusterName, given: { ...given, privateLinkServiceConnectionState: { status: "Approved" } }, requests };
}

function ofInstance(instanceId: string, cloud: Cloud): Member {
  cloud.addInstance({ instanceId });
  const asked = ["DescribeInstanceAttribute", "DescribeDBInstanceNetInfo", "DescribeInstanceSSL", "AllocateDirectConnection"];
  const waited = ["DescribeInstanceAttribute", "DescribeInstanceAttribute", "DescribeInstanceAttribute", "DescribeDBInstanceNetInfo"];
  const requests = [...asked, ...waited].map((action) => `ALIBABA ${action}`);
  return {
    kind: "direct",
    lane: instanceId,
    given: { instanceId, connectionString: `prefix${instanceId.replaceAll("-", "")}`, port: 6379 },
    requests,
  };
}

/** Drives each member, all of them in one provider process. */
export function driversOf(members: readonly Member[], cloud: Cloud, environment = cloud.environment): HookDriver[] {
  const [first, ...others] = members;
  if (first === undefined) return [];
  const process = new HookDriver(operations[first.kind], cloud, environment);
  return [process, ...others.map(({ kind }) => new HookDriver(operations[kind], cloud, environment, {}, process))];
}

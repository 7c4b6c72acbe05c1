import { execFile } from "node:child_process";
import { Agent, request as httpRequest } from "node:http";
import { promisify } from "node:util";
import type { AlibabaRequest, AzureRequest } from "../../provider/engine/operation";
import { apiManagementClient, kvstoreClient } from "../../test/cloud/officialClients";
import type { CloudAddress } from "../measure/cloudProcess";
import { packaged } from "../measure/packaged";
import { backendPlace, resourceGroupName } from "../runs/world";

/** One way to make a call; what it answers is parsed, and looked at by nobody. */
export interface CallArm {
  readonly title: string;
  call(index: number): Promise<unknown>;
  close(): void;
}

export type Work = "read" | "write" | "alibaba";

const apiVersion = "2024-05-01";
const instanceId = "r-0";
// As in a provider process, which has one cancel for all its calls.
const cancel = new AbortController();
const optionsOfACall = () => ({
  deadlineMs: Date.now() + 60_000,
  signal: cancel.signal,
  clientRequestId: "00000000-0000-0000-0000-000000000000",
  onWait: () => {},
});

/** The transport of this package, as its operations use it. */
function ours(cloud: CloudAddress, work: Work, backends: number): CallArm {
  const { Transport } = packaged<typeof import("../../provider/transport/transport")>("transport/transport");
  const { Configuration } = packaged<typeof import("../../provider/configuration")>("configuration");
  const transport = new Transport(new Configuration(() => undefined, cloud.environment));
  const describe: AlibabaRequest = {
    cloud: "alibaba",
    action: "DescribeInstanceAttribute",
    regionId: cloud.identity.regionId,
    query: { InstanceId: instanceId },
    repeat: "read",
  };
  const requestOf = (index: number): AzureRequest | AlibabaRequest => {
    if (work === "alibaba") return describe;
    const path = pathOf(cloud, index % backends);
    if (work === "read") return { cloud: "azure", method: "GET", path, apiVersion, repeat: "read", answer: "object" };
    const body = { properties: { description: `of ${index}` } };
    return { cloud: "azure", method: "PATCH", path, apiVersion, ifMatch: "*", body, repeat: "converge", answer: "optional" };
  };
  return {
    title: "pulumi-patchbay",
    call: (index) => transport.send(requestOf(index), optionsOfACall()),
    close: () => transport.close(),
  };
}

/** The official client of the service: one client for all calls, no retries. */
function official(cloud: CloudAddress, work: Work, backends: number): CallArm {
  if (work === "alibaba") {
    const client = kvstoreClient(cloud);
    const { DescribeInstanceAttributeRequest } = require("@alicloud/r-kvstore20150101") as typeof import("@alicloud/r-kvstore20150101");
    const request = new DescribeInstanceAttributeRequest({ instanceId });
    return { title: "official SDK", call: () => client.describeInstanceAttribute(request), close: () => {} };
  }
  const { backend } = apiManagementClient(cloud);
  return {
    title: "official SDK",
    call: (index) => {
      const { serviceName, backendId } = backendPlace(index % backends, backends);
      if (work === "read") return backend.get(resourceGroupName, serviceName, backendId);
      return backend.update(resourceGroupName, serviceName, backendId, "*", { description: `of ${index}` });
    },
    close: () => {},
  };
}

/** node:http with kept connections, and JSON.parse: as little as a program can do. */
function bare(cloud: CloudAddress, work: Work, backends: number): CallArm {
  const agent = new Agent({ keepAlive: true });
  return {
    title: "bare node:http",
    call: (index) => {
      const url = `${cloud.url}/${pathOf(cloud, index % backends).join("/")}?api-version=${apiVersion}`;
      const authorization = `Bearer ${cloud.accessToken}`;
      if (work === "read") return sent(url, agent, "GET", { authorization });
      const body = JSON.stringify({ properties: { description: `of ${index}` } });
      return sent(url, agent, "PATCH", { authorization, "if-match": "*", "content-type": "application/json" }, body);
    },
    close: () => agent.destroy(),
  };
}

/** What a `local.Command` of @pulumi/command does: a shell, and curl in it. */
function shell(cloud: CloudAddress, work: Work, backends: number): CallArm {
  return {
    title: "curl in a shell",
    call: (index) => {
      const url = `${cloud.url}/${pathOf(cloud, index % backends).join("/")}?api-version=${apiVersion}`;
      const body = work === "write" ? ` -X PATCH -H 'If-Match: *' -d '${JSON.stringify({ properties: { description: "x" } })}'` : "";
      const options = { env: { ...process.env, TOKEN: cloud.accessToken } };
      const command = `curl -sf -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json'${body} '${url}'`;
      return promisify(execFile)("/bin/sh", ["-c", command], options);
    },
    close: () => {},
  };
}

export const callArms = { ours, official, bare, shell } as const;
export type CallArmName = keyof typeof callArms;

export function openArm(name: CallArmName, cloud: CloudAddress, work: Work, backends: number): CallArm {
  return callArms[name](cloud, work, backends);
}

function pathOf(cloud: CloudAddress, index: number): string[] {
  // Each in a service of its own.
  const { serviceName, backendId } = backendPlace(index, Number.MAX_SAFE_INTEGER);
  const group = ["subscriptions", cloud.identity.subscriptionId, "resourceGroups", resourceGroupName];
  return [...group, "providers", "Microsoft.ApiManagement", "service", serviceName, "backends", backendId];
}

function sent(url: string, agent: Agent, method: string, headers: Record<string, string>, body?: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { agent, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => {
        if ((response.statusCode ?? 500) >= 300) reject(new Error(`${method} ${url}: ${response.statusCode}`));
        else resolve(text === "" ? undefined : JSON.parse(text));
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

import type { Cloud } from "../cloud";
import type { CommandResult, Deployment, StateResource } from "./stack";

export const serviceName = "apim-prod";
export const resourceGroupName = "chat-platform-rg";

/** A program of the two operations of API Management. `patch` and `reconnect` name the resource and the backend alike. */
export function gatewayProgram(body: string): string {
  const place = JSON.stringify({ resourceGroupName, serviceName });
  return `
const pulumi = require("@pulumi/pulumi");
const { BackendPatch, BackendReconnect } = require("pulumi-patchbay/apimanagement");
const place = ${place};
const patch = (name, args, options) => new BackendPatch(name, { ...place, backendId: name, ...args }, options);
const reconnect = (name, args, options) => new BackendReconnect(name, { ...place, backendId: name, ...args }, options);
${body}
`;
}

/** The ARM id of a backend of the service above. */
export function backendIdOf(cloud: Cloud, backendId: string): string {
  const { subscriptionId } = cloud.identity;
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}/providers/Microsoft.ApiManagement/service/${serviceName}/backends/${backendId}`;
}

/** What one backend was asked, in order: resources of one program run in parallel. */
export function requestsTo(result: CommandResult, backendId: string): string[] {
  const end = new RegExp(` …/backends/${backendId}(/reconnect)?$`);
  return result.requests.filter((line) => end.test(line)).map((line) => line.replace(end, "$1"));
}

/** The bodies that one backend was sent, in order, over the whole test. */
export function bodiesTo(cloud: Cloud, method: string, backendId: string): unknown[] {
  const sent = cloud.requests.filter((request) => request.method === method && request.path.endsWith(`/backends/${backendId}`));
  return sent.map((request) => JSON.parse(request.body) as unknown);
}

export function resourceNamed({ deployment }: Deployment, name: string): StateResource {
  const found = deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
  if (found === undefined) throw new Error(`The state has no resource ${name}.`);
  return found;
}

/** The output of a command that must have succeeded. */
export function succeeded(result: CommandResult): CommandResult {
  if (result.exitCode !== 0) throw new Error(`The command ended with ${result.exitCode}:\n${result.output}`);
  return result;
}

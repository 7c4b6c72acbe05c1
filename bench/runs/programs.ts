import { resourceGroupName } from "./world";

// What the programs of the arms say, and the providers that two of them bring along. Each declares N resources of one
// kind; `revision` is what an update changes.

export type Kind = "backend" | "reconnect" | "connection" | "rotation" | "direct";

export interface ProgramOptions {
  readonly kind: Kind;
  readonly count: number;
  /** How many API Management services the backends are spread over. */
  readonly services: number;
  readonly revision: string;
}

const place = JSON.stringify({ resourceGroupName });

const declarations: Record<Kind, string> = {
  backend: `new apimanagement.BackendPatch("orders-" + index, { ...${place}, serviceName: "apim-" + (index % services), backendId: "orders-" + index, title: "Orders", url: "https://orders.example/", description: revision });`,
  reconnect: `new apimanagement.BackendReconnect("orders-" + index, { ...${place}, serviceName: "apim-" + (index % services), backendId: "orders-" + index, triggers: { revision } });`,
  connection: `new redisenterprise.PrivateEndpointConnection("cache-" + index, { ...${place}, clusterName: "cache-" + index, privateEndpointConnectionName: "partner", privateLinkServiceConnectionState: { status: "Approved", description: revision } });`,
  rotation: `new webpubsub.KeyRegeneration("chat-" + index, { ...${place}, resourceName: "chat-" + index, keyType: "Secondary", triggers: { revision } });`,
  direct: `new kvstore.DirectConnection("r-" + index, { instanceId: "r-" + index, connectionString: "directconnection" + index, onDestroy: "release" });`,
};

/** A user's program with this package. */
export function ourProgram(options: ProgramOptions): string {
  return loop(
    options,
    `const { apimanagement, kvstore, redisenterprise, webpubsub } = require("pulumi-patchbay");`,
    declarations[options.kind],
  );
}

/** As little as a resource can be: the same kind of constant text, the same arguments, and no check of them. */
export function floorProgram(options: ProgramOptions, provider: "bareProvider" | "curlProvider"): string {
  const text = `exports.handler=()=>require("node:module").createRequire(process.cwd()+"/")("./${provider}.js")`;
  return loop(
    options,
    `const pulumi = require("@pulumi/pulumi");
    class Backend extends pulumi.CustomResource {
      constructor(name, given) { super("pulumi-nodejs:dynamic/bench:Backend", name, { ...given, __provider: ${JSON.stringify(text)} }); }
    }`,
    `new Backend("orders-" + index, ${bareArguments});`,
  );
}

const bareArguments = `{ ...${place}, serviceName: "apim-" + (index % services), backendId: "orders-" + index, title: "Orders", url: "https://orders.example/", description: revision }`;

/** As the documentation of dynamic providers shows it: a closure, and a client and a token of its own for each call. */
export function usualProgram(options: ProgramOptions): string {
  return loop(
    options,
    `const pulumi = require("@pulumi/pulumi");
    const axios = require("axios");
    async function patch(given) {
      const { ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_SUBSCRIPTION_ID, AZURE_AUTHORITY_HOST, PATCHBAY_RESOURCE_MANAGER_ENDPOINT } = process.env;
      const form = new URLSearchParams({ grant_type: "client_credentials", client_id: ARM_CLIENT_ID, client_secret: ARM_CLIENT_SECRET, scope: "https://management.core.windows.net//.default" });
      const token = (await axios.post(AZURE_AUTHORITY_HOST + "/" + ARM_TENANT_ID + "/oauth2/v2.0/token", form)).data.access_token;
      const client = axios.create({ baseURL: PATCHBAY_RESOURCE_MANAGER_ENDPOINT, headers: { Authorization: "Bearer " + token } });
      const url = "/subscriptions/" + ARM_SUBSCRIPTION_ID + "/resourceGroups/" + given.resourceGroupName + "/providers/Microsoft.ApiManagement/service/" + given.serviceName + "/backends/" + given.backendId + "?api-version=2024-05-01";
      const etag = (await client.get(url)).headers.etag;
      const properties = { title: given.title, url: given.url, description: given.description };
      await client.patch(url, { properties }, { headers: { "If-Match": etag } });
    }
    const provider = {
      async diff(_id, olds, news) { return { changes: olds.description !== news.description }; },
      async create(given) { await patch(given); return { id: given.backendId, outs: given }; },
      async update(_id, _olds, given) { await patch(given); return { outs: given }; },
    };
    class Backend extends pulumi.dynamic.Resource {
      constructor(name, given) { super(provider, name, given); }
    }`,
    `new Backend("orders-" + index, ${bareArguments});`,
  );
}

function loop({ count, services, revision }: ProgramOptions, prologue: string, declaration: string): string {
  return `${prologue}
const services = ${services};
const revision = ${JSON.stringify(revision)};
for (let index = 0; index < ${count}; index += 1) {
  ${declaration}
}
`;
}

const providerOf = (call: string) => `
const { ARM_SUBSCRIPTION_ID, PATCHBAY_RESOURCE_MANAGER_ENDPOINT, PATCHBAY_AZURE_ACCESS_TOKEN } = process.env;
const urlOf = (given) => PATCHBAY_RESOURCE_MANAGER_ENDPOINT + "/subscriptions/" + ARM_SUBSCRIPTION_ID + "/resourceGroups/" + given.resourceGroupName + "/providers/Microsoft.ApiManagement/service/" + given.serviceName + "/backends/" + given.backendId + "?api-version=2024-05-01";
const bodyOf = ({ title, url, description }) => JSON.stringify({ properties: { title, url, description } });
${call}
exports.diff = async (_id, olds, news) => ({ changes: olds.description !== news.description });
exports.create = async (given) => { await call("PATCH", given); return { id: given.backendId, outs: given }; };
exports.update = async (_id, _olds, given) => { await call("PATCH", given); return { outs: given }; };
exports.read = async (id, given) => { await call("GET", given); return { id, props: given, inputs: given }; };
`;

/** Files beside the program, for the arms that need them. */
export const providerFiles = {
  "bareProvider.js": providerOf(`
const http = require("node:http");
const agent = new http.Agent({ keepAlive: true });
function call(method, given) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: "Bearer " + PATCHBAY_AZURE_ACCESS_TOKEN, "content-type": "application/json", "if-match": "*" };
    const request = http.request(urlOf(given), { agent, method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => { text += chunk; });
      response.on("end", () => (response.statusCode < 300 ? resolve(text) : reject(new Error(text))));
    });
    request.on("error", reject);
    request.end(method === "PATCH" ? bodyOf(given) : undefined);
  });
}`),
  "curlProvider.js": providerOf(`
const { promisify } = require("node:util");
const { execFile } = require("node:child_process");
function call(method, given) {
  const body = method === "PATCH" ? " -d '" + bodyOf(given) + "'" : "";
  const command = "curl -sf -X " + method + " -H \\"Authorization: Bearer $PATCHBAY_AZURE_ACCESS_TOKEN\\" -H 'Content-Type: application/json' -H 'If-Match: *'" + body + " '" + urlOf(given) + "'";
  return promisify(execFile)("/bin/sh", ["-c", command]);
}`),
} as const;

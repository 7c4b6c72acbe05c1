import type { BackendContract, BackendUpdateParameters } from "@azure/arm-apimanagement";
import { type Cloud, type CloudSettings, defaultResourceGroup as group } from "../index";
import { apiManagementClient } from "../officialClients";
import { type ChangedRequest, changing, type ErrorRow } from "./row";

const single = { url: "https://orders.example/", protocol: "http" };
const staleTag = '"AAAAAAAAAAA="';

function backends(cloud: Cloud, change: (request: ChangedRequest) => void = () => undefined) {
  cloud.addApiManagementService("gateway");
  cloud.addBackend("gateway", "orders", single);
  return changing(apiManagementClient(cloud), change).backend;
}

const put = (properties: BackendContract, options: { ifMatch?: string } = {}, backendId = "orders") => {
  return (cloud: Cloud) => backends(cloud).createOrUpdate(group, "gateway", backendId, properties, options);
};
const patch = (properties: BackendUpdateParameters, ifMatch = "*", backendId = "orders") => {
  return (cloud: Cloud) => backends(cloud).update(group, "gateway", backendId, ifMatch, properties);
};

function invalid(operation: string, details: NonNullable<ErrorRow["details"]>, provoke: ErrorRow["provoke"]): ErrorRow {
  return { operation, status: 400, code: "ValidationError", sentence: "One or more fields contain incorrect values:", details, provoke };
}

/** The same over every operation that writes. */
function writes(error: Pick<ErrorRow, "status" | "code" | "sentence">, backendWrites: CloudSettings["backendWrites"]): ErrorRow[] {
  const set = (provoke: ErrorRow["provoke"]) => (cloud: Cloud) => {
    cloud.settings.backendWrites = backendWrites;
    return provoke(cloud);
  };
  return [
    { operation: "Backend_CreateOrUpdate", ...error, provoke: set(put(single)) },
    { operation: "Backend_Update", ...error, provoke: set(patch({ title: "ours" })) },
    { operation: "Backend_Delete", ...error, provoke: set((cloud) => backends(cloud).delete(group, "gateway", "orders", "*")) },
  ];
}

const notFound = { status: 404, code: "ResourceNotFound", sentence: "Backend not found." };
const orphan = { status: 404, code: "ParentResourceNotFound", sentence: "because the parent resource" };
const stale = { status: 412, code: "PreconditionFailed", sentence: "Exceptions.PreconditionFailedException' was thrown." };
const poolOf = (name: string) => ({ typePropertiesType: "Pool", pool: { services: [{ id: `/backends/${name}` }] } });
const withoutService = (cloud: Cloud) => apiManagementClient(cloud).backend;

const validation: readonly ErrorRow[] = [
  invalid(
    "Backend_CreateOrUpdate",
    [
      ["url", "Url is not supported for backend pool."],
      ["protocol", "Protocol is not supported for backend pool."],
    ],
    put({ ...poolOf("orders"), ...single }, {}, "both"),
  ),
  invalid("Backend_CreateOrUpdate", [["pool", "Backend Entity 'west' not found."]], put(poolOf("west"), {}, "both")),
  invalid("Backend_CreateOrUpdate", [["url", "'url' should not be empty."]], put({ protocol: "http" })),
  invalid("Backend_CreateOrUpdate", [["protocol", "'protocol' should not be empty."]], put({ url: "https://orders.example/" })),
  invalid(
    "Backend_Update",
    [["credentials.certificate", "'certificate' should not be empty."]],
    patch({ credentials: { certificate: [] } }),
  ),
  invalid("Backend_Update", [["tls.validateCertificateName", "Default backend property required"]], (cloud) =>
    changedPatch(cloud, { tls: { validateCertificateChain: true } }),
  ),
  invalid("Backend_Update", [["title", "'title' should not be null."]], (cloud) => changedPatch(cloud, { title: null })),
  invalid(
    "Backend_Update",
    [["credentials", "Property 'orders-key' not found."]],
    referringTo({ header: { "x-key": ["{{billing-key}}", "{{orders-key}}"] } }),
  ),
  invalid(
    "Backend_Update",
    [["credentials", "Certificate with id 'my-cert' not found."]],
    referringTo({ certificateIds: ["their-cert", "my-cert"] }),
  ),
  invalid("Backend_Update", [["If-Match", "If-Match header must be specified for this operation."]], (cloud) =>
    backends(cloud, ({ headers }) => headers.delete("If-Match")).update(group, "gateway", "orders", "*", { title: "ours" }),
  ),
  invalid("Backend_Reconnect", [["after", "'after' should be at least PT2M."]], (cloud) => {
    cloud.settings.shortReconnect = "refused";
    return backends(cloud).reconnect(group, "gateway", "orders", { parameters: { after: "PT3S" } });
  }),
  invalid("Backend_Reconnect", [["after", "'after' should be a duration in ISO 8601 format."]], (cloud) =>
    backends(cloud, (request) => {
      request.body = JSON.stringify({ properties: { after: "soon" } });
    }).reconnect(group, "gateway", "orders", { parameters: { after: "PT2M" } }),
  ),
];

/** The client leaves null and single flags out, or fills them in. */
function changedPatch(cloud: Cloud, properties: object) {
  const write = (request: ChangedRequest) => {
    request.body = JSON.stringify({ properties });
  };
  return backends(cloud, write).update(group, "gateway", "orders", "*", { title: "ours" });
}

function referringTo(credentials: NonNullable<BackendUpdateParameters["credentials"]>): ErrorRow["provoke"] {
  return (cloud) => {
    const backend = backends(cloud);
    cloud.setReferences("gateway", { namedValues: ["billing-key"], certificateIds: ["their-cert"] });
    return backend.update(group, "gateway", "orders", "*", { credentials });
  };
}

export const backendErrors: readonly ErrorRow[] = [
  ...validation,
  ...writes({ status: 409, code: "PessimisticConcurrencyConflict", sentence: "Operation on the API is in progress" }, "conflict"),
  ...writes(
    { status: 422, code: "ManagementApiRequestFailed", sentence: "Failed to connect to management endpoint gateway." },
    "unreachable",
  ),
  { operation: "Backend_CreateOrUpdate", ...stale, provoke: put(single, { ifMatch: staleTag }) },
  { operation: "Backend_Update", ...stale, provoke: patch({ title: "ours" }, staleTag) },
  { operation: "Backend_Delete", ...stale, provoke: (cloud) => backends(cloud).delete(group, "gateway", "orders", staleTag) },
  { operation: "Backend_Get", ...notFound, provoke: (cloud) => backends(cloud).get(group, "gateway", "nobody") },
  {
    ...{ operation: "Backend_GetEntityTag", status: 404, code: "", sentence: "" },
    provoke: (cloud) => backends(cloud).getEntityTag(group, "gateway", "nobody"),
  },
  { operation: "Backend_Update", ...notFound, provoke: patch({ title: "ours" }, "*", "nobody") },
  { operation: "Backend_Reconnect", ...notFound, provoke: (cloud) => backends(cloud).reconnect(group, "gateway", "nobody") },
  { operation: "Backend_Get", ...orphan, provoke: (cloud) => withoutService(cloud).get(group, "gateway", "orders") },
  { operation: "Backend_ListByService", ...orphan, provoke: (cloud) => withoutService(cloud).listByService(group, "gateway").next() },
  {
    operation: "Backend_CreateOrUpdate",
    ...orphan,
    provoke: (cloud) => withoutService(cloud).createOrUpdate(group, "gateway", "orders", single),
  },
  { operation: "Backend_Update", ...orphan, provoke: (cloud) => withoutService(cloud).update(group, "gateway", "orders", "*", {}) },
  { operation: "Backend_Delete", ...orphan, provoke: (cloud) => withoutService(cloud).delete(group, "gateway", "orders", "*") },
  { operation: "Backend_Reconnect", ...orphan, provoke: (cloud) => withoutService(cloud).reconnect(group, "gateway", "orders") },
  {
    ...{
      operation: "ApiManagementService_Get",
      status: 404,
      code: "ResourceNotFound",
      sentence: "The Resource 'Microsoft.ApiManagement/service/",
    },
    provoke: (cloud) => apiManagementClient(cloud).apiManagementService.get(group, "gateway"),
  },
];

import { type Answer, jsonAnswer, Refusal } from "./exchange";

export interface ErrorDetail {
  readonly code: string;
  readonly target: string;
  readonly message: string;
}

export function armError(status: number, code: string, message: string, headers: Answer["headers"] = {}): Refusal {
  return new Refusal(jsonAnswer(status, { error: { code, message } }, headers));
}

/** API Management always sends `details`, null when there are none. */
export function apiManagementError(status: number, code: string, message: string, details: readonly ErrorDetail[] | null = null): Refusal {
  return new Refusal(jsonAnswer(status, { error: { code, message, details } }));
}

export function validationError(details: readonly { readonly target: string; readonly message: string }[]): Refusal {
  return apiManagementError(
    400,
    "ValidationError",
    "One or more fields contain incorrect values:",
    details.map((detail) => ({ code: "ValidationError", target: detail.target, message: detail.message })),
  );
}

export function preconditionFailed(): Refusal {
  return apiManagementError(
    412,
    "PreconditionFailed",
    "Exception of type 'Microsoft.WindowsAzure.ApiManagement.Management.Core.Exceptions.PreconditionFailedException' was thrown.",
  );
}

/** As seen for APIs. */
export function pessimisticConflict(): Refusal {
  return apiManagementError(409, "PessimisticConcurrencyConflict", "Operation on the API is in progress");
}

/** Of a service in a virtual network. */
export function managementUnreachable(serviceName: string): Refusal {
  const message = `Failed to connect to management endpoint ${serviceName}.management.azure-api.net:3443 for a service deployed in a Virtual Network. Make sure to follow guidance at https://aka.ms/apim-vnet-common-issues for Inbound connectivity to Management endpoint. Check 'ApiManagement Control Plane - inbound' connectivity at https://aka.ms/apimnetworkstatus.`;
  return new Refusal(jsonAnswer(422, { error: { code: "ManagementApiRequestFailed", message, details: null, innerError: null } }));
}

export function resourceNotFound(resourceType: string, name: string, resourceGroup: string): Refusal {
  const message = `The Resource '${resourceType}/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return armError(404, "ResourceNotFound", message, { "x-ms-failure-cause": "gateway" });
}

const verbOf: Readonly<Record<string, string>> = {
  GET: "read",
  HEAD: "read",
  PUT: "write",
  PATCH: "write",
  DELETE: "delete",
  POST: "action",
};

export function parentResourceNotFound(method: string, nestedType: string, parentId: string): Refusal {
  const message = `Failed to perform '${verbOf[method] ?? method}' on resource(s) of type '${nestedType}', because the parent resource '${parentId}' could not be found.`;
  return armError(404, "ParentResourceNotFound", message, { "x-ms-failure-cause": "gateway" });
}

export function methodNotAllowed(method: string): Refusal {
  return armError(405, "HttpMethodNotSupported", `The requested resource does not support http method '${method}'.`);
}

export function unauthorized(code: string, message: string, tenantId: string): Refusal {
  const challenge = `Bearer authorization_uri="https://login.windows.net/${tenantId}", error="invalid_token", error_description="${message}"`;
  return armError(401, code, message, { "WWW-Authenticate": challenge });
}

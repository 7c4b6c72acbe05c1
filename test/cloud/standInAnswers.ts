import { randomUUID } from "node:crypto";
import { type Answer, emptyAnswer, firstHalf, jsonAnswer, withoutHeader } from "./exchange";
import type { FaultRule } from "./faults";
import { isKvstoreErrorCode, type KvstoreErrorCode, kvstoreErrorBody, kvstoreErrors } from "./kvstoreErrors";
import type { RequestKind } from "./requestLog";

interface Script {
  readonly status: number;
  readonly headers?: Answer["headers"];
  readonly code?: string;
  readonly body?: unknown;
}

const armCodes: Readonly<Record<number, readonly [string, string]>> = {
  400: ["BadRequest", "The request was refused by the fault script."],
  401: ["ExpiredAuthenticationToken", "The access token expiry time is earlier than the current time."],
  403: ["AuthorizationFailed", "The client does not have authorization to perform the action over the scope."],
  404: ["ResourceNotFound", "The resource was not found."],
  408: ["RequestTimeout", "The request timed out."],
  409: ["AnotherOperationInProgress", "Another operation on this or a dependent resource is in progress."],
  412: ["PreconditionFailed", "The condition of the request was not met."],
  422: ["ManagementApiRequestFailed", "Failed to connect to the management endpoint."],
  429: ["TooManyRequests", "The request is being throttled as the limit has been reached for the operation type."],
  500: ["InternalServerError", "The server encountered an internal error. Please retry the request."],
  502: ["BadGateway", "The gateway did not receive a response from the resource provider within the specified time period."],
  503: ["ServiceUnavailable", "The service is temporarily unavailable. Please retry later."],
  504: ["GatewayTimeout", "The gateway did not receive a response from the resource provider within the specified time period."],
};

const alibabaCodes: Readonly<Record<number, KvstoreErrorCode>> = {
  400: "TaskHasExist",
  403: "InstanceStatus.NotSupport",
  404: "InvalidDbInstanceId.NotFound",
  429: "Throttling.User",
  500: "InternalError",
  503: "ServiceUnavailable",
};

const unexpected = "The fault script says so.";

/** A scripted answer; where the script gives no body, an error as the service words it. */
export function standInAnswer(kind: RequestKind, script: Script): Answer {
  const requestId = randomUUID();
  const idHeader = { [kind === "ALIBABA" ? "x-acs-request-id" : "x-ms-request-id"]: requestId };
  const headers = { ...idHeader, ...script.headers };
  if (typeof script.body === "string") return { ...jsonAnswer(script.status, null, headers), body: script.body };
  if (script.body !== undefined) return jsonAnswer(script.status, script.body, headers);
  if (script.status < 400) return emptyAnswer(script.status, headers);
  if (kind === "ALIBABA") {
    const code = script.code ?? alibabaCodes[script.status] ?? "Unexpected";
    const message = isKvstoreErrorCode(code) ? kvstoreErrors[code][1] : unexpected;
    return jsonAnswer(script.status, kvstoreErrorBody(code, message, requestId.toUpperCase()), headers);
  }
  const known = armCodes[script.status] ?? ["Unexpected", unexpected];
  const [code, message] = [script.code ?? known[0], known[1]];
  if (kind === "TOKEN")
    return jsonAnswer(
      script.status,
      { error: "temporarily_unavailable", error_description: `AADSTS90033: ${message}`, error_codes: [90033] },
      headers,
    );
  return jsonAnswer(script.status, { error: { code, message } }, headers);
}

const page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Please sign in to continue</h1></body></html>";

/** What is to be sent under a fault; `real` is what the service said, undefined when it was not asked. */
export function answerUnder(fault: FaultRule | undefined, kind: RequestKind, real: Answer | undefined): Answer {
  const answer = real ?? standInAnswer(kind, { status: 200, body: {} });
  switch (fault?.mode) {
    case "answer":
      return standInAnswer(kind, fault);
    case "amend":
      return fault.change(answer);
    case "html":
      return { status: fault.status ?? 200, headers: { "Content-Type": "text/html; charset=utf-8" }, body: page };
    case "empty":
      return emptyAnswer(fault.status ?? 200);
    case "redirect":
      return emptyAnswer(fault.status ?? 307, { Location: fault.location });
    case "truncatedJson":
      return { ...answer, body: firstHalf(answer.body) };
    case "contentType":
      return { ...answer, headers: { ...withoutHeader(answer.headers, "content-type"), "Content-Type": fault.value } };
    default:
      return answer;
  }
}

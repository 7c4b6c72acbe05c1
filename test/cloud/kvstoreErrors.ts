import { randomUUID } from "node:crypto";
import { jsonAnswer, Refusal } from "./exchange";

/** The errors of the operations' pages and of the gateway in front of them: status and sentence. */
export const kvstoreErrors = {
  NetTypeExists: [400, "Specified net type already existed"],
  InvalidConnType: [400, "Specified DB instance conn type is not valid."],
  TaskHasExist: [400, "The task already exists."],
  ConnectionStringAlreadyExists: [400, "Specified connection string already exists in the Aliyun RDS."],
  "InvalidConnectionString.Format": [400, "Specified connection string is not valid."],
  DirectConnectionAlreadyExists: [400, "Specified instance direct connection already exists."],
  InvalidVPCParamGroup: [400, "Specified vpc param group is not valid."],
  InvalidConnectionString: [400, "ConnectionString is invalid, valid regex: ^\\w+$"],
  NetTypeNotExists: [400, "Specified net type not existed."],
  UnsupportedEngineVersion: [403, "Current engine version does not support operations."],
  IncorrectMinorVersion: [403, "Current engine minor version does not support operations."],
  "InstanceStatus.NotSupport": [403, "Instance status does not support this operation."],
  "InvalidDbInstanceId.NotFound": [404, "Specified instance does not exist."],
  "InvalidPort.Format": [400, "Specified port is not valid."],
  MissingInstanceId: [400, "InstanceId is mandatory for this action."],
  // Seen by other clients, which do not tell the sentences.
  "InvalidDBInstanceId.NotFound": [404, "The specified instance is not found."],
  "InvalidInstanceId.NotFound": [404, "The specified instance is not found."],
  "InvalidDBInstance.NotFound": [404, "The specified instance is not found."],
  LockTimeout: [400, "The request processing has failed due to lock timeout."],
  "Task.Conflict": [403, "The operation conflicts with a running task."],
  "OperationDenied.KVstoreInstanceStatus": [403, "The operation is not permitted due to the status of the instance."],
  IncorrectDBInstanceState: [403, "Current DB instance state does not support this operation."],
  // Of the gateway.
  Throttling: [400, "Request was denied due to request throttling."],
  "Throttling.User": [400, "Request was denied due to user flow control."],
  "Throttling.Api": [400, "Request was denied due to api flow control."],
  ServiceUnavailable: [503, "The request has failed due to a temporary failure of the server."],
  InternalError: [500, "The request processing has failed due to some unknown error."],
  "Forbidden.RAM": [403, "User not authorized to operate on the specified resource, or this API doesn't support RAM."],
  UnsupportedHTTPMethod: [405, "This http method is not supported."],
  IncompleteSignature: [400, "The request signature does not conform to Aliyun standards."],
  // The real service adds its string to sign here; nothing that tests need to see.
  SignatureDoesNotMatch: [400, "Specified signature is not matched with our calculation."],
  "InvalidAccessKeyId.NotFound": [404, "Specified access key is not found."],
  "InvalidSecurityToken.MismatchWithAccessKey": [400, "Specified SecurityToken mismatch with the AccessKey."],
  "InvalidTimeStamp.Format": [400, "Specified time stamp or date value is not well formatted."],
  "InvalidTimeStamp.Expired": [400, "Specified time stamp or date value is expired."],
  MissingSignatureNonce: [400, "SignatureNonce is mandatory for this action."],
  SignatureNonceUsed: [400, "Specified signature nonce was used already."],
  InvalidVersion: [404, "Specified parameter Version is not valid."],
  "InvalidAction.NotFound": [404, "Specified api is not found, please check your url and method."],
} as const satisfies Record<string, readonly [number, string]>;

export type KvstoreErrorCode = keyof typeof kvstoreErrors;

export function isKvstoreErrorCode(code: string): code is KvstoreErrorCode {
  return Object.hasOwn(kvstoreErrors, code);
}

export function kvstoreErrorBody(code: string, message: string, requestId: string) {
  const recommend = `https://api.aliyun.com/troubleshoot?q=${code}&product=R-kvstore&requestId=${requestId}`;
  return { RequestId: requestId, HostId: "r-kvstore.aliyuncs.com", Code: code, Message: message, Recommend: recommend };
}

/** The refusal that the service documents under this code. */
export function kvstoreError(code: KvstoreErrorCode): Refusal {
  const [status, message] = kvstoreErrors[code];
  const requestId = randomUUID().toUpperCase();
  return new Refusal(jsonAnswer(status, kvstoreErrorBody(code, message, requestId), { "x-acs-request-id": requestId }));
}

/** Everything a test may turn while the cloud runs. Read at each request, so a change holds from the next one on. */
export interface CloudSettings {
  /** Time between receiving a request and starting to answer it. */
  latencyMs: number;
  /** The n-th poll of a long-running operation says how it ended; 0 = it has ended when it is accepted. A read of the resource counts as a poll too. */
  operationPolls: number;
  /** Sent with every 202, with every running status and with every 201 that has a polling URL. */
  retryAfter?: string;
  operationOutcome: "Succeeded" | "Failed" | "Canceled";
  /** `error.code` as ARM says, or `error.error.code` as the Redis schema says. */
  operationErrorNesting: "single" | "double";
  /** Overrides the words a running operation reports, in order; the last one repeats. */
  runningStatuses?: string[];
  tokenLifetimeSeconds: number;
  /** What ARM lets through: its old limits of an hour, which nothing here reaches, or its buckets of today. */
  quota: "hourly" | "buckets";
  /** The host that the OpenID discovery documents name; a request's X-Forwarded-Host wins over it. @default the host that was asked */
  authorityHost?: string;

  /** PUT of a private endpoint connection: done at once, with a polling URL, or with a provisioningState only. */
  connectionPut: "done" | "asyncOperation" | "provisioningState";
  connectionPutStatus: 200 | 201;
  /** Whether a PUT of the status that a connection already has is refused, as Storage and SQL do. */
  equalConnectionStatus: "accepted" | "refused";

  /** Whether a reconnect sooner than the documented two minutes is refused; the page's own sample sends three seconds. */
  shortReconnect: "accepted" | "refused";

  /**
   * Whether a write to a backend meets another operation (409) or a management endpoint that cannot be reached (422);
   * `oneAtATime`: a 409 where another write to the service ended within its own time, which is `latencyMs`.
   */
  backendWrites: "done" | "oneAtATime" | "conflict" | "unreachable";

  regenerateKey: "200" | "202";
  /** When listKeys shows the new key of a regeneration that was answered with 202. */
  keysChangeAt: "accept" | "completion";

  /** So many describes answer NetworkModifying after an allocation or a release; the next one answers Normal. */
  statusChangePolls: number;
  /** How DirectConnection and IsSlaveProxy are written. */
  directConnectionAs: "number" | "string";
  /** How Port and DBInstanceNetType are written. */
  portAs: "number" | "string";
  netInfoWhileChanging: "before" | "empty";
  missingInstance: "404" | "emptyList";
  /** The service spells it in several ways. */
  missingInstanceCode: (typeof missingInstanceCodes)[number];
  /** What a write is refused with while the instance is not Normal; both are documented. */
  changingInstanceCode: "InstanceStatus.NotSupport" | "TaskHasExist";
  /** What an allocation is refused with where there is a direct endpoint; both are documented. */
  existingEndpointCode: "DirectConnectionAlreadyExists" | "NetTypeExists";
}

export const missingInstanceCodes = [
  "InvalidDbInstanceId.NotFound",
  "InvalidDBInstanceId.NotFound",
  "InvalidInstanceId.NotFound",
  "InvalidDBInstance.NotFound",
] as const;

export function defaultSettings(latencyMs = 0): CloudSettings {
  return {
    latencyMs,
    operationPolls: 2,
    operationOutcome: "Succeeded",
    operationErrorNesting: "single",
    tokenLifetimeSeconds: 3600,
    quota: "hourly",
    connectionPut: "done",
    connectionPutStatus: 201,
    equalConnectionStatus: "accepted",
    shortReconnect: "accepted",
    backendWrites: "done",
    regenerateKey: "200",
    keysChangeAt: "accept",
    statusChangePolls: 2,
    directConnectionAs: "number",
    portAs: "string",
    netInfoWhileChanging: "before",
    missingInstance: "404",
    missingInstanceCode: "InvalidDbInstanceId.NotFound",
    changingInstanceCode: "InstanceStatus.NotSupport",
    existingEndpointCode: "DirectConnectionAlreadyExists",
  };
}

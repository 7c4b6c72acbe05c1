/** What may be turned while a cloud runs. Read at each request, so a change holds from the next one on. */
export interface CloudSettings {
  /**
   * Milliseconds between receiving a request and starting to answer it.
   * @default 0
   */
  latencyMs: number;
  /**
   * Which poll of a long-running operation says how it ended; 0: it has ended when it is accepted. A read of the resource
   * counts as a poll too.
   * @default 2
   */
  operationPolls: number;
  /**
   * Milliseconds after which a long-running operation ends instead, at the first poll that finds it so.
   * @default none
   */
  operationMs?: number;
  /**
   * Retry-After of every 202, of every running status and of every 201 that has a polling URL.
   * @default none
   */
  retryAfter?: string;
  /**
   * How a long-running operation ends.
   * @default "Succeeded"
   */
  operationOutcome: "Succeeded" | "Failed" | "Canceled";
  /**
   * Where the status of a failed operation has its error: `error.code` as ARM says, or `error.error.code` as the schema of Redis says.
   * @default "single"
   */
  operationErrorNesting: "single" | "double";
  /**
   * The words that a running operation reports, in order; the last one repeats.
   * @default the service's own
   */
  runningStatuses?: string[];
  /**
   * Seconds that a token is good for.
   * @default 3600
   */
  tokenLifetimeSeconds: number;
  /**
   * What Azure Resource Manager lets through: its old limits of an hour, which nothing here reaches, or its buckets of today
   * (250 reads and 25 more a second; 200 writes and as many deletes, and 10 more a second of each).
   * @default "hourly"
   */
  quota: "hourly" | "buckets";
  /**
   * The host that the OpenID discovery documents name; a request's X-Forwarded-Host wins over it. Undefined: the host that was asked.
   * @internal
   */
  authorityHost?: string;

  /**
   * How a PUT of a private endpoint connection goes: done at once, with a polling URL, or with a provisioningState only.
   * @default "done"
   */
  connectionPut: "done" | "asyncOperation" | "provisioningState";
  /**
   * The status of that PUT's answer.
   * @default 201
   */
  connectionPutStatus: 200 | 201;
  /**
   * Whether a PUT of the status that a connection already has is refused, as Storage and SQL do.
   * @default "accepted"
   */
  equalConnectionStatus: "accepted" | "refused";

  /**
   * Whether a reconnect sooner than the documented two minutes is refused; the page's own sample sends three seconds.
   * @default "accepted"
   */
  shortReconnect: "accepted" | "refused";

  /**
   * Whether a write to a backend meets another operation (409) or a management endpoint that cannot be reached (422);
   * `oneAtATime`: a 409 where another write to the service ended within its own time, which is `latencyMs`.
   * @default "done"
   */
  backendWrites: "done" | "oneAtATime" | "conflict" | "unreachable";

  /**
   * How a regeneration of a key is answered: done, or accepted with a polling URL.
   * @default "200"
   */
  regenerateKey: "200" | "202";
  /**
   * When listKeys shows the new key of a regeneration that was accepted.
   * @default "accept"
   */
  keysChangeAt: "accept" | "completion";

  /**
   * How many describes answer NetworkModifying after an allocation or a release; the next one answers Normal.
   * @default 2
   */
  statusChangePolls: number;
  /**
   * How DirectConnection and IsSlaveProxy are written.
   * @default "number"
   */
  directConnectionAs: "number" | "string";
  /**
   * How Port and DBInstanceNetType are written.
   * @default "string"
   */
  portAs: "number" | "string";
  /**
   * What the network of an instance looks like while it changes: as before, or empty.
   * @default "before"
   */
  netInfoWhileChanging: "before" | "empty";
  /**
   * How an instance that is not there is told.
   * @default "404"
   */
  missingInstance: "404" | "emptyList";
  /**
   * With which code; the service spells it in several ways.
   * @default "InvalidDbInstanceId.NotFound"
   */
  missingInstanceCode: (typeof missingInstanceCodes)[number];
  /**
   * What a write is refused with while the instance is not Normal; both are documented.
   * @default "InstanceStatus.NotSupport"
   */
  changingInstanceCode: "InstanceStatus.NotSupport" | "TaskHasExist";
  /**
   * What an allocation is refused with where there is a direct endpoint; both are documented.
   * @default "DirectConnectionAlreadyExists"
   */
  existingEndpointCode: "DirectConnectionAlreadyExists" | "NetTypeExists";
}

/** How the service spells that an instance is not there. */
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

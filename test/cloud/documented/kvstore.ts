import { randomUUID } from "node:crypto";
import type KvstoreClient from "@alicloud/r-kvstore20150101";
import * as models from "@alicloud/r-kvstore20150101";
import { callGenerally } from "../generalClient";
import type { Cloud, CloudSettings, InstanceOptions } from "../index";
import { kvstoreClient } from "../officialClients";
import { missingInstanceCodes } from "../settings";
import type { ErrorRow } from "./row";

const instanceId = "r-documented00001";

/** Each operation that the cloud answers, as the official client calls it. */
export const kvstoreOperations: Readonly<Record<string, (client: KvstoreClient, more?: object) => Promise<unknown>>> = {
  AllocateDirectConnection: (client, more) =>
    client.allocateDirectConnection(new models.AllocateDirectConnectionRequest({ instanceId, ...more })),
  ReleaseDirectConnection: (client) => client.releaseDirectConnection(new models.ReleaseDirectConnectionRequest({ instanceId })),
  DescribeDBInstanceNetInfo: (client) => client.describeDBInstanceNetInfo(new models.DescribeDBInstanceNetInfoRequest({ instanceId })),
  DescribeInstanceAttribute: (client) => client.describeInstanceAttribute(new models.DescribeInstanceAttributeRequest({ instanceId })),
  DescribeInstanceSSL: (client) => client.describeInstanceSSL(new models.DescribeInstanceSSLRequest({ instanceId })),
  DescribeInstances: (client) => client.describeInstances(new models.DescribeInstancesRequest({ instanceIds: instanceId })),
};

interface State {
  readonly instance?: Partial<InstanceOptions>;
  readonly settings?: Partial<CloudSettings>;
  readonly arguments?: object;
  readonly takenPrefix?: string;
  readonly isMissing?: boolean;
}

function called(operation: string, state: State): ErrorRow["provoke"] {
  return (cloud: Cloud) => {
    Object.assign(cloud.settings, state.settings);
    if (state.isMissing !== true) cloud.addInstance({ instanceId, ...state.instance });
    if (state.takenPrefix !== undefined) cloud.takenPrefixes.add(state.takenPrefix);
    return call(operation, kvstoreClient(cloud), state.arguments);
  };
}

function call(operation: string, client: KvstoreClient, more?: object): Promise<unknown> {
  return kvstoreOperations[operation]?.(client, more) ?? Promise.reject(new Error(`There is no operation ${operation}.`));
}

function row(operation: string, status: number, code: string, sentence: string, state: State): ErrorRow {
  return { operation, status, code, sentence, provoke: called(operation, state) };
}

const direct = { connectionString: "redisdirect123" };
const changing = { instance: { status: "NetworkModifying" } };
const notNormal = "Instance status does not support this operation.";

const ALLOCATE = "AllocateDirectConnection";
const RELEASE = "ReleaseDirectConnection";

/** The page's own table, row by row. */
export const allocationErrors: readonly ErrorRow[] = [
  row(ALLOCATE, 400, "NetTypeExists", "Specified net type already existed", {
    ...{ instance: { direct }, settings: { existingEndpointCode: "NetTypeExists" } },
  }),
  row(ALLOCATE, 400, "InvalidConnType", "Specified DB instance conn type is not valid.", { instance: { architecture: "standard" } }),
  row(ALLOCATE, 400, "TaskHasExist", "The task already exists.", { ...changing, settings: { changingInstanceCode: "TaskHasExist" } }),
  row(ALLOCATE, 400, "ConnectionStringAlreadyExists", "Specified connection string already exists in the Aliyun RDS.", {
    ...{ takenPrefix: "redisdirect123", arguments: direct },
  }),
  row(ALLOCATE, 400, "InvalidConnectionString.Format", "Specified connection string is not valid.", {
    arguments: { connectionString: "Short" },
  }),
  row(ALLOCATE, 400, "DirectConnectionAlreadyExists", "Specified instance direct connection already exists.", { instance: { direct } }),
  row(ALLOCATE, 400, "InvalidVPCParamGroup", "Specified vpc param group is not valid.", { instance: { networkType: "CLASSIC" } }),
  row(ALLOCATE, 400, "InvalidConnectionString", "ConnectionString is invalid, valid regex: ^\\w+$", {
    arguments: { connectionString: "not a word" },
  }),
  row(ALLOCATE, 403, "UnsupportedEngineVersion", "Current engine version does not support operations.", {
    instance: { engineVersion: "7.0" },
  }),
  row(ALLOCATE, 403, "IncorrectMinorVersion", "Current engine minor version does not support operations.", {
    instance: { minorVersionCurrent: false },
  }),
  row(ALLOCATE, 403, "InstanceStatus.NotSupport", notNormal, changing),
  row(ALLOCATE, 404, "InvalidDbInstanceId.NotFound", "Specified instance does not exist.", { isMissing: true }),
];

export const releaseErrors: readonly ErrorRow[] = [
  row(RELEASE, 400, "NetTypeNotExists", "Specified net type not existed.", {}),
  row(RELEASE, 403, "InstanceStatus.NotSupport", notNormal, { instance: { direct, status: "Changing" } }),
  row(RELEASE, 404, "InvalidDbInstanceId.NotFound", "Specified instance does not exist.", { isMissing: true }),
];

/** Not on the pages: seen by other clients, or our choice. */
const otherErrors: readonly ErrorRow[] = [
  ...["DescribeDBInstanceNetInfo", "DescribeInstanceAttribute", "DescribeInstanceSSL"].flatMap((operation) =>
    missingInstanceCodes.map((missingInstanceCode) =>
      row(operation, 404, missingInstanceCode, "instance", { isMissing: true, settings: { missingInstanceCode } }),
    ),
  ),
  row(RELEASE, 400, "TaskHasExist", "The task already exists.", {
    ...{ instance: { direct, status: "Changing" }, settings: { changingInstanceCode: "TaskHasExist" } },
  }),
  row(ALLOCATE, 400, "InvalidConnType", "Specified DB instance conn type is not valid.", { instance: { ssl: true } }),
  row(ALLOCATE, 403, "UnsupportedEngineVersion", "Current engine version", { instance: { engineVersion: "4.0", edition: "Enterprise" } }),
  row(ALLOCATE, 400, "InvalidPort.Format", "Specified port is not valid.", { arguments: { port: "80" } }),
  row(ALLOCATE, 400, "MissingInstanceId", "InstanceId is mandatory for this action.", { arguments: { instanceId: "" } }),
];

type Keys = Parameters<typeof kvstoreClient>[1];

function byKeys(status: number, code: string, sentence: string, keys: (cloud: Cloud) => Keys, offsetMs = 0): ErrorRow[] {
  return Object.keys(kvstoreOperations).map((operation) => ({
    ...{ operation, status, code, sentence },
    provoke: (cloud) => {
      cloud.clock.offsetMs = offsetMs;
      cloud.addInstance({ instanceId });
      return call(operation, kvstoreClient(cloud, keys(cloud)));
    },
  }));
}

const doorErrors: readonly ErrorRow[] = [
  {
    ...{ operation: "an operation that there is not", status: 404, code: "InvalidAction.NotFound", sentence: "Specified api is not found" },
    provoke: (cloud) => callGenerally(cloud, "DropEverything"),
  },
  ...byKeys(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.", ({ identity }) => ({
    ...{ accessKeyId: "nobody", accessKeySecret: identity.accessKeySecret },
  })),
  ...byKeys(400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation.", ({ identity }) => ({
    ...{ accessKeyId: identity.accessKeyId, accessKeySecret: randomUUID() },
  })),
  ...byKeys(400, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatch with the AccessKey.", ({ identity }) => ({
    ...{ ...identity.temporary, securityToken: randomUUID() },
  })),
  ...byKeys(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.", ({ identity }) => identity, 16 * 60_000),
];

const faulted = (
  [
    ["Throttling.User", 400, "Request was denied due to user flow control."],
    ["Throttling", 400, "Request was denied due to request throttling."],
    ["ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server."],
    ["InternalError", 500, "The request processing has failed due to some unknown error."],
    ["Forbidden.RAM", 403, "User not authorized to operate on the specified resource"],
  ] as const
).flatMap(([code, status, sentence]) =>
  Object.keys(kvstoreOperations).map((operation) => ({
    ...{ operation, status, code, sentence },
    provoke: (cloud: Cloud) => {
      cloud.faults.add({ kind: "ALIBABA", mode: "answer", status, code });
      return call(operation, kvstoreClient(cloud));
    },
  })),
);

export const kvstoreErrorRows: readonly ErrorRow[] = [...allocationErrors, ...releaseErrors, ...otherErrors, ...doorErrors, ...faulted];

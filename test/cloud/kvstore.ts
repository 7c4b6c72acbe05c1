import type { CloudContext } from "./context";
import type { JsonObject } from "./exchange";
import { kvstoreError } from "./kvstoreErrors";
import { type Instance, KvstoreInstances } from "./kvstoreInstances";

export class Kvstore {
  readonly instances: KvstoreInstances;

  constructor(private readonly context: CloudContext) {
    this.instances = new KvstoreInstances(context);
  }

  perform(action: string, parameters: URLSearchParams): JsonObject {
    switch (action) {
      case "AllocateDirectConnection":
        return this.#allocate(parameters);
      case "ReleaseDirectConnection":
        return this.#release(parameters);
      case "DescribeDBInstanceNetInfo":
        return this.#describeNetInfo(parameters);
      case "DescribeInstanceAttribute":
        return this.#describeAttribute(parameters);
      case "DescribeInstances":
        return this.#describeInstances(parameters);
      case "DescribeInstanceSSL": {
        const instance = this.#existing(parameters);
        return {
          InstanceName: instance.instanceId,
          SSLEnabled: instance.ssl ? "Enable" : "Disable",
          SSLExpiredTime: "",
          CertCommonName: "",
        };
      }
      default:
        throw kvstoreError("InvalidAction.NotFound");
    }
  }

  #allocate(parameters: URLSearchParams): JsonObject {
    const instance = this.#existing(parameters);
    const prefix = parameters.get("ConnectionString") ?? undefined;
    const port = parameters.get("Port") ?? undefined;
    checkPrefixAndPort(prefix, port);
    this.#checkNormal(instance);
    checkAllocatable(instance);
    if (instance.direct !== undefined) throw kvstoreError(this.context.settings.existingEndpointCode);
    if (prefix !== undefined && this.instances.isTaken(prefix)) {
      throw kvstoreError("ConnectionStringAlreadyExists");
    }
    this.instances.startChange(instance, this.instances.newDirect(prefix, port === undefined ? undefined : Number(port)));
    return {};
  }

  #release(parameters: URLSearchParams): JsonObject {
    const instance = this.#existing(parameters);
    this.#checkNormal(instance);
    if (instance.direct === undefined) throw kvstoreError("NetTypeNotExists");
    this.instances.startChange(instance, undefined);
    return {};
  }

  #describeNetInfo(parameters: URLSearchParams): JsonObject {
    const instance = this.#existing(parameters);
    this.instances.observe(instance);
    const netType = parameters.get("NetType");
    const hidden = instance.change !== undefined && this.context.settings.netInfoWhileChanging === "empty";
    const items = hidden
      ? []
      : this.instances.netInfoItems(instance).filter((item) => netType === null || String(item.DBInstanceNetType) === netType);
    return { InstanceNetworkType: instance.networkType, NetInfoItems: { InstanceNetInfo: items } };
  }

  #describeAttribute(parameters: URLSearchParams): JsonObject {
    const isMissing = this.instances.find(parameters.get("InstanceId") ?? "") === undefined;
    if (isMissing && this.context.settings.missingInstance === "emptyList") return { Instances: { DBInstanceAttribute: [] } };
    const instance = this.#existing(parameters);
    this.instances.observe(instance);
    const attributes = {
      ...this.instances.summary(instance),
      Engine: "Redis",
      ShardCount: instance.architecture === "cluster" ? 2 : 0,
      SecurityIPList: "127.0.0.1",
    };
    return { Instances: { DBInstanceAttribute: [attributes] } };
  }

  #describeInstances(parameters: URLSearchParams): JsonObject {
    const wished = (parameters.get("InstanceIds") ?? "").split(",").filter((id) => id !== "");
    const pageSize = Number(parameters.get("PageSize") ?? 30);
    const pageNumber = Number(parameters.get("PageNumber") ?? 1);
    const all = this.instances.all().filter((instance) => wished.length === 0 || wished.includes(instance.instanceId));
    const page = all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
    for (const instance of page) this.instances.observe(instance);
    const items = page.map((instance) => this.instances.summary(instance));
    return { Instances: { KVStoreInstance: items }, PageNumber: pageNumber, PageSize: pageSize, TotalCount: all.length };
  }

  #existing(parameters: URLSearchParams): Instance {
    const instanceId = parameters.get("InstanceId") ?? "";
    if (instanceId === "") throw kvstoreError("MissingInstanceId");
    const instance = this.instances.find(instanceId);
    if (instance === undefined) throw kvstoreError(this.context.settings.missingInstanceCode);
    return instance;
  }

  /** A write that is refused counts as a look: otherwise a client that only writes would wait for ever. */
  #checkNormal(instance: Instance): void {
    this.instances.observe(instance);
    if (instance.status !== "Normal") throw kvstoreError(this.context.settings.changingInstanceCode);
  }
}

function checkPrefixAndPort(prefix: string | undefined, port: string | undefined): void {
  if (prefix !== undefined && !/^\w+$/.test(prefix)) throw kvstoreError("InvalidConnectionString");
  if (prefix !== undefined && !/^[a-z][a-z0-9]{7,39}$/.test(prefix)) {
    throw kvstoreError("InvalidConnectionString.Format");
  }
  const number = Number(port ?? 6379);
  if (!Number.isInteger(number) || number < 1024 || number > 65_535) throw kvstoreError("InvalidPort.Format");
}

/** The page's own list of requirements, in its order. */
function checkAllocatable(instance: Instance): void {
  const versions = instance.edition === "Community" ? ["4.0", "5.0"] : ["5.0"];
  if (instance.architecture !== "cluster") throw kvstoreError("InvalidConnType");
  if (!versions.includes(instance.engineVersion)) throw kvstoreError("UnsupportedEngineVersion");
  if (!instance.minorVersionCurrent) throw kvstoreError("IncorrectMinorVersion");
  if (instance.networkType !== "VPC") throw kvstoreError("InvalidVPCParamGroup");
  if (instance.ssl) throw kvstoreError("InvalidConnType");
}

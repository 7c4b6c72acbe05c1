import { randomInt } from "node:crypto";
import { type CloudContext, randomName } from "./context";
import type { JsonObject, JsonValue } from "./exchange";

/** A Tair or Redis instance; what is not given makes one that a direct connection can be allocated for. */
export interface InstanceOptions {
  instanceId: string;
  /** @default the region of the cloud's identity, "cn-hangzhou" */
  regionId?: string;
  /** @default "cluster" */
  architecture?: "cluster" | "standard" | "rwsplit";
  /** @default "Community" */
  edition?: "Community" | "Enterprise";
  /** @default "5.0" */
  engineVersion?: string;
  /**
   * Whether the minor version is the newest; the direct mode wants that.
   * @default true
   */
  minorVersionCurrent?: boolean;
  /** @default "VPC" */
  networkType?: "VPC" | "CLASSIC";
  /**
   * Whether TLS is on; the direct mode refuses it.
   * @default false
   */
  ssl?: boolean;
  /** @default "Normal" */
  status?: string;
  /** @default a new one */
  vpcId?: string;
  /** @default a new one */
  vSwitchId?: string;
  /**
   * A direct endpoint that is there from the start, with this prefix (a new one) and port (6379).
   * @default none
   */
  direct?: { connectionString?: string; port?: number };
}

/** The direct endpoint of an instance as it is now. */
export interface DirectConnectionView {
  /** The full host name. */
  readonly connectionString: string;
  readonly prefix: string;
  readonly port: number;
  readonly ipAddress: string;
}

export interface Instance extends Required<Omit<InstanceOptions, "direct">> {
  direct: DirectConnectionView | undefined;
  readonly proxyIpAddress: string;
  /** What becomes of the direct endpoint, after so many describes. */
  change: { describesLeft: number; becomes: DirectConnectionView | undefined } | undefined;
}

const domain = "redis.rds.aliyuncs.com";

/** The instances, how they change with time, and what somebody else does to them. */
export class KvstoreInstances {
  readonly takenPrefixes = new Set<string>();
  readonly #instances = new Map<string, Instance>();

  constructor(private readonly context: CloudContext) {}

  addInstance(options: InstanceOptions): void {
    const { direct, ...given } = options;
    const instance: Instance = {
      regionId: this.context.identity.regionId,
      architecture: "cluster",
      edition: "Community",
      engineVersion: "5.0",
      minorVersionCurrent: true,
      networkType: "VPC",
      ssl: false,
      status: "Normal",
      vpcId: `vpc-${randomName(16)}`,
      vSwitchId: `vsw-${randomName(16)}`,
      ...given,
      direct: direct === undefined ? undefined : this.newDirect(direct.connectionString, direct.port),
      proxyIpAddress: privateAddress(),
      change: undefined,
    };
    this.#instances.set(instance.instanceId, instance);
  }

  directConnection(instanceId: string): DirectConnectionView | undefined {
    return this.#known(instanceId).direct;
  }

  /** A new status ends at once what was going on. */
  changeInstance(instanceId: string, change: Partial<Omit<InstanceOptions, "instanceId" | "direct">>): void {
    const instance = this.#known(instanceId);
    if (change.status !== undefined) settle(instance);
    Object.assign(instance, change);
  }

  /** Something that has nothing to do with the endpoint; what was going on ends with it. */
  keepBusy(instanceId: string, status: string, describes: number): void {
    const instance = this.#known(instanceId);
    const becomes = instance.change === undefined ? instance.direct : instance.change.becomes;
    instance.change = { describesLeft: describes, becomes };
    instance.status = status;
  }

  removeInstance(instanceId: string): void {
    this.#instances.delete(instanceId);
  }

  /** At once, without a time of NetworkModifying. */
  allocateBySomebodyElse(instanceId: string, prefix?: string, port?: number): void {
    this.#known(instanceId).direct = this.newDirect(prefix, port);
  }

  releaseBySomebodyElse(instanceId: string): void {
    this.#known(instanceId).direct = undefined;
  }

  netInfo(instanceId: string): JsonObject[] {
    return this.netInfoItems(this.#known(instanceId));
  }

  find(instanceId: string): Instance | undefined {
    return this.#instances.get(instanceId);
  }

  all(): Instance[] {
    return [...this.#instances.values()];
  }

  startChange(instance: Instance, becomes: DirectConnectionView | undefined): void {
    const describesLeft = this.context.settings.statusChangePolls;
    if (describesLeft <= 0) {
      instance.direct = becomes;
      return;
    }
    instance.status = "NetworkModifying";
    instance.change = { describesLeft, becomes };
  }

  /** One request about the instance: the change that it comes after is done first. */
  observe(instance: Instance): void {
    if (instance.change === undefined) return;
    if (instance.change.describesLeft > 0) {
      instance.change.describesLeft -= 1;
      return;
    }
    settle(instance);
    instance.status = "Normal";
  }

  netInfoItems(instance: Instance): JsonObject[] {
    const { directConnectionAs, portAs } = this.context.settings;
    const marker = (value: number): JsonValue => (directConnectionAs === "string" ? String(value) : value);
    const number = (value: number): JsonValue => (portAs === "string" ? String(value) : value);
    const item = (direct: number, host: string, port: number, ipAddress: string): JsonObject => ({
      // Proxy and direct entry have the same net type and the same address type: only DirectConnection tells them apart.
      DBInstanceNetType: number(instance.networkType === "VPC" ? 2 : 1),
      Port: number(port),
      ExpiredTime: "0",
      VPCInstanceId: instance.instanceId,
      ConnectionString: host,
      IPAddress: ipAddress,
      IPType: instance.networkType === "VPC" ? "Private" : "Inner",
      DirectConnection: marker(direct),
      IsSlaveProxy: marker(0),
      Upgradeable: "0",
      ...(instance.networkType === "VPC" ? { VPCId: instance.vpcId, VSwitchId: instance.vSwitchId } : { VPCId: "", VSwitchId: "" }),
    });
    const proxy = item(0, `${instance.instanceId}.${domain}`, 6379, instance.proxyIpAddress);
    const { direct } = instance;
    return direct === undefined ? [proxy] : [proxy, item(1, direct.connectionString, direct.port, direct.ipAddress)];
  }

  summary(instance: Instance): JsonObject {
    return {
      InstanceId: instance.instanceId,
      InstanceName: instance.instanceId,
      InstanceStatus: instance.status,
      ArchitectureType: instance.architecture,
      EngineVersion: instance.engineVersion,
      EditionType: instance.edition,
      InstanceType: instance.edition === "Community" ? "Redis" : "Tair",
      NetworkType: instance.networkType,
      RegionId: instance.regionId,
      VpcId: instance.networkType === "VPC" ? instance.vpcId : "",
      VSwitchId: instance.networkType === "VPC" ? instance.vSwitchId : "",
      ConnectionDomain: `${instance.instanceId}.${domain}`,
      Port: 6379,
      Tags: { Tag: [] },
    };
  }

  newDirect(prefix = `direct${randomName(12)}`, port = 6379): DirectConnectionView {
    return { connectionString: `${prefix}.${domain}`, prefix, port, ipAddress: privateAddress() };
  }

  isTaken(prefix: string): boolean {
    if (this.takenPrefixes.has(prefix)) return true;
    return this.all().some((instance) => instance.direct?.prefix === prefix || instance.change?.becomes?.prefix === prefix);
  }

  #known(instanceId: string): Instance {
    const instance = this.#instances.get(instanceId);
    if (instance === undefined) throw new Error(`The cloud has no instance ${instanceId}.`);
    return instance;
  }
}

function settle(instance: Instance): void {
  if (instance.change !== undefined) instance.direct = instance.change.becomes;
  instance.change = undefined;
}

function privateAddress(): string {
  return `172.16.${randomInt(0, 255)}.${randomInt(1, 255)}`;
}

import { ApiManagement } from "./apiManagement";
import { ResourceManager, unknownAddress } from "./arm";
import { type Cloud, type CloudOptions, defaultResourceGroup, type Placement } from "./cloud";
import { type CloudContext, createIdentity, Secrets } from "./context";
import { Entra } from "./entra";
import { environmentFor } from "./environment";
import type { Answer, Call } from "./exchange";
import { Faults } from "./faults";
import { Kvstore } from "./kvstore";
import { KvstoreDoor } from "./kvstoreDoor";
import { LongRunningOperations } from "./longRunningOperations";
import { RedisEnterprise } from "./redisEnterprise";
import { RequestLog } from "./requestLog";
import { CloudServer } from "./server";
import { defaultSettings } from "./settings";
import { TokenBook } from "./tokenBook";
import { WebPubSub } from "./webPubSub";
import { hubAnswer } from "./webPubSubHub";

export type { Reconnect } from "./apiManagement";
export type { BackendView, References } from "./backends";
export { type Cloud, type CloudOptions, defaultResourceGroup, type LoginWay, type Placement } from "./cloud";
export type { CloudIdentity } from "./context";
export type { Answer, JsonObject, JsonValue } from "./exchange";
export type { Ending, Fault, FaultMode, FaultRule, Faults } from "./faults";
export type { DirectConnectionView, InstanceOptions } from "./kvstoreInstances";
export type { ConnectionView, PrivateEndpointOptions } from "./privateEndpointConnections";
/** @internal */
export { armQuota } from "./quota";
export { type Replay, type ReplayedRequest, startReplay } from "./replay";
export type { CloudRequest, RequestKind } from "./requestLog";
export type { CloudSettings } from "./settings";
export type { KeyType, Rotation, WebPubSubKeys } from "./webPubSub";

const dayInSeconds = 86_400;

/**
 * Starts Azure Resource Manager, the Entra ID token endpoint and Alibaba Cloud R-KVStore on one free port of 127.0.0.1, in
 * memory, with an identity made for this run. Until it is stopped it keeps the process alive.
 *
 * Example: examples/testing/program.test.ts
 *
 * @returns the cloud, empty but for one resource group
 * @throws when no port of 127.0.0.1 can be listened at
 */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const clock = { offsetMs: 0 };
  const secrets = new Secrets();
  let url = "";
  const context: CloudContext = {
    settings: defaultSettings(options.latencyMs),
    identity: createIdentity(secrets),
    secrets,
    nowMs: () => Date.now() + clock.offsetMs,
    origin: () => options.publicUrl?.() ?? url,
  };
  const tokens = new TokenBook(context);
  const accessToken = tokens.issue(dayInSeconds);
  const operations = new LongRunningOperations(context);
  const redis = new RedisEnterprise(context, operations);
  const apis = new ApiManagement(context);
  const pubSub = new WebPubSub(context, operations);
  const kvstore = new Kvstore(context);
  const entra = new Entra(context, tokens);
  const resourceManager = new ResourceManager(context, tokens, operations, [redis, apis, pubSub]);
  const door = new KvstoreDoor(context, (action, parameters) => kvstore.perform(action, parameters));
  const hubs = { nowMs: context.nowMs, keysAt: (host: string) => pubSub.keysAt(host) };
  const route = (call: Call): Answer => {
    if (/^\/subscriptions\//i.test(call.path)) return resourceManager.answer(call);
    if (call.path === "/") return door.answer(call);
    return hubAnswer(hubs, call) ?? entra.answer(call) ?? unknownAddress(call);
  };
  const log = new RequestLog(secrets, options.httpLog);
  const faults = new Faults();
  const server = new CloudServer(context, log, faults, route);
  url = await server.listen();

  const addResourceGroup = (name: string) => {
    resourceManager.resourceGroups.set(name.toLowerCase(), name);
    return name;
  };
  addResourceGroup(defaultResourceGroup);
  const place = ({ resourceGroup = defaultResourceGroup, location = "West Europe" }: Placement = {}) => {
    const known = resourceManager.resourceGroups.get(resourceGroup.toLowerCase()) ?? addResourceGroup(resourceGroup);
    return [known, location] as const;
  };

  return {
    url,
    identity: context.identity,
    accessToken,
    environment: environmentFor("readyToken", url, accessToken, context.identity),
    environmentFor: (way) => environmentFor(way, url, accessToken, context.identity),
    requests: log.requests,
    takeRequests: () => log.take(),
    get secrets() {
      return secrets.all();
    },
    clock,
    settings: context.settings,
    faults,
    connections: server.connections,
    failures: server.failures,
    get requestsHeld() {
      return server.held;
    },
    get tokensIssued() {
      return log.requests.filter(({ kind, status }) => kind === "TOKEN" && status === 200).length;
    },
    issueToken: (lifetimeSeconds) => tokens.issue(lifetimeSeconds),
    expireTokens: () => tokens.expireAll(),
    trustCertificate: (publicKey) => entra.trustedCertificates.push(publicKey),
    addResourceGroup,

    addCluster: (name, placement) => redis.connections.addCluster(name, ...place(placement)),
    addPrivateEndpoint: (cluster, endpoint) => redis.connections.addPrivateEndpoint(cluster, endpoint),
    connection: (cluster, connectionName) => redis.connections.view(cluster, connectionName),
    setConnectionStatus: (cluster, connectionName, status, description) =>
      redis.connections.setStatus(cluster, connectionName, status, description),
    removeConnection: (cluster, connectionName) => redis.connections.remove(cluster, connectionName),

    addApiManagementService: (name, placement) => apis.backends.addService(name, ...place(placement)),
    setReferences: (service, references) => apis.backends.setReferences(service, references),
    addBackend: (service, backendId, properties) => apis.backends.setBackend(service, backendId, properties),
    backend: (service, backendId) => {
      const backend = apis.backends.view(service, backendId);
      if (backend === undefined) throw new Error(`The service ${service} has no backend ${backendId}.`);
      return backend;
    },
    hasBackend: (service, backendId) => apis.backends.view(service, backendId) !== undefined,
    changeBackend: (service, backendId, patch) => apis.backends.changeBackend(service, backendId, patch),
    removeBackend: (service, backendId) => apis.backends.removeBackend(service, backendId),
    reconnects: apis.reconnects,

    addWebPubSub: (name, placement) => pubSub.addService(name, ...place(placement)),
    keys: (name) => pubSub.keys(name),
    rotations: pubSub.rotations,
    rotateBySomebodyElse: (name, keyType) => pubSub.rotateBySomebodyElse(name, keyType),

    addInstance: (instance) => kvstore.instances.addInstance(instance),
    netInfo: (instanceId) => kvstore.instances.netInfo(instanceId),
    directConnection: (instanceId) => kvstore.instances.directConnection(instanceId),
    changeInstance: (instanceId, change) => kvstore.instances.changeInstance(instanceId, change),
    keepInstanceBusy: (instanceId, status, describes) => kvstore.instances.keepBusy(instanceId, status, describes),
    removeInstance: (instanceId) => kvstore.instances.removeInstance(instanceId),
    allocateBySomebodyElse: (instanceId, prefix, port) => kvstore.instances.allocateBySomebodyElse(instanceId, prefix, port),
    releaseBySomebodyElse: (instanceId) => kvstore.instances.releaseBySomebodyElse(instanceId),
    takenPrefixes: kvstore.instances.takenPrefixes,

    stop: () => server.stop(),
  };
}

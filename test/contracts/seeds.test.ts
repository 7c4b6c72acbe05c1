import { runTimeFaster } from "../support/fastClock";
import { answerOf, Conversation, type Example, pathArguments } from "./conversation";
import priorityPool from "./examples/backend-create-priority-pool.json";
import backendProxy from "./examples/backend-create-proxy.json";
import serviceFabric from "./examples/backend-create-service-fabric.json";
import weightedPool from "./examples/backend-create-weighted-pool.json";
import backendGet from "./examples/backend-get.json";
import backendReconnect from "./examples/backend-reconnect.json";
import backendUpdate from "./examples/backend-update.json";
import connectionDelete from "./examples/connection-delete.json";
import connectionGet from "./examples/connection-get.json";
import connectionList from "./examples/connection-list.json";
import connectionPut from "./examples/connection-put.json";
import allocate from "./examples/direct-connection-allocate.json";
import keysList from "./examples/keys-list.json";
import keysRegenerate from "./examples/keys-regenerate.json";
import operationStatus from "./examples/operation-status.json";
import { type Contract, contracts } from "./facts";

// The published examples: what is sent for them, and what their answers end in.

type Members = Record<string, unknown>;

function contractOf(name: string): Contract {
  const contract = contracts.find((each) => each.name === name);
  if (contract === undefined) throw new Error(`There is no contract of ${name}.`);
  return contract;
}

function bodyOf(example: Example, status: number): { id?: string; properties: Members } {
  return answerOf(example, status).json as { id?: string; properties: Members };
}

let conversation: Conversation;
let setTimeRight: () => void;
beforeEach(() => {
  setTimeRight = runTimeFaster(20);
});
afterEach(async () => {
  setTimeRight();
  await conversation.finish();
});

const withEtag = { etag: '"AAAAAAAAAAa="' };

describe("the example of Backend - Update", () => {
  const contract = contractOf("apimanagement/BackendPatch");
  const place = pathArguments(contract, backendUpdate.request.path);

  it("is sent as it is, and ends in the members of its answer", async () => {
    conversation = await Conversation.start(contract);
    const before = { ...bodyOf(backendUpdate, 200), properties: { ...bodyOf(backendUpdate, 200).properties, description: "another" } };
    conversation.answers({ status: 200, headers: withEtag, json: before }, answerOf(backendUpdate, 200, withEtag));
    const given = { ...place, ...backendUpdate.request.body.properties, ifMatch: backendUpdate.request.ifMatch };
    expect((await conversation.hooks.check({}, given)).failures).toEqual([]);
    const { id, outs } = await conversation.hooks.create(given);
    expect(conversation.sent(0)).toEqual({
      method: "GET",
      path: backendUpdate.request.path,
      query: { "api-version": contract.facts.apiVersion },
    });
    expect(conversation.sent()).toEqual(backendUpdate.request);
    expect(id).toBe(bodyOf(backendUpdate, 200).id);
    expect(outs).toEqual({ ...given, etag: withEtag.etag });
    expect(conversation.lines).toEqual([
      expect.stringContaining("will patch description, tls.validateCertificateChain"),
      expect.stringMatching(/patched description of backend proxybackend in apimService1; the service's answer shows it so\.$/),
    ]);
  });

  it("is not sent where the backend is as its answer says already", async () => {
    conversation = await Conversation.start(contract);
    conversation.answers(answerOf(backendUpdate, 200, withEtag));
    await conversation.hooks.create({ ...place, ...backendUpdate.request.body.properties });
    expect(conversation.count).toBe(1);
  });

  const created = { backendProxy, serviceFabric, priorityPool, weightedPool };
  it.each(Object.entries(created))("the members of %s are taken, sent and read back", async (_name, example) => {
    conversation = await Conversation.start(contract);
    const { properties } = example.request.body;
    const given = { ...pathArguments(contract, example.request.path), ...properties };
    expect((await conversation.hooks.check({}, given)).failures).toEqual([]);
    conversation.answers({ status: 200, headers: withEtag, json: { properties: { title: null } } }, answerOf(example, 200, withEtag));
    const { outs } = await conversation.hooks.create(given);
    expect(conversation.sent()).toEqual({ ...example.request, method: "PATCH", ifMatch: withEtag.etag });
    const answered: Members = bodyOf(example, 200).properties;
    const read = Object.fromEntries(Object.keys(properties).map((member) => [member, answered[member]]));
    expect(outs).toMatchObject(read);
    // The example's own answer has other flags than its request: the published mistake shows as what it would be.
    const isOtherwise = example === backendProxy;
    const warnings = conversation.lines.filter((line) => line.startsWith("warning"));
    expect(warnings).toEqual(isOtherwise ? [expect.stringContaining("keeps its own value of tls.validateCertificateChain")] : []);
  });

  it("the answer of Backend - Get is what .get shows", async () => {
    conversation = await Conversation.start(contract);
    conversation.answers(answerOf(backendGet, 200, withEtag));
    const { props } = await conversation.hooks.read(backendGet.request.path, {});
    expect(conversation.sent()).toEqual(backendGet.request);
    const { subscriptionId: _, ...names } = pathArguments(contract, backendGet.request.path);
    expect(props).toEqual({ ...names, ...bodyOf(backendGet, 200).properties, etag: withEtag.etag });
  });
});

describe("the example of Backend - Reconnect", () => {
  it("is sent as it is, and its answer is accepted", async () => {
    const contract = contractOf("apimanagement/BackendReconnect");
    conversation = await Conversation.start(contract);
    conversation.answers(answerOf(backendReconnect, 202));
    const { after } = backendReconnect.request.body.properties;
    const given = { ...pathArguments(contract, backendReconnect.request.path), after };
    expect((await conversation.hooks.check({}, given)).failures).toEqual([]);
    const { outs } = await conversation.hooks.create(given);
    expect(conversation.sent()).toEqual(backendReconnect.request);
    expect(outs).toMatchObject({ ...given, lastRun: { outcome: "accepted" } });
    expect(conversation.lines).toContainEqual(expect.stringMatching(/^warning: .*below the documented minimum of PT2M/));
  });
});

describe("the example of Private Endpoint Connections - Put", () => {
  const contract = contractOf("redisenterprise/PrivateEndpointConnection");
  const { privateLinkServiceConnectionState } = connectionPut.request.body.properties;
  const given = { ...pathArguments(contract, connectionPut.request.path), privateLinkServiceConnectionState };
  const id = connectionPut.request.path;
  const answered = bodyOf(connectionPut, 201).properties as { privateEndpoint: { id: string }; provisioningState: string };

  it("is sent as it is, and ends in the members of its answer", async () => {
    conversation = await Conversation.start(contract);
    const pending = { ...bodyOf(connectionGet, 200).properties, privateLinkServiceConnectionState: { status: "Pending" } };
    conversation.answers({ status: 200, json: { ...bodyOf(connectionGet, 200), properties: pending } }, answerOf(connectionPut, 201));
    expect((await conversation.hooks.check({}, given)).failures).toEqual([]);
    const created = await conversation.hooks.create(given);
    expect(conversation.sent(0)).toEqual(connectionGet.request);
    expect(conversation.sent()).toEqual(connectionPut.request);
    expect(created).toMatchObject({
      id,
      outs: { ...given, privateEndpointId: answered.privateEndpoint.id, provisioningState: "Succeeded" },
    });
    expect(created.outs.privateLinkServiceConnectionState).toEqual(bodyOf(connectionPut, 201).properties.privateLinkServiceConnectionState);
  });

  it("is not sent where the answer of Get says that it is done", async () => {
    conversation = await Conversation.start(contract);
    conversation.answers(answerOf(connectionGet, 200));
    await conversation.hooks.create(given);
    expect(conversation.count).toBe(1);
  });

  it("the answer of List, which has one connection twice, is read to its end", async () => {
    conversation = await Conversation.start(contract);
    conversation.answers(answerOf(connectionList, 200));
    const { privateEndpointConnectionName: _, ...others } = given as typeof given & { privateEndpointConnectionName?: string };
    const created = await conversation.hooks.create({ ...others, privateEndpointId: answered.privateEndpoint.id });
    expect(created.id).toBe(id);
    expect(conversation.count).toBe(1);
    expect(conversation.sent()).toEqual(connectionList.request);
  });

  it.each([200, 202, 204])("Delete answered with %d ends well", async (status) => {
    conversation = await Conversation.start(contract);
    conversation.answers(answerOf(connectionDelete, status), ...(status === 202 ? [answerOf(operationStatus, 200)] : []));
    await conversation.hooks.delete(id, { ...given, onDestroy: "delete" });
    expect(conversation.sent(0)).toEqual(connectionDelete.request);
    if (status === 202) expect(conversation.sent().path).toMatch(/pathToOperationStatus/);
  });
});

describe("the example of Web Pub Sub - Regenerate Key", () => {
  const contract = contractOf("webpubsub/KeyRegeneration");
  const { keyType } = keysRegenerate.request.body;
  const given = { ...pathArguments(contract, keysRegenerate.request.path), keyType };
  // The examples show no key at all, so these stand for them.
  const keysOf = (primaryKey: string) => {
    const others = {
      secondaryKey: "harmless",
      primaryConnectionString: `Endpoint=${primaryKey}`,
      secondaryConnectionString: "Endpoint=harmless",
    };
    return { primaryKey, ...others };
  };

  it.each([200, 202])("answered with %d is sent as it is, once, and ends in the keys of listKeys", async (status) => {
    conversation = await Conversation.start(contract);
    expect((await conversation.hooks.check({}, given)).failures).toEqual([]);
    const polled = status === 202 ? [{ status: 200, json: { status: "Succeeded" } }] : [];
    conversation.answers({ json: keysOf("before") }, answerOf(keysRegenerate, status), ...polled, { json: keysOf("after") });
    const { outs } = await conversation.hooks.create(given);
    expect(conversation.sent(0)).toEqual(keysList.request);
    expect(conversation.sent(1)).toEqual(keysRegenerate.request);
    expect(conversation.sent()).toEqual(keysList.request);
    expect(outs).toMatchObject({ ...given, ...keysOf("after"), lastRun: { outcome: "rotated" } });
  });

  it("the example answer of listKeys has no keys, which is said and changes nothing", async () => {
    conversation = await Conversation.start(contract);
    conversation.answers(answerOf(keysList, 200));
    await expect(conversation.hooks.create(given)).rejects.toThrow(/listKeys of .* answered without primaryKey, secondaryKey/);
    expect(conversation.count).toBe(1);
  });
});

describe("the example of AllocateDirectConnection", () => {
  it("is sent as it is, and its answer ends in the endpoint of the net info", async () => {
    const contract = contractOf("kvstore/DirectConnection");
    conversation = await Conversation.start(contract);
    const { InstanceId: instanceId, ConnectionString: connectionString, Port: port } = allocate.request.query;
    const given = { instanceId, connectionString, port };
    expect((await conversation.hooks.check({}, given)).failures).toEqual([]);
    const normal = { json: { Instances: { DBInstanceAttribute: [{ InstanceId: instanceId, InstanceStatus: "Normal" }] } } };
    const netInfo = (...InstanceNetInfo: Members[]) => ({ json: { NetInfoItems: { InstanceNetInfo } } });
    const domain = `${connectionString}.redis.rds.aliyuncs.com`;
    const direct = { DirectConnection: 1, ConnectionString: domain, Port: 6379, IPAddress: "10.0.0.1", VPCId: "vpc-1", VSwitchId: "vsw-1" };
    conversation.answers(normal, netInfo(), { json: { SSLEnabled: "Disable" } }, answerOf(allocate, 200), normal, netInfo(direct));
    const { id, outs } = await conversation.hooks.create(given);
    expect(conversation.sent(3)).toEqual(allocate.request);
    expect(id).toBe(`cn-hangzhou/${instanceId}/direct`);
    expect(outs).toEqual({
      ...{ instanceId, connectionString, port: 6379, connectionDomain: domain, adopted: false },
      ...{ ipAddress: "10.0.0.1", vpcId: "vpc-1", vSwitchId: "vsw-1", __given: ["port"] },
    });
  });
});

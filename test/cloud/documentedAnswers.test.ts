import * as models from "@alicloud/r-kvstore20150101";
import { kvstoreOperations } from "./documented/kvstore";
import { type Cloud, type CloudSettings, defaultResourceGroup as group, startCloud } from "./index";
import { apiManagementClient, kvstoreClient, redisEnterpriseClient, webPubSubClient } from "./officialClients";

// Every operation that the cloud answers, with every success that its contract declares, called by the official clients.

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
});

const quickly = { updateIntervalInMs: 1 };

/** Method, last type or action, and status of each answer, each once. */
function answers(): string[] {
  const kinds = cloud.requests.map(({ kind, line, status }) => {
    const [method = "", address = ""] = line.split(" ");
    const segments = address.split("/").slice(1);
    const last = segments.length % 2 === 0 ? segments.at(-2) : segments.at(-1);
    return kind === "ALIBABA" ? `${address} ${status}` : [method, last, status].filter((part) => part !== undefined).join(" ");
  });
  return [...new Set(kinds)].sort();
}

it("Redis Enterprise: cluster, connections and the status of an operation, in both versions", async () => {
  cloud.addCluster("sessions", { location: "Central US EUAP" });
  const [first, second] = [cloud.addPrivateEndpoint("sessions").connectionName, cloud.addPrivateEndpoint("sessions").connectionName];
  const put = async (apiVersion: string, name: string, settings: Partial<CloudSettings>) => {
    Object.assign(cloud.settings, settings);
    const { privateEndpointConnections } = redisEnterpriseClient(cloud, apiVersion);
    const parameters = { privateLinkServiceConnectionState: { status: "Approved" } };
    return privateEndpointConnections.beginPutAndWait(group, "sessions", name, parameters, quickly);
  };
  for (const connectionPut of ["done", "asyncOperation", "provisioningState"] as const) {
    for (const connectionPutStatus of [200, 201] as const) {
      const connection = await put("2025-07-01", first, { connectionPut, connectionPutStatus });
      expect(connection).toMatchObject({ provisioningState: "Succeeded", privateLinkServiceConnectionState: { status: "Approved" } });
    }
  }
  const [older, newer] = [redisEnterpriseClient(cloud, "2022-01-01"), redisEnterpriseClient(cloud, "2025-07-01")];
  for (const { redisEnterprise, privateEndpointConnections } of [older, newer]) {
    expect(await redisEnterprise.get(group, "sessions")).toMatchObject({ name: "sessions", privateEndpointConnections: [{}, {}] });
    expect(await privateEndpointConnections.get(group, "sessions", first)).toMatchObject({ name: first });
    expect((await privateEndpointConnections.list(group, "sessions").next()).value).toMatchObject({ name: first });
  }
  await older.privateEndpointConnections.delete(group, "sessions", second);
  await older.privateEndpointConnections.delete(group, "sessions", second);
  await expect(newer.privateEndpointConnections.delete(group, "sessions", first)).rejects.toMatchObject({ statusCode: 202 });
  expect(answers()).toEqual([
    ...["DELETE privateEndpointConnections 200", "DELETE privateEndpointConnections 202", "DELETE privateEndpointConnections 204"],
    ...["GET privateEndpointConnections 200", "GET redisEnterprise 200", "POLL 200"],
    ...["PUT privateEndpointConnections 200", "PUT privateEndpointConnections 201"],
  ]);
});

it("Redis Enterprise: an operation's status by its documented address, however the error is nested, and not by half a polling URL", async () => {
  cloud.addCluster("sessions", { location: "Central US EUAP" });
  const name = cloud.addPrivateEndpoint("sessions").connectionName;
  Object.assign(cloud.settings, { connectionPut: "asyncOperation", operationOutcome: "Failed", operationErrorNesting: "double" });
  const { privateEndpointConnections, operationsStatus } = redisEnterpriseClient(cloud, "2025-07-01");
  const parameters = { privateLinkServiceConnectionState: { status: "Approved" } };
  const failing = privateEndpointConnections.beginPutAndWait(group, "sessions", name, parameters, quickly);
  await expect(failing).rejects.toThrow("The long-running operation has failed");
  const operationId =
    cloud.requests
      .find(({ kind }) => kind === "POLL")
      ?.path.split("/")
      .at(-1) ?? "";
  expect(await operationsStatus.get("centraluseuap", operationId)).toMatchObject({
    ...{ name: operationId, status: "Failed" },
    error: { error: { code: "OperationFailed", message: expect.stringContaining("The operation failed") } },
  });
  await expect(operationsStatus.get("Central US EUAP", operationId)).rejects.toMatchObject({
    statusCode: 403,
    code: "InvalidOperationSignature",
  });
});

it("API Management: the service and its backends", async () => {
  cloud.addApiManagementService("gateway");
  for (const apiVersion of ["2022-08-01", "2024-05-01"]) {
    const { apiManagementService, backend } = apiManagementClient(cloud, cloud.accessToken, apiVersion);
    const single = { url: "https://orders.example/", protocol: "http" };
    expect(await apiManagementService.get(group, "gateway")).toMatchObject({ name: "gateway" });
    const created = await backend.createOrUpdate(group, "gateway", "orders", single);
    const replaced = await backend.createOrUpdate(group, "gateway", "orders", single, { ifMatch: created.eTag });
    expect((await backend.listByService(group, "gateway").next()).value).toMatchObject({ name: "orders" });
    expect((await backend.getEntityTag(group, "gateway", "orders")).eTag).toBe(replaced.eTag);
    const patched = await backend.update(group, "gateway", "orders", replaced.eTag ?? "", { title: "ours" });
    expect(await backend.get(group, "gateway", "orders")).toMatchObject({ title: "ours", eTag: patched.eTag });
    await backend.reconnect(group, "gateway", "orders");
    await backend.delete(group, "gateway", "orders", patched.eTag ?? "");
    await backend.delete(group, "gateway", "orders", "*");
  }
  expect(answers()).toEqual([
    ...["DELETE backends 200", "DELETE backends 204", "GET backends 200", "GET service 200", "HEAD backends 200", "PATCH backends 200"],
    ...["POST reconnect 202", "PUT backends 200", "PUT backends 201"],
  ]);
});

it("Web PubSub: the service, its keys and the end of their regeneration", async () => {
  cloud.addWebPubSub("chat");
  const { webPubSub } = webPubSubClient(cloud);
  expect(await webPubSub.get(group, "chat")).toMatchObject({ name: "chat", provisioningState: "Succeeded" });
  for (const regenerateKey of ["200", "202"] as const) {
    cloud.settings.regenerateKey = regenerateKey;
    for (const keyType of ["Primary", "Secondary", "Salt"]) {
      const result = await webPubSub.beginRegenerateKeyAndWait(group, "chat", { keyType }, quickly);
      const { saltVersion: _, ...keys } = cloud.keys("chat");
      expect(await webPubSub.listKeys(group, "chat")).toEqual(keys);
      if (regenerateKey === "200") expect(result).toEqual(keys);
    }
  }
  await expect(webPubSub.beginDeleteAndWait(group, "chat", quickly)).rejects.toMatchObject({ statusCode: 404 });
  await webPubSub.beginDeleteAndWait(group, "chat", quickly);
  expect(answers()).toEqual([
    ...["DELETE webPubSub 202", "DELETE webPubSub 204", "GET webPubSub 200", "POLL 200", "POLL 404"],
    ...["POST listKeys 200", "POST regenerateKey 200", "POST regenerateKey 202"],
  ]);
});

it("R-KVStore: its six operations, with a key and with a temporary one", async () => {
  const instanceId = "r-documented00001";
  cloud.settings.statusChangePolls = 0;
  cloud.addInstance({ instanceId });
  for (const keys of [cloud.identity, cloud.identity.temporary]) {
    const client = kvstoreClient(cloud, keys);
    for (const call of Object.values(kvstoreOperations)) await call(client);
    expect(cloud.directConnection(instanceId)).toBeUndefined();
  }
  const request = new models.AllocateDirectConnectionRequest({ instanceId, connectionString: "redisdirect123", port: "6380" });
  expect((await kvstoreClient(cloud).allocateDirectConnection(request)).body).toEqual({
    requestId: expect.stringMatching(/^[0-9A-F-]{36}$/),
  });
  expect(cloud.directConnection(instanceId)).toMatchObject({ prefix: "redisdirect123", port: 6380 });
  expect(answers()).toEqual(
    Object.keys(kvstoreOperations)
      .map((operation) => `${operation} 200`)
      .sort(),
  );
});

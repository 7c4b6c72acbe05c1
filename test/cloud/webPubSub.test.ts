import { type Cloud, defaultResourceGroup, startCloud } from "./index";
import { webPubSubClient } from "./officialClients";
import { arm, send } from "./plainClient";

const group = defaultResourceGroup;
const version = "?api-version=2024-03-01";
const regenerate = `Microsoft.SignalRService/webPubSub/chat/regenerateKey${version}`;

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
  cloud.addWebPubSub("chat");
});
afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
});

const poll = (url: unknown) => send(String(url), "GET", { Authorization: `Bearer ${cloud.accessToken}` });

describe("the official client", () => {
  it("lists keys and regenerates one, answered at once", async () => {
    const client = webPubSubClient(cloud);
    const before = await client.webPubSub.listKeys(group, "chat");
    const after = await client.webPubSub.beginRegenerateKeyAndWait(group, "chat", { keyType: "Secondary" });
    expect(after.primaryKey).toBe(before.primaryKey);
    expect(after.secondaryKey).not.toBe(before.secondaryKey);
    expect(after.secondaryConnectionString).toBe(`Endpoint=https://chat.webpubsub.azure.com;AccessKey=${after.secondaryKey};Version=1.0;`);
    expect(await client.webPubSub.listKeys(group, "chat")).toEqual(after);
    expect(cloud.rotations).toMatchObject([{ name: "chat", keyType: "Secondary" }]);
    expect(cloud.takeRequests()).toEqual([
      "POST …/webPubSub/chat/listKeys",
      "POST …/webPubSub/chat/regenerateKey",
      "POST …/webPubSub/chat/listKeys",
    ]);
  });

  it("follows a regeneration to its end and gets nothing, as recorded", async () => {
    cloud.settings.regenerateKey = "202";
    const client = webPubSubClient(cloud);
    const result = await client.webPubSub.beginRegenerateKeyAndWait(group, "chat", { keyType: "Primary" }, { updateIntervalInMs: 1 });
    expect(result.primaryKey).toBeUndefined();
    expect(cloud.takeRequests()).toEqual(["POST …/webPubSub/chat/regenerateKey", "POLL", "POLL", "POLL"]);
  });

  it("reads the service and deletes it, whose status is then gone with it", async () => {
    const client = webPubSubClient(cloud);
    expect(await client.webPubSub.get(group, "CHAT")).toMatchObject({ name: "chat", kind: "WebPubSub", location: "West Europe" });
    const answer = await arm(cloud, "DELETE", `Microsoft.SignalRService/webPubSub/chat${version}`);
    expect([answer.status, answer.text]).toEqual([202, ""]);
    const status = await poll(answer.headers["azure-asyncoperation"]);
    expect([status.status, status.headers["x-ms-failure-cause"], status.json]).toMatchObject([
      404,
      "gateway",
      { error: { code: "ResourceNotFound" } },
    ]);
    expect((await poll(answer.headers.location)).status).toBe(404);
  });
});

describe("a regeneration that takes time", () => {
  beforeEach(() => {
    cloud.settings.regenerateKey = "202";
  });

  it("answers the new keys, Running, Succeeded and an empty end", async () => {
    cloud.settings.retryAfter = "7";
    const accepted = await arm(cloud, "POST", regenerate, { body: { keyType: "primary" } });
    expect([accepted.status, accepted.headers["retry-after"]]).toEqual([202, "7"]);
    expect(accepted.json).toEqual((({ saltVersion: _, ...keys }) => keys)(cloud.keys("chat")));
    expect(accepted.headers["azure-asyncoperation"]).toMatch(
      /\/WebPubSub\/chat\/operationStatuses\/[-0-9a-f]{36}\?api-version=2024-03-01$/,
    );
    const running = await poll(accepted.headers["azure-asyncoperation"]);
    expect(running.json).toEqual({ id: expect.any(String), name: expect.any(String), status: "Running", startTime: expect.any(String) });
    expect((await poll(accepted.headers["azure-asyncoperation"])).json).toMatchObject({ status: "Succeeded", endTime: expect.any(String) });
    const end = await poll(accepted.headers.location);
    expect([end.status, end.text, end.headers["content-length"]]).toEqual([200, "", "0"]);
  });

  it("refuses another one meanwhile", async () => {
    await arm(cloud, "POST", regenerate, { body: { keyType: "Primary" } });
    const second = await arm(cloud, "POST", regenerate, { body: { keyType: "Secondary" } });
    expect([second.status, second.json]).toMatchObject([409, { error: { code: "AnotherOperationInProgress" } }]);
    expect(cloud.rotations).toHaveLength(1);
  });

  it("can show the new key at the end only, also to a client that never polls", async () => {
    cloud.settings.keysChangeAt = "completion";
    const before = cloud.keys("chat").primaryKey;
    const accepted = await arm(cloud, "POST", regenerate, { body: { keyType: "Primary" } });
    const listed = async () =>
      ((await arm(cloud, "POST", regenerate.replace("regenerateKey", "listKeys"))).json as { primaryKey: string }).primaryKey;
    expect(await listed()).toBe(before);
    expect(await listed()).toBe((accepted.json as { primaryKey: string }).primaryKey);
  });

  it("can fail, and then nothing has changed", async () => {
    Object.assign(cloud.settings, {
      keysChangeAt: "completion",
      operationOutcome: "Failed",
      operationErrorNesting: "double",
      operationPolls: 1,
    });
    const before = cloud.keys("chat");
    const accepted = await arm(cloud, "POST", regenerate, { body: { keyType: "Primary" } });
    expect((await poll(accepted.headers["azure-asyncoperation"])).json).toMatchObject({
      status: "Failed",
      error: { error: { code: "OperationFailed" } },
    });
    expect(cloud.keys("chat")).toEqual(before);
  });

  it("can report words that no client has heard of", async () => {
    Object.assign(cloud.settings, { operationPolls: 3, runningStatuses: ["Accepted", "Wobbling"] });
    const accepted = await arm(cloud, "POST", regenerate, { body: { keyType: "Salt" } });
    const words: unknown[] = [];
    for (let count = 0; count < 3; count += 1)
      words.push(((await poll(accepted.headers["azure-asyncoperation"])).json as { status: string }).status);
    expect(words).toEqual(["Accepted", "Wobbling", "Succeeded"]);
  });
});

it("changes nothing that can be seen when the salt is regenerated", async () => {
  const before = cloud.keys("chat");
  expect((await arm(cloud, "POST", regenerate, { body: { keyType: "salt" } })).status).toBe(200);
  expect(cloud.keys("chat")).toEqual({ ...before, saltVersion: 2 });
});

it("refuses a key type that there is not, and a service that there is not", async () => {
  expect((await arm(cloud, "POST", regenerate, { body: { keyType: "Tertiary" } })).status).toBe(400);
  expect((await arm(cloud, "POST", regenerate, { body: {} })).status).toBe(400);
  const missing = await arm(cloud, "POST", regenerate.replace("chat", "nobody"), { body: { keyType: "Primary" } });
  expect([missing.status, missing.json]).toMatchObject([
    404,
    { error: { message: expect.stringContaining("The Resource 'Microsoft.SignalRService/WebPubSub/nobody' under") } },
  ]);
});

it("counts a rotation by somebody else, which no request shows, and knows every key that ever was", async () => {
  const before = cloud.keys("chat");
  cloud.rotateBySomebodyElse("chat", "Primary");
  expect(cloud.requests).toEqual([]);
  expect(cloud.rotations).toHaveLength(1);
  expect(cloud.secrets).toEqual(expect.arrayContaining([before.primaryKey, before.primaryConnectionString, cloud.keys("chat").primaryKey]));
});

import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cloud, startCloud } from "./index";
import { arm, send } from "./plainClient";

const orders = "Microsoft.ApiManagement/service/gateway/backends/orders";
const version = "?api-version=2024-05-01";
const file = join(tmpdir(), `patchbay-http-${process.pid}.jsonl`);

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud({ httpLog: file });
  cloud.addApiManagementService("gateway");
  cloud.addBackend("gateway", "orders", { url: "https://orders.example/", protocol: "http" });
});
afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
  rmSync(file, { force: true });
});

const codeOf = async (answer: ReturnType<typeof arm>) => {
  const { status, json } = await answer;
  return [status, (json as { error: { code: string } }).error.code];
};

it("lets in who has a token that it issued and that has not ended", async () => {
  expect(await codeOf(arm(cloud, "GET", orders + version, { token: undefined }))).toEqual([401, "AuthenticationFailed"]);
  const stranger = await arm(cloud, "GET", orders + version, { token: "somebody-elses" });
  expect([stranger.status, stranger.json, stranger.headers["www-authenticate"]]).toMatchObject([
    401,
    { error: { code: "InvalidAuthenticationToken" } },
    expect.stringContaining('error="invalid_token"'),
  ]);
  const token = cloud.issueToken(60);
  expect((await arm(cloud, "GET", orders + version, { token })).status).toBe(200);
  cloud.clock.offsetMs = 61_000;
  expect(await codeOf(arm(cloud, "GET", orders + version, { token }))).toEqual([401, "ExpiredAuthenticationToken"]);
  cloud.expireTokens();
  expect(await codeOf(arm(cloud, "GET", orders + version))).toEqual([401, "ExpiredAuthenticationToken"]);
});

it("refuses a missing, malformed or foreign api-version", async () => {
  expect(await codeOf(arm(cloud, "GET", orders))).toEqual([400, "MissingApiVersionParameter"]);
  expect(await codeOf(arm(cloud, "GET", `${orders}?api-version=newest`))).toEqual([400, "InvalidApiVersionParameter"]);
  expect(await codeOf(arm(cloud, "GET", `${orders}?api-version=2019-01-01`))).toEqual([400, "NoRegisteredProviderFound"]);
  expect((await arm(cloud, "POST", `${orders}/reconnect?api-version=2022-08-01`)).status).toBe(202);
});

it("tells a missing subscription, group, parent, type and namespace apart", async () => {
  const elsewhere = (subscription: string, group: string, rest: string) =>
    codeOf(arm(cloud, "GET", `/subscriptions/${subscription}/resourceGroups/${group}/providers/${rest}${version}`));
  const { subscriptionId } = cloud.identity;
  cloud.addResourceGroup("other-rg");
  expect(await elsewhere(cloud.identity.tenantId, "chat-platform-rg", orders)).toEqual([404, "SubscriptionNotFound"]);
  expect(await elsewhere(subscriptionId, "nowhere-rg", orders)).toEqual([404, "ResourceGroupNotFound"]);
  expect(await elsewhere(subscriptionId, "other-rg", orders)).toEqual([404, "ParentResourceNotFound"]);
  expect(await elsewhere(subscriptionId, "other-rg", "Microsoft.ApiManagement/service/gateway")).toEqual([404, "ResourceNotFound"]);
  expect(await elsewhere(subscriptionId, "chat-platform-rg", "Microsoft.ApiManagement/service/gateway/frontends/x")).toEqual([
    404,
    "InvalidResourceType",
  ]);
  expect(await elsewhere(subscriptionId, "chat-platform-rg", "Microsoft.Nothing/x/y")).toEqual([404, "InvalidResourceNamespace"]);
});

it("reads names in any case and percent-encoding", async () => {
  const path = `/SUBSCRIPTIONS/${cloud.identity.subscriptionId.toUpperCase()}/resourcegroups/CHAT-PLATFORM-RG/providers/${orders}${version}`;
  expect((await arm(cloud, "GET", path)).status).toBe(200);
  const odd = "a b/c?d#e%f";
  cloud.addBackend("gateway", odd, { url: "https://odd.example/", protocol: "http" });
  expect(
    (await arm(cloud, "GET", `microsoft.apimanagement/SERVICE/GateWay/BACKENDS/${encodeURIComponent(odd.toUpperCase())}${version}`)).json,
  ).toMatchObject({ name: odd });
});

it("numbers, counts and echoes", async () => {
  const clientRequestId = crypto.randomUUID();
  const correlationId = crypto.randomUUID();
  const headers = {
    "x-ms-client-request-id": clientRequestId,
    "x-ms-return-client-request-id": "true",
    "x-ms-correlation-request-id": correlationId,
  };
  const answer = await arm(cloud, "GET", orders + version, { headers });
  expect(answer.headers).toMatchObject({
    "x-ms-client-request-id": clientRequestId,
    "x-ms-correlation-request-id": correlationId,
    "x-ms-ratelimit-remaining-subscription-reads": "11998",
  });
  expect(cloud.requests[0]).toMatchObject({
    clientRequestId,
    requestId: answer.headers["x-ms-request-id"],
    status: 200,
    applied: true,
    connection: 1,
  });
});

it("keeps a log without credentials, in memory and on disk", async () => {
  const secret = crypto.randomUUID();
  const body = { properties: { proxy: { url: "http://proxy", password: secret } } };
  await arm(cloud, "PATCH", orders + version, { headers: { "If-Match": "*" }, body });
  const [request] = cloud.requests;
  expect(request).toMatchObject({
    kind: "ARM",
    line: "PATCH …/backends/orders",
    method: "PATCH",
    query: { "api-version": "2024-05-01" },
    status: 200,
  });
  expect(request?.headers).toMatchObject({ authorization: "Bearer ***", "if-match": "*" });
  expect(JSON.parse(request?.body ?? "")).toEqual(body);
  const written = readFileSync(file, "utf8");
  expect(written.split("\n")).toHaveLength(2);
  for (const value of cloud.secrets) expect(written).not.toContain(value);
});

it("names requests in one stable form", async () => {
  for (const path of [orders, "Microsoft.ApiManagement/service/gateway/backends", "Microsoft.ApiManagement/service/gateway"])
    await arm(cloud, "GET", path + version);
  await arm(cloud, "POST", `${orders}/reconnect${version}`);
  await send(`${cloud.url}/elsewhere`, "GET");
  expect(cloud.takeRequests()).toEqual([
    "GET …/backends/orders",
    "GET …/service/gateway/backends",
    "GET …/service/gateway",
    "POST …/backends/orders/reconnect",
    "GET /elsewhere",
  ]);
  expect(cloud.takeRequests()).toEqual([]);
});

it("takes its time when it is told to, and says which time it is", async () => {
  cloud.settings.latencyMs = 60;
  cloud.clock.offsetMs = 3_600_000;
  const startedAtMs = Date.now();
  const answer = await arm(cloud, "GET", orders + version);
  expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(55);
  expect(Date.parse(String(answer.headers.date))).toBeGreaterThan(startedAtMs + 3_590_000);
});

it("gives nobody the same identity twice", async () => {
  const other = await startCloud();
  await other.stop();
  for (const secret of other.secrets) expect(cloud.secrets).not.toContain(secret);
  expect(other.identity.subscriptionId).not.toBe(cloud.identity.subscriptionId);
});

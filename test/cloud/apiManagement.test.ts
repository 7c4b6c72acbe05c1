import { RestError } from "@azure/core-rest-pipeline";
import { type Cloud, defaultResourceGroup, startCloud } from "./index";
import { apiManagementClient } from "./officialClients";
import { arm } from "./plainClient";

const version = "?api-version=2024-05-01";
const group = defaultResourceGroup;
const orders = `Microsoft.ApiManagement/service/gateway/backends/orders${version}`;

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
  cloud.addApiManagementService("gateway");
  cloud.addBackend("gateway", "orders", {
    url: "https://orders.example/",
    protocol: "http",
    description: "theirs",
    futureMember: { kept: true },
  });
});
afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
});

const detail = (target: string, message: string) => ({
  error: {
    code: "ValidationError",
    message: "One or more fields contain incorrect values:",
    details: [{ code: "ValidationError", target, message }],
  },
});

describe("the official client", () => {
  it("creates, reads, lists, patches, checks and deletes a backend", async () => {
    const { backend } = apiManagementClient(cloud);
    const created = await backend.createOrUpdate(group, "gateway", "billing", {
      url: "https://billing.example/",
      protocol: "http",
      title: "Billing",
    });
    expect(created).toMatchObject({
      name: "billing",
      title: "Billing",
      url: "https://billing.example/",
      eTag: expect.stringMatching(/^"AAAAAA.*"$/),
    });
    const tag = await backend.getEntityTag(group, "gateway", "billing");
    expect(tag.eTag).toBe(created.eTag);
    const updated = await backend.update(group, "gateway", "billing", tag.eTag ?? "", { description: "ours" });
    expect(updated).toMatchObject({ title: "Billing", description: "ours" });
    expect(updated.eTag).not.toBe(created.eTag);
    const names: (string | undefined)[] = [];
    for await (const item of backend.listByService(group, "gateway")) names.push(item.name);
    expect(names).toEqual(["orders", "billing"]);
    await expect(backend.delete(group, "gateway", "billing", created.eTag ?? "")).rejects.toMatchObject({
      statusCode: 412,
      code: "PreconditionFailed",
    });
    await backend.delete(group, "gateway", "billing", "*");
    await expect(backend.get(group, "gateway", "billing")).rejects.toMatchObject({ statusCode: 404, code: "ResourceNotFound" });
    await backend.delete(group, "gateway", "billing", "*");
  });

  it("reconnects, with a duration and without", async () => {
    const { backend } = apiManagementClient(cloud);
    await backend.reconnect(group, "gateway", "orders");
    await backend.reconnect(group, "gateway", "orders", { parameters: { after: "PT3S" } });
    expect(cloud.reconnects.map(({ after }) => after)).toEqual([undefined, "PT3S"]);
    await expect(backend.reconnect(group, "gateway", "nobody")).rejects.toMatchObject({ statusCode: 404 });
    cloud.settings.shortReconnect = "refused";
    await expect(backend.reconnect(group, "gateway", "orders", { parameters: { after: "PT3S" } })).rejects.toBeInstanceOf(RestError);
  });

  it("builds a pool of members that exist", async () => {
    const { backend } = apiManagementClient(cloud);
    const id = (name: string) =>
      `/subscriptions/${cloud.identity.subscriptionId}/resourceGroups/${group}/providers/Microsoft.ApiManagement/service/gateway/backends/${name}`;
    const poolOf = (...names: string[]) => ({
      typePropertiesType: "Pool",
      pool: { services: names.map((name) => ({ id: id(name), weight: 1 })) },
    });
    await expect(backend.createOrUpdate(group, "gateway", "both", poolOf("orders", "west"))).rejects.toMatchObject({
      details: { error: { details: [{ target: "pool", message: "Backend Entity 'west' not found." }] } },
    });
    const pool = await backend.createOrUpdate(group, "gateway", "both", poolOf("orders"));
    expect(pool).toMatchObject({ typePropertiesType: "Pool", pool: { services: [{ id: id("orders"), weight: 1 }] } });
    await expect(backend.createOrUpdate(group, "gateway", "nested", poolOf("both"))).rejects.toMatchObject({ statusCode: 400 });
    await expect(
      backend.createOrUpdate(group, "gateway", "both", { ...poolOf("orders"), url: "https://x/", protocol: "http" }),
    ).rejects.toMatchObject({
      details: {
        error: {
          details: [{ message: "Url is not supported for backend pool." }, { message: "Protocol is not supported for backend pool." }],
        },
      },
    });
  });
});

describe("a PATCH", () => {
  const patch = (properties: object, headers: Record<string, string> = { "If-Match": "*" }) =>
    arm(cloud, "PATCH", orders, { headers, body: { properties } });

  it("needs If-Match, and the right one", async () => {
    expect((await patch({ description: "x" }, {})).status).toBe(400);
    const stale = cloud.backend("gateway", "orders").etag;
    cloud.changeBackend("gateway", "orders", { title: "somebody else's" });
    const refused = await patch({ description: "x" }, { "If-Match": stale });
    expect([refused.status, refused.json]).toMatchObject([412, { error: { code: "PreconditionFailed", details: null } }]);
    expect((await patch({ description: "x" }, { "If-Match": cloud.backend("gateway", "orders").etag })).status).toBe(200);
  });

  it("merges objects, replaces lists and dictionaries, and keeps members that it does not know", async () => {
    await patch({ credentials: { header: { a: ["first"] }, query: { q: ["one"] }, certificateIds: ["1", "2"] } });
    await patch({ credentials: { header: { b: ["second"] }, certificateIds: ["3"] } });
    expect(cloud.backend("gateway", "orders").properties).toMatchObject({
      futureMember: { kept: true },
      credentials: { header: { b: ["second"] }, query: { q: ["one"] }, certificateIds: ["3"] },
    });
    expect(cloud.backend("gateway", "orders").properties.credentials).not.toHaveProperty("header.a");
  });

  it("refuses null, one tls flag, empty lists and half an authorization with the service's own words", async () => {
    expect((await patch({ title: null })).json).toEqual(detail("title", "'title' should not be null."));
    expect((await patch({ tls: { validateCertificateChain: true } })).json).toEqual(
      detail("tls.validateCertificateName", "Default backend property required"),
    );
    expect((await patch({ credentials: { certificate: [] } })).json).toEqual(
      detail("credentials.certificate", "'certificate' should not be empty."),
    );
    expect((await patch({ credentials: { authorization: { scheme: "Basic" } } })).status).toBe(400);
    expect((await patch({ url: "" })).json).toEqual(detail("url", "'url' should not be empty."));
  });

  it("is not refused for what was wrong before it", async () => {
    cloud.addBackend("gateway", "bare", { description: "no url" });
    const answer = await arm(cloud, "PATCH", orders.replace("orders", "bare"), {
      headers: { "If-Match": "*" },
      body: { properties: { title: "x" } },
    });
    expect(answer.status).toBe(200);
  });

  it("answers 404 for a backend that is not there, and 415 for a merge patch", async () => {
    const missing = await arm(cloud, "PATCH", orders.replace("orders", "nobody"), {
      headers: { "If-Match": "*" },
      body: { properties: {} },
    });
    expect([missing.status, missing.json]).toEqual([
      404,
      { error: { code: "ResourceNotFound", message: "Backend not found.", details: null } },
    ]);
    expect((await patch({ title: "x" }, { "If-Match": "*", "Content-Type": "application/merge-patch+json" })).status).toBe(415);
  });
});

describe("a PUT", () => {
  const put = (properties: object, headers: Record<string, string> = {}) => arm(cloud, "PUT", orders, { headers, body: { properties } });

  it("replaces, and takes what GET shows", async () => {
    const shown = (await arm(cloud, "GET", orders)).json as { properties: object };
    expect(shown.properties).toMatchObject({ title: null, description: "theirs" });
    expect((await put(shown.properties)).status).toBe(200);
    await put({ url: "https://orders.example/", protocol: "http" });
    expect(cloud.backend("gateway", "orders").properties).toEqual({ url: "https://orders.example/", protocol: "http" });
  });

  it("keeps the conditions when they are sent", async () => {
    const valid = { url: "https://orders.example/", protocol: "http" };
    expect((await put(valid, { "If-Match": '"AAAAAAAAAAA="' })).status).toBe(412);
    expect((await put(valid, { "If-None-Match": "*" })).status).toBe(412);
    expect((await put(valid, { "If-Match": cloud.backend("gateway", "orders").etag })).status).toBe(200);
    expect((await put({ url: "https://orders.example/" })).json).toEqual(detail("protocol", "'protocol' should not be empty."));
  });
});

it("shows a pool's missing url and protocol as null, and hides newer members from the older version", async () => {
  cloud.addBackend("gateway", "both", { type: "Pool", pool: { services: [{ id: "/backends/orders" }] } });
  const at = (apiVersion: string) => arm(cloud, "GET", `Microsoft.ApiManagement/service/gateway/backends/both?api-version=${apiVersion}`);
  expect((await at("2024-05-01")).json).toMatchObject({ properties: { title: null, url: null, protocol: null, type: "Pool" } });
  expect((await at("2022-08-01")).json).not.toHaveProperty("properties.pool");
});

it("knows the secrets of a backend, whoever wrote them", async () => {
  const secret = crypto.randomUUID();
  cloud.changeBackend("gateway", "orders", { proxy: { url: "http://proxy", password: secret } });
  const other = crypto.randomUUID();
  await arm(cloud, "PATCH", orders, {
    headers: { "If-Match": "*" },
    body: { properties: { credentials: { header: { "x-key": [other] } } } },
  });
  expect(cloud.secrets).toEqual(expect.arrayContaining([secret, other]));
});

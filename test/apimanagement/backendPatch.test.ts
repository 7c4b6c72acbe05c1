import type { Cloud } from "../cloud";
import { before, bodyOf, lastBody, methods, patchOf, place, startGateway } from "./gateway";

let cloud: Cloud;

beforeEach(async () => {
  cloud = await startGateway();
});

afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  expect(cloud.faults.unused()).toEqual([]);
  await cloud.stop();
});

describe("the PATCH", () => {
  it("is the example of the published page", async () => {
    const properties = { description: "description5308", tls: { validateCertificateChain: false, validateCertificateName: true } };
    const patch = patchOf(cloud);
    await patch.up({ ...place, ...properties, ifMatch: "*" });
    const sent = cloud.requests.at(-1);
    expect(lastBody(cloud)).toEqual({ properties });
    expect(sent).toMatchObject({
      method: "PATCH",
      query: { "api-version": "2024-05-01" },
      headers: { "if-match": "*", "content-type": expect.stringMatching(/^application.json/) },
    });
    expect(Object.keys(sent?.query ?? {})).toEqual(["api-version"]);
    const { subscriptionId } = cloud.identity;
    expect(sent?.path).toBe(
      `/subscriptions/${subscriptionId}/resourceGroups/chat-platform-rg/providers/Microsoft.ApiManagement/service/apim-prod/backends/orders`,
    );
    expect(patch.recorded?.id).toBe(sent?.path);
  });

  it("has the flag of tls that is not owned as it is in the backend", async () => {
    cloud.changeBackend("apim-prod", "orders", { tls: { validateCertificateChain: true, validateCertificateName: false } });
    await patchOf(cloud).up({ ...place, tls: { validateCertificateChain: false } });
    expect(lastBody(cloud)).toEqual({ properties: { tls: { validateCertificateChain: false, validateCertificateName: false } } });
  });

  it("encodes a backend's name as one segment, also in the id", async () => {
    cloud.addBackend("apim-prod", "orders 100%25 new", before);
    const patch = patchOf(cloud);
    await expect(patch.up({ ...place, backendId: "a/b%c d", title: "ours" })).rejects.toThrow(/backends\/a%2Fb%25c d does not exist/);
    expect(cloud.requests.at(-1)?.path).toMatch(/\/backends\/a%2Fb%25c%20d$/);
  });

  it.each([
    [
      "a duration in another spelling",
      { circuitBreaker: { rules: [{ name: "r", tripDuration: "PT60S", failureCondition: { count: 1, interval: "PT1H" } }] } },
    ],
    ["an address without its slash", { url: "https://orders.example.com" }],
    ["an id in another case", { resourceId: "/SUBSCRIPTIONS/X/sites/App" }],
    ["members in another order", { credentials: { authorization: { parameter: "opensesame", scheme: "Basic" } } }],
  ])("is not sent for %s", async (_what, given) => {
    const rules = [{ failureCondition: { interval: "PT60M", count: 1 }, tripDuration: "PT1M", name: "r" }];
    cloud.changeBackend("apim-prod", "orders", { circuitBreaker: { rules }, resourceId: "/subscriptions/x/sites/app" });
    const patch = patchOf(cloud);
    await patch.up({ ...place, ...given });
    expect(methods(cloud)).toEqual(["GET"]);
    await patch.refresh();
    expect(await patch.up({ ...place, ...given })).toBe("unchanged");
    expect(patch.state).toMatchObject(given);
  });

  it("waits its turn: writes to one service never overlap", async () => {
    cloud.settings.latencyMs = 20;
    const ids = ["a", "b", "c"];
    for (const backendId of ids) cloud.addBackend("apim-prod", backendId, before);
    await Promise.all(ids.map((backendId) => patchOf(cloud).up({ ...place, backendId, title: "ours" })));
    expect(methods(cloud)).toEqual(["GET", "PATCH", "GET", "PATCH", "GET", "PATCH"]);
  });
});

describe("a lost answer", () => {
  it("is looked up in the backend, and not written again when it landed", async () => {
    cloud.faults.add({ method: "PATCH", mode: "reset", apply: true });
    await patchOf(cloud).up({ ...place, title: "ours" });
    expect(methods(cloud)).toEqual(["GET", "PATCH", "GET"]);
    expect(bodyOf(cloud)).toEqual({ ...before, title: "ours" });
  });

  it("is written again under a new ETag when it did not land", async () => {
    cloud.faults.add({ method: "PATCH", mode: "reset" });
    await patchOf(cloud).up({ ...place, title: "ours" });
    expect(methods(cloud)).toEqual(["GET", "PATCH", "GET", "PATCH"]);
    expect(bodyOf(cloud)).toEqual({ ...before, title: "ours" });
  });
});

describe("a pinned ETag", () => {
  it("that our own write has outdated, though its answer was a 500, is no conflict", async () => {
    const ifMatch = cloud.backend(place.serviceName, place.backendId).etag;
    cloud.faults.add({ method: "PATCH", mode: "answer", status: 500, apply: true });
    expect(await patchOf(cloud).up({ ...place, description: "ours", ifMatch })).toBe("created");
    expect(methods(cloud)).toEqual(["GET", "PATCH", "PATCH", "GET"]);
    expect(bodyOf(cloud)).toMatchObject({ description: "ours" });
  });

  it("that somebody else outdates after the read is refused with both ETags", async () => {
    const ifMatch = cloud.backend(place.serviceName, place.backendId).etag;
    const before = () => cloud.changeBackend(place.serviceName, place.backendId, { title: "theirs" });
    cloud.faults.add({ method: "PATCH", mode: "pass", before });
    const refused = patchOf(cloud).up({ ...place, description: "ours", ifMatch });
    await expect(refused).rejects.toThrow(`ifMatch is ${ifMatch}, the backend's ETag is `);
    expect(bodyOf(cloud)).toMatchObject({ title: "theirs", description: "by the API team" });
  });
});

describe("another writer", () => {
  it("is given up on after five rounds", async () => {
    let turn = 0;
    const interfere = () => cloud.changeBackend("apim-prod", "orders", { description: `theirs ${++turn}` });
    cloud.faults.add({ method: "PATCH", mode: "pass", times: 5, before: interfere });
    await expect(patchOf(cloud).up({ ...place, title: "ours" })).rejects.toThrow(
      "changed 5 times between this resource's reads and its writes",
    );
    expect(methods(cloud)).toHaveLength(10);
    expect(bodyOf(cloud)).toMatchObject({ title: "Orders" });
  });

  it("is a conflict in an update too, and the state stays as it was", async () => {
    const patch = patchOf(cloud);
    await patch.up({ ...place, title: "ours", onDestroy: "restore" });
    const state = structuredClone(patch.state);
    cloud.faults.add({ method: "PATCH", mode: "pass", before: () => cloud.changeBackend("apim-prod", "orders", { title: "theirs" }) });
    await expect(patch.up({ ...place, title: "ours, newer", onDestroy: "restore" })).rejects.toThrow(
      'title (theirs "theirs", ours "ours, newer")',
    );
    expect(patch.state).toEqual(state);
  });

  it("is told of when the service itself changed something with our write, or kept its own value", async () => {
    const amended = (change: object) => (answer: { status: number; headers: Record<string, string | string[]>; body: string }) => {
      const body = JSON.parse(answer.body);
      return { ...answer, body: JSON.stringify({ ...body, properties: { ...body.properties, ...change } }) };
    };
    const patch = patchOf(cloud);
    cloud.faults.add({ method: "PATCH", mode: "amend", change: amended({ title: "normalized", protocol: "soap" }) });
    await patch.up({ ...place, title: "ours" });
    expect(patch.said.filter((line) => line.startsWith("warning"))).toEqual([
      expect.stringContaining("the service keeps its own value of title"),
      expect.stringContaining("the service itself changed protocol together with this write"),
    ]);
    expect(patch.state).toMatchObject({ title: "normalized" });
  });
});

describe("a removal", () => {
  it("refuses to write back a number that JSON would change", async () => {
    cloud.faults.add({
      ...{ method: "GET", mode: "amend" },
      change: (answer) => ({ ...answer, body: answer.body.replace('"title"', '"serial": 9007199254740993, "title"') }),
    });
    await expect(patchOf(cloud).up({ ...place, title: null })).rejects.toThrow(/has a number in serial that is too large/);
    expect(methods(cloud)).toEqual(["GET"]);
  });

  it("of what is not there writes nothing", async () => {
    await patchOf(cloud).up({ ...place, proxy: null, tls: null });
    expect(methods(cloud)).toEqual(["GET"]);
  });
});

describe("a refresh", () => {
  it("takes a 404 of a gateway or of a wrong subscription for no proof that the backend is gone", async () => {
    const patch = patchOf(cloud);
    await patch.up({ ...place, title: "ours" });
    cloud.faults.add({ method: "GET", mode: "html", status: 404 });
    await expect(patch.refresh()).rejects.toThrow(/404/);
    cloud.faults.add({ method: "GET", mode: "answer", status: 404, code: "SubscriptionNotFound" });
    await expect(patch.refresh()).rejects.toThrow(/SubscriptionNotFound/);
    expect(await patch.refresh()).toBe(true);
    cloud.removeBackend("apim-prod", "orders");
    expect(await patch.refresh()).toBe(false);
  });

  it("refuses an answer without an ETag or without properties", async () => {
    const patch = patchOf(cloud);
    cloud.faults.add({
      method: "GET",
      mode: "amend",
      change: (answer) => ({ ...answer, headers: { "Content-Type": "application/json" } }),
    });
    await expect(patch.up({ ...place, title: "ours" })).rejects.toThrow(/without an ETag header/);
    cloud.faults.add({ method: "GET", mode: "amend", change: (answer) => ({ ...answer, body: '{"properties":[]}' }) });
    await expect(patch.up({ ...place, title: "ours" })).rejects.toThrow(/without a properties object/);
    expect(methods(cloud)).toEqual(["GET", "GET"]);
  });
});

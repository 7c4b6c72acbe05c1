import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { gunzipSync } from "node:zlib";
import { type Cloud, defaultResourceGroup, type FaultRule, startCloud } from "./index";
import { arm } from "./plainClient";

const orders = "Microsoft.ApiManagement/service/gateway/backends/orders?api-version=2024-05-01";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
  cloud.addApiManagementService("gateway");
  cloud.addBackend("gateway", "orders", { url: "https://orders.example/", protocol: "http" });
});
afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
});

const get = () => arm(cloud, "GET", orders);
const patch = (description: string) => arm(cloud, "PATCH", orders, { headers: { "If-Match": "*" }, body: { properties: { description } } });
const described = () => cloud.backend("gateway", "orders").properties.description;

/** The bytes that come back, and how the connection ended. */
function raw(waitMs = 1000): Promise<{ text: string; ending: "close" | "reset" | "silence" }> {
  const path = `/subscriptions/${cloud.identity.subscriptionId}/resourceGroups/${defaultResourceGroup}/providers/${orders}`;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const { hostname, port } = new URL(cloud.url);
    const socket = connect(Number(port), hostname);
    const finish = (ending: "close" | "reset" | "silence") => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString(), ending });
    };
    const timer = setTimeout(() => finish("silence"), waitMs);
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("end", () => finish("close"));
    socket.on("error", () => finish("reset"));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${cloud.accessToken}\r\n\r\n`);
  });
}

describe("a scripted answer", () => {
  it("has the service's own error shape, and any header", async () => {
    cloud.faults.add({ mode: "answer", status: 429, headers: { "retry-after-ms": "150" } });
    const throttled = await get();
    expect([throttled.status, throttled.headers["retry-after-ms"], throttled.json]).toMatchObject([
      429,
      "150",
      { error: { code: "TooManyRequests" } },
    ]);
    expect((await get()).status).toBe(200);
    cloud.faults.add({ mode: "answer", status: 409, code: "PessimisticConcurrencyConflict" });
    expect((await get()).json).toMatchObject({ error: { code: "PessimisticConcurrencyConflict" } });
    cloud.faults.add({ mode: "answer", status: 200, body: { value: [] } });
    expect((await get()).json).toEqual({ value: [] });
  });

  it("is not followed by the request's effect, unless it is told to be", async () => {
    cloud.faults.add({ method: "PATCH", mode: "answer", status: 500 });
    expect((await patch("lost")).status).toBe(500);
    expect(described()).toBeUndefined();
    cloud.faults.add({ method: "PATCH", mode: "answer", status: 500, apply: true });
    expect((await patch("done")).status).toBe(500);
    expect(described()).toBe("done");
    expect(cloud.requests.map(({ status, fault, applied }) => [status, fault, applied])).toEqual([
      [500, "answer", false],
      [500, "answer", true],
    ]);
  });
});

describe("a rule", () => {
  it("strikes from the nth matching request on, as often as it says, and the next rule follows", async () => {
    cloud.faults.add({ path: "/BACKENDS/", nth: 2, times: 2, mode: "answer", status: 500 });
    cloud.faults.add({ path: /orders/, nth: 3, times: 2, mode: "answer", status: 503 });
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await get()).status);
    expect(statuses).toEqual([200, 500, 500, 503, 503, 200]);
    expect(cloud.faults.unused()).toEqual([]);
  });

  it("knows methods, kinds and actions", async () => {
    cloud.faults.add({ method: "PATCH", mode: "answer", status: 500 });
    cloud.faults.add({ kind: "TOKEN", mode: "answer", status: 500 });
    cloud.faults.add({ action: "reconnect", mode: "answer", status: 500 });
    expect((await get()).status).toBe(200);
    expect((await arm(cloud, "POST", orders.replace("?", "/reconnect?"))).status).toBe(500);
    expect(cloud.faults.unused()).toHaveLength(2);
    cloud.faults.clear();
    expect((await patch("x")).status).toBe(200);
  });

  it("lets somebody else write in between", async () => {
    const { etag } = cloud.backend("gateway", "orders");
    cloud.faults.add({ method: "PATCH", mode: "pass", before: () => cloud.changeBackend("gateway", "orders", { title: "theirs" }) });
    const refused = await arm(cloud, "PATCH", orders, { headers: { "If-Match": etag }, body: { properties: { title: "ours" } } });
    expect(refused.status).toBe(412);
  });

  it("changes a real answer", async () => {
    cloud.faults.add({
      mode: "amend",
      change: (answer) => ({ ...answer, status: 201, headers: { ...answer.headers, Location: "https://evil.example/" } }),
    });
    expect(await get()).toMatchObject({ status: 201, headers: { location: "https://evil.example/" } });
  });
});

describe("a lost answer", () => {
  it.each([
    ["reset", "reset"],
    ["close", "close"],
    ["hang", "silence"],
  ] as const)("%s ends in %s, with the effect or without it", async (mode, ending) => {
    cloud.faults.add({ mode, times: 2 });
    expect(await raw(200)).toEqual({ text: "", ending });
    cloud.faults.clear();
    if (mode === "hang") return;
    cloud.faults.add({ method: "PATCH", mode });
    await expect(patch("lost")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(described()).toBeUndefined();
    cloud.faults.add({ method: "PATCH", mode, apply: true });
    await expect(patch("done")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(described()).toBe("done");
    expect(cloud.requests.at(-1)).toMatchObject({ status: undefined, fault: mode, applied: true });
  });

  it("can come before the request was read", async () => {
    cloud.faults.add({ method: "PATCH", mode: "reset", readBody: false });
    await expect(patch("x")).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    expect(cloud.requests).toMatchObject([{ body: "", applied: false }]);
  });
});

describe("a damaged answer", () => {
  const rawUnder = (fault: FaultRule, waitMs?: number) => {
    cloud.faults.add(fault);
    return raw(waitMs);
  };
  const bodyOf = (text: string) => text.slice(text.indexOf("\r\n\r\n") + 4);

  it("is HTML, empty, cut JSON, of another type, or sends elsewhere", async () => {
    cloud.faults.add({ mode: "html", status: 502 });
    expect(await get()).toMatchObject({
      status: 502,
      headers: { "content-type": "text/html; charset=utf-8" },
      text: expect.stringContaining("<html>"),
    });
    cloud.faults.add({ mode: "empty" });
    expect(await get()).toMatchObject({ status: 200, text: "", headers: { "content-length": "0" } });
    cloud.faults.add({ mode: "truncatedJson" });
    const cut = await get();
    expect([cut.status, cut.json, cut.headers["content-length"]]).toEqual([200, undefined, String(cut.text.length)]);
    cloud.faults.add({ mode: "contentType", value: "application/octet-stream" });
    expect((await get()).headers["content-type"]).toBe("application/octet-stream");
    cloud.faults.add({ mode: "redirect", location: "http://127.0.0.1:1/elsewhere" });
    expect(await get()).toMatchObject({ status: 307, headers: { location: "http://127.0.0.1:1/elsewhere" } });
  });

  it("stops in its head or in its body", async () => {
    const whole = (await get()).text;
    const head = await rawUnder({ mode: "halfHeaders" });
    expect([head.text.startsWith("HTTP/1.1 200"), head.text.includes("\r\n\r\n"), head.ending]).toEqual([true, false, "close"]);
    for (const ending of ["close", "reset", "hang"] as const) {
      const half = await rawUnder({ mode: "halfBody", ending }, 300);
      expect([bodyOf(half.text), half.ending]).toEqual([
        whole.slice(0, Math.floor(whole.length / 2)),
        ending === "hang" ? "silence" : ending,
      ]);
    }
    expect(bodyOf((await rawUnder({ mode: "halfBody", ending: "finish" })).text)).toBe(whole);
  });

  it("lies about its length", async () => {
    const longer = await rawUnder({ mode: "contentLength", differenceBytes: 10 });
    const shorter = await rawUnder({ mode: "contentLength", differenceBytes: -10 });
    const said = (text: string) => Number(/content-length: (\d+)/i.exec(text)?.[1]) - bodyOf(text).length;
    expect([said(longer.text), said(shorter.text)]).toEqual([10, -10]);
  });

  it("comes slowly", async () => {
    const startedAtMs = Date.now();
    cloud.faults.add({ mode: "drip", bytesPerChunk: 100, intervalMs: 30 });
    const slow = await get();
    expect([slow.status, (slow.json as { name: string }).name]).toEqual([200, "orders"]);
    expect(Date.now() - startedAtMs).toBeGreaterThan(60);
    cloud.faults.add({ mode: "delay", delayMs: 80 });
    const delayedAtMs = Date.now();
    expect((await get()).status).toBe(200);
    expect(Date.now() - delayedAtMs).toBeGreaterThanOrEqual(75);
  });

  it("is too large, packed or in its head, or has a header twice", async () => {
    cloud.faults.add({ mode: "gzipBomb", decodedBytes: 8 * 1024 * 1024 });
    const bomb = await new Promise<Buffer>((resolve, reject) => {
      const chunks: Buffer[] = [];
      const sent = httpRequest(cloud.url, { method: "GET" }, (response) =>
        response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => resolve(Buffer.concat(chunks))),
      );
      sent.on("error", reject).end();
    });
    expect([bomb.length < 20_000, gunzipSync(bomb).length]).toEqual([true, 8 * 1024 * 1024]);
    cloud.faults.add({ mode: "hugeHeader" });
    await expect(get()).rejects.toMatchObject({ code: "HPE_HEADER_OVERFLOW" });
    cloud.faults.add({
      mode: "duplicateHeaders",
      headers: [
        ["ETag", '"other"'],
        ["x-ms-request-id", "twice"],
      ],
    });
    const twice = await get();
    expect(twice.rawHeaders.filter((name) => name.toLowerCase() === "etag")).toHaveLength(2);
    expect(twice.headers["x-ms-request-id"]).toMatch(/, twice$/);
    cloud.faults.add({ mode: "notHttp" });
    await expect(get()).rejects.toMatchObject({ code: expect.stringMatching(/^HPE_/) });
  });
});

it("speaks as Alibaba does where Alibaba was asked", async () => {
  cloud.faults.add({ kind: "ALIBABA", mode: "answer", status: 503 });
  const path = `${cloud.url}/?Action=DescribeInstances`;
  const answer = await fetch(path, { method: "POST" });
  expect([answer.status, await answer.json()]).toMatchObject([503, { Code: "ServiceUnavailable", RequestId: expect.any(String) }]);
});

it("counts connections", async () => {
  await Promise.all([get(), get(), get()]);
  expect(cloud.connections).toMatchObject({ opened: 3, peak: expect.any(Number) });
});

it("stops while a client still waits", async () => {
  cloud.faults.add({ mode: "hang" });
  const waiting = get();
  const ended = expect(waiting).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 30));
  await cloud.stop();
  await ended;
  cloud = await startCloud();
});

import { inspect } from "node:util";
import type { AlibabaRequest, AzureRequest, Repeat, RunningOperation } from "../../provider/engine/operation";
import { type Cloud, defaultResourceGroup, type Fault, startCloud } from "../cloud";
import { rejection, TransportBench } from "../support/transportBench";

// The transport against the local cloud, which was written by other hands from the services' documentation.

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
  cloud.addWebPubSub("chat");
});
afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
});

function request(action: string | undefined, change: Partial<AzureRequest> = {}): AzureRequest {
  const { subscriptionId } = cloud.identity;
  const place = [
    "subscriptions",
    subscriptionId,
    "resourceGroups",
    defaultResourceGroup,
    "providers",
    "Microsoft.SignalRService",
    "webPubSub",
  ];
  const path = [...place, "chat", ...(action === undefined ? [] : [action])];
  return { cloud: "azure", method: "POST", path, apiVersion: "2024-03-01", repeat: "read", answer: "object", ...change };
}
const listKeys = () => request("listKeys");
const regenerate = () => request("regenerateKey", { repeat: "once", answer: "optional", body: { keyType: "Primary" } });
const deletion = () => request(undefined, { method: "DELETE", repeat: "converge", answer: "ignored" });

const bench = (settings = cloud.environment) => new TransportBench(settings);

describe("signing in", () => {
  it.each(["readyToken", "clientSecret", "managedIdentity", "oidc"] as const)("works by %s, with one token for many calls", async (way) => {
    const settings = cloud.environmentFor(way);
    Object.assign(process.env, settings);
    try {
      const { transport, options } = benchOf(settings);
      const answers = await Promise.all(Array.from({ length: 8 }, () => transport.send(listKeys(), options())));
      expect(answers.map((answer) => answer.body?.["primaryKey"])).toEqual(Array(8).fill(cloud.keys("chat").primaryKey));
      expect(cloud.tokensIssued).toBe(way === "readyToken" ? 0 : 1);
    } finally {
      for (const name of Object.keys(settings)) delete process.env[name];
    }
  });

  it("is done anew when the tokens have expired in the middle of an operation", async () => {
    cloud.settings.regenerateKey = "202";
    const { transport, options } = benchOf(cloud.environmentFor("clientSecret"));
    const accepted = await transport.send(regenerate(), options());
    cloud.expireTokens();
    await transport.follow(regenerate(), accepted, options());
    expect(cloud.tokensIssued).toBe(2);
    expect(cloud.rotations).toHaveLength(1);
  });
});

function benchOf(settings: Record<string, string>) {
  const made = bench(settings);
  return { transport: made.transport, options: () => made.options(), delays: made.delays };
}

describe("an operation that takes time", () => {
  it("keeps the new keys although its end is empty", async () => {
    cloud.settings.regenerateKey = "202";
    const { transport, options } = benchOf(cloud.environment);
    const running: RunningOperation[] = [];
    const answer = await transport.follow(regenerate(), await transport.send(regenerate(), options()), options(), (handle) =>
      running.push(handle),
    );
    expect(answer.body).toMatchObject({ primaryKey: cloud.keys("chat").primaryKey });
    expect(running).toHaveLength(1);
    expect(cloud.takeRequests()).toEqual(["POST …/webPubSub/chat/regenerateKey", "POLL", "POLL", "POLL"]);
  });

  it("is resumed without a second write", async () => {
    cloud.settings.regenerateKey = "202";
    const first = benchOf(cloud.environment);
    const handles: RunningOperation[] = [];
    const interrupted: TransportBench = new TransportBench(cloud.environment, { sleep: async () => interrupted.cancel.abort() });
    const accepted = await first.transport.send(regenerate(), first.options());
    const following = interrupted.transport.follow(regenerate(), accepted, interrupted.options(), (handle) => handles.push(handle));
    expect((await rejection(following)).name).toBe("CanceledError");
    const stored = JSON.parse(JSON.stringify(handles.at(-1))) as RunningOperation;
    const next = benchOf(cloud.environment);
    await next.transport.resume(stored, next.options());
    expect(cloud.rotations).toHaveLength(1);
  });

  it("is over when its status has gone with the deleted resource", async () => {
    const { transport, options } = benchOf(cloud.environment);
    const answer = await transport.follow(deletion(), await transport.send(deletion(), options()), options());
    expect(answer).toMatchObject({ status: 204, body: undefined });
  });

  it.each(["single", "double"] as const)("is told with the service's words when it fails, in %s nesting", async (nesting) => {
    Object.assign(cloud.settings, { regenerateKey: "202", operationOutcome: "Failed", operationErrorNesting: nesting });
    const { transport, options } = benchOf(cloud.environment);
    const error = await rejection(transport.follow(regenerate(), await transport.send(regenerate(), options()), options()));
    expect(error.name).toBe("OperationFailedError");
    expect(error.message).toMatch(/ended as Failed \(\w+\)\. \S+/);
  });
});

/** How each fault of the local cloud must end for a read; a rotation must never happen twice. */
const FAULTS: readonly (readonly [Fault, read: "recovers" | "fails"])[] = [
  [{ mode: "reset" }, "recovers"],
  [{ mode: "reset", readBody: false }, "recovers"],
  [{ mode: "close" }, "recovers"],
  [{ mode: "halfHeaders", ending: "close" }, "recovers"],
  [{ mode: "halfHeaders", ending: "reset" }, "recovers"],
  [{ mode: "halfBody", ending: "close" }, "recovers"],
  [{ mode: "halfBody", ending: "reset" }, "recovers"],
  [{ mode: "contentLength", differenceBytes: 10 }, "recovers"],
  [{ mode: "hugeHeader" }, "recovers"],
  [{ mode: "notHttp" }, "recovers"],
  [{ mode: "html", status: 502 }, "recovers"],
  [{ mode: "answer", status: 500 }, "recovers"],
  [{ mode: "answer", status: 429, headers: { "x-ms-retry-after-ms": "20" } }, "recovers"],
  [{ mode: "html" }, "fails"],
  [{ mode: "empty" }, "fails"],
  [{ mode: "truncatedJson" }, "fails"],
  [{ mode: "gzipBomb" }, "fails"],
  [{ mode: "contentType", value: "text/html" }, "fails"],
  [{ mode: "redirect", location: "https://evil.test/" }, "fails"],
];

describe.each(FAULTS)("the fault %j", (fault, ending) => {
  it(`${ending} when it meets a read`, async () => {
    cloud.faults.add({ ...fault, path: "listKeys" });
    const { transport, options } = benchOf(cloud.environment);
    const [result] = await Promise.allSettled([transport.send(listKeys(), options())]);
    if (ending === "recovers") expect(result).toMatchObject({ status: "fulfilled", value: { status: 200 } });
    else expect(result).toMatchObject({ status: "rejected", reason: { name: "UnexpectedAnswerError" } });
  });

  it("never rotates a key twice, and shows no secret", async () => {
    cloud.faults.add({ ...fault, path: "regenerateKey", apply: true });
    const { transport, options } = benchOf(cloud.environment);
    const [result] = await Promise.allSettled([transport.send(regenerate(), options())]);
    const limit = fault.mode === "answer" && fault.status === 429 ? 2 : 1;
    expect(cloud.rotations.length).toBeLessThanOrEqual(limit);
    const shown = inspect(result.status === "rejected" ? result.reason : undefined, { depth: 10, showHidden: true });
    for (const secret of cloud.secrets) expect(shown).not.toContain(secret);
  });
});

describe("R-KVStore", () => {
  const describeNet = (repeat: Exclude<Repeat, "guarded"> = "read"): AlibabaRequest => ({
    cloud: "alibaba",
    action: "DescribeDBInstanceNetInfo",
    regionId: "cn-hangzhou",
    query: { InstanceId: "r-orders" },
    repeat,
  });

  it("takes our signature", async () => {
    cloud.addInstance({ instanceId: "r-orders" });
    const { transport, options } = benchOf(cloud.environment);
    expect((await transport.send(describeNet(), options())).body).toHaveProperty("NetInfoItems");
  });

  it("takes our signature also when our clock is an hour behind", async () => {
    cloud.addInstance({ instanceId: "r-orders" });
    cloud.clock.offsetMs = 3_600_000;
    const late = bench();
    expect((await late.transport.send(describeNet(), late.options())).status).toBe(200);
    expect(late.reasons).toHaveLength(1);
  });

  it("refuses a wrong secret in words that help", async () => {
    const wrong = bench({ ...cloud.environment, ALICLOUD_SECRET_KEY: "wrong-secret" });
    const error = await rejection(wrong.transport.send(describeNet(), wrong.options()));
    expect(error).toMatchObject({ name: "ServiceError", code: "SignatureDoesNotMatch" });
    expect(error.message).toContain("patchbay:accessKeySecret");
  });
});

import { createHash, createHmac, randomBytes } from "node:crypto";
import { inspect } from "node:util";
import type { AlibabaRequest, Answer } from "../../provider/engine/operation";
import { signedHeaders } from "../../provider/transport/alibaba";
import { type Received, type Reply, ScriptedServer } from "../support/scriptedServer";
import { rejection, TransportBench } from "../support/transportBench";

const keys = { accessKeyId: `LTAI${randomBytes(10).toString("hex")}`, accessKeySecret: randomBytes(15).toString("hex") };

function settingsAt(url: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    "patchbay:kvstoreEndpoint": url,
    "patchbay:accessKeyId": keys.accessKeyId,
    "patchbay:accessKeySecret": keys.accessKeySecret,
    ...more,
  };
}

function requestOf(repeat: AlibabaRequest["repeat"], query: Record<string, string> = { InstanceId: "r-1" }): AlibabaRequest {
  const action =
    repeat === "once" ? "AllocateDirectConnection" : repeat === "read" ? "DescribeInstanceAttribute" : "ReleaseDirectConnection";
  return { cloud: "alibaba", action, regionId: "cn-hangzhou", query, repeat };
}

const refusal = (status: number, code: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  json: { RequestId: "R-1", HostId: "h", Code: code, Message: "The service says no.", Recommend: "https://x.test/?a=b" },
});

interface Exchanged {
  readonly answer?: Answer;
  readonly error?: Error;
  readonly received: Received[];
  readonly bench: TransportBench;
}

async function exchange(replies: Reply[], request: AlibabaRequest, more: Record<string, string> = {}): Promise<Exchanged> {
  const server = await ScriptedServer.start(...replies.map((reply) => ({ method: "POST", path: "/?", reply })));
  const bench = new TransportBench(settingsAt(server.url, more));
  const [result] = await Promise.allSettled([bench.transport.send(request, bench.options())]);
  await server.finish();
  const common = { received: server.received, bench };
  return result.status === "fulfilled" ? { ...common, answer: result.value } : { ...common, error: result.reason as Error };
}

/** Checks a signature from the documentation alone, without any code of the signer. */
function isSigned(received: Received, secret: string): boolean {
  const authorization = received.headers.authorization ?? "";
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(";") ?? [];
  const query = received.path.slice(2).split("&").sort().join("&");
  const headers = names.map((name) => `${name}:${String(received.headers[name]).trim()}\n`).join("");
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const canonical = [received.method, "/", query, headers, names.join(";"), hash(received.text)].join("\n");
  const signature = createHmac("sha256", secret)
    .update(`ACS3-HMAC-SHA256\n${hash(canonical)}`)
    .digest("hex");
  return authorization.endsWith(`Signature=${signature}`);
}

describe("an Alibaba Cloud request", () => {
  it("is signed as the published example of the V3 signature", () => {
    const headers = signedHeaders(
      {
        action: "RunInstances",
        version: "2014-05-26",
        query: { ImageId: "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", RegionId: "cn-shanghai" },
      },
      {
        endpoint: "https://ecs.cn-shanghai.aliyuncs.com",
        keys: { accessKeyId: "YourAccessKeyId", accessKeySecret: "YourAccessKeySecret" },
      },
      "3156853299f313e23d1673dc12e1703d",
      new Date("2023-10-26T10:22:32.123Z"),
    );
    expect(headers["authorization"]).toBe(
      "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
    );
  });

  it("is sent and signed as the service checks it, whatever the parameters hold", async () => {
    const query = { InstanceId: "r-1", ConnectionString: "a b*'()!~+/é日本&=", Port: "6379" };
    const { received, answer } = await exchange([{ json: { RequestId: "R-7" } }], requestOf("once", query));
    const request = received[0] as Received;
    expect(isSigned(request, keys.accessKeySecret)).toBe(true);
    expect(isSigned({ ...request, path: `${request.path}1` }, keys.accessKeySecret)).toBe(false);
    expect(Object.fromEntries(new URL(request.path, "http://x").searchParams)).toEqual(query);
    expect(request.headers).toMatchObject({
      "x-acs-action": "AllocateDirectConnection",
      "x-acs-version": "2015-01-01",
      "content-length": "0",
    });
    expect(request.headers["content-type"]).toBeUndefined();
    expect(answer).toMatchObject({ status: 200, requestId: "R-7", body: { RequestId: "R-7" } });
  });

  it("carries a session token of the same place as the key, and none of a more general place", async () => {
    const token = randomBytes(20).toString("hex");
    const own = await exchange([{ json: {} }], requestOf("read"), { "patchbay:securityToken": token });
    expect(own.received[0]?.headers).toMatchObject({ "x-acs-security-token": token, "x-acs-accesskey-id": keys.accessKeyId });
    expect(isSigned(own.received[0] as Received, keys.accessKeySecret)).toBe(true);
    const foreign = await exchange([{ json: {} }], requestOf("read"), { ALIBABA_CLOUD_SECURITY_TOKEN: token });
    expect(foreign.received[0]?.headers["x-acs-security-token"]).toBeUndefined();
  });

  it("has a new nonce for each try", async () => {
    const { received } = await exchange([{ status: 503 }, { json: {} }], requestOf("read"));
    expect(new Set(received.map((request) => request.headers["x-acs-signature-nonce"])).size).toBe(2);
    expect(received.every((request) => isSigned(request, keys.accessKeySecret))).toBe(true);
  });

  it("needs keys, and says where they were looked for", async () => {
    const bench = new TransportBench({ "patchbay:accessKeyId": "id" });
    const error = await rejection(bench.transport.send(requestOf("read"), bench.options()));
    expect(error.name).toBe("ConfigurationError");
    expect(error.message).toContain(
      "accessKeySecret (patchbay:accessKeySecret, alicloud:secretKey, ALICLOUD_SECRET_KEY, ALIBABA_CLOUD_ACCESS_KEY_SECRET)",
    );
    expect(error.message).not.toContain("accessKeyId (");
  });
});

describe("the retries of Alibaba Cloud", () => {
  const ENDINGS = {
    retry: [{ a: 1 }, undefined],
    fail: [undefined, "ServiceError"],
    unknown: [undefined, "OutcomeUnknownError"],
  };
  type Ending = keyof typeof ENDINGS;
  const ROWS: readonly (readonly [event: string, reply: Reply, read: Ending, converge: Ending, once: Ending])[] = [
    ["Throttling.User", refusal(400, "Throttling.User"), "retry", "retry", "retry"],
    ["Rejected.Throttling", refusal(400, "Rejected.Throttling"), "retry", "retry", "retry"],
    ["ServiceUnavailable", refusal(503, "ServiceUnavailable"), "retry", "retry", "retry"],
    ["InternalError", refusal(500, "InternalError"), "retry", "retry", "unknown"],
    ["a page with 502", { status: 502, text: "<html>bad gateway</html>" }, "retry", "retry", "unknown"],
    ["a reset", { fault: "reset" }, "retry", "retry", "unknown"],
    ["TaskHasExist", refusal(400, "TaskHasExist"), "retry", "retry", "retry"],
    ["InstanceStatus.NotSupport", refusal(403, "InstanceStatus.NotSupport"), "retry", "retry", "retry"],
    ["LockTimeout", refusal(400, "LockTimeout"), "retry", "retry", "retry"],
    ["Task.Conflict", refusal(400, "Task.Conflict"), "retry", "retry", "retry"],
    ["OperationDenied.KVstoreInstanceStatus", refusal(403, "OperationDenied.KVstoreInstanceStatus"), "retry", "retry", "retry"],
    ["DirectConnectionAlreadyExists", refusal(400, "DirectConnectionAlreadyExists"), "fail", "fail", "fail"],
    ["InvalidDbInstanceId.NotFound", refusal(404, "InvalidDbInstanceId.NotFound"), "fail", "fail", "fail"],
  ];
  describe.each(ROWS)("after %s", (_event, reply, ...endings) => {
    it.each((["read", "converge", "once"] as const).map((repeat, index) => [repeat, endings[index] as Ending] as const))(
      "a %s call ends as: %s",
      async (repeat, ending) => {
        const again: Reply[] = ending === "retry" ? [{ json: { a: 1 } }] : [];
        const { answer, error, received } = await exchange([reply, ...again], requestOf(repeat));
        expect(received).toHaveLength(1 + again.length);
        expect([answer?.body, error?.name]).toEqual(ENDINGS[ending]);
      },
    );
  });

  it("wait as many milliseconds as x-acs-retry-after says", async () => {
    const { bench } = await exchange([refusal(400, "Throttling", { "x-acs-retry-after": "1500" }), { json: {} }], requestOf("once"));
    expect(bench.delays).toEqual([1_500]);
  });

  it("use the service's clock once when the own one is wrong, and say so", async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const late = refusal(400, "InvalidTimeStamp.Expired", { date });
    const { received, bench, answer } = await exchange([late, { json: { a: 1 } }], requestOf("once"));
    expect(answer?.body).toEqual({ a: 1 });
    expect(Date.parse(String(received[1]?.headers["x-acs-date"])) - Date.now()).toBeGreaterThan(3_500_000);
    expect(bench.reasons[0]).toMatch(/the clock of this machine is 3\d{3} s behind the service's/);
    const again = await exchange([late, late], requestOf("once"));
    expect(again.error).toMatchObject({ name: "ServiceError", code: "InvalidTimeStamp.Expired" });
  });

  it("correct the clock for all calls that found it wrong at the same time", async () => {
    const server = await ScriptedServer.start();
    const serviceMs = Date.now() + 3_600_000;
    const late = refusal(400, "InvalidTimeStamp.Expired", { date: new Date(serviceMs).toUTCString() });
    const isLate = (request: Received) => Date.parse(String(request.headers["x-acs-date"])) < serviceMs - 60_000;
    for (let request = 0; request < 6; request++) server.expect({ reply: (received) => (isLate(received) ? late : { json: {} }) });
    const bench = new TransportBench(settingsAt(server.url));
    await Promise.all([1, 2, 3].map(() => bench.transport.send(requestOf("read"), bench.options())));
    await server.finish();
  });
});

describe("an error of Alibaba Cloud", () => {
  it.each<[string, Reply, string]>([
    [
      "JSON",
      refusal(403, "Forbidden.RAM"),
      "AllocateDirectConnection r-1 was refused: 403 (Forbidden.RAM). The service says no. Request id: R-1. Grant the RAM user or role the kvstore action it lacks on this instance.",
    ],
    [
      "XML",
      {
        status: 404,
        text: "<?xml version='1.0'?><Error><RequestId>R-2</RequestId><Code>InvalidInstanceId.NotFound</Code><Message>Not found</Message></Error>",
      },
      "AllocateDirectConnection r-1 was refused: 404 (InvalidInstanceId.NotFound). Not found. Request id: R-2. Check instanceId, and that regionId is the region of the instance.",
    ],
    [
      "a page",
      { status: 403, text: "<html><h1>Denied</h1></html>" },
      "AllocateDirectConnection r-1 was refused: 403. Denied. Correct the named arguments.",
    ],
    ["nothing", { status: 400 }, "AllocateDirectConnection r-1 was refused: 400. Correct the named arguments."],
  ])("is understood as %s", async (_shape, reply, message) => {
    const { error } = await exchange([reply], requestOf("once"));
    expect(error?.message).toBe(message);
  });

  it.each([
    "InvalidAccessKeyId.NotFound",
    "SignatureDoesNotMatch",
    "InvalidSecurityToken.Expired",
    "InvalidDbInstanceId.NotFound",
    "InvalidDBInstance.NotFound",
  ])("has a remedy for %s", async (code) => {
    const { error } = await exchange([refusal(400, code)], requestOf("once"));
    expect(error?.message).toMatch(/Check|get a new set/);
    expect(error?.message).not.toContain("Correct the named arguments");
  });

  it("is unexpected when a 2xx is no JSON object", async () => {
    const replies: Reply[] = [
      { text: "<html>", headers: { "content-type": "text/html" } },
      {},
      { status: 302, headers: { location: "https://evil.test" } },
    ];
    for (const reply of replies) {
      expect((await exchange([reply], requestOf("once"))).error?.name).toBe("UnexpectedAnswerError");
    }
  });

  it("holds neither key nor signature", async () => {
    const message = `The signature of ${keys.accessKeySecret} by ${keys.accessKeyId} is wrong`;
    for (const reply of [
      { status: 400, json: { Code: "SignatureDoesNotMatch", Message: message } },
      { text: message, headers: { "content-type": "text/html" } },
      { fault: "reset" as const },
    ]) {
      const { error } = await exchange([reply], requestOf("once"));
      const shown = inspect(error, { depth: 10, showHidden: true });
      for (const secret of [keys.accessKeySecret, keys.accessKeyId, "Signature="]) expect(shown).not.toContain(secret);
    }
  });
});

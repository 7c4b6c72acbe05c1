import { randomBytes } from "node:crypto";
import type { AlibabaRequest } from "../../provider/engine/operation";
import { type Cloud, startCloud } from "../cloud";
import { type Received, type Reply, ScriptedServer } from "../support/scriptedServer";
import { rejection, TransportBench } from "../support/transportBench";
import { shown } from "./signInBench";

const describeNet: AlibabaRequest = {
  cloud: "alibaba",
  action: "DescribeDBInstanceNetInfo",
  regionId: "cn-hangzhou",
  query: { InstanceId: "r-chat" },
  repeat: "read",
};

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
  cloud.addInstance({ instanceId: "r-chat" });
});
afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
});

function benchWith(keys: Readonly<Record<string, string>>): TransportBench {
  return new TransportBench({ "patchbay:kvstoreEndpoint": cloud.url, ...keys });
}

const PLACES = [
  ["config", "patchbay:accessKeyId", "patchbay:accessKeySecret", "patchbay:securityToken"],
  ["config of alicloud", "alicloud:accessKey", "alicloud:secretKey", "alicloud:securityToken"],
  ["ALICLOUD_ variables", "ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"],
  ["ALIBABA_CLOUD_ variables", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"],
] as const;

describe.each(PLACES)("keys in %s", (place, id, secret, token) => {
  it("are taken by the service", async () => {
    const { accessKeyId, accessKeySecret } = cloud.identity;
    const bench = benchWith({ [id]: accessKeyId, [secret]: `${accessKeySecret}\n` });
    expect((await bench.transport.send(describeNet, bench.options())).status).toBe(200);
  });

  it("of a session are taken with their token", async () => {
    const { accessKeyId, accessKeySecret, securityToken } = cloud.identity.temporary;
    const bench = benchWith({ [id]: accessKeyId, [secret]: accessKeySecret, [token]: ` ${securityToken} ` });
    expect((await bench.transport.send(describeNet, bench.options())).status).toBe(200);
  });

  it("of a session are refused without their token, in words that help", async () => {
    const { accessKeyId, accessKeySecret } = cloud.identity.temporary;
    const bench = benchWith({ [id]: accessKeyId, [secret]: accessKeySecret });
    const error = await rejection(bench.transport.send(describeNet, bench.options()));
    expect(error.name).toBe("ServiceError");
    expect(error.message).toMatch(/Check patchbay:accessKeyId|get a new set of all three/);
    for (const value of cloud.secrets) expect(shown(error)).not.toContain(value);
  });

  it("leave out the session token of a more general place, which belongs to other keys", async () => {
    const { accessKeyId, accessKeySecret, temporary } = cloud.identity;
    const more = PLACES.slice(PLACES.findIndex(([name]) => name === place) + 1).map(([, , , name]) => [name, temporary.securityToken]);
    const bench = benchWith({ [id]: accessKeyId, [secret]: accessKeySecret, ...Object.fromEntries(more) });
    expect((await bench.transport.send(describeNet, bench.options())).status).toBe(200);
  });
});

describe("keys", () => {
  it("are read at each call, so that new ones count at once", async () => {
    const settings: Record<string, string> = { "patchbay:kvstoreEndpoint": cloud.url };
    const bench = new TransportBench(settings);
    expect((await rejection(bench.transport.send(describeNet, bench.options()))).name).toBe("ConfigurationError");
    const { accessKeyId, accessKeySecret } = cloud.identity;
    Object.assign(settings, { ALICLOUD_ACCESS_KEY: accessKeyId, ALICLOUD_SECRET_KEY: accessKeySecret });
    expect((await bench.transport.send(describeNet, bench.options())).status).toBe(200);
  });

  it.each(["accessKeyId", "accessKeySecret"] as const)("that are wrong are told, and shown in no error: %s", async (name) => {
    const { accessKeyId, accessKeySecret } = cloud.identity;
    const wrong = randomBytes(16).toString("hex");
    const keys = { "patchbay:accessKeyId": accessKeyId, "patchbay:accessKeySecret": accessKeySecret, [`patchbay:${name}`]: wrong };
    const bench = benchWith(keys);
    const error = await rejection(bench.transport.send(describeNet, bench.options()));
    expect(error).toMatchObject({ name: "ServiceError" });
    expect(error.message).toContain("Check patchbay:accessKeyId and patchbay:accessKeySecret");
    for (const value of [...cloud.secrets, ...(name === "accessKeySecret" ? [wrong] : [])]) expect(shown(error)).not.toContain(value);
    expect(bench.delays).toEqual([]);
  });
});

describe("a clock that differs from the service's", () => {
  it.each([
    ["behind", 3_600_000, /is 3600 s behind the service's; going on with the service's$/],
    ["ahead", -3_600_000, /is 3600 s ahead of the service's; going on with the service's$/],
    ["days behind", 259_200_000, /is 259[12]\d\d s behind the service's/],
  ])("is corrected once and told once, for the calls after it too: %s", async (_side, offsetMs, told) => {
    cloud.clock.offsetMs = offsetMs;
    const { accessKeyId, accessKeySecret } = cloud.identity;
    const bench = benchWith({ "patchbay:accessKeyId": accessKeyId, "patchbay:accessKeySecret": accessKeySecret });
    for (let call = 0; call < 3; call++) await bench.transport.send(describeNet, bench.options());
    expect(cloud.requests.map(({ status }) => status)).toEqual([400, 200, 200, 200]);
    expect(bench.reasons).toHaveLength(1);
    expect(bench.reasons[0]?.replace(/ (?:3599|3601) s /, " 3600 s ")).toMatch(told);
    expect(bench.delays).toEqual([]);
  });

  it("is not corrected a second time: what is refused then is told", async () => {
    cloud.clock.offsetMs = 3_600_000;
    const { accessKeyId, accessKeySecret } = cloud.identity;
    const bench = benchWith({ "patchbay:accessKeyId": accessKeyId, "patchbay:accessKeySecret": accessKeySecret });
    await bench.transport.send(describeNet, bench.options());
    cloud.clock.offsetMs = 7_200_000;
    const error = await rejection(bench.transport.send(describeNet, bench.options()));
    expect(error).toMatchObject({ name: "ServiceError" });
    expect(error.message).toContain("The clock of this machine differs from the service's: set it right.");
    expect(cloud.requests.map(({ status }) => status)).toEqual([400, 200, 400]);
    expect(bench.reasons).toHaveLength(1);
  });

  const late: Reply = {
    status: 400,
    json: { Code: "InvalidTimeStamp.Expired", Message: "Specified time stamp or date value is expired." },
  };

  it.each<[string, string | undefined]>([
    ["no date", undefined],
    ["garbage", "soon"],
    ["a number", "1795540000"],
    ["a year that no date has", "Sun, 22 Nov 275760 06:00:05 GMT"],
    ["a date without a zone", "2026-11-22T06:00:05"],
  ])("is not corrected by an answer with %s", async (_what, date) => {
    // Node adds a date of its own to an answer that has none.
    const server = await ScriptedServer.start({ reply: { ...late, headers: { date: date ?? "" } } });
    const keys = { "patchbay:accessKeyId": "id", "patchbay:accessKeySecret": randomBytes(15).toString("hex") };
    const bench = new TransportBench({ "patchbay:kvstoreEndpoint": server.url, ...keys });
    const error = await rejection(bench.transport.send(describeNet, bench.options()));
    expect(error).toMatchObject({ name: "ServiceError", code: "InvalidTimeStamp.Expired" });
    expect(bench.reasons).toEqual([]);
    await server.finish();
  });

  it("is corrected for a call that acts each time too: a refused signature has not acted", async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const server = await ScriptedServer.start({ reply: { ...late, headers: { date } } }, { reply: { json: {} } });
    const keys = { "patchbay:accessKeyId": "id", "patchbay:accessKeySecret": randomBytes(15).toString("hex") };
    const bench = new TransportBench({ "patchbay:kvstoreEndpoint": server.url, ...keys });
    await bench.transport.send({ ...describeNet, action: "AllocateDirectConnection", repeat: "once" }, bench.options());
    const [first, second] = server.received.map(({ headers }: Received) => headers);
    expect(Date.parse(String(second?.["x-acs-date"])) - Date.parse(String(first?.["x-acs-date"]))).toBeGreaterThan(3_590_000);
    expect(second?.["x-acs-signature-nonce"]).not.toBe(first?.["x-acs-signature-nonce"]);
    await server.finish();
  });
});

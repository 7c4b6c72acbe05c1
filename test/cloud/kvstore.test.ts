import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as models from "@alicloud/r-kvstore20150101";
import { callGenerally } from "./generalClient";
import { type Cloud, startCloud } from "./index";
import { kvstoreClient } from "./officialClients";
import { send } from "./plainClient";

const instanceId = "r-emulated0000001";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
  cloud.addInstance({ instanceId });
});
afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
});

const allocate = (parameters: { connectionString?: string; port?: string; instanceId?: string } = {}) =>
  kvstoreClient(cloud).allocateDirectConnection(new models.AllocateDirectConnectionRequest({ instanceId, ...parameters }));
const release = () => kvstoreClient(cloud).releaseDirectConnection(new models.ReleaseDirectConnectionRequest({ instanceId }));
const statusNow = async () => {
  const answer = await kvstoreClient(cloud).describeInstanceAttribute(new models.DescribeInstanceAttributeRequest({ instanceId }));
  return answer.body?.instances?.DBInstanceAttribute?.[0]?.instanceStatus;
};
const netInfo = async () => {
  const answer = await kvstoreClient(cloud).describeDBInstanceNetInfo(new models.DescribeDBInstanceNetInfoRequest({ instanceId }));
  return answer.body?.netInfoItems?.instanceNetInfo ?? [];
};

describe("the official client", () => {
  it("allocates, waits, finds the direct entry, and releases it", async () => {
    await allocate({ connectionString: "redisdirect123", port: "6380" });
    expect(cloud.directConnection(instanceId)).toBeUndefined();
    expect([await statusNow(), await statusNow(), await statusNow()]).toEqual(["NetworkModifying", "NetworkModifying", "Normal"]);
    const [proxy, direct] = await netInfo();
    expect(proxy).toMatchObject({ directConnection: 0, DBInstanceNetType: "2", IPType: "Private" });
    expect(direct).toMatchObject({
      directConnection: 1,
      DBInstanceNetType: "2",
      IPType: "Private",
      port: "6380",
      connectionString: "redisdirect123.redis.rds.aliyuncs.com",
    });
    await release();
    expect([await statusNow(), await statusNow(), await statusNow()]).toEqual(["NetworkModifying", "NetworkModifying", "Normal"]);
    expect(await netInfo()).toHaveLength(1);
    expect(cloud.takeRequests().slice(0, 2)).toEqual(["ALIBABA AllocateDirectConnection", "ALIBABA DescribeInstanceAttribute"]);
  });

  it("describes instances and their TLS", async () => {
    cloud.changeInstance(instanceId, { ssl: true });
    const client = kvstoreClient(cloud);
    const list = await client.describeInstances(
      new models.DescribeInstancesRequest({ instanceIds: `${instanceId},r-nobody`, regionId: cloud.identity.regionId }),
    );
    expect(list.body?.instances?.KVStoreInstance).toMatchObject([
      { instanceId, architectureType: "cluster", engineVersion: "5.0", networkType: "VPC" },
    ]);
    const ssl = await client.describeInstanceSSL(new models.DescribeInstanceSSLRequest({ instanceId }));
    expect(ssl.body).toMatchObject({ SSLEnabled: "Enable" });
  });

  it("is let in with a temporary key", async () => {
    await kvstoreClient(cloud, cloud.identity.temporary).describeInstances(new models.DescribeInstancesRequest({}));
    const withoutToken = { ...cloud.identity.temporary, securityToken: crypto.randomUUID() };
    await expect(kvstoreClient(cloud, withoutToken).describeInstances(new models.DescribeInstancesRequest({}))).rejects.toMatchObject({
      code: "InvalidSecurityToken.MismatchWithAccessKey",
    });
  });
});

it("lets the general client in, with odd characters in its parameters", async () => {
  const answer = await callGenerally(cloud, "DescribeInstances", { SearchKey: "a b*'()!~+/é日本&=" });
  expect([answer.statusCode, answer.body["TotalCount"]]).toEqual([200, 1]);
});

describe("an allocation is refused", () => {
  const refusedWith = (code: string, statusCode: number) =>
    expect(allocate({ connectionString: "redisdirect123" })).rejects.toMatchObject({ code, statusCode });

  it.each([
    [{ architecture: "standard" }, "InvalidConnType", 400],
    [{ engineVersion: "7.0" }, "UnsupportedEngineVersion", 403],
    [{ engineVersion: "4.0", edition: "Enterprise" }, "UnsupportedEngineVersion", 403],
    [{ minorVersionCurrent: false }, "IncorrectMinorVersion", 403],
    [{ networkType: "CLASSIC" }, "InvalidVPCParamGroup", 400],
    [{ ssl: true }, "InvalidConnType", 400],
    [{ status: "Changing" }, "InstanceStatus.NotSupport", 403],
  ] as const)("for an instance with %j", async (change, code, statusCode) => {
    cloud.changeInstance(instanceId, change);
    await refusedWith(code, statusCode);
  });

  it("when there is one, when one is being made, and when the prefix is somebody's", async () => {
    cloud.takenPrefixes.add("redisdirect123");
    await refusedWith("ConnectionStringAlreadyExists", 400);
    cloud.takenPrefixes.clear();
    cloud.allocateBySomebodyElse(instanceId);
    await refusedWith("DirectConnectionAlreadyExists", 400);
    cloud.releaseBySomebodyElse(instanceId);
    await allocate();
    await refusedWith("InstanceStatus.NotSupport", 403);
  });

  it("for a malformed prefix or port, and for an instance that there is not", async () => {
    await expect(allocate({ connectionString: "not a word" })).rejects.toMatchObject({ code: "InvalidConnectionString" });
    await expect(allocate({ connectionString: "Short" })).rejects.toMatchObject({ code: "InvalidConnectionString.Format" });
    await expect(allocate({ port: "80" })).rejects.toMatchObject({ statusCode: 400 });
    await expect(allocate({ instanceId: "r-nobody" })).rejects.toMatchObject({ code: "InvalidDbInstanceId.NotFound", statusCode: 404 });
    await expect(release()).rejects.toMatchObject({ code: "NetTypeNotExists", statusCode: 400 });
  });
});

it("can write its numbers the other way, show nothing while it changes, and miss an instance with an empty list", async () => {
  Object.assign(cloud.settings, {
    directConnectionAs: "string",
    portAs: "number",
    netInfoWhileChanging: "empty",
    missingInstance: "emptyList",
  });
  cloud.allocateBySomebodyElse(instanceId, "redisdirect123");
  expect(cloud.netInfo(instanceId)[1]).toMatchObject({ DirectConnection: "1", Port: 6379, DBInstanceNetType: 2 });
  await release();
  expect(await netInfo()).toEqual([]);
  cloud.removeInstance(instanceId);
  expect(await statusNow()).toBeUndefined();
});

describe("the door", () => {
  const attempt = (keys: Parameters<typeof kvstoreClient>[1]) =>
    kvstoreClient(cloud, keys).describeInstances(new models.DescribeInstancesRequest({}));

  it("refuses a wrong key id, a wrong secret and a wrong clock, and then says what time it is", async () => {
    await expect(attempt({ ...cloud.identity, accessKeyId: "nobody" })).rejects.toMatchObject({
      code: "InvalidAccessKeyId.NotFound",
      statusCode: 404,
    });
    await expect(attempt({ ...cloud.identity, accessKeySecret: crypto.randomUUID() })).rejects.toMatchObject({
      code: "SignatureDoesNotMatch",
    });
    cloud.clock.offsetMs = 16 * 60_000;
    await expect(attempt(cloud.identity)).rejects.toMatchObject({ code: "InvalidTimeStamp.Expired" });
    cloud.clock.offsetMs = 14 * 60_000;
    await attempt(cloud.identity);
  });

  it("refuses a request that is sent again, and one that was changed on its way", async () => {
    const captured = await signedRequest();
    expect((await send(cloud.url + captured.target, "POST", captured.headers)).status).toBe(200);
    const again = await send(cloud.url + captured.target, "POST", captured.headers);
    expect([again.status, again.json]).toMatchObject([400, { Code: "SignatureNonceUsed" }]);
    const changed = await send(`${cloud.url}${captured.target}?InstanceIds=other`, "POST", captured.headers);
    expect([changed.status, changed.json]).toMatchObject([400, { Code: "SignatureDoesNotMatch" }]);
    cloud.clock.offsetMs = 3_600_000;
    const late = await send(cloud.url + captured.target, "POST", captured.headers);
    expect(late.json).toMatchObject({ Code: "InvalidTimeStamp.Expired" });
    expect(Math.abs(Date.parse(String(late.headers.date)) - Date.now() - 3_600_000)).toBeLessThan(5000);
  });

  it("refuses a request without a signature, and an unknown operation", async () => {
    expect((await send(`${cloud.url}/?Action=DescribeInstances`, "POST")).json).toMatchObject({ Code: "IncompleteSignature" });
    await expect(callGenerally(cloud, "DropEverything")).rejects.toMatchObject({ code: "InvalidAction.NotFound" });
  });
});

interface Captured {
  readonly target: string;
  readonly headers: Record<string, string>;
}

/** What the official client sends to somebody who listens in; the signature holds for the host in its own Host header. */
async function signedRequest(): Promise<Captured> {
  let captured: Captured = { target: "", headers: {} };
  const listener = createServer((request, response) => {
    const { connection: _, "content-length": __, ...headers } = request.headers;
    captured = { target: request.url ?? "", headers: headers as Record<string, string> };
    response.writeHead(200, { "Content-Type": "application/json", Connection: "close" }).end("{}");
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  await kvstoreClient(cloud, cloud.identity, `http://127.0.0.1:${port}`).describeInstances(new models.DescribeInstancesRequest({}));
  await new Promise((resolve) => listener.close(resolve));
  return captured;
}

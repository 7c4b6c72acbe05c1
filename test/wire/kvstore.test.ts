import type KvstoreClient from "@alicloud/r-kvstore20150101";
import * as models from "@alicloud/r-kvstore20150101";
import fc from "fast-check";
import type { Hooks } from "../../provider/engine/lifecycle";
import { operation } from "../../provider/kvstore/directConnection";
import { kvstoreClient } from "../cloud/officialClients";
import { runs } from "../support/runs";
import type { CannedAnswer } from "./captureServer";
import { expectSame, outdated, type Sample } from "./comparison";
import { alibabaHeaders } from "./differences";
import { instanceId, prefix, regionId, securityToken } from "./generatedNames";
import { openWire, type Wire } from "./wire";

const CASES = 1_000;

let wire: Wire;
let hooks: Hooks;

beforeAll(async () => {
  wire = await openWire();
  hooks = wire.hooksOf(operation);
});

afterAll(() => wire.stop());

interface Case {
  readonly instanceId: string;
  readonly connectionString?: string;
  readonly port?: number | string;
  readonly regionId?: string;
  readonly securityToken?: string;
  /** Whether the connection is released, instead of allocated. */
  readonly releases: boolean;
}

const NORMAL = { status: 200, json: { Instances: { DBInstanceAttribute: [{ InstanceStatus: "Normal", ArchitectureType: "cluster" }] } } };
const NO_TLS = { status: 200, json: { SSLEnabled: "Disable" } };
// A refusal ends the hook here; what follows an accepted allocation are the same describes again, after waits.
const REFUSED = { status: 400, json: { Code: "InvalidConnectionString", Message: "no" } };
const RELEASED = { status: 400, json: { Code: "NetTypeNotExists", Message: "Specified net type not existed." } };

function netInfo(isDirect: number): CannedAnswer {
  const entry = { DirectConnection: isDirect, ConnectionString: "direct.redis.example", Port: "6379" };
  return { status: 200, json: { NetInfoItems: { InstanceNetInfo: [entry] } } };
}

const ALLOCATION = [NORMAL, netInfo(0), NO_TLS, REFUSED];
const RELEASE = [netInfo(1), RELEASED];

async function refused(call: Promise<unknown>, code: string): Promise<void> {
  await expect(call).rejects.toMatchObject({ code });
}

async function ours({ securityToken: token, releases, ...inputs }: Case): Promise<void> {
  if (token === undefined) delete wire.environment["ALICLOUD_SECURITY_TOKEN"];
  else wire.environment["ALICLOUD_SECURITY_TOKEN"] = token;
  expect((await hooks.check({}, inputs)).failures).toEqual([]);
  if (!releases) return refused(hooks.create(inputs), "InvalidConnectionString");
  const region = inputs.regionId ?? wire.access.identity.regionId;
  await hooks.delete(`${region}/${inputs.instanceId}/direct`, { ...inputs, adopted: false });
}

async function theirs({ instanceId: id, connectionString, port, securityToken: token, releases }: Case): Promise<void> {
  const client: KvstoreClient = kvstoreClient(wire.access, { ...wire.access.identity, securityToken: token });
  const look = () => client.describeDBInstanceNetInfo(new models.DescribeDBInstanceNetInfoRequest({ instanceId: id }));
  if (releases) {
    await look();
    return refused(client.releaseDirectConnection(new models.ReleaseDirectConnectionRequest({ instanceId: id })), "NetTypeNotExists");
  }
  await client.describeInstanceAttribute(new models.DescribeInstanceAttributeRequest({ instanceId: id }));
  await look();
  await client.describeInstanceSSL(new models.DescribeInstanceSSLRequest({ instanceId: id }));
  const text = port === undefined ? undefined : String(port);
  const allocation = new models.AllocateDirectConnectionRequest({ instanceId: id, connectionString, port: text });
  await refused(client.allocateDirectConnection(allocation), "InvalidConnectionString");
}

async function bothSides(given: Case): Promise<Sample> {
  const answers = given.releases ? RELEASE : ALLOCATION;
  return {
    ours: await wire.server.during(answers, () => ours(given)),
    theirs: await wire.server.during(answers, () => theirs(given)),
    told: { accessKeySecret: wire.access.identity.accessKeySecret },
  };
}

const port = fc.oneof(fc.constantFrom(1024, 65535, 6379), fc.integer({ min: 1024, max: 65535 }));
const given: fc.Arbitrary<Case> = fc.record(
  { instanceId, connectionString: prefix, port: fc.oneof(port, port.map(String)), regionId, securityToken, releases: fc.boolean() },
  { requiredKeys: ["instanceId", "releases"], noNullPrototype: true },
);

describe("the five calls of @alicloud/r-kvstore20150101", () => {
  it(`are those of a DirectConnection but for nonce, date and a signature that is right, in ${CASES} generated cases with and without a session token`, async () => {
    await fc.assert(
      fc.asyncProperty(given, async (each) => {
        const sides = await bothSides(each);
        expect(sides.ours).toHaveLength((each.releases ? RELEASE : ALLOCATION).length);
        expectSame(sides.ours, sides.theirs, alibabaHeaders, sides.told);
      }),
      runs(CASES),
    );
  });

  it("still differ in all that is named as a difference", async () => {
    const given = { instanceId: "r-chat", port: 6380, securityToken: "a token of a session", releases: false };
    const answered = await bothSides(given);
    // Dates are in whole seconds, and both sides are often sent within one.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const sample = { ...answered, theirs: (await bothSides(given)).theirs };
    expectSame(sample.ours, sample.theirs, alibabaHeaders, sample.told);
    expect(outdated([sample], alibabaHeaders)).toEqual([]);
  });
});

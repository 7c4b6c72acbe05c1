import { randomBytes } from "node:crypto";
import { operation } from "../../provider/kvstore/directConnection";
import { type Cloud, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

// What the gateway itself refuses, said by the gateway itself.

let cloud: Cloud;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(20);
  cloud = await startCloud();
  cloud.settings.statusChangePolls = 0;
  cloud.addInstance({ instanceId: "r-chat" });
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

const secret = () => randomBytes(15).toString("hex");
const cases: readonly (readonly [code: string, environment: (own: Cloud) => Record<string, string>, advice: string])[] = [
  [
    "404 \\(InvalidAccessKeyId\\.NotFound\\)",
    () => ({ ALICLOUD_ACCESS_KEY: `nobody${secret()}` }),
    "Check patchbay:accessKeyId and patchbay:accessKeySecret",
  ],
  ["400 \\(SignatureDoesNotMatch\\)", () => ({ ALICLOUD_SECRET_KEY: secret() }), "The access key's secret does not belong to its id\\."],
  [
    "400 \\(InvalidSecurityToken\\.MismatchWithAccessKey\\)",
    ({ identity: { temporary } }) => ({
      ALICLOUD_ACCESS_KEY: temporary.accessKeyId,
      ALICLOUD_SECRET_KEY: temporary.accessKeySecret,
      ALICLOUD_SECURITY_TOKEN: secret(),
    }),
    "get a new set of all three\\.",
  ],
];

for (const [code, change, advice] of cases) {
  it(`keys that are not right are refused at every deed with one request and nothing written: ${code.replaceAll("\\", "")}`, async () => {
    const own = new HookDriver(operation, cloud);
    await own.up({ instanceId: "r-chat" });
    const stranger = new HookDriver(operation, cloud, { ...cloud.environment, ...change(cloud) });
    const refusal = (action: string) =>
      new RegExp(`^${action} r-\\w+ was refused: ${code}\\. Specified .* Request id: [0-9A-F-]{36}\\. .*${advice}`);
    cloud.addInstance({ instanceId: "r-new" });
    cloud.takeRequests();
    await expect(stranger.up({ instanceId: "r-new" })).rejects.toThrow(refusal("DescribeInstanceAttribute"));
    expect(stranger.recorded).toBeUndefined();
    stranger.recorded = own.recorded;
    await expect(stranger.refresh()).rejects.toThrow(refusal("DescribeDBInstanceNetInfo"));
    await expect(stranger.destroy()).rejects.toThrow(refusal("DescribeDBInstanceNetInfo"));
    expect(stranger.recorded).toEqual(own.recorded);
    expect(cloud.takeRequests()).toHaveLength(3);
    expect(cloud.directConnection("r-chat")).toBeDefined();
  });
}

it("a clock that is sixteen minutes off is set by the service's own, once and out loud", async () => {
  cloud.clock.offsetMs = 16 * 60_000;
  const direct = new HookDriver(operation, cloud);
  await direct.up({ instanceId: "r-chat" });
  expect(cloud.requests.map(({ status }) => status)).toEqual([400, 200, 200, 200, 200, 200, 200]);
  expect(direct.waits.filter((line) => line.includes("the clock of this machine is"))).toEqual([
    expect.stringMatching(/the clock of this machine is 9[56]\d s behind the service's; going on with the service's/),
  ]);
  await direct.destroy();
  expect(cloud.directConnection("r-chat")).toBeUndefined();
});

import { operation } from "../../provider/kvstore/directConnection";
import type { Cloud } from "../cloud";
import { answered, UNHARMED, withMembers } from "./damage";
import { kvstoreSaysGone } from "./kvstoreGone";
import type { End, Scenario, Subject } from "./scenario";
import { salvage } from "./suite";

const INSTANCE = "ALIBABA DescribeInstanceAttribute";
const NET_INFO = "ALIBABA DescribeDBInstanceNetInfo";
const TLS = "ALIBABA DescribeInstanceSSL";
const ALLOCATE = "ALIBABA AllocateDirectConnection";
const RELEASE = "ALIBABA ReleaseDirectConnection";
const wish = { instanceId: "r-chat", connectionString: "chatsessions", port: 6380 };

const subject: Subject = {
  operation,
  outputs: {
    instanceId: "text",
    connectionString: "text?",
    regionId: "text?",
    onDestroy: "text?",
    connectionDomain: "text",
    port: "port",
    ipAddress: "string",
    vpcId: "string",
    vSwitchId: "string",
    adopted: "boolean",
  },
  echo: (cloud) => cloud.identity.accessKeySecret,
  untrue: (state, cloud) => {
    const now = cloud.directConnection("r-chat");
    const pairs = [
      [state.connectionDomain, now?.connectionString],
      [state.port, now?.port],
      [state.ipAddress, now?.ipAddress],
    ];
    return pairs.filter(([said, is]) => said !== is).map(([said, is]) => `the state says ${said} where the cloud has ${is}`);
  },
  saysGone: (served) => kvstoreSaysGone(served, "chatsessions.redis.rds.aliyuncs.com"),
  misdeeds: (cloud, since) => {
    const allocations = cloud.requests.slice(since).filter(({ action, applied }) => action === "AllocateDirectConnection" && applied);
    return allocations.length > 1 ? [`${allocations.length} allocations of one hook reached the service`] : [];
  },
  // A change that was started comes to its end; this cloud counts the looks at it.
  meanwhile: (driver) => Promise.allSettled([1, 2, 3].map(() => driver.get("cn-hangzhou/r-chat/direct"))),
};

function prepare(cloud: Cloud): void {
  cloud.addInstance({ instanceId: "r-chat" });
}

function withEndpoint(cloud: Cloud): void {
  cloud.addInstance({ instanceId: "r-chat", direct: { connectionString: "chatsessions", port: 6380 } });
}

const ours = ({ cloud, state }: End) => {
  const releases = cloud.requests.filter(({ action }) => action === "ReleaseDirectConnection").length;
  const wrong = releases === 0 ? [] : [`${releases} releases that nobody wished`];
  return state.adopted === false
    ? wrong
    : [...wrong, "what this resource allocated is recorded as adopted, so a destroy would leave it behind"];
};
const theirs = ({ state }: End) =>
  state.adopted === true ? [] : ["what somebody else made is recorded as ours, so a destroy would release it"];
const released = ({ cloud, served }: End) =>
  cloud.directConnection("r-chat") === undefined || subject.saysGone(served) ? [] : ["the endpoint is still there"];

const scenarios: Scenario[] = [
  {
    ...{ hook: "create", title: "", prepare, given: wish, wrongInTheEnd: ours },
    found: [
      [4, answered("[]")],
      [4, { ...UNHARMED, status: { code: 302, hasActed: true } }],
      [8, withMembers({ ConnectionString: "true" })],
      [8, withMembers({ Port: undefined })],
      [8, withMembers({ Port: "2" })],
    ],
    conversation: [INSTANCE, NET_INFO, TLS, ALLOCATE, INSTANCE, INSTANCE, INSTANCE, NET_INFO],
  },
  {
    hook: "create",
    title: "of what is there",
    conversation: [INSTANCE, NET_INFO],
    prepare: withEndpoint,
    given: wish,
    wrongInTheEnd: theirs,
  },
  {
    ...{
      hook: "update",
      title: "of one not seen serving yet",
      conversation: [INSTANCE, NET_INFO],
      prepare,
      given: wish,
      wrongInTheEnd: ours,
    },
    arrange: async (driver, cloud) => {
      cloud.settings.statusChangePolls = 0;
      const denied = { action: "DescribeInstanceAttribute", mode: "answer", status: 403, code: "Forbidden.RAM" } as const;
      cloud.faults.add({ action: "AllocateDirectConnection", mode: "pass", after: () => cloud.faults.add(denied) });
      await expect(driver.up(wish)).rejects.toThrow("was allocated and is not seen serving yet");
    },
  },
  {
    ...{ hook: "read", title: "", conversation: [NET_INFO], prepare, given: wish },
    found: [
      [1, { ...answered("{}"), isForGood: true }],
      [1, { ...withMembers({ DirectConnection: undefined }), isForGood: true }],
      [1, { ...withMembers({ DirectConnection: '{"toString":{"Port":1}}' }), isForGood: true }],
      [1, { ...withMembers({ ConnectionString: '"CHATSESSIONS.redis.rds.aliyuncs.com"' }), isForGood: true }],
      [1, withMembers({ ConnectionString: undefined })],
    ],
  },
  { hook: "get", title: "with an id alone", conversation: [NET_INFO], prepare, given: wish },
  {
    ...{ hook: "delete", title: "that releases", prepare, given: wish, wrongInTheEnd: released },
    conversation: [NET_INFO, RELEASE, NET_INFO, NET_INFO, NET_INFO],
    found: [
      [1, withMembers({ ConnectionString: "true" })],
      [1, { ...withMembers({ DirectConnection: undefined }), isForGood: true }],
    ],
  },
];

salvage(subject, scenarios);

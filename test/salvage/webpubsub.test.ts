import { operation } from "../../provider/webpubsub/keyRegeneration";
import type { Cloud } from "../cloud";
import { armSaysGone } from "./armGone";
import { UNHARMED, withMembers } from "./damage";
import { postsThatMayHaveActed } from "./posts";
import type { End, Scenario, Subject } from "./scenario";
import { salvage } from "./suite";

const LIST = "POST …/webPubSub/chat-prod/listKeys";
const ROTATE = "POST …/webPubSub/chat-prod/regenerateKey";
const secondary = {
  resourceGroupName: "chat-platform-rg",
  resourceName: "chat-prod",
  keyType: "Secondary",
  triggers: { month: "2026-10" },
};
const november = { ...secondary, triggers: { month: "2026-11" } };

const FINGERPRINTS = {
  resourceGroupName: "text",
  resourceName: "text",
  keyType: "text",
  triggers: "object?",
  fingerprints: "object",
  lastRun: "object",
} as const;

const subject: Subject = {
  operation,
  outputs: {
    ...FINGERPRINTS,
    primaryKey: "text",
    secondaryKey: "text",
    primaryConnectionString: "text",
    secondaryConnectionString: "text",
  },
  echo: (cloud) => cloud.accessToken,
  untrue: (state, cloud) => {
    const { saltVersion: _, ...keys } = cloud.keys("chat-prod");
    if (state.keys === "fingerprint") return [];
    return Object.entries(keys)
      .filter(([member, key]) => state[member] !== key)
      .map(([member]) => `the state has another ${member} than the cloud`);
  },
  saysGone: armSaysGone,
  misdeeds: (cloud, since) => {
    const posts = postsThatMayHaveActed(cloud, since, "regenerateKey");
    return posts > 1 ? [`${posts} POSTs of one hook may have acted`] : [];
  },
};

function prepare(cloud: Cloud): void {
  cloud.addWebPubSub("chat-prod");
}

function polled(cloud: Cloud): void {
  prepare(cloud);
  cloud.settings.regenerateKey = "202";
}

function late(cloud: Cloud): void {
  polled(cloud);
  Object.assign(cloud.settings, { keysChangeAt: "completion", operationPolls: 1 });
}

/** A service that calls its operation failed is believed: then, and only then, it is asked once more. */
const rotations =
  (most: number, keyType: string) =>
  ({ cloud, served }: End) => {
    const wasCalledFailed = served.some(({ body }) => /"(failed|cancell?ed)"/i.test(body));
    const count = cloud.rotations.length;
    const wrong = cloud.rotations.filter((each) => each.keyType !== keyType).map((each) => `the ${each.keyType} was regenerated`);
    return count === most || (wasCalledFailed && count === most + 1) ? wrong : [...wrong, `${count} rotations, not ${most}`];
  };

const secondaries = (most: number) => rotations(most, "Secondary");
const salts = ({ cloud }: End) => (cloud.rotations.length > 1 ? [`${cloud.rotations.length} rotations of the salt`] : []);

const scenarios: Scenario[] = [
  {
    ...{ hook: "create", title: "", conversation: [LIST, ROTATE, LIST], prepare, given: secondary, wrongInTheEnd: secondaries(1) },
    // It says that it was done, and has done nothing.
    found: [[2, { ...UNHARMED, status: { code: 200, hasActed: false } }]],
  },
  {
    ...{ hook: "create", title: "with an operation", conversation: [LIST, ROTATE, "POLL", "POLL", LIST] },
    ...{ prepare: polled, given: secondary, wrongInTheEnd: secondaries(1) },
    found: [
      [2, { ...UNHARMED, status: { code: 307, hasActed: true } }],
      [2, { ...UNHARMED, headers: [{ name: "Azure-AsyncOperation", value: "{origin}" }] }],
    ],
  },
  {
    ...{ hook: "create", title: "with a late change", conversation: [LIST, ROTATE, "POLL", LIST] },
    ...{ prepare: late, given: secondary, wrongInTheEnd: secondaries(1) },
  },
  {
    ...{ hook: "create", title: "of the salt", conversation: [LIST, ROTATE, LIST] },
    ...{ prepare, given: { ...secondary, keyType: "Salt" }, wrongInTheEnd: salts },
  },
  {
    hook: "create",
    title: "without a run",
    conversation: [LIST],
    prepare,
    given: { ...secondary, runOnCreate: false },
    found: [
      [1, withMembers({ secondaryKey: "5" })],
      [1, withMembers({ primaryKey: '" \\t"' })],
    ],
    wrongInTheEnd: secondaries(0),
  },
  {
    ...{ hook: "update", title: "with another trigger", conversation: [LIST, ROTATE, LIST] },
    ...{ prepare, before: secondary, given: november, wrongInTheEnd: secondaries(2) },
  },
  {
    ...{ hook: "update", title: "after an interrupted one", conversation: ["POLL", LIST], prepare, given: secondary },
    wrongInTheEnd: secondaries(1),
    arrange: async (driver, cloud) => {
      Object.assign(cloud.settings, { regenerateKey: "202", operationPolls: 1 });
      cloud.faults.add({ kind: "POLL", mode: "answer", status: 404, times: 3 });
      await expect(driver.up(secondary)).rejects.toThrow("was regenerated is not known");
    },
  },
  {
    ...{ hook: "create", title: "with fingerprints alone", conversation: [LIST, ROTATE, LIST], prepare, outputs: FINGERPRINTS },
    ...{ given: { ...secondary, keys: "fingerprint" }, isWithoutSecrets: true, wrongInTheEnd: secondaries(1) },
  },
  { hook: "read", title: "", conversation: [LIST], prepare, given: secondary, wrongInTheEnd: secondaries(1) },
  { hook: "get", title: "with an id alone", conversation: [LIST], prepare, given: secondary, wrongInTheEnd: secondaries(1) },
  { hook: "delete", title: "", conversation: [], prepare, given: secondary, wrongInTheEnd: secondaries(1) },
];

salvage(subject, scenarios);

import { randomBytes } from "node:crypto";
import { operation as patch } from "../../provider/apimanagement/backendPatch";
import { operation as reconnect } from "../../provider/apimanagement/backendReconnect";
import { before, bodyOf, place } from "../apimanagement/gateway";
import type { Cloud } from "../cloud";
import { armSaysGone } from "./armGone";
import { answered, UNHARMED, withMembers } from "./damage";
import { postsThatMayHaveActed } from "./posts";
import type { End, Scenario, Subject } from "./scenario";
import { salvage } from "./suite";

const GET = "GET …/backends/orders";
const PATCH = "PATCH …/backends/orders";
const PUT = "PUT …/backends/orders";
const RECONNECT = "POST …/backends/orders/reconnect";

function secretText(): string {
  return randomBytes(24).toString("base64url");
}

function prepare(cloud: Cloud): void {
  cloud.addApiManagementService(place.serviceName);
  cloud.addBackend(place.serviceName, place.backendId, before);
}

const PATCH_OUTPUTS = {
  resourceGroupName: "text",
  serviceName: "text",
  backendId: "text",
  title: "string|null?",
  description: "string|null?",
  url: "string|null?",
  protocol: "string|null?",
  resourceId: "string|null?",
  type: "string|null?",
  credentials: "object|null?",
  proxy: "object|null?",
  tls: "object|null?",
  properties: "object|null?",
  circuitBreaker: "object|null?",
  pool: "object|null?",
  etag: "text",
  prior: "object?",
} as const;

const patchSubject: Subject = {
  operation: patch,
  outputs: PATCH_OUTPUTS,
  echo: (cloud) => cloud.accessToken,
  untrue: (state, cloud) => {
    const now = cloud.backend(place.serviceName, place.backendId);
    const wrong = state.etag === now.etag ? [] : [`the state has the ETag ${state.etag}, the cloud ${now.etag}`];
    const owned = ["title", "description"].filter(
      (member) => member in state && (state[member] ?? null) !== (now.properties[member] ?? null),
    );
    return [...wrong, ...owned.map((member) => `the state says ${state[member]} for ${member}, the cloud ${now.properties[member]}`)];
  },
  saysGone: armSaysGone,
  misdeeds: (cloud, since) =>
    cloud.requests
      .slice(since)
      .filter(({ method, path }) => (method !== "GET" && method !== "PATCH" && method !== "PUT") || !/\/backends\/orders$/.test(path))
      .map(({ line }) => `a request that nobody wished: ${line}`),
};

/** What is not as it was before this resource came. */
function changed(cloud: Cloud, ...ours: string[]): string[] {
  const now = bodyOf(cloud);
  return Object.entries(before)
    .filter(([member, value]) => !ours.includes(member) && JSON.stringify(now[member]) !== JSON.stringify(value))
    .map(([member, value]) => `${member} was ${JSON.stringify(value)} and is ${JSON.stringify(now[member])}`);
}
const othersChanged = ({ cloud }: End) => changed(cloud, "title", "description");

/** What a damaged read says of the backend before is believed; of a damaged write nothing may be lost. */
const notPutBack = async ({ cloud, driver, nth }: End) => {
  if (nth === 1) return [];
  if (driver.recorded !== undefined) await driver.destroy();
  return changed(cloud);
};

/** One that the write then loses, so that a warning names it. */
const newMember = { kind: "addEverywhere", at: 0, other: 0, name: "\u202e\u009b31m", hostile: "1" } as const;

const wish = { ...place, title: "ours", description: "ours, too" };
const restoring = { ...wish, onDestroy: "restore" };

const patchScenarios: Scenario[] = [
  {
    ...{ hook: "create", title: "", conversation: [GET, PATCH], prepare, given: wish, wrongInTheEnd: othersChanged },
    found: [[1, { ...UNHARMED, body: { kind: "mutated", mutations: [newMember] } }]],
  },
  { hook: "create", title: "that removes", conversation: [GET, PUT], prepare, given: { ...place, title: "ours", description: null } },
  {
    ...{ hook: "create", title: "of credentials and flags", conversation: [GET, PATCH], prepare },
    given: {
      ...place,
      tls: { validateCertificateChain: false },
      credentials: { authorization: { scheme: "Basic", parameter: secretText() } },
    },
  },
  {
    hook: "create",
    title: "of what is so already",
    conversation: [GET],
    prepare,
    given: { ...place, title: before.title },
    wrongInTheEnd: othersChanged,
  },
  {
    ...{
      hook: "update",
      title: "of an owned member",
      conversation: [GET, PATCH],
      prepare,
      before: wish,
      given: { ...wish, title: "newer" },
    },
    wrongInTheEnd: othersChanged,
  },
  {
    ...{ hook: "create", title: "that remembers", conversation: [GET, PATCH], prepare, given: restoring, wrongInTheEnd: notPutBack },
    found: [
      [2, answered("[]")],
      [2, { ...answered("[]"), isForGood: true }],
      [2, { ...UNHARMED, headers: [{ name: "ETag", value: "AAAA" }] }],
      [2, withMembers({ title: "5" })],
    ],
  },
  {
    ...{ hook: "update", title: "that owns a member more and remembers", conversation: [GET, PATCH], prepare },
    ...{ before: { ...place, title: "ours", onDestroy: "restore" }, given: restoring, wrongInTheEnd: notPutBack },
  },
  {
    ...{ hook: "update", title: "that drops a member and puts it back", conversation: [GET, PATCH], prepare },
    ...{ before: restoring, given: { ...place, title: "ours", onDestroy: "restore" }, wrongInTheEnd: notPutBack },
    found: [[2, { ...UNHARMED, status: { code: 502, hasActed: false }, isForGood: true }]],
  },
  {
    ...{ hook: "update", title: "that overwrites", conversation: [GET, PATCH], prepare, before: wish },
    ...{ given: { ...wish, title: "newer", onConflict: "overwrite" }, wrongInTheEnd: othersChanged },
  },
  { hook: "read", title: "", conversation: [GET], prepare, given: wish },
  {
    ...{ hook: "get", title: "with an id alone", conversation: [GET], prepare, given: wish },
    found: [
      [1, withMembers({ title: "5" })],
      [1, withMembers({ credentials: "[]" })],
      [1, withMembers({ description: '"half a pair: \\ud83d"' })],
      [1, withMembers({ proxy: '{"url":-0}' })],
      [1, { ...UNHARMED, headers: [{ name: "ETag", value: "" }] }],
    ],
  },
  { hook: "delete", title: "that restores", conversation: [GET, PATCH], prepare, given: restoring, wrongInTheEnd: notPutBack },
];

salvage(patchSubject, patchScenarios);

const reconnectSubject: Subject = {
  operation: reconnect,
  outputs: { resourceGroupName: "text", serviceName: "text", backendId: "text", after: "text?", triggers: "object?", lastRun: "object" },
  echo: (cloud) => cloud.accessToken,
  untrue: (state) => {
    const { outcome } = state.lastRun as { outcome: string };
    return outcome === "accepted" ? [] : [`the outcome is ${outcome}`];
  },
  saysGone: () => false,
  misdeeds: (cloud, since) => {
    const posts = postsThatMayHaveActed(cloud, since, "reconnect");
    return posts > 1 ? [`${posts} POSTs of one hook may have acted`] : [];
  },
};

const october = { ...place, after: "PT2M", triggers: { month: "2026-10" } };
const reconnectScenarios: Scenario[] = [
  { hook: "create", title: "", conversation: [RECONNECT], prepare, given: october },
  {
    hook: "update",
    title: "with another trigger",
    conversation: [RECONNECT],
    prepare,
    before: october,
    given: { ...october, triggers: {} },
  },
  { hook: "read", title: "", conversation: [], prepare, given: october },
  { hook: "get", title: "with an id alone", conversation: [], prepare, given: october },
  { hook: "delete", title: "", conversation: [], prepare, given: october },
];

salvage(reconnectSubject, reconnectScenarios);

import type { JsonValue } from "../cloud";

/** A member of a backend with the values that it takes in the sequences. */
export interface Member {
  /** As the backend names it. */
  readonly at: string;
  /** This package has no argument for it. */
  readonly isExtra?: true;
  readonly values: readonly JsonValue[];
  /** Somebody else can set it, and a program cannot give it alone; or a program can say it and no backend has it. */
  readonly only?: "theirs" | "ours";
}

const rule = (tripDuration: string, interval: string) => [{ name: "r", tripDuration, failureCondition: { count: 3, interval } }];
const texts: readonly Member[] = [
  { at: "title", values: ["a", "b", null] },
  { at: "description", values: ["ours", "theirs", null] },
  {
    at: "url",
    values: ["https://orders.example.com/", "https://orders.example.com", "https://b.example/v1", "https://b.example/v1/", null],
  },
  { at: "protocol", values: ["http", "soap"] },
  { at: "resourceId", values: ["https://arm.example/subscriptions/s/sites/App", "https://arm.example/SUBSCRIPTIONS/s/sites/app", null] },
];
const credentials: readonly Member[] = [
  { at: "credentials", values: [null] },
  { at: "credentials", values: [{}], only: "ours" },
  { at: "credentials.header", values: [{ "x-team": ["secret:1"] }, { "x-team": ["secret:1"], id: ["secret:6", "b"] }, {}, null] },
  { at: "credentials.query", values: [{ key: ["secret:5"] }, { url: ["https://secret:6/"] }, null] },
  { at: "credentials.certificateIds", values: [["/certificates/A"], ["/certificates/a"], ["/certificates/A", "/certificates/B"], null] },
  { at: "credentials.certificate", values: [["AB"], null] },
  {
    at: "credentials.authorization",
    values: [{ scheme: "Basic", parameter: "secret:2" }, { scheme: "Bearer", parameter: "secret:6" }, null],
  },
  { at: "credentials.authorization.parameter", values: ["secret:5"], only: "theirs" },
  { at: "credentials.managedIdentity", isExtra: true, values: [{ clientId: "secret:3" }, { clientId: "secret:6", resource: "api" }, null] },
];
const wholes: readonly Member[] = [
  { at: "credentials", values: [null, null] },
  { at: "credentials.header", values: [{ "x-team": ["secret:6"] }, null] },
  { at: "credentials.authorization", values: [{ scheme: "Bearer", parameter: "secret:6" }] },
  { at: "novelty", isExtra: true, values: [null, null] },
  { at: "novelty.depth", isExtra: true, values: [1] },
  { at: "novelty.inner", isExtra: true, values: [null] },
  { at: "novelty.inner.a", isExtra: true, values: ["y"] },
];
const attachments: readonly Member[] = [
  {
    at: "proxy",
    values: [
      { url: "http://proxy.example.com" },
      { url: "http://proxy.example.com", username: null, password: "secret:4" },
      { url: "http://other.example.com", username: "proxy", password: "secret:5" },
      { url: "http://other.example.com", username: "" },
      null,
    ],
  },
  { at: "proxy.password", values: ["secret:6", null], only: "theirs" },
  { at: "proxy.username", values: ["", null], only: "theirs" },
  { at: "properties", values: [null] },
  { at: "properties", values: [{}], only: "ours" },
  {
    at: "properties.serviceFabricCluster",
    values: [
      { managementEndpoints: ["https://a"], clientCertificateId: "/certificates/a" },
      { managementEndpoints: ["https://a", "https://b"], serverX509Names: [{ name: "n" }] },
      null,
    ],
  },
  { at: "properties.serviceFabricCluster.maxPartitionResolutionRetries", values: [3, null], only: "theirs" },
  { at: "properties.serviceFabricCluster.managementEndpoints", values: [["https://theirs"]], only: "theirs" },
];
const tls: readonly Member[] = [
  { at: "tls.validateCertificateChain", values: [true, false] },
  { at: "tls.validateCertificateName", values: [true, false] },
  { at: "tls", values: [null, { validateCertificateChain: false, validateCertificateName: false }] },
  { at: "tls", values: [{}], only: "ours" },
  { at: "tls.validateCertificateChain", values: [null], only: "theirs" },
  { at: "tls.validateCertificateName", values: [null], only: "theirs" },
  { at: "tls.serverCertificateThumbprints", isExtra: true, values: [["AB"], ["CD"], null] },
];
const lists: readonly Member[] = [
  {
    at: "circuitBreaker.rules",
    values: [
      ...[rule("PT60S", "PT60M"), rule("PT1M", "PT1H"), rule("PT1M", "PT3600S"), rule("PT60S", "PT1H"), rule("PT2M", "P1D")],
      [...rule("PT1M", "PT1H"), { name: "s", acceptRetryAfter: true }],
      null,
    ],
  },
  { at: "circuitBreaker", values: [null] },
  { at: "labels", isExtra: true, values: [["a", "b"], ["b", "a"], ["a"]] },
];
const unknown: readonly Member[] = [
  { at: "novelty", isExtra: true, values: [null, { depth: 1, inner: { a: "y" } }] },
  { at: "novelty.depth", isExtra: true, values: [3, "3", null] },
  { at: "novelty.width", isExtra: true, values: [1, 2, null] },
  { at: "novelty.inner.a", isExtra: true, values: ["x", "X", null] },
  { at: "novelty.inner", isExtra: true, values: [null] },
  { at: "novelty.inner.b", values: [true, null], only: "theirs" },
  { at: "labels", isExtra: true, values: [["a", "b"], ["b", "a"], null] },
  { at: "shape", isExtra: true, values: [1, 2, null] },
  { at: "shape", values: [{ x: 1 }], only: "theirs" },
];
const pool: readonly Member[] = [
  { at: "type", values: ["Pool", "Single", null] },
  { at: "pool.services", values: [[{ id: "/backends/eu" }], [{ id: "/Backends/EU", weight: null }], [{ id: "/backends/us", weight: 1 }]] },
  { at: "pool", values: [null] },
  { at: "url", values: [null, "https://orders.example.com"] },
  { at: "protocol", values: [null, "http"] },
];

/** Members that meet each other, so that a short sequence comes back to the same ones. `title` is beside all of them. */
export const topics: Readonly<Record<string, readonly Member[]>> = {
  texts,
  "credentials, members that are secret": credentials,
  "members removed whole, and their parts": wholes,
  "proxy and cluster, members with a required part": attachments,
  "the two flags of tls": tls,
  "lists and durations": lists,
  "members that no version of this package knows": unknown,
  "a pool in the place of an address": pool,
  "all members": [...texts, ...credentials, ...attachments, ...tls, ...lists, ...unknown, ...pool],
};

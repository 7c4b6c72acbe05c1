import { operation } from "../../provider/redisenterprise/privateEndpointConnection";
import type { Cloud } from "../cloud";
import { armSaysGone } from "./armGone";
import { answered, UNHARMED, withMembers } from "./damage";
import type { End, Scenario, Subject } from "./scenario";
import { salvage } from "./suite";

const LIST = "GET …/redisEnterprise/cache-prod/privateEndpointConnections";
const GET = "GET …/privateEndpointConnections/partner";
const PUT = "PUT …/privateEndpointConnections/partner";
const DELETE = "DELETE …/privateEndpointConnections/partner";
const privateEndpointId =
  "/subscriptions/0000000a-0000-0000-0000-00000000000b/resourceGroups/partner-rg/providers/Microsoft.Network/privateEndpoints/partner";
const byName = {
  resourceGroupName: "chat-platform-rg",
  clusterName: "cache-prod",
  privateEndpointConnectionName: "partner",
  privateLinkServiceConnectionState: { status: "Approved", description: "by the cache team" },
};
const { privateEndpointConnectionName: _, ...nameless } = byName;
const byEndpoint = { ...nameless, privateEndpointId, allowedSubscriptionIds: ["0000000a-0000-0000-0000-00000000000b"] };
const renewed = { ...byName, privateLinkServiceConnectionState: { status: "Approved", description: "again" } };

const OUTPUTS = {
  resourceGroupName: "text",
  clusterName: "text",
  privateEndpointConnectionName: "text",
  // One that is known stays known, also where an answer names none.
  privateEndpointId: "text",
  privateLinkServiceConnectionState: "object",
  allowedSubscriptionIds: "list?",
  onDestroy: "text?",
  provisioningState: "text",
} as const;
const nothingKnown = { ...OUTPUTS, privateEndpointId: "string" } as const;

const subject: Subject = {
  operation,
  outputs: OUTPUTS,
  echo: (cloud) => cloud.accessToken,
  untrue: (state, cloud) => {
    const now = cloud.connection("cache-prod", "partner");
    const { status, description } = state.privateLinkServiceConnectionState as Record<string, string>;
    const pairs = [
      [status, now?.status],
      [description, now?.description],
      [lowerCase(state.privateEndpointConnectionName), "partner"],
      [lowerCase(state.privateEndpointId), privateEndpointId.toLowerCase()],
    ];
    return pairs.filter(([said, is]) => said !== is).map(([said, is]) => `the state says ${said} where the cloud has ${is}`);
  },
  saysGone: armSaysGone,
  misdeeds: (cloud, since) =>
    cloud.requests
      .slice(since)
      .filter(({ method, path }) => method !== "GET" && !/\/redisEnterprise\/cache-prod\/privateEndpointConnections\/partner$/i.test(path))
      .map(({ line }) => `a write that nobody wished: ${line}`),
};

/** Ids and names are the same in any case. */
function lowerCase(name: unknown): string {
  return String(name).toLowerCase();
}

function prepare(cloud: Cloud): void {
  cloud.addCluster("cache-prod");
  cloud.addPrivateEndpoint("cache-prod", { connectionName: "partner", privateEndpointId });
}

function polled(cloud: Cloud): void {
  prepare(cloud);
  cloud.settings.connectionPut = "asyncOperation";
}

const left =
  (wish: string | undefined) =>
  ({ cloud, served }: End) => {
    const now = cloud.connection("cache-prod", "partner")?.status;
    // The 404 of an address that a damaged header names is the cloud's own.
    const isSaidToBeGone = armSaysGone(served) || cloud.requests.some(({ status, fault }) => status === 404 && fault === undefined);
    return now === wish || isSaidToBeGone ? [] : [`the connection is ${now}, not ${wish}`];
  };

const scenarios: Scenario[] = [
  {
    ...{ hook: "create", title: "by name", conversation: [GET, PUT], prepare, given: byName, outputs: nothingKnown },
    found: [
      [1, withMembers({ name: "null" })],
      [1, withMembers({ name: '"another"' })],
      [1, withMembers({ properties: "[]" })],
      [1, { ...withMembers({ provisioningState: '"Creating"' }), isForGood: true }],
      [1, withMembers({ status: '"Rejected"', description: JSON.stringify(`\u001b[2J\u202e${"😀".repeat(2_000)}`) })],
    ],
  },
  {
    ...{ hook: "create", title: "by private endpoint", conversation: [LIST, PUT, "POLL", "POLL", GET], prepare: polled, given: byEndpoint },
    found: [
      [1, withMembers({ name: '""' })],
      [1, withMembers({ name: '"../redisEnterprise"' })],
      [5, withMembers({ privateEndpoint: undefined })],
      [5, withMembers({ status: `"${"x".repeat(100_000)}"` })],
      [5, withMembers({ description: '"half a pair: \\ud83d"' })],
    ],
  },
  {
    ...{ hook: "update", title: "of the description", conversation: [GET, PUT], prepare, before: byName, given: renewed },
    found: [[2, withMembers({ privateEndpoint: undefined })]],
  },
  {
    ...{ hook: "read", title: "", conversation: [GET], prepare, given: byName },
    found: [
      [1, withMembers({ privateEndpoint: "null" })],
      [1, { ...UNHARMED, status: { code: 503, hasActed: false }, isForGood: true }],
    ],
  },
  { hook: "get", title: "with an id alone", conversation: [GET], prepare, given: byName, outputs: nothingKnown },
  {
    ...{ hook: "delete", title: "that rejects", conversation: [GET, PUT], prepare },
    ...{ given: { ...byName, onDestroy: "reject" }, wrongInTheEnd: left("Rejected") },
  },
  {
    ...{ hook: "delete", title: "that deletes", conversation: [DELETE, "POLL", "POLL"], prepare },
    ...{ given: { ...byName, onDestroy: "delete" }, wrongInTheEnd: left(undefined) },
    found: [
      [2, { ...answered('{"error":{"code":"SubscriptionNotFound"}}'), status: { code: 404, hasActed: false } }],
      [2, { ...answered("<html>no such page</html>"), status: { code: 404, hasActed: false } }],
    ],
  },
];

salvage(subject, scenarios);

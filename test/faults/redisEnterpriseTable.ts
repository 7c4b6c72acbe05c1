import { operation } from "../../provider/redisenterprise/privateEndpointConnection";
import type { Cloud } from "../cloud";
import type { Row } from "./row";
import type { Table } from "./table";

const CONNECTION = "partner";
const ENDPOINT =
  "/subscriptions/0000000a-0000-0000-0000-00000000000b/resourceGroups/partner-rg/providers/Microsoft.Network/privateEndpoints/partner";
const wish = { resourceGroupName: "chat-platform-rg", privateLinkServiceConnectionState: { status: "Approved", description: "ours" } };
const byName = (name: string) => ({ ...wish, clusterName: name, privateEndpointConnectionName: CONNECTION });
const byEndpoint = (name: string) => ({ ...wish, clusterName: name, privateEndpointId: ENDPOINT });
const deleted = (name: string) => ({ ...byName(name), onDestroy: "delete" });
const one = { kind: "ARM", method: "GET", path: /\/privateEndpointConnections\/[^/]+$/ } as const;
const poll = { repeat: "poll", strikes: { kind: "POLL" }, follows: true } as const;
/** The page's own answer to a DELETE, and all there is. */
const isNothing = ({ name }: Row) => /^200 without a body|^JSON cut short/.test(name);
const put = { repeat: "converge", strikes: { method: "PUT" }, follows: true, hook: "up", given: byName } as const;
/** To a PUT nothing is an answer too, and what came of it is read. */
const isDone = ({ name }: Row) => name === "200 without a body, carried out";
const up = { hook: "up", given: byName } as const;
const pending = (name: string) => ({ ...byName(name), privateLinkServiceConnectionState: { status: "Pending" } });
const update = { earlier: { given: pending }, hook: "up", given: byName } as const;
const rejected = (name: string) => ({ ...byName(name), onDestroy: "reject" });
const reject = {
  hook: "destroy",
  given: rejected,
  remains: (cloud: Cloud, name: string) => cloud.connection(name, CONNECTION)?.status !== "Rejected",
} as const;
const long = { connectionPut: "asyncOperation" } as const;

export const redisEnterpriseTable: Table = {
  title: "redisenterprise.PrivateEndpointConnection",
  operation,
  service: "azure",
  columns: [
    { title: "GET", repeat: "read", strikes: one, whenGone: "sent again", ...up },
    { title: "list", repeat: "read", strikes: { method: "GET", path: /\/privateEndpointConnections$/ }, hook: "up", given: byEndpoint },
    { title: "PUT", ...put, forgives: isDone },
    { title: "PUT, long-running", ...put, settings: long },
    { title: "poll of the PUT", ...poll, whenGone: "sent again", settings: long, ...up },
    { title: "GET after the poll", repeat: "read", strikes: one, nth: 2, settings: long, ...up },
    { title: "GET, update", repeat: "read", strikes: one, whenGone: "sent again", ...update },
    { title: "PUT, update", repeat: "converge", strikes: { method: "PUT" }, follows: true, forgives: isDone, ...update },
    { title: "GET, refresh", repeat: "read", strikes: one, hook: "refresh", given: byName },
    { title: "GET, reject", repeat: "read", strikes: one, ...reject },
    { title: "PUT, reject", repeat: "converge", strikes: { method: "PUT" }, follows: true, forgives: isNothing, ...reject },
    {
      title: "DELETE",
      repeat: "converge",
      strikes: { method: "DELETE" },
      follows: true,
      hook: "destroy",
      given: deleted,
      forgives: isNothing,
    },
    { title: "poll of the DELETE", ...poll, hook: "destroy", given: deleted },
  ],
  prepare: (cloud, name) => {
    cloud.addCluster(name);
    cloud.addPrivateEndpoint(name, { connectionName: CONNECTION, privateEndpointId: ENDPOINT });
  },
  shown: (cloud, name) => cloud.connection(name, CONNECTION)?.status,
  untrue: (state, cloud, name) => {
    const { status, description, actionsRequired } = cloud.connection(name, CONNECTION) ?? {};
    const now = JSON.stringify({ status, description, actionsRequired });
    const said = JSON.stringify(state["privateLinkServiceConnectionState"]);
    return said === now ? [] : [`the state says ${said} where the cloud has ${now}`];
  },
  remains: (cloud, name) => cloud.connection(name, CONNECTION) !== undefined,
  isOpen: () => false,
  deeds: () => 0,
};

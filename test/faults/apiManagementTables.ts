import { operation as patch } from "../../provider/apimanagement/backendPatch";
import { operation as reconnect } from "../../provider/apimanagement/backendReconnect";
import type { Cloud } from "../cloud";
import type { Row } from "./row";
import type { Column, Table } from "./table";

const SERVICE = "apim-prod";
const place = (name: string) => ({ resourceGroupName: "chat-platform-rg", serviceName: SERVICE, backendId: name });
const titled = (name: string) => ({ ...place(name), title: "ours" });
const undescribed = (name: string) => ({ ...place(name), description: null });
const older = (name: string) => ({ ...place(name), title: "older" });
const update = { hook: "up", earlier: { given: older }, given: titled } as const;
const restore = {
  hook: "destroy",
  given: (name: string) => ({ ...titled(name), onDestroy: "restore" }),
  remains: (cloud: Cloud, name: string) => cloud.backend(SERVICE, name).properties["title"] === "ours",
} as const;
const LOST = { mode: "reset", apply: true } as const;
/** Of an answer without a body nothing is missing. */
const CUT_OFF_NOTHING = /^(half a body|body longer than said|wrong content type).*, carried out$/;
const get = { kind: "ARM", method: "GET" } as const;
const patched = { repeat: "guarded", strikes: { method: "PATCH" }, afterLoss: "looked up and sent again" } as const;
const once = { hook: "up", given: titled } as const;

function prepare(cloud: Cloud, name: string): void {
  cloud.addApiManagementService(SERVICE);
  cloud.addBackend(SERVICE, name, { title: "theirs", description: "theirs", url: "https://orders.example.com/", protocol: "http" });
}

export const backendPatchTable: Table = {
  title: "apimanagement.BackendPatch",
  operation: patch,
  service: "azure",
  columns: [
    { title: "GET", repeat: "read", strikes: get, ...once },
    { title: "PATCH", ...patched, ...once },
    { title: "PUT", repeat: "guarded", strikes: { method: "PUT" }, hook: "up", given: undescribed, afterLoss: "looked up and sent again" },
    { title: "GET after a lost answer", repeat: "read", strikes: get, nth: 2, besides: { method: "PATCH", ...LOST }, ...once },
    { title: "GET, update", repeat: "read", strikes: get, ...update },
    { title: "PATCH, update", ...patched, ...update },
    { title: "GET, restore", repeat: "read", strikes: get, ...restore },
    { title: "PATCH, restore", ...patched, ...restore },
    { title: "GET, refresh", repeat: "read", strikes: get, hook: "refresh", given: titled },
  ],
  prepare,
  shown: (cloud, name) => cloud.backend(SERVICE, name).properties,
  untrue: (state, cloud, name) => {
    const { etag, properties } = cloud.backend(SERVICE, name);
    const wrong = state["etag"] === etag ? [] : ["the state has another ETag than the cloud"];
    const owned = ["title", "description"].filter(
      (member) => state[member] !== undefined && state[member] !== (properties[member] ?? null),
    );
    return [...wrong, ...owned.map((member) => `the state has another ${member} than the cloud`)];
  },
  isOpen: () => false,
  deeds: () => 0,
};

const notYet = (name: string) => ({ ...place(name), runOnCreate: false });
const triggered = (name: string) => ({ ...notYet(name), triggers: { month: "2026-11" } });
const reconnected: Pick<Column, "repeat" | "strikes" | "hook" | "forgives"> = {
  ...{ repeat: "once", strikes: { action: "reconnect" }, hook: "up" },
  forgives: ({ name }: Row) => /^200 without a body|^JSON cut short/.test(name) || CUT_OFF_NOTHING.test(name),
};

export const backendReconnectTable: Table = {
  title: "apimanagement.BackendReconnect",
  operation: reconnect,
  service: "azure",
  columns: [
    { title: "POST reconnect", ...reconnected, given: place },
    { title: "POST reconnect, update", ...reconnected, earlier: { given: notYet }, given: triggered },
  ],
  prepare,
  shown: (cloud, name) => cloud.reconnects.filter(({ backend }) => backend === name).length,
  untrue: (state) => {
    const { outcome } = state["lastRun"] as { outcome: string };
    return outcome === "accepted" ? [] : [`the last run is recorded as ${outcome}`];
  },
  isOpen: () => false,
  deeds: (cloud, name) => cloud.reconnects.filter(({ backend }) => backend === name).length,
};

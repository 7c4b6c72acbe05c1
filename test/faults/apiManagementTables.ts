import { operation as patch } from "../../provider/apimanagement/backendPatch";
import { operation as reconnect } from "../../provider/apimanagement/backendReconnect";
import type { Cloud } from "../cloud";
import type { Table } from "./table";

const SERVICE = "apim-prod";
const place = (name: string) => ({ resourceGroupName: "chat-platform-rg", serviceName: SERVICE, backendId: name });
const titled = (name: string) => ({ ...place(name), title: "ours" });
const undescribed = (name: string) => ({ ...place(name), description: null });
/** Of an answer without a body nothing is missing. */
const CUT_OFF_NOTHING = /^(half a body|body longer than said|wrong content type).*, carried out$/;
const get = { kind: "ARM", method: "GET" } as const;

function prepare(cloud: Cloud, name: string): void {
  cloud.addApiManagementService(SERVICE);
  cloud.addBackend(SERVICE, name, { title: "theirs", description: "theirs", url: "https://orders.example.com/", protocol: "http" });
}

export const backendPatchTable: Table = {
  title: "apimanagement.BackendPatch",
  operation: patch,
  service: "azure",
  columns: [
    { title: "GET", repeat: "read", strikes: get, hook: "up", given: titled },
    { title: "PATCH", repeat: "guarded", strikes: { method: "PATCH" }, hook: "up", given: titled, afterLoss: "looked up and sent again" },
    { title: "PUT", repeat: "guarded", strikes: { method: "PUT" }, hook: "up", given: undescribed, afterLoss: "looked up and sent again" },
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

export const backendReconnectTable: Table = {
  title: "apimanagement.BackendReconnect",
  operation: reconnect,
  service: "azure",
  columns: [
    {
      ...{ title: "POST reconnect", repeat: "once", strikes: { action: "reconnect" }, hook: "up", given: place },
      forgives: ({ name }) => /^200 without a body|^JSON cut short/.test(name) || CUT_OFF_NOTHING.test(name),
    },
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

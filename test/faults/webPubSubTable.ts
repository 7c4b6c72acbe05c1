import { operation } from "../../provider/webpubsub/keyRegeneration";
import type { Row } from "./row";
import type { Promised, Table } from "./table";

const secondary = (name: string) => ({ resourceGroupName: "chat-platform-rg", resourceName: name, keyType: "Secondary" });
const salt = (name: string) => ({ ...secondary(name), keyType: "Salt" });
const listKeys = { action: "listKeys" } as const;
const up = { hook: "up", given: secondary } as const;
const post = { repeat: "once", strikes: { action: "regenerateKey" }, follows: true } as const;
const notYet = (name: string) => ({ ...secondary(name), runOnCreate: false });
const triggered = (name: string) => ({ ...notYet(name), triggers: { month: "2026-11" } });
const update = { hook: "up", earlier: { given: notYet }, given: triggered } as const;
const LOST = { action: "regenerateKey", mode: "reset" } as const;
const undone = { hook: "up", given: secondary, earlier: { given: secondary, fault: { ...LOST, apply: false } } } as const;
const unread = { action: "listKeys", nth: 2, mode: "answer", status: 403 } as const;
const unpolled = { kind: "POLL", mode: "answer", status: 401, times: Number.POSITIVE_INFINITY } as const;
const long = { regenerateKey: "202" } as const;

/** The keys change at the end of the operation alone. */
const late = { ...long, keysChangeAt: "completion" } as const;
const REFUSED = "not sent again, and an error";
/** A poll that says what cannot be read leaves the keys to tell. */
const keysTell = ({ means, name }: Row): Promised | undefined =>
  means === "unexpected" || means === "elsewhere" || name === "401, for ever" ? "not sent again, and well" : undefined;

export const webPubSubTable: Table = {
  title: "webpubsub.KeyRegeneration",
  operation,
  service: "azure",
  columns: [
    { title: "listKeys before", repeat: "read", strikes: listKeys, ...up },
    { title: "POST regenerateKey", ...post, afterLoss: "looked up", ...up },
    { title: "POST regenerateKey, 202", ...post, afterLoss: "looked up", settings: long, ...up },
    // The Salt is returned nowhere: a 200 is the service's word, and all there is.
    {
      title: "POST regenerateKey of the Salt",
      ...post,
      hook: "up",
      given: salt,
      forgives: ({ name }) => /^200 without a body|^JSON cut short/.test(name),
    },
    { title: "status poll", repeat: "poll", strikes: { kind: "POLL" }, follows: true, whenGone: "sent again", settings: long, ...up },
    { title: "listKeys after", repeat: "read", strikes: listKeys, nth: 2, ...up },
    { title: "listKeys after a lost answer", repeat: "read", strikes: listKeys, nth: 2, besides: { ...LOST, apply: true }, ...up },
    { title: "listKeys, update", repeat: "read", strikes: listKeys, ...update },
    { title: "POST regenerateKey, update", ...post, afterLoss: "looked up", ...update },
    { title: "listKeys, found open", repeat: "read", strikes: listKeys, ...undone },
    {
      ...{ title: "POST regenerateKey, found undone", ...post, afterLoss: "looked up", ...undone },
      // What keeps the service busy may be the POST whose answer was lost; 422 is API Management's word alone.
      otherwise: ({ name }) => (name.startsWith("409") ? "looked up and sent again" : name.startsWith("422") ? REFUSED : undefined),
    },
    {
      title: "listKeys, found done",
      repeat: "read",
      strikes: listKeys,
      hook: "up",
      given: secondary,
      earlier: { given: secondary, fault: unread },
    },
    {
      ...{ title: "status poll, found running", repeat: "poll", strikes: { kind: "POLL" }, follows: true, whenGone: "sent again" },
      ...{ settings: late, hook: "up", given: secondary, earlier: { given: secondary, fault: unpolled } },
      otherwise: keysTell,
    },
    { title: "listKeys, refresh", repeat: "read", strikes: listKeys, hook: "refresh", given: secondary },
  ],
  prepare: (cloud, name) => cloud.addWebPubSub(name),
  shown: (cloud, name) => cloud.rotations.filter((rotation) => rotation.name === name).length,
  untrue: (state, cloud, name) => {
    const { saltVersion: _, ...keys } = cloud.keys(name);
    return Object.entries(keys)
      .filter(([member, key]) => state[member] !== key)
      .map(([member]) => `the state has another ${member} than the cloud`);
  },
  isOpen: (state) => (state["lastRun"] as { outcome?: string } | undefined)?.outcome === "unknown",
  deeds: (cloud, name) => cloud.rotations.filter((rotation) => rotation.name === name).length,
};

import { operation } from "../../provider/webpubsub/keyRegeneration";
import type { Table } from "./table";

const secondary = (name: string) => ({ resourceGroupName: "chat-platform-rg", resourceName: name, keyType: "Secondary" });
const salt = (name: string) => ({ ...secondary(name), keyType: "Salt" });
const up = { hook: "up", given: secondary } as const;
const post = { repeat: "once", strikes: { action: "regenerateKey" }, follows: true } as const;
const long = { regenerateKey: "202" } as const;

export const webPubSubTable: Table = {
  title: "webpubsub.KeyRegeneration",
  operation,
  service: "azure",
  columns: [
    { title: "listKeys before", repeat: "read", strikes: { action: "listKeys" }, ...up },
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
    { title: "listKeys after", repeat: "read", strikes: { action: "listKeys" }, nth: 2, ...up },
    { title: "listKeys, refresh", repeat: "read", strikes: { action: "listKeys" }, hook: "refresh", given: secondary },
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

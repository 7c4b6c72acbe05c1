import { providerText } from "../../provider/engine/resource";
import { inOwnProcess } from "../support/ownProcess";
import type { Row } from "./row";

const OPERATIONS = [
  "apimanagement/BackendPatch",
  "apimanagement/BackendReconnect",
  "kvstore/DirectConnection",
  "redisenterprise/PrivateEndpointConnection",
  "webpubsub/KeyRegeneration",
  "webpubsub/RotatingKeys",
];
const LONGEST_BYTES = 160;

// Small providers as a program would hold them. In a process of its own: the serializer needs functions as they are written.
const SERIALIZED = `
  const pulumi = require("@pulumi/pulumi");
  const axios = require("axios");
  const { WebPubSubManagementClient } = require("@azure/arm-webpubsub");
  const configured = axios.create({ timeout: 30000 });
  const oneHook = { async create(inputs) { const { data } = await axios.post(inputs.url, inputs.body); return { id: data.id, outs: data }; } };
  const fourHooks = {
    ...oneHook,
    async read(id, outs) { const { data } = await axios.get(outs.url + id); return { id, props: data }; },
    async update(id, olds, news) { const { data } = await axios.patch(news.url + id, news.body); return { outs: data }; },
    async delete(id, outs) { await axios.delete(outs.url + id); },
  };
  const withSettings = { async create(inputs) { const { data } = await configured.post(inputs.url, inputs.body); return { id: data.id, outs: data }; } };
  const official = {
    async create(inputs) {
      const client = new WebPubSubManagementClient(inputs.credential, inputs.subscriptionId);
      return { id: inputs.name, outs: await client.webPubSub.listKeys(inputs.group, inputs.name) };
    },
  };
  const bytes = async (provider) => {
    try {
      return Buffer.byteLength((await pulumi.runtime.serializeFunction(() => provider)).text) + " bytes";
    } catch {
      return "cannot be serialized";
    }
  };
  (async () => {
    const told = {};
    for (const [name, provider] of Object.entries({ oneHook, fourHooks, withSettings, official })) told[name] = await bytes(provider);
    console.log(JSON.stringify(told));
  })();
`;

interface Told {
  readonly oneHook: string;
  readonly fourHooks: string;
  readonly withSettings: string;
  readonly official: string;
}

export const rows: readonly Row[] = [
  {
    number: 22,
    promise: `The code that state holds for each resource stays within ${LONGEST_BYTES} bytes`,
    azapi: "–",
    measure: async () => {
      const sizes = OPERATIONS.map((operation) => Buffer.byteLength(providerText(operation)));
      const told = JSON.parse(await inOwnProcess(SERIALIZED, { NODE_NO_WARNINGS: "1" })) as Told;
      expect(Math.max(...sizes)).toBeLessThanOrEqual(LONGEST_BYTES);
      return {
        ours: `${Math.min(...sizes)} to ${Math.max(...sizes)} bytes`,
        sdk: `a provider that uses it ${told.official}`,
        axios: `a provider that uses it: ${told.oneHook} with one hook, ${told.fourHooks} with four; with axios.create() ${told.withSettings}`,
      };
    },
  },
];

import * as pulumi from "@pulumi/pulumi";
import { providerText } from "../../provider/engine/resource";
import { promised, Registrations } from "../lifecycle/registrations";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";

// Unit tests of programs as their authors write them: the examples themselves, with neither engine nor cloud.

/** What a mock answers beyond the arguments, by class. */
const answers: Readonly<Record<string, object>> = {
  BackendPatch: { etag: '"1"' },
  BackendReconnect: { lastRun: { at: "2026-11-01T00:00:00Z", outcome: "accepted" } },
  DirectConnection: { connectionDomain: "chatsessions.redis.rds.aliyuncs.com" },
  KeyRegeneration: { secondaryConnectionString: "the secondary one" },
  PrivateEndpointConnection: { privateEndpointConnectionName: "partner" },
  RotatingKeys: { activeConnectionString: "the active one" },
};

class Answering extends Registrations {
  override newResource(resource: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult {
    const { id, state } = super.newResource(resource);
    return { id, state: { ...state, ...answers[resource.type.replace(/.*:/, "")] } };
  }
}

let registrations: Answering;

/** Runs the examples, which together have every class. */
async function programs(isPreview: boolean) {
  registrations = new Answering();
  await pulumi.runtime.setMocks(registrations, "chat", "prod", isPreview);
  pulumi.runtime.setAllConfig({ "chat:cachePrivateEndpointId": "/subscriptions/s1", "chat:ordersToken": "placeholder" });
  jest.resetModules();
  jest.doMock("@pulumi/pulumi", () => pulumi);
  const story = require("../../examples") as typeof import("../../examples");
  const { connectionString } = require("../../examples/webpubsub-rotating-keys") as typeof import("../../examples/webpubsub-rotating-keys");
  const outputs = { ...story, keys: connectionString };
  return { ...outputs, known: await promised(pulumi.all(outputs)) };
}

const registered = (token: string, name: string) => registrations.of(name, `pulumi-nodejs:dynamic/patchbay/${token}`).inputs;
const hidden = (inputs: object) => Object.keys(inputs).filter((member) => member.startsWith("__"));

const resources = [
  ["redisenterprise:PrivateEndpointConnection", "cache"],
  ["apimanagement:BackendPatch", "orders"],
  ["apimanagement:BackendReconnect", "gateway"],
  ["webpubsub:KeyRegeneration", "chat-key"],
  ["webpubsub:RotatingKeys", "chat-keys"],
  ["kvstore:DirectConnection", "sessions"],
] as const;

describe.each([false, true])("programs with every class under setMocks, preview: %s", (isPreview) => {
  it("have the outputs that the mock answers", async () => {
    const { known } = await programs(isPreview);
    expect(known).toEqual({
      cacheApproved: "Approved",
      gatewayToldAt: "2026-11-01T00:00:00Z",
      chatConnectionString: "the secondary one",
      sessionsAddress: "chatsessions.redis.rds.aliyuncs.com:6380",
      keys: "the active one",
    });
  });

  it("show the mock their arguments, and members of this package's own that begin with two underscores", async () => {
    await programs(isPreview);
    for (const [token, name] of resources) {
      const inputs = registered(token, name);
      expect(inputs["__provider"]).toBe(providerText(token.replace(":", "/")));
      expect(inputs["__urn"]).toBe(`urn:pulumi:prod::chat::pulumi-nodejs:dynamic/patchbay/${token}::${name}`);
      expect(hidden(inputs).sort()).toEqual(["__mistakes", "__provider", "__urn"].slice(isPreview ? 0 : 1));
    }
    expect(registered("webpubsub:RotatingKeys", "chat-keys")).toMatchObject({ resourceName: "chat-prod", maximumAge: "P45D" });
  });
});

it("a mock's answer is as secret as the mock makes it", async () => {
  const { chatConnectionString, keys } = await programs(false);
  expect(await Promise.all([chatConnectionString, keys].map(pulumi.isSecret))).toEqual([false, false]);
});

it("docs/with-pulumi.md tells of each", () => {
  const seen =
    "the arguments by their names, and besides `__provider`, `__urn` and, in a preview, `__mistakes`; `__secret` where the program wrapped a value in a secret";
  const read = "what the mock answers; an output is secret where the mock makes it so, while the engine does that by itself";
  const rows = [
    ["a mock sees", seen],
    ["a program reads", read],
  ];
  expectDocumentPart("docs/with-pulumi.md", "mocks", markdownTable(["under `setMocks`", "what happens"], rows));
});

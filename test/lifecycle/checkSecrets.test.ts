import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as privateEndpointConnection } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import { hooksOf } from "./surroundings";

const PLANTED = "planted-4f1c";
const backend = { resourceGroupName: "rg", serviceName: "apim-prod", backendId: "orders" };

describe("a secret", () => {
  const mistakes: [string, unknown, Record<string, unknown>][] = [
    ["too long", backendPatch, { ...backend, credentials: { authorization: { scheme: "Bearer", parameter: PLANTED.repeat(40) } } }],
    ["a header of the wrong type", backendPatch, { ...backend, credentials: { header: { "x-key": PLANTED } } }],
    ["a header with a list too much", backendPatch, { ...backend, credentials: { header: { "x-key": [[PLANTED]] } } }],
    ["a query of the wrong type", backendPatch, { ...backend, credentials: { query: [PLANTED] } }],
    ["credentials of the wrong type", backendPatch, { ...backend, credentials: PLANTED }],
    ["a proxy of the wrong type", backendPatch, { ...backend, proxy: PLANTED }],
    ["a password of the wrong type", backendPatch, { ...backend, proxy: { url: "https://p.example", password: { value: PLANTED } } }],
    ["two kinds of certificate", backendPatch, { ...backend, credentials: { certificate: [PLANTED], certificateIds: [PLANTED] } }],
    ["a wrapped ETag without its quotes", backendPatch, { ...backend, title: "t", ifMatch: PLANTED, __secret: ["ifMatch"] }],
    ["an argument with a misspelled name", backendPatch, { ...backend, title: "t", credentails: PLANTED }],
    ["a member with a misspelled name", backendPatch, { ...backend, tls: { secret: PLANTED } }],
    ["extra properties that have a name of their own", backendPatch, { ...backend, extraProperties: { proxy: { password: PLANTED } } }],
    ["a wrapped title", backendPatch, { ...backend, title: PLANTED.repeat(40), __secret: ["title"] }],
    ["a wrapped mode", backendPatch, { ...backend, title: "t", onConflict: PLANTED, __secret: ["onConflict"] }],
    ["a wrapped duration", backendPatch, { ...backend, title: "t", timeouts: { create: PLANTED }, __secret: ["timeouts.create"] }],
    [
      "a wrapped name",
      keyRegeneration,
      {
        ...{ resourceGroupName: `${PLANTED}!`, resourceName: `${PLANTED}!`, keyType: PLANTED },
        __secret: ["resourceGroupName", "resourceName", "keyType"],
      },
    ],
    [
      "a wrapped state",
      privateEndpointConnection,
      {
        resourceGroupName: "rg",
        clusterName: `-${PLANTED}`,
        privateEndpointId: PLANTED,
        privateLinkServiceConnectionState: { status: PLANTED },
        __secret: ["clusterName", "privateEndpointId", "privateLinkServiceConnectionState.status"],
      },
    ],
  ];

  it.each(mistakes)("that is %s is refused without being shown", async (_mistake, operation, inputs) => {
    const { hooks, host } = hooksOf(operation);
    const { failures } = await hooks.check({}, inputs);
    expect(failures.length).toBeGreaterThan(0);
    expect(JSON.stringify(failures)).not.toContain(PLANTED);
    expect(JSON.stringify(host.lines)).not.toContain(PLANTED);
  });

  it("that is right is announced without being shown", async () => {
    const { hooks, host } = hooksOf(backendPatch);
    const inputs = {
      ...backend,
      title: PLANTED,
      credentials: { header: { "x-key": [PLANTED] } },
      proxy: { url: "https://p.example", password: PLANTED },
      __secret: ["title"],
    };
    expect((await hooks.check({}, inputs)).failures).toEqual([]);
    expect(host.sentences()).toEqual([expect.stringContaining("title")]);
    expect(JSON.stringify(host.lines)).not.toContain(PLANTED);
  });
});

import { ConfigurationError } from "../../provider/errors";
import { provider } from "../../provider/runtime";

const operations = [
  "apimanagement/BackendPatch",
  "apimanagement/BackendReconnect",
  "redisenterprise/PrivateEndpointConnection",
  "webpubsub/KeyRegeneration",
  "webpubsub/RotatingKeys",
  "kvstore/DirectConnection",
];

type ConfigureRequest = Parameters<NonNullable<ReturnType<typeof provider>["configure"]>>[0];

function request(values: Record<string, string>): ConfigureRequest {
  return { config: { get: (key: string) => values[key], require: (key: string) => values[key] ?? "" } } as ConfigureRequest;
}

describe("provider", () => {
  it.each(operations)("gives the six hooks and configure for %s", (name) => {
    const hooks = provider(name);
    for (const hook of ["configure", "check", "diff", "create", "read", "update", "delete"] as const) {
      expect(typeof hooks[hook]).toBe("function");
    }
  });

  it.each([
    "",
    "../x/Y",
    "x/../Y",
    "apimanagement/../runtime",
    "/etc/Passwd",
    "apimanagement/backendPatch",
    "apimanagement/BackendPatch.ts",
    "apimanagement/BackendPatch\n",
    "Apimanagement/BackendPatch",
    "apimanagement/Backend",
    "apimanagement/BackendSync",
    "engine/Lifecycle",
    "transport/Transport",
    "constructor",
    "__proto__/X",
    "constructor/Constructor",
    "apimanagement/Nope",
    "nope/Nope",
    "apimanagement/BackendPatch\0",
    "a/B".repeat(50_000),
  ])("refuses the name %j, saying what to do", (name) => {
    let refusal: unknown;
    try {
      provider(name);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(ConfigurationError);
    const { message } = refusal as Error;
    expect(message).toMatch(/knows no operation .*npm install pulumi-patchbay@latest/);
    expect(message.length).toBeLessThan(400);
  });

  it("sees a setting as soon as configure has been called, without waiting for its end, in every provider", async () => {
    const reconnect = provider("apimanagement/BackendReconnect");
    const inputs = { resourceGroupName: "rg", serviceName: "apim-prod", backendId: "orders" };
    const failures = async (hooks = reconnect) => (await hooks.check?.({}, inputs))?.failures?.map(({ property }) => property);
    const kept = { ARM_SUBSCRIPTION_ID: process.env["ARM_SUBSCRIPTION_ID"], AZURE_SUBSCRIPTION_ID: process.env["AZURE_SUBSCRIPTION_ID"] };
    for (const name of Object.keys(kept)) delete process.env[name];
    try {
      expect(await failures()).toEqual(["subscriptionId"]);
      const configured = reconnect.configure?.(request({ "patchbay:subscriptionId": "s" }));
      const seen = failures();
      const elsewhere = failures(provider("apimanagement/BackendReconnect"));
      await configured;
      expect(await seen).toEqual([]);
      expect(await elsewhere).toEqual([]);
      await reconnect.configure?.(request({}));
      expect(await failures()).toEqual(["subscriptionId"]);
    } finally {
      for (const [name, value] of Object.entries(kept)) if (value !== undefined) process.env[name] = value;
    }
  });
});

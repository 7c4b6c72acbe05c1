import * as pulumi from "@pulumi/pulumi";
import { apimanagement, kvstore, redisenterprise, webpubsub } from "../../provider";
import { providerText } from "../../provider/engine/resource";
import { promised, Registrations } from "./registrations";

const registrations = new Registrations();
const common = { resourceGroupName: "rg" };
const backend = { ...common, serviceName: "apim-prod", backendId: "orders" };

const classes = [
  {
    operation: "apimanagement/BackendPatch",
    declare: (name: string, options?: pulumi.CustomResourceOptions) =>
      new apimanagement.BackendPatch(name, { ...backend, title: "Orders" }, options),
    from: (id: string) => apimanagement.BackendPatch.get("known", id),
    isInstance: apimanagement.BackendPatch.isInstance,
  },
  {
    operation: "apimanagement/BackendReconnect",
    declare: (name: string, options?: pulumi.CustomResourceOptions) => new apimanagement.BackendReconnect(name, backend, options),
    from: (id: string) => apimanagement.BackendReconnect.get("known", id),
    isInstance: apimanagement.BackendReconnect.isInstance,
  },
  {
    operation: "redisenterprise/PrivateEndpointConnection",
    declare: (name: string, options?: pulumi.CustomResourceOptions) =>
      new redisenterprise.PrivateEndpointConnection(
        name,
        {
          ...common,
          clusterName: "cache",
          privateEndpointConnectionName: "pe",
          privateLinkServiceConnectionState: { status: "Approved" },
        },
        options,
      ),
    from: (id: string) => redisenterprise.PrivateEndpointConnection.get("known", id),
    isInstance: redisenterprise.PrivateEndpointConnection.isInstance,
  },
  {
    operation: "webpubsub/KeyRegeneration",
    declare: (name: string, options?: pulumi.CustomResourceOptions) =>
      new webpubsub.KeyRegeneration(name, { ...common, resourceName: "chat", keyType: "Secondary" }, options),
    from: (id: string) => webpubsub.KeyRegeneration.get("known", id),
    isInstance: webpubsub.KeyRegeneration.isInstance,
  },
  {
    operation: "webpubsub/RotatingKeys",
    declare: (name: string, options?: pulumi.CustomResourceOptions) =>
      new webpubsub.RotatingKeys(name, { ...common, resourceName: "chat" }, options),
    from: (id: string) => webpubsub.RotatingKeys.get("known", id),
    isInstance: webpubsub.RotatingKeys.isInstance,
  },
  {
    operation: "kvstore/DirectConnection",
    declare: (name: string, options?: pulumi.CustomResourceOptions) =>
      new kvstore.DirectConnection(name, { instanceId: "r-bp1zxszhcgatnx" }, options),
    from: (id: string) => kvstore.DirectConnection.get("known", id),
    isInstance: kvstore.DirectConnection.isInstance,
  },
];

class Site extends pulumi.ComponentResource {
  constructor(name: string) {
    super("test:index:Site", name);
  }
}

beforeAll(() => pulumi.runtime.setMocks(registrations, "project", "stack"));

describe.each(classes)("$operation", ({ operation, declare, from, isInstance }) => {
  const token = `pulumi-nodejs:dynamic/patchbay/${operation.replace("/", ":")}`;

  it("registers under its type token with the constant provider text", async () => {
    await promised(declare("plain").urn);
    const { type, inputs } = registrations.of("plain", token);
    expect(type).toBe(token);
    expect(inputs["__provider"]).toBe(
      `exports.handler=()=>require("node:module").createRequire(process.cwd()+"/")("pulumi-patchbay/runtime").provider("${operation}")`,
    );
    expect(inputs["__provider"]).toBe(providerText(operation));
    expect(Buffer.byteLength(providerText(operation))).toBeLessThanOrEqual(160);
    expect(inputs).not.toHaveProperty("__secret");
    expect(inputs).not.toHaveProperty("timeouts");
  });

  it("names itself in __urn as the engine will, at the root and below components", async () => {
    const site = new Site(`site-${operation}`);
    const child = declare("child", { parent: site });
    for (const [name, resource] of Object.entries({ root: declare("root"), child })) {
      const urn = await promised(resource.urn);
      expect(registrations.of(name, token).inputs["__urn"]).toBe(urn);
    }
    const grandchild = declare("grandchild", { parent: child });
    await promised(grandchild.urn);
    // The engine's urn holds the types of all ancestors; that of the mocks only the parent's.
    expect(registrations.of("grandchild", token).inputs["__urn"]).toBe(
      `urn:pulumi:stack::project::test:index:Site$${token}$${token}::grandchild`,
    );
  });

  it("copies customTimeouts into timeouts", async () => {
    await promised(declare("patient", { customTimeouts: { create: "2h", delete: "90s" } }).urn);
    expect(registrations.of("patient", token).inputs["timeouts"]).toEqual({ create: "2h", delete: "90s" });
  });

  it("is read by get, with the text that finds its hooks and without anything for a check that never comes", async () => {
    const resource = from("/subscriptions/s1/known");
    expect(await promised(resource.id)).toBe("/subscriptions/s1/known");
    const { id, inputs } = registrations.of("known", token);
    expect(id).toBe("/subscriptions/s1/known");
    expect(inputs).toEqual({ __provider: providerText(operation) });
  });

  it("recognizes its own instances and no others", () => {
    const others = classes.filter((other) => other.operation !== operation);
    const resource = declare("recognized");
    expect(isInstance(resource)).toBe(true);
    expect(isInstance({ __pulumiType: token })).toBe(false);
    expect(isInstance(undefined)).toBe(false);
    for (const other of others) {
      expect(other.isInstance(resource)).toBe(false);
      expect(isInstance(other.declare("foreign"))).toBe(false);
    }
  });
});

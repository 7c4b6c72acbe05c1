import * as pulumi from "@pulumi/pulumi";
import { apimanagement, webpubsub } from "../../provider";
import { promised, Registrations } from "./registrations";

const registrations = new Registrations();
const backend = { resourceGroupName: "rg", serviceName: "apim-prod", backendId: "orders" };
const patchToken = "pulumi-nodejs:dynamic/patchbay/apimanagement:BackendPatch";
const keyToken = "pulumi-nodejs:dynamic/patchbay/webpubsub:KeyRegeneration";

beforeAll(() => pulumi.runtime.setMocks(registrations, "project", "stack"));

async function patchInputs(name: string, args: Partial<apimanagement.BackendPatchArgs>, options?: pulumi.CustomResourceOptions) {
  const resource = new apimanagement.BackendPatch(name, { ...backend, ...args }, options);
  await promised(resource.urn);
  return { resource, inputs: registrations.of(name, patchToken).inputs };
}

class Site extends pulumi.ComponentResource {
  constructor(name: string) {
    super("test:index:Site", name);
  }
}

class Sibling extends pulumi.CustomResource {
  constructor(name: string, args: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    super("test:index:Sibling", name, args, options);
  }
}

describe("what a resource registers", () => {
  it("wraps what is always secret, whatever the program wrote", async () => {
    const { resource } = await patchInputs("always", {
      title: "Orders",
      credentials: { authorization: { scheme: "Bearer", parameter: "planted" } },
      proxy: { url: "https://proxy.example", password: "planted" },
    });
    expect(await pulumi.isSecret(resource.credentials)).toBe(true);
    expect(await pulumi.isSecret(resource.proxy)).toBe(true);
    expect(await pulumi.isSecret(resource.title)).toBe(false);
  });

  it("lists in __secret exactly the paths that the program wrapped", async () => {
    const { inputs } = await patchInputs("wrapped", {
      title: pulumi.secret("planted"),
      description: pulumi.output("in the open"),
      credentials: pulumi.secret({ header: {} }),
      tls: { validateCertificateChain: pulumi.secret(true), validateCertificateName: pulumi.output(false) },
      pool: { services: [{ id: "a" }, { id: pulumi.secret("b") }] },
      extraProperties: { "a.b": { "": pulumi.secret("c") } },
    });
    expect(inputs["__secret"]).toEqual(["title", "tls.validateCertificateChain", "pool.services.1.id", "extraProperties.a.b."]);
  });

  it("lists a path as secret when a promise brings the secret", async () => {
    const { inputs } = await patchInputs("brought", {
      title: Promise.resolve(pulumi.secret("planted")) as unknown as Promise<string>,
      extraProperties: Promise.resolve({ a: pulumi.secret("planted") }),
      description: Promise.resolve("in the open"),
    });
    expect(inputs["__secret"]).toEqual(["title", "extraProperties"]);
  });

  it("has no __secret when the outputs that it was given are open", async () => {
    const { inputs } = await patchInputs("open", { title: pulumi.output("Orders"), description: pulumi.output(Promise.resolve("d")) });
    expect(inputs).not.toHaveProperty("__secret");
  });

  it("lets the own timeouts win over customTimeouts", async () => {
    const { inputs } = await patchInputs("own", { timeouts: { create: "1m" } }, { customTimeouts: { create: "2h", update: "3h" } });
    expect(inputs["timeouts"]).toEqual({ create: "1m", update: "3h" });
    const later = await patchInputs("ownOutput", { timeouts: pulumi.output({ read: "9s" }) }, { customTimeouts: { create: "2h" } });
    expect(later.inputs["timeouts"]).toEqual({ create: "2h", read: "9s" });
  });

  it("keeps the program's other options", async () => {
    const options: pulumi.CustomResourceOptions = { additionalSecretOutputs: ["etag"], customTimeouts: { create: "2h" } };
    await patchInputs("options", { title: "t" }, options);
    expect(options).toEqual({ additionalSecretOutputs: ["etag"], customTimeouts: { create: "2h" } });
  });

  it("takes another resource as a trigger", async () => {
    const sibling = new Sibling("trigger", { at: "1" });
    const resource = new webpubsub.KeyRegeneration("triggered", {
      resourceGroupName: "rg",
      resourceName: "chat",
      keyType: "Primary",
      triggers: { service: sibling },
    });
    await promised(resource.urn);
    expect(registrations.of("triggered", keyToken).inputs).toHaveProperty("triggers");
  });

  it("does not wait for its siblings in a component, one of which waits for it", async () => {
    const site = new Site("site");
    const first = new apimanagement.BackendPatch("first", { ...backend, title: "t" }, { parent: site });
    const second = new Sibling("second", { etag: first.etag, urn: first.urn }, { parent: site });
    expect(await promised(second.urn)).toBe("urn:pulumi:stack::project::test:index:Site$test:index:Sibling::second");
  }, 10_000);
});

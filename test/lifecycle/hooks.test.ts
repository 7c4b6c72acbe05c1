import { createRequire } from "node:module";
import { fakeOperation } from "./fakeOperation";
import { hooksOf } from "./surroundings";

const { Struct } = createRequire(require.resolve("@pulumi/pulumi/package.json"))("google-protobuf/google/protobuf/struct_pb") as {
  Struct: { fromJavaScript(value: object): { toJavaScript(): object } };
};

const inputs = { name: "orders", __provider: "text", __secret: ["name"] };
const strange = {
  name: "orders",
  nothing: undefined,
  work: () => 1,
  at: new Date(0),
  large: 1n,
  notANumber: Number.NaN,
  deep: { list: [undefined, { nothing: undefined, kept: 1 }], nothing: undefined },
};
const plain = { name: "orders", deep: { list: [null, { kept: 1 }] }, __provider: "text", __secret: ["name"], __given: [] };

describe("what leaves a hook", () => {
  const { hooks } = hooksOf(fakeOperation({ work: () => strange }));

  it("is JSON that the SDK can store, whatever the operation gives", async () => {
    const created = await hooks.create({ ...inputs });
    const read = await hooks.read("id", { ...inputs });
    const updated = await hooks.update("id", { ...inputs }, { ...inputs });
    expect(created).toEqual({ id: "id-of-orders", outs: plain });
    expect(updated).toEqual({ outs: plain });
    expect(read.props).toEqual(plain);
    for (const members of [created.outs, updated.outs, read.props, read.inputs ?? {}]) {
      expect(Struct.fromJavaScript(members).toJavaScript()).toEqual(members);
    }
    expect(await hooks.delete("id", { ...inputs })).toBeUndefined();
  });

  it("is a blank id when the resource is gone", async () => {
    expect(await hooksOf(fakeOperation({ work: () => undefined })).hooks.read("id", { ...inputs })).toEqual({ id: "", props: {} });
  });

  it("hands the operation no member that is internal", async () => {
    const seen: object[] = [];
    const work = (_run: unknown, given: object) => {
      seen.push(given);
      return given;
    };
    const all = hooksOf(fakeOperation({ work })).hooks;
    await all.create({ ...inputs, __urn: "urn" });
    await all.read("id", { ...inputs, __given: [] });
    await all.update("id", { ...inputs }, { ...inputs });
    await all.delete("id", { ...inputs });
    expect(seen).toEqual([{ name: "orders" }, { name: "orders" }, { name: "orders" }, { name: "orders" }]);
  });
});

describe("the inputs that read gives", () => {
  const reported = { name: "orders", port: 6379, state: { status: "Approved", description: "auto" }, etag: '"a"' };
  const readAfter = async (given: object) => {
    const { hooks } = hooksOf(fakeOperation({ work: () => reported }));
    const { outs } = await hooks.create({ ...inputs, ...given });
    const read = await hooks.read("id", outs);
    const again = await hooks.read("id", read.props);
    expect(again).toEqual(read);
    expect(read.props).toMatchObject(reported);
    return read.inputs;
  };
  const internal = { __provider: "text", __secret: ["name"] };

  it("are the observed values of exactly the given arguments", async () => {
    expect(await readAfter({ port: 1, state: { status: "Pending", description: "d" } })).toEqual({
      ...internal,
      ...reported,
      etag: undefined,
    });
  });

  it("leave out what the service reports without having been given, below the first member too", async () => {
    expect(await readAfter({ state: { status: "Pending" } })).toEqual({ ...internal, name: "orders", state: { status: "Approved" } });
    expect(await readAfter({ port: 1, state: { status: "Pending" } })).toEqual({
      ...internal,
      name: "orders",
      port: 6379,
      state: { status: "Approved" },
    });
  });

  it("hold no output, and not what remembers the given arguments", async () => {
    const keys = Object.keys((await readAfter({ port: 1 })) ?? {});
    expect(keys).not.toContain("etag");
    expect(keys).not.toContain("__given");
  });

  it("are what an id alone stands for after get", async () => {
    const { hooks } = hooksOf(fakeOperation({ work: () => reported }));
    expect(await hooks.read("id")).toMatchObject({ id: "id", props: reported });
    expect((await hooks.read("id", { __provider: "text" })).inputs).toEqual({
      __provider: "text",
      name: "orders",
      state: { status: "Approved" },
    });
  });

  it("follow an update that gives more or fewer of the reported arguments", async () => {
    const { hooks } = hooksOf(fakeOperation({ work: () => reported }));
    const { outs } = await hooks.create({ ...inputs, port: 1 });
    const updated = await hooks.update("id", outs, { ...inputs });
    expect((await hooks.read("id", updated.outs)).inputs).not.toHaveProperty("port");
    const back = await hooks.update("id", updated.outs, { ...inputs, port: 1 });
    expect((await hooks.read("id", back.outs)).inputs).toHaveProperty("port", 6379);
  });
});

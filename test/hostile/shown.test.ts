import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as backendReconnect } from "../../provider/apimanagement/backendReconnect";
import { propertyPath, quoted } from "../../provider/engine/state";
import { hooksOf } from "../lifecycle/surroundings";
import { changing, cyclic, endless, nested, throwing } from "./values";

const backend = { resourceGroupName: "rg", serviceName: "apim", backendId: "orders" };
const reconnect = (triggers: unknown) => ({ ...backend, triggers });

async function mistakes(operation: unknown, inputs: Record<string, unknown>): Promise<string[]> {
  const { failures } = await hooksOf(operation).hooks.check({}, inputs);
  return failures.map(({ property, reason }) => `${property}: ${reason}`);
}

describe("arguments that no JSON gives", () => {
  const deepPath = /^triggers(\.a){140,150}[.a]*…: must not be nested deeper than 500 levels$/;

  it.each<[string, unknown, RegExp]>([
    ["10,000 levels", nested(10_000), deepPath],
    ["10,000 lists in each other", nested(10_000, true), /^triggers(\[0\]){90,100}.*…: must not be nested deeper than 500 levels$/],
    ["a cycle", { a: cyclic() }, /^triggers\.a\.list\[0\]: must not hold itself$/],
    ["a getter that throws", throwing(), /^triggers\.value: cannot be read$/],
    ["a getter without an end", endless(), /^triggers\.m0\..*…: must not be nested deeper than 500 levels$/],
    ["getters that double", endless(2), /: must not be nested deeper than 500 levels$/],
    ["a list of four billion", Array(2 ** 32 - 1), /^triggers\[\d+\]: must not hold more than 10000 values$/],
    ["a bigint", { a: 1n }, /^triggers\.a: must be a text, a number, true, false, a list or an object$/],
    ["a function", { a: () => 1 }, /^triggers\.a: must be a text/],
    [
      "a member that became a prototype",
      Object.create({ inherited: 1 }),
      /^triggers: must be an object of plain members, none of them called "__proto__"$/,
    ],
  ])("are refused with their path: %s", async (_what, triggers, told) => {
    const found = await mistakes(backendReconnect, reconnect(triggers));
    expect(found[0]).toMatch(told);
    for (const hook of ["create", "diff"] as const) {
      const { hooks, carrier } = hooksOf(backendReconnect);
      const call = hook === "create" ? hooks.create(reconnect(triggers)) : hooks.diff("id", {}, reconnect(triggers));
      await expect(call).rejects.toMatchObject({ name: "ConfigurationError" });
      expect(carrier.requests).toEqual([]);
    }
  });

  it("are taken at 400 levels, and as lists of 9,000", async () => {
    expect(await mistakes(backendReconnect, reconnect({ a: nested(400), b: Array(9_000).fill("c") }))).toEqual([]);
  });

  it("are read once: what was checked is what is used", async () => {
    const asked = { times: 0 };
    const { hooks } = hooksOf(backendReconnect);
    const { inputs } = await hooks.check({}, reconnect(changing(asked)));
    expect(asked.times).toBe(1);
    expect(inputs.triggers).toEqual({ value: 5 });
    await expect(hooks.create(reconnect(changing(asked)))).rejects.toThrow();
    expect(asked.times).toBe(2);
  });

  it("do not come in by a prototype", async () => {
    const inherited = Object.create({ ...backend, title: "t", __mistakes: [], __secret: ["title"] });
    expect((await mistakes(backendPatch, inherited))[0]).toMatch(/must be an object of plain members/);
    const { hooks } = hooksOf(backendPatch);
    expect((await hooks.check({}, inherited)).inputs).toEqual({});
  });
});

describe("marks that nobody sees", () => {
  it("stand in a refused value as they are written", async () => {
    const found = await mistakes(backendPatch, {
      ...backend,
      title: "t",
      protocol: "",
      onConflict: "fa\u202e\u200bil\u00a0\u{e0041}",
      url: 5,
    });
    expect(found).toContain('onConflict: must be "fail" or "overwrite" (is "fa\\u202e\\u200bil\\u00a0\\udb40\\udc41")');
  });

  it("stand in the name of a refused member as they are written, and a long name is cut", async () => {
    const names = { "a\u202eb": 1, "c\u0007": 1, ["d".repeat(10_000)]: 1 };
    const found = await mistakes(backendPatch, { ...backend, title: "t", tls: names });
    expect(found.slice(0, 2)).toEqual([
      'tls["a\\u202eb"]: is not an argument of this resource; check its spelling',
      'tls["c\\u0007"]: is not an argument of this resource; check its spelling',
    ]);
    expect(found[2]).toMatch(/^tls\["d{98}…\]: is not/);
  });

  it("are cut between two characters, not within one", async () => {
    const found = await mistakes(backendPatch, { ...backend, title: "t", onConflict: `${"a".repeat(57)}😀😀` });
    expect(found).toEqual([`onConflict: must be "fail" or "overwrite" (is "${"a".repeat(57)}…, 61 characters)`]);
  });

  it("are taken out of what a preview announces", async () => {
    const { hooks, host } = hooksOf(backendPatch);
    await hooks.check({}, { ...backend, backendId: "ord\u202e\u001b[2Jers", title: "t" });
    expect(host.sentences()[0]).toContain("of backend ord [2Jers in apim");
  });

  it.each([
    ["é and ü", '"é and ü"'],
    ["中文 日本語", '"中文 日本語"'],
    ["😀", '"😀"'],
    ["a\u3164b\u034fc\ufe0f", '"a\\u3164b\\u034fc\\ufe0f"'],
    ["a\u2028b\u0085c", '"a\\u2028b\\u0085c"'],
  ])("are told from letters: %j", (text, shown) => {
    expect(quoted(text)).toBe(shown);
    expect(JSON.parse(quoted(text))).toBe(text);
  });

  it("do not make a path longer than a line", () => {
    expect(propertyPath(Array(10_000).fill("a")).length).toBeLessThanOrEqual(300);
    expect(propertyPath(["a", 0, "b-c", "d e"])).toBe('a[0].b-c["d e"]');
  });
});

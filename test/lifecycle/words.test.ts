import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as backendReconnect } from "../../provider/apimanagement/backendReconnect";
import { UNKNOWN } from "../../provider/engine/state";
import { showing } from "../../provider/engine/words";
import { type AnyOperation, hooksOf, RecordingHost } from "./surroundings";

const id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-prod/backends/orders";
const given = { subscriptionId: "s", resourceGroupName: "rg", serviceName: "apim-prod", backendId: "orders" };
const PLANTED = "planted-4f1c";

async function sentenceOf(
  olds: Record<string, unknown>,
  news: Record<string, unknown>,
  operation: unknown = backendPatch,
): Promise<string> {
  const { hooks, host } = hooksOf(operation);
  await hooks.diff(id, { ...given, ...olds }, { ...given, ...news });
  return host.sentences().join(" ");
}

describe("a value in a sentence", () => {
  const show = showing(backendPatch as unknown as AnyOperation, {
    __secret: ["tls.validateCertificateChain", "pool.services.1.id", "a.b"],
  });

  it.each([
    [["title"], "Orders", '"Orders"'],
    [["title"], "", '""'],
    [["title"], null, "(nothing)"],
    [["title"], undefined, "(nothing)"],
    [["title"], UNKNOWN, "(not known yet)"],
    [["pool"], { services: [{ id: UNKNOWN }] }, "(secret)"],
    [["properties"], { cluster: [UNKNOWN] }, "(not known yet)"],
    [["tls", "validateCertificateName"], false, "false"],
    [["title"], "x".repeat(58), `"${"x".repeat(58)}"`],
    [["title"], "x".repeat(59), `"${"x".repeat(58)}…`],
    [["title"], "x".repeat(100_000), `"${"x".repeat(58)}…`],
  ])("of %j: %j is shown as it is, in few characters", (path, value, expected) => {
    expect(show(path, value)).toBe(expected);
  });

  it.each([
    ["a secret of the operation", ["credentials"]],
    ["a part of one", ["credentials", "header", "x-key"]],
    ["a value that the program wrapped", ["tls", "validateCertificateChain"]],
    ["what holds a wrapped value", ["tls"]],
    ["a part of a wrapped value", ["a", "b", "c"]],
    ["an item of a list that was wrapped", ["pool", "services", 1, "id"]],
  ])("is hidden: %s", (_what, path) => {
    for (const value of [PLANTED, null, undefined, UNKNOWN, [PLANTED]]) expect(show(path, value)).toBe("(secret)");
  });

  it("is not hidden because its name begins like a secret one", () => {
    expect(show(["credentialsHint"], "x")).toBe('"x"');
    expect(show(["tls", "validateCertificateChainDepth"], 1)).toBe("1");
    expect(show(["pool", "services", 10, "id"], "x")).toBe('"x"');
  });

  it("survives a __secret that is no list", () => {
    for (const wrapped of [UNKNOWN, null, {}, 1])
      expect(showing(backendPatch as unknown as AnyOperation, { __secret: wrapped })(["title"], "t")).toBe('"t"');
  });
});

describe("the sentence of a pending update", () => {
  it("shows both values, and hides what the operation or the program calls secret", async () => {
    expect(await sentenceOf({ title: "Orders" }, { title: "Orders v2" })).toContain('title "Orders" → "Orders v2"');
    const credentials = (key: string) => ({ credentials: { header: { "x-key": [key] } } });
    const secret = await sentenceOf(credentials(PLANTED), credentials(`${PLANTED}-new`));
    expect(secret).toContain("credentials.header (secret) → (secret)");
    expect(secret).not.toContain(PLANTED);
  });

  it("hides a value that was wrapped only before, or is wrapped only now", async () => {
    const before = await sentenceOf({ title: PLANTED, __secret: ["title"] }, { title: "open" });
    const now = await sentenceOf({ title: "open" }, { title: PLANTED, __secret: ["title"] });
    expect([before, now].every((sentence) => sentence.includes("title (secret) → (secret)"))).toBe(true);
    const extra = { extraProperties: { newer: { key: PLANTED } } };
    const newer = await sentenceOf({ extraProperties: { newer: { key: "x" } } }, { ...extra, __secret: ["extraProperties.newer.key"] });
    expect(newer).not.toContain(PLANTED);
    const trigger = await sentenceOf(
      { triggers: { key: "x" } },
      { triggers: { key: PLANTED }, __secret: ["triggers.key"] },
      backendReconnect,
    );
    expect(trigger).toContain("triggers.key: (secret) → (secret)");
  });

  it("stays on the resource's own row", async () => {
    const host = new RecordingHost();
    const { hooks } = hooksOf(backendPatch, { host });
    const news = { ...given, title: "new" };
    host.calls.set(news, { urn: "urn:pulumi:s::p::t::orders-patch", timeoutMs: 0 });
    await hooks.diff(id, { ...given, title: "old" }, news);
    expect(host.lines).toEqual([
      {
        severity: "info",
        urn: "urn:pulumi:s::p::t::orders-patch",
        ephemeral: false,
        message: expect.stringMatching(/^apimanagement\.BackendPatch orders-patch: will patch backend orders/),
      },
    ]);
  });
});

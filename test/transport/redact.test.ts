import { randomBytes } from "node:crypto";
import { plainName, redactText, remember, rememberSecretsIn } from "../../provider/transport/redact";

const key = () => randomBytes(32).toString("base64");

describe("redaction", () => {
  it("takes out what was remembered, in every spelling", () => {
    const secret = `p+/ "${randomBytes(6).toString("hex")}`;
    remember(secret);
    const text = redactText(`a ${secret} b ${encodeURIComponent(secret)} c ${JSON.stringify(secret)}`);
    expect(text).toBe('a [redacted] b [redacted] c "[redacted]"');
  });

  it("takes out what looks like a secret", () => {
    const bare = key();
    const texts = [
      `Endpoint=https://x.webpubsub.azure.com;AccessKey=${bare};Version=1.0;`,
      `Authorization: Bearer ${bare}`,
      `eyJhbGciOiJub25lIn0.${randomBytes(20).toString("base64url")}.`,
      `https://management.azure.com/operations/1?t=1&s=${bare}`,
      `the key ${bare} is wrong`,
      `hash ${randomBytes(20).toString("hex")}`,
      `"password": "${bare}"`,
      `https://user:${bare.replaceAll("/", "x")}@host.test/`,
      `Credential=LTAI5t${randomBytes(9).toString("hex")},SignedHeaders=host`,
    ];
    for (const text of texts) {
      const shown = redactText(text);
      expect(shown).toContain("[redacted]");
      expect(shown).not.toContain(bare.slice(2, 12));
    }
  });

  it("takes out a secret whose end was cut off", () => {
    const short = randomBytes(5).toString("hex");
    for (const text of [`{"primaryKey":"${short}`, `{'access_token': '${short}`, `{"a":1,"client_secret" : "${short} ${short}`])
      expect(redactText(text)).not.toContain(short);
  });

  it("leaves ids, paths and sentences alone", () => {
    const texts = [
      "The Resource 'Microsoft.ApiManagement/service/contoso/backends/orders' under resource group 'platform-rg' was not found.",
      "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg1/providers/Microsoft.Cache/redisEnterprise/c1",
      "Request 4f1c7a32-9df3-4b0e-8a4f-6d1b1f6f0a11 was throttled. Please retry after 12 seconds.",
      "The client 'c' does not have authorization to perform action 'Microsoft.Cache/redisEnterprise/privateEndpointConnections/write'.",
    ];
    for (const text of texts) expect(redactText(text)).toBe(text);
  });

  it("keeps to one line of 500 characters without control characters", () => {
    expect(redactText("a\r\n\u001b[31mb\u202e\tc")).toBe("a [31mb c");
    const long = redactText("word ".repeat(300));
    expect(long).toHaveLength(500);
    expect(long.endsWith("…")).toBe(true);
  });

  it("remembers secrets by the names of their members, and nothing else", () => {
    const [primaryKey, header, word] = [key(), `h-${key()}`, `w-${key()}`];
    rememberSecretsIn({
      primaryKey,
      title: "an ordinary title",
      credentials: { header: { "x-a": [header] } },
      proxy: { url: "https://proxy.test", password: word },
    });
    expect(redactText(`${primaryKey}|${header}|${word}`)).toBe("[redacted]|[redacted]|[redacted]");
    expect(redactText("an ordinary title https://proxy.test")).toBe("an ordinary title https://proxy.test");
  });

  it("takes no long time over a hostile text", () => {
    const began = Date.now();
    for (const part of ["a", "a-", "=", "eyJ.", "https://", "key ", "<"]) redactText(part.repeat(1_000_000));
    expect(Date.now() - began).toBeLessThan(2_000);
  });

  it("takes a code or an id only when it looks like one", () => {
    expect(plainName("ResourceNotFound")).toBe("ResourceNotFound");
    expect(plainName("a code with words")).toBe("");
    expect(plainName({})).toBe("");
    expect(plainName("x".repeat(200))).toBe("");
  });
});

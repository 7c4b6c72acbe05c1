import fc from "fast-check";
import { Placeholders } from "../../provider/transport/placeholders";
import { runs } from "../support/runs";

const guid = "5F1D8A4E-1111-2222-3333-444455556666";
const id = `/subscriptions/${guid}/resourceGroups/prod-rg/providers/Microsoft.ApiManagement/service/apim/backends/orders`;
let placeholders: Placeholders;
beforeEach(() => {
  placeholders = new Placeholders();
  placeholders.addEndpoint("https://management.azure.com");
});

it.each([
  ["a name", "orders", /^name\d{4}$/],
  ["a GUID", guid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  ["an ETag", '"AAAAAAAAB3I="', /^"name\d{4}"$/],
  ["a weak ETag", 'W/"AAAAAAAAB3I="', /^W\/"name\d{4}"$/],
  [
    "an ARM id",
    id,
    /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/name\d{4}\/providers\/Microsoft\.ApiManagement\/service\/name\d{4}\/backends\/name\d{4}$/,
  ],
  [
    "an address of the endpoint",
    `https://management.azure.com${id}?api-version=2024-05-01&s=abc%2B`,
    /^https:\/\/endpoint\.invalid\/subscriptions\/\S+\?api-version=2024-05-01&s=name\d{4}$/,
  ],
  [
    "an address of another host",
    "https://user:word@orders.example:8443/a/b?code=c#d",
    /^https:\/\/name\d{4}@name\d{4}\.name\d{4}:8443\/name\d{4}\/name\d{4}\?name\d{4}=name\d{4}#name\d{4}$/,
  ],
  ["a moment", "2026-11-29T07:16:33.123Z", /^1970-01-01T00:00:\d\d\.000Z$/],
  ["an IP address", "172.16.4.9", /^10\.\d+\.\d+\.\d+$/],
  ["the host of an instance", "r-prod.redis.rds.aliyuncs.com", /^name\d{4}\.redis\.rds\.aliyuncs\.com$/],
  ["a sentence", "Orders, patched by the chat platform", /^name\d{4}$/],
])("%s stays one, and is always the same", (_kind, text, form) => {
  const placeholder = placeholders.of(text);
  expect(placeholder).toMatch(form);
  placeholders.of("something else");
  expect(placeholders.of(text)).toBe(placeholder);
});

it("parts match wherever they stand", () => {
  const masked = placeholders.of(id).split("/");
  expect([placeholders.of("orders"), placeholders.of("apim"), placeholders.of(guid)]).toEqual([masked[10], masked[8], masked[2]]);
  expect(placeholders.of("https://management.azure.com/backends/orders")).toBe(`https://endpoint.invalid/backends/${masked[10]}`);
});

it("names whose case differs are the same name in another case", () => {
  const [one = "", other = ""] = ["Orders", "orders"].map((name) => placeholders.of(name));
  expect(one).not.toBe(other);
  expect(one.toLowerCase()).toBe(other.toLowerCase());
});

it("a name that is a word of ARM is hidden where a name stands", () => {
  expect(placeholders.of("/subscriptions/service/resourceGroups/backends")).toMatch(
    /^\/subscriptions\/name\d{4}\/resourceGroups\/name\d{4}$/,
  );
});

it("whatever the texts are, each has one placeholder of its own, and nothing of it is in there", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.ipV4(),
    fc.domain(),
  );
  fc.assert(
    fc.property(fc.uniqueArray(text, { maxLength: 30 }), (texts) => {
      const own = new Placeholders();
      const masked = texts.map((each) => own.of(each));
      expect(texts.map((each) => own.of(each))).toEqual(masked);
      for (const [at, each] of texts.entries()) {
        const pieces = each.match(/[^\W_]{7,}/g) ?? [];
        expect(pieces.filter((piece) => masked[at]?.includes(piece))).toEqual([]);
      }
    }),
    runs(300),
  );
});

it("the placeholder of a secret tells nothing of it: another process gives it another order", () => {
  const [one, other] = [new Placeholders(), new Placeholders()];
  other.of("first");
  expect(one.of("secret-of-the-test")).not.toBe(other.of("secret-of-the-test"));
});

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import type { Json } from "../../provider/engine/operation";
import type { HttpAnswer } from "../../provider/transport/http";
import { Placeholders } from "../../provider/transport/placeholders";
import { ANSWER_HEADERS, exchange, REQUEST_HEADERS } from "../../provider/transport/recording";
import { Canaries } from "../canaries/canary";
import { expectDocumentPart } from "../support/generatedDocument";
import { runs } from "../support/runs";

const url = "https://management.azure.com/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim/backends/b";

function recorded(
  given: Partial<HttpAnswer>,
  cloud: "azure" | "alibaba" = "azure",
  request: { body?: string; headers?: Record<string, string> } = {},
) {
  const answer: HttpAnswer = { kind: "answer", status: 200, headers: {}, text: "", ...given };
  return exchange(cloud, { method: "PUT", url, headers: {}, writes: true, ...request }, answer, new Placeholders());
}

const bodyOf = (body: unknown, cloud?: "azure" | "alibaba") => recorded({ text: JSON.stringify(body) }, cloud).answer?.body;

/** Every member name of a body, with the names above it; lists are left out. */
function namesIn(value: Json | undefined, above = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(item, above));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [`${above}.${name}`, ...namesIn(member, `${above}.${name}`)]);
}

interface Example {
  readonly request: { readonly body?: Json };
  readonly answers: readonly { readonly body?: Json }[];
}
const examples = path.resolve(__dirname, "../contracts/examples");

it.each(readdirSync(examples))("keeps the member names of the published example %s, but for those of maps", (file) => {
  const { request, answers } = JSON.parse(readFileSync(path.join(examples, file), "utf8")) as Example;
  for (const body of [request.body, ...answers.map((answer) => answer.body)].filter((each) => each !== undefined)) {
    const names = namesIn(body).filter((name) => !/\.(header|query|tags)\./.test(name));
    const kept = new Set(namesIn(bodyOf(body, file.startsWith("direct-connection") ? "alibaba" : "azure")));
    expect(names.filter((name) => !kept.has(name))).toEqual([]);
  }
});

it("keeps statuses, codes, durations and numbers where they are documented", () => {
  const properties = {
    provisioningState: "Succeeded",
    type: "Pool",
    protocol: "http",
    circuitBreaker: { rules: [{ tripDuration: "PT1M" }] },
  };
  expect(bodyOf({ status: "InProgress", properties, error: { code: "Some.NewCode", details: [{ code: "Inner" }] } })).toEqual({
    status: "InProgress",
    properties,
    error: { code: "Some.NewCode", details: [{ code: "Inner" }] },
  });
});

it("keeps the region of an instance, and not its zone", () => {
  const body = { Instances: { DBInstanceAttribute: [{ RegionId: "cn-shanghai", ZoneId: "cn-shanghai-b" }] } };
  expect(bodyOf(body, "alibaba")).toEqual({
    Instances: { DBInstanceAttribute: [{ RegionId: "cn-shanghai", ZoneId: expect.stringMatching(/^name\d{4}$/) }] },
  });
});

it("keeps nothing of what stands in the place of such a word", () => {
  const key = `${"Ab1"}${"cD2".repeat(9)}=`;
  for (const value of ["not a status", "lower", key, "Bearer a", "SharedAccessKey=abc", `Name${"a".repeat(70)}`]) {
    expect(JSON.stringify(bodyOf({ status: value, error: { code: value } }))).toMatch(
      /^\{"status":"name\d{4}","error":\{"code":"name\d{4}"\}\}$/,
    );
  }
});

it("of a number under a name of somebody's nothing is kept, and equal ones stay equal", () => {
  expect(bodyOf({ properties: { pin: 4711, again: [4711, 4712], pool: { services: [{ weight: 7 }] } } })).toEqual({
    properties: { name0005: 1_000_001, name0006: [1_000_001, 1_000_002], pool: { services: [{ weight: 7 }] } },
  });
});

it("keeps no header but those that are listed, in the form that they have", () => {
  const headers = {
    server: "x",
    "set-cookie": "session",
    "content-type": "application/json; note=abc",
    "retry-after": "soon",
    "x-ms-retry-after-ms": "20",
  };
  expect(recorded({ headers }, "azure", { headers: { authorization: "Bearer abcdef", "if-match": "*", "user-agent": "x" } })).toEqual({
    request: expect.objectContaining({ headers: { "if-match": "*" } }),
    answer: { status: 200, headers: { "content-type": "name0005", "retry-after": "name0006", "x-ms-retry-after-ms": "20" } },
  });
});

it("docs/recordings.md lists these headers", () => {
  const all = Object.entries({ ...REQUEST_HEADERS, ...ANSWER_HEADERS });
  const listed = (isMasked: boolean) => all.flatMap(([name, form]) => ((form === "masked") === isMasked ? [`\`${name}\``] : [])).join(", ");
  const text = `Headers that are kept in the form that is documented for them: ${listed(false)}. Headers that become placeholders: ${listed(true)}.`;
  expectDocumentPart("docs/recordings.md", "headers", text);
});

it.each([
  ["a page", "<html>secret page</html>"],
  ["half of a JSON", '{"primaryKey":"abcdefgh'],
  ["JSON that is deeper than a program can go", `${"[".repeat(200_000)}"secret page"${"]".repeat(200_000)}`],
])("of %s it keeps that there was something", (_what, text) => {
  expect(recorded({ text }).answer).toEqual({ status: 200, headers: {}, text: expect.stringMatching(/^name\d{4}$/) });
});

it("whatever a body holds and wherever, no text and no name of it is in the recording", () => {
  const names = [
    "properties",
    "credentials",
    "header",
    "query",
    "error",
    "code",
    "status",
    "details",
    "value",
    "id",
    "etag",
    "tags",
    "innererror",
  ];
  const canaries = new Canaries();
  const canary = fc.constant(0).map(() => canaries.at("anywhere"));
  const leaf = fc.oneof(
    canary,
    canary.map((text) => `https://x.example/${text}?${text}=${text}`),
    canary.map((text) => `/subscriptions/${text}/providers/${text}`),
    fc.boolean(),
  );
  const body = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(fc.constantFrom(...names), canary), tie("node"), { maxKeys: 4 }),
    ),
  })).node;
  fc.assert(
    fc.property(body, fc.constantFrom("azure" as const, "alibaba" as const), (value, cloud) => {
      const text = JSON.stringify(value);
      const line = JSON.stringify(
        recorded({ text, headers: { etag: `"${canaries.at("header")}"`, location: canaries.at("header") } }, cloud, { body: text }),
      );
      expect([...canaries.foundIn(line)]).toEqual([]);
    }),
    runs(200),
  );
});

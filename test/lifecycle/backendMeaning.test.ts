import { backendOwnership } from "../../provider/apimanagement/backend";
import type { JsonObject } from "../../provider/engine/operation";
import { differing, leavesOf, observed } from "../../provider/engine/ownership";

const differs = (wanted: JsonObject, current: JsonObject) =>
  differing(wanted, current, backendOwnership).map((leaf) => leaf.path.join("."));
const rules = (rule: JsonObject): JsonObject => ({ circuitBreaker: { rules: [rule] } });

describe("values of a backend that mean the same", () => {
  const same: [string, JsonObject, JsonObject][] = [
    ["a bare host with and without its slash", { url: "https://orders.example" }, { url: "https://orders.example/" }],
    [
      "the case of an id",
      { resourceId: "https://management.azure.com/Subscriptions/A" },
      { resourceId: "https://management.azure.com/subscriptions/a" },
    ],
    ["the case of a pool member's id", { pool: { services: [{ id: "/Backends/A" }] } }, { pool: { services: [{ id: "/backends/a" }] } }],
    ["the case of a certificate's id", { credentials: { certificateIds: ["/C/A"] } }, { credentials: { certificateIds: ["/c/a"] } }],
    ["PT60S and PT1M", rules({ tripDuration: "PT60S" }), rules({ tripDuration: "PT1M" })],
    [
      "an interval of a failure condition",
      rules({ failureCondition: { interval: "PT24H", count: 1 } }),
      rules({ failureCondition: { count: 1, interval: "P1D" } }),
    ],
    ["null and absent in a list", { pool: { services: [{ id: "a", weight: null }] } }, { pool: { services: [{ id: "a" }] } }],
    ["an empty text and absent", { proxy: { url: "http://p.example", username: "" } }, { proxy: { url: "http://p.example" } }],
    ["an empty text and absent in a list", rules({ name: "" }), rules({})],
    ["null and absent above a leaf", { credentials: { authorization: null } }, {}],
  ];
  it.each(same)("are not written: %s", (_what, ours, theirs) => {
    expect(differs(ours, theirs)).toEqual([]);
    expect(observed(ours, theirs, backendOwnership)).toEqual(ours);
    expect(differs(theirs, ours).filter((leaf) => leaf in ours)).toEqual([]);
  });
});

describe("values of a backend that do not mean the same", () => {
  const different: [string, JsonObject, JsonObject][] = [
    ["the case of a title", { title: "Orders" }, { title: "orders" }],
    ["the slash of a path", { url: "https://orders.example/v1" }, { url: "https://orders.example/v1/" }],
    ["two hosts", { url: "https://a.example" }, { url: "https://b.example/" }],
    ["the order of certificates", { credentials: { certificateIds: ["a", "b"] } }, { credentials: { certificateIds: ["b", "a"] } }],
    ["a longer list", { pool: { services: [{ id: "a" }] } }, { pool: { services: [{ id: "a" }, { id: "b" }] } }],
    ["PT60S and PT61S", rules({ tripDuration: "PT60S" }), rules({ tripDuration: "PT61S" })],
    ["a duration with something behind it", rules({ tripDuration: "PT60S" }), rules({ tripDuration: "PT60S!" })],
    ["two durations beyond all time", rules({ tripDuration: "P99999999999D" }), rules({ tripDuration: "P99999999998D" })],
    ["an empty text and another", { proxy: { username: "" } }, { proxy: { username: "u" } }],
    ["an empty text of a member newer than this package, and absent", { newer: "" }, {}],
    ["false and absent", { tls: { validateCertificateChain: false } }, {}],
    ["the case of a member newer than this package", { newer: { id: "A" } }, { newer: { id: "a" } }],
  ];
  it.each(different)("are written: %s", (_what, ours, theirs) => {
    expect(differs(ours, theirs)).toHaveLength(1);
  });
});

describe("a map whose keys are data", () => {
  it("is one leaf, and compared exactly whatever its keys are called", () => {
    const header = (members: JsonObject): JsonObject => ({ credentials: { header: members } });
    expect(leavesOf(header({ url: ["a"], id: ["b"] }), backendOwnership).map((leaf) => leaf.path)).toEqual([["credentials", "header"]]);
    expect(differs(header({ url: ["https://a.example"] }), header({ url: ["https://a.example/"] }))).toEqual(["credentials.header"]);
    expect(differs(header({ id: ["A"] }), header({ id: ["a"] }))).toEqual(["credentials.header"]);
    expect(differs(header({ tripDuration: ["PT60S"] }), header({ tripDuration: ["PT1M"] }))).toEqual(["credentials.header"]);
    expect(differs(header({ a: ["1"] }), header({ a: ["1"], b: ["2"] }))).toEqual(["credentials.header"]);
    expect(differs(header({ b: ["2"], a: ["1"] }), header({ a: ["1"], b: ["2"] }))).toEqual([]);
    expect(differs({ credentials: { query: { id: ["A"] } } }, { credentials: { query: { id: ["a"] } } })).toEqual(["credentials.query"]);
  });

  it("may be empty, which is not the same as absent", () => {
    expect(differs({ credentials: { header: {} } }, { credentials: { header: {} } })).toEqual([]);
    expect(differs({ credentials: { header: {} } }, {})).toEqual(["credentials.header"]);
  });
});

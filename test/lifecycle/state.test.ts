import fc from "fast-check";
import { canonical, isUnknown, propertyPath, sameValue, toState, UNKNOWN, valueAt } from "../../provider/engine/state";

describe("toState", () => {
  it("leaves out what is no JSON, and keeps its place in a list", () => {
    const members = {
      text: "t",
      none: null,
      nothing: undefined,
      work: () => 1,
      at: new Date(0),
      map: new Map([["a", 1]]),
      bytes: Buffer.from("secret"),
      large: 1n,
      notANumber: Number.NaN,
      endless: Number.POSITIVE_INFINITY,
      symbol: Symbol("s"),
      list: [undefined, () => 1, new Date(0), 1n, Number.NaN, 1, { a: undefined, b: 2 }],
    };
    expect(toState(members)).toEqual({ text: "t", none: null, list: [null, null, null, null, null, 1, { b: 2 }] });
    expect(Object.keys(toState(members))).toEqual(["text", "none", "list"]);
  });

  it("keeps every JSON value as it is, with any member name", () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "")), json), (value) => {
        expect(JSON.stringify(toState(value))).toBe(JSON.stringify(value));
      }),
    );
  });

  it("takes __proto__ for a member", () => {
    const state = toState(JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(Object.keys(state)).toEqual(["__proto__"]);
    expect((state as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("canonical", () => {
  it("is the same for values that differ in the order of members alone, at any depth", () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([member, part]) => [member, shuffled(part)]),
      );
    };
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(canonical(shuffled(value))).toBe(canonical(value))));
  });

  it("is different for another value, another order of a list, and a member more", () => {
    expect(sameValue([1, 2], [2, 1])).toBe(false);
    expect(sameValue({ a: 1 }, { a: 1, b: null })).toBe(false);
    expect(sameValue({ a: 1 }, { a: "1" })).toBe(false);
    expect(sameValue(JSON.parse('{"__proto__":1}'), {})).toBe(false);
  });

  it("takes an absent value for null", () => {
    expect(sameValue(undefined, null)).toBe(true);
    expect(sameValue(undefined, "")).toBe(false);
  });
});

describe("propertyPath", () => {
  it.each([
    [["title"], "title"],
    [["circuitBreaker", "rules", 0, "name"], "circuitBreaker.rules[0].name"],
    [["credentials", "header", "x-trace"], "credentials.header.x-trace"],
    [["extraProperties", "a.b"], 'extraProperties["a.b"]'],
    [["extraProperties", ""], 'extraProperties[""]'],
    [["extraProperties", 'q"uote', "0"], 'extraProperties["q\\"uote"]["0"]'],
    [["extraProperties", "__proto__"], "extraProperties.__proto__"],
    [["größe"], '["größe"]'],
    [[], ""],
  ])("writes %j as %s", (path, expected) => {
    expect(propertyPath(path as (string | number)[])).toBe(expected);
  });
});

describe("valueAt", () => {
  it("sees own members only", () => {
    expect(valueAt({ a: [{ b: 1 }] }, ["a", 0, "b"])).toBe(1);
    expect(valueAt({}, ["constructor"])).toBeUndefined();
    expect(valueAt({}, ["__proto__", "toString"])).toBeUndefined();
    expect(valueAt("text", ["length"])).toBeUndefined();
    expect(valueAt({ a: null }, ["a", "b"])).toBeUndefined();
  });
});

describe("isUnknown", () => {
  it("finds what is not known at any depth, and in no longer text", () => {
    expect([UNKNOWN, [UNKNOWN], { a: { b: [1, UNKNOWN] } }].map(isUnknown)).toEqual([true, true, true]);
    expect([`${UNKNOWN} `, { [UNKNOWN]: 1 }, null, undefined, 0].map(isUnknown)).toEqual([false, false, false, false, false]);
  });
});

import fc from "fast-check";
import type { Json, JsonObject } from "../../provider/engine/operation";
import {
  differing,
  fromLeaves,
  holds,
  leafAt,
  leavesOf,
  type Ownership,
  observed,
  overlaps,
  withLeaf,
  withoutLeaf,
} from "../../provider/engine/ownership";
import { canonical, isObject } from "../../provider/engine/state";

const exact: Ownership = { isLeaf: () => false, means: (_path, a, b) => canonical(a) === canonical(b) };

const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("a", "b", "c", "title", "header") },
  { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "toString", "hasOwnProperty", "", "größe", "🔑", "a.b", "0", "10") },
);
const value = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(fc.string(), fc.record({ id: fc.string() })), { maxLength: 3 }),
) as fc.Arbitrary<Json>;
const object = fc.letrec<{ object: JsonObject; part: Json }>((tie) => ({
  part: fc.oneof({ maxDepth: 3, withCrossShrink: true }, value, tie("object")),
  object: fc.dictionary(name, tie("part"), { maxKeys: 4, noNullPrototype: true }),
})).object;
const path = fc.array(name, { minLength: 1, maxLength: 4 });

function written(wanted: JsonObject, current: JsonObject): JsonObject {
  return leavesOf(wanted, exact).reduce(
    (whole, leaf) => (leaf.value === null ? withoutLeaf(whole, leaf.path) : withLeaf(whole, leaf.path, leaf.value)),
    current,
  );
}

/** Leaves of `current` that are neither at, above nor below one of the paths. */
function foreign(current: JsonObject, paths: readonly (readonly string[])[]) {
  return leavesOf(current, exact).filter((leaf) => !paths.some((own) => overlaps(own, leaf.path)));
}

describe("ownership", () => {
  it("never changes a foreign leaf with withLeaf and withoutLeaf", () => {
    fc.assert(
      fc.property(object, path, value, (current, own, ours) => {
        const before = JSON.stringify(current);
        const others = foreign(current, [own]);
        for (const after of [withLeaf(current, own, ours), withoutLeaf(current, own)]) {
          expect(foreign(after, [own])).toEqual(others);
        }
        expect(JSON.stringify(current)).toBe(before);
      }),
    );
  });

  it("finds what it has set, and nothing where it has removed", () => {
    fc.assert(
      fc.property(object, path, value, (current, own, ours) => {
        expect(leafAt(withLeaf(current, own, ours), own)).toEqual(ours);
        expect(leafAt(withoutLeaf(current, own), own)).toBeNull();
        expect(holds(withLeaf(current, own, ours), own)).toBe(true);
      }),
    );
  });

  it("has nothing left to write after writing, and has not touched what is foreign", () => {
    fc.assert(
      fc.property(object, object, (wanted, current) => {
        const after = written(wanted, current);
        expect(differing(wanted, after, exact)).toEqual([]);
        const paths = leavesOf(wanted, exact).map((leaf) => leaf.path);
        expect(foreign(after, paths)).toEqual(foreign(current, paths));
      }),
    );
  });

  it("makes of leaves the object that they came from", () => {
    fc.assert(
      fc.property(object, (whole) => {
        const leaves = leavesOf(whole, exact);
        expect(leavesOf(fromLeaves(leaves), exact)).toEqual(leaves);
        for (const leaf of leaves) expect(leafAt(whole, leaf.path)).toEqual(leaf.value);
      }),
    );
  });

  it("reports the program's spelling of what means the same, and the service's of what does not", () => {
    const anyCase: Ownership = {
      isLeaf: () => false,
      means: (_path, a, b) => canonical(a).toLowerCase() === canonical(b).toLowerCase(),
    };
    const loud = (part: Json): Json => (typeof part === "string" ? part.toUpperCase() : part);
    fc.assert(
      fc.property(object, (wanted) => {
        const leaves = leavesOf(wanted, anyCase).filter(
          (leaf) => !Array.isArray(leaf.value) && canonical(loud(leaf.value)).toLowerCase() === canonical(leaf.value).toLowerCase(),
        );
        const ours = fromLeaves(leaves);
        const theirs = fromLeaves(leaves.map((leaf) => ({ path: leaf.path, value: loud(leaf.value) })));
        expect(observed(ours, theirs, anyCase)).toEqual(ours);
        expect(differing(ours, theirs, anyCase)).toEqual([]);
      }),
    );
    expect(observed({ a: "x", b: "y", c: null }, { a: "X", b: "z", c: 1, d: 2 }, anyCase)).toEqual({ a: "x", b: "z", c: 1 });
  });

  it("keeps an absent leaf owned as null", () => {
    expect(observed({ a: { b: 1 }, c: 2 }, {}, exact)).toEqual({ a: { b: null }, c: null });
  });

  it("takes null for absent, and a list for one leaf", () => {
    expect(differing({ a: null, b: { c: null } }, { b: {} }, exact)).toEqual([]);
    expect(differing({ a: null }, { a: 1 }, exact)).toEqual([{ path: ["a"], value: null }]);
    expect(differing({ list: [{ id: "a" }] }, { list: [{ id: "a" }, { id: "b" }] }, exact)).toEqual([
      { path: ["list"], value: [{ id: "a" }] },
    ]);
  });

  it("takes every name for data", () => {
    const own = ["__proto__", "polluted"];
    const after = withLeaf({}, own, true);
    expect(Object.keys(after)).toEqual(["__proto__"]);
    expect(isObject(after) && leafAt(after, own)).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.keys(withoutLeaf(after, own))).toEqual([]);
    expect(leafAt({}, ["constructor", "name"])).toBeNull();
    expect(withoutLeaf({ a: 1 }, ["constructor", "name"])).toEqual({ a: 1 });
    expect(withoutLeaf({ a: 1 }, ["__proto__", "toString"])).toEqual({ a: 1 });
  });

  it("drops an object with its last member, and nothing beside it", () => {
    expect(withoutLeaf({ a: { b: { c: 1 } }, d: 2 }, ["a", "b", "c"])).toEqual({ d: 2 });
    expect(withoutLeaf({ a: { b: 1, e: 3 }, d: 2 }, ["a", "b"])).toEqual({ a: { e: 3 }, d: 2 });
    expect(withoutLeaf({ a: {}, d: 2 }, ["a", "b"])).toEqual({ a: {}, d: 2 });
    expect(withoutLeaf({ a: [1] }, ["a", "0"])).toEqual({ a: [1] });
  });
});

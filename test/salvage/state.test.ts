import fc from "fast-check";
import type { JsonObject } from "../../provider/engine/operation";
import { fromLeaves, leafAt, leavesOf, type Ownership, overlaps, withLeaf, withoutLeaf } from "../../provider/engine/ownership";
import { canonical, isObject, toState } from "../../provider/engine/state";
import { jsonObject } from "../../provider/transport/answers";
import { runs } from "../support/runs";
import { hostileJson, hostileValue, NAMES } from "./hostile";
import { wrongInMembers, wrongInPrototypes } from "./invariants";

const often = runs(500);
const members: Ownership = { isLeaf: () => false, means: (_path, a, b) => canonical(a) === canonical(b) };
const object = fc.oneof(hostileValue.filter(isObject), fc.dictionary(fc.constantFrom(...NAMES), hostileValue)) as fc.Arbitrary<JsonObject>;
const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 });

function withoutEmpty(value: JsonObject): JsonObject {
  return fromLeaves(leavesOf(value, members));
}

describe(`what is recorded, ${often.numRuns} cases each`, () => {
  it("is plain JSON that reaches the engine as it is, whatever was read", () => {
    fc.assert(
      fc.property(hostileJson.map(jsonObject), (read) => {
        expect(wrongInMembers(toState({ read }))).toEqual([]);
        expect(wrongInPrototypes()).toEqual([]);
      }),
      often,
    );
  });

  it("is the same when it is recorded again", () => {
    fc.assert(
      fc.property(object, (read) => {
        expect(JSON.stringify(toState(toState(read)))).toBe(JSON.stringify(toState(read)));
      }),
      often,
    );
  });
});

describe(`ownership, ${often.numRuns} cases each`, () => {
  it("takes an object apart into leaves and puts it together again, whatever its members are called", () => {
    fc.assert(
      fc.property(object, (whole) => {
        const leaves = leavesOf(whole, members);
        for (const leaf of leaves) expect(leafAt(whole, leaf.path)).toBe(leaf.value);
        const again = fromLeaves(leaves);
        expect(canonical(leavesOf(again, members))).toBe(canonical(leaves));
        expect(canonical(withoutEmpty(again))).toBe(canonical(again));
        expect(wrongInPrototypes()).toEqual([]);
      }),
      often,
    );
  });

  it("gives back the leaf that was set, loses the one that was taken away, and no other", () => {
    fc.assert(
      fc.property(object, path, hostileValue, (whole, own, value) => {
        const before = JSON.stringify(whole);
        const set = withLeaf(whole, own, value as JsonObject);
        expect(leafAt(set, own)).toBe(value);
        expect(leafAt(withoutLeaf(set, own), own)).toBeNull();
        const foreign = (each: JsonObject) => canonical(leavesOf(each, members).filter((leaf) => !overlaps(own, leaf.path)));
        expect(foreign(set)).toBe(foreign(whole));
        expect(foreign(withoutLeaf(set, own))).toBe(foreign(whole));
        expect(JSON.stringify(whole)).toBe(before);
        expect(wrongInPrototypes()).toEqual([]);
      }),
      often,
    );
  });
});

import fc from "fast-check";
import { hostileJson, NAMES } from "./hostile";
import { everywhere, type Member, type Place, parsed, placesOf, type Tree, treeAt, withEntries, written } from "./jsonTree";

// Damage to the body of a real answer: it holds more, less, null, other case, other types, or stands elsewhere.

/** `at` and `other` choose places, whatever the answer's size; `hostile` is a JSON text. */
export interface Mutation {
  readonly kind: keyof typeof KINDS;
  readonly at: number;
  readonly other: number;
  readonly name: string;
  readonly hostile: string;
}

type Change = (tree: Tree, place: Place, mutation: Mutation) => Tree;

const atPlace =
  (change: (entry: Member, mutation: Mutation, isNamed: boolean) => readonly Member[]): Change =>
  (tree, place, mutation) =>
    withEntries(tree, place, (entry, isNamed) => change(entry, mutation, isNamed));

const KINDS = {
  drop: atPlace(() => []),
  makeNull: atPlace(([name]) => [[name, { raw: "null" }]]),
  changeType: atPlace(([name, value]) => [[name, ofAnotherType(value)]]),
  replace: atPlace(([name], { hostile }) => [[name, { raw: hostile }]]),
  renameCase: atPlace(([name, value], { other }) => [[inAnotherCase(name, other), value]]),
  valueCase: atPlace(([name, value], { other }) => [[name, changedText(value, (text) => inAnotherCase(text, other))]]),
  empty: atPlace(([name, value]) => [[name, changedText(value, () => "")]]),
  pad: atPlace(([name, value]) => [[name, changedText(value, (text) => ` ${text}\t`)]]),
  duplicateBefore: atPlace(([name, value], { hostile }) => [
    [name, { raw: hostile }],
    [name, value],
  ]),
  duplicateAfter: atPlace(([name, value], { hostile }) => [
    [name, value],
    [name, { raw: hostile }],
  ]),
  wrapInList: atPlace(([name, value]) => [[name, { items: [value] }]]),
  wrapInObject: atPlace(([name, value], { name: wrapper }) => [[name, { members: [[wrapper, value]] }]]),
  unwrap: atPlace(([name, value]) => [[name, firstChild(value)]]),
  addEverywhere: (tree, _place, { name, hostile }) =>
    everywhere(tree, (part) => ("members" in part ? { members: [...part.members, [name, { raw: hostile }]] } : part)),
  numbersAsTexts: (tree) => everywhere(tree, (part) => ("raw" in part && /^[-\d]/.test(part.raw) ? { raw: `"${part.raw}"` } : part)),
  textsAsNumbers: (tree) => everywhere(tree, (part) => ("raw" in part && /^"\d+"$/.test(part.raw) ? { raw: part.raw.slice(1, -1) } : part)),
  nullEverywhere: (tree) => everywhere(tree, (part) => ("raw" in part ? { raw: "null" } : part)),
  swap: (tree, place, { other }) => {
    const siblings = placesOf(tree).filter(
      (each) => each.length === place.length && each.slice(0, -1).join() === place.slice(0, -1).join(),
    );
    const partner = siblings[other % siblings.length] ?? place;
    const [mine, theirs] = [treeAt(tree, place), treeAt(tree, partner)];
    return withEntries(
      withEntries(tree, place, ([name]) => [[name, theirs]]),
      partner,
      ([name]) => [[name, mine]],
    );
  },
  dropNamed: (tree, _place, { name }) => withNamed(tree, name, () => []),
  replaceNamed: (tree, _place, { name, hostile }) => withNamed(tree, name, () => [[name, { raw: hostile }]]),
  wrapWhole: (tree, _place, { name }) => ({ members: [[name, tree]] }),
  listWhole: (tree) => ({ items: [tree] }),
} satisfies Record<string, Change>;

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])),
  at: fc.nat(1_000),
  other: fc.nat(1_000),
  name: fc.constantFrom(...NAMES),
  hostile: hostileJson,
});

/** The body of an answer with these mutations, one after the other; one that is no JSON stays as it is. */
export function mutated(body: string, mutations: readonly Mutation[]): string {
  const tree = parsed(body);
  if (tree === undefined) return body;
  return written(
    mutations.reduce((before, each) => {
      const places = placesOf(before);
      const place = places[each.at % places.length];
      return place === undefined ? before : KINDS[each.kind](before, place, each);
    }, tree),
  );
}

/** The tree with every member of a name replaced by what `change` makes of it. */
function withNamed(tree: Tree, name: string, change: () => readonly Member[]): Tree {
  return everywhere(tree, (part) =>
    "members" in part ? { members: part.members.flatMap((entry) => (entry[0] === name ? change() : [entry])) } : part,
  );
}

function ofAnotherType(value: Tree): Tree {
  if (!("raw" in value))
    return "items" in value ? { members: value.items.map((item, index) => [String(index), item]) } : { items: [value] };
  if (/^"-?\d+(\.\d+)?"$/.test(value.raw)) return { raw: value.raw.slice(1, -1) };
  if (value.raw.startsWith('"')) return { raw: String(value.raw.length) };
  return { raw: JSON.stringify(value.raw) };
}

function changedText(value: Tree, change: (text: string) => string): Tree {
  return "raw" in value && value.raw.startsWith('"') ? { raw: JSON.stringify(change(JSON.parse(value.raw) as string)) } : value;
}

function inAnotherCase(text: string, choice: number): string {
  if (choice % 3 === 0) return text.toUpperCase();
  return choice % 3 === 1 ? text.toLowerCase() : text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}

function firstChild(value: Tree): Tree {
  if ("items" in value) return value.items[0] ?? { raw: "null" };
  return "members" in value ? (value.members[0]?.[1] ?? { raw: "null" }) : value;
}

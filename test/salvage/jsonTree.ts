// JSON as it is written: members that occur twice, numbers that no variable holds, and names in their order.

export type Tree = { readonly members: readonly Member[] } | { readonly items: readonly Tree[] } | { readonly raw: string };
export type Member = readonly [name: string, value: Tree];

/** One place of a tree: a member of an object, or an item of a list. */
export type Place = readonly number[];

export function parsed(text: string): Tree | undefined {
  try {
    return treeOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { items: value.map(treeOf) };
  if (typeof value === "object" && value !== null) return { members: Object.entries(value).map(([name, part]) => [name, treeOf(part)]) };
  return { raw: JSON.stringify(value) };
}

export function written(tree: Tree): string {
  if ("raw" in tree) return tree.raw;
  if ("items" in tree) return `[${tree.items.map(written).join(",")}]`;
  return `{${tree.members.map(([name, value]) => `${JSON.stringify(name)}:${written(value)}`).join(",")}}`;
}

/** All places below the root, outer ones first. */
export function placesOf(tree: Tree, above: Place = []): Place[] {
  const below = childrenOf(tree);
  return [...below.keys()].flatMap((index) => {
    const place = [...above, index];
    return [place, ...placesOf(below[index] as Tree, place)];
  });
}

export function childrenOf(tree: Tree): readonly Tree[] {
  if ("raw" in tree) return [];
  return "items" in tree ? tree.items : tree.members.map(([, value]) => value);
}

export function treeAt(tree: Tree, place: Place): Tree {
  return place.reduce((at, index) => childrenOf(at)[index] as Tree, tree);
}

/** The tree with what stands in the parent of a place replaced by what `change` makes of its entries. */
export function withEntries(tree: Tree, place: Place, change: (entry: Member, isNamed: boolean) => readonly Member[]): Tree {
  const [index = 0, ...below] = place;
  const deeper = (value: Tree) => withEntries(value, below, change);
  if ("members" in tree) {
    const entries = (entry: Member) => (below.length === 0 ? change(entry, true) : [[entry[0], deeper(entry[1])] as const]);
    return { members: tree.members.flatMap((entry, at) => (at === index ? entries(entry) : [entry])) };
  }
  if (!("items" in tree)) return tree;
  const items = (item: Tree) => (below.length === 0 ? change(["", item], false).map(([, value]) => value) : [deeper(item)]);
  return { items: tree.items.flatMap((item, at) => (at === index ? items(item) : [item])) };
}

/** The tree with every part replaced by what `change` makes of it, inner ones first. */
export function everywhere(tree: Tree, change: (part: Tree) => Tree): Tree {
  if ("raw" in tree) return change(tree);
  if ("items" in tree) return change({ items: tree.items.map((item) => everywhere(item, change)) });
  return change({ members: tree.members.map(([name, value]) => [name, everywhere(value, change)]) });
}

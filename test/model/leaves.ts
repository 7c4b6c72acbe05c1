import type { JsonObject, JsonValue } from "../cloud";
import { isJsonObject } from "../cloud/exchange";

/**
 * A backend, or what a program says of one, as a flat table: `credentials.authorization.scheme` → its value. In the table of
 * a program null stands for "not there", and such a line may be of a whole member: `credentials` → null.
 */
export type Leaves = ReadonlyMap<string, JsonValue>;

/** The two maps whose keys are data: one leaf each. */
const maps = new Set(["credentials.header", "credentials.query"]);

export function leavesOf(tree: JsonObject, above = ""): Leaves {
  return new Map(lines(tree, above));
}

function lines(tree: JsonObject, above: string): [string, JsonValue][] {
  return Object.entries(tree).flatMap(([member, value]) => {
    const path = above === "" ? member : `${above}.${member}`;
    return isJsonObject(value) && !maps.has(path) ? lines(value, path) : [[path, value]];
  });
}

/** The lines of a value that is given for a path. */
export function leavesAt(path: string, value: JsonValue): Leaves {
  return isJsonObject(value) && !maps.has(path) ? leavesOf(value, path) : new Map([[path, value]]);
}

export function treeOf(leaves: Leaves): JsonObject {
  const tree: JsonObject = {};
  for (const [path, value] of leaves) {
    const members = path.split(".");
    const last = members.pop() as string;
    let at = tree;
    for (const member of members) {
      const inner = at[member];
      const next: JsonObject = isJsonObject(inner) ? inner : {};
      at[member] = next;
      at = next;
    }
    at[last] = value;
  }
  return tree;
}

/** Whether a path is another one, or lies in it. */
export function isWithin(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}.`);
}

export function overlap(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}

export function overlapsAny(path: string, others: Iterable<string>): boolean {
  return [...others].some((other) => overlap(path, other));
}

/** The lines at a path and in it. */
export function within(leaves: Leaves, whole: string): Leaves {
  return new Map([...leaves].filter(([path]) => isWithin(path, whole)));
}

/** Null where there is nothing. */
export function valueAt(leaves: Leaves, path: string): JsonValue {
  const own = leaves.get(path);
  if (own !== undefined) return own;
  const inner = [...within(leaves, path)].filter(([, value]) => value !== null);
  if (inner.length === 0) return null;
  return treeOf(new Map(inner.map(([deeper, value]) => [deeper.slice(path.length + 1), value])));
}

/** What is there after these lines are set; null takes a line, or all lines of a member, away. */
export function overlaid(leaves: Leaves, others: Leaves): Leaves {
  const after = new Map(leaves);
  for (const [path, value] of others) {
    for (const other of [...after.keys()]) if (overlap(other, path)) after.delete(other);
    if (value !== null) after.set(path, value);
  }
  return after;
}

export function without(leaves: Leaves, unwanted: (path: string, value: JsonValue) => boolean): Leaves {
  return new Map([...leaves].filter(([path, value]) => !unwanted(path, value)));
}

import type { Json, JsonObject, Loose, Problem, Show } from "../engine/operation";
import { type Leaf, leavesOf, observed, withLeaf } from "../engine/ownership";
import { isObject, UNKNOWN, valueAt } from "../engine/state";
import { SECRET } from "../engine/words";
import { backendOwnership, TYPED_LEAVES } from "./backend";
import type { BackendMembers } from "./backendMembers";

// What a program wants of a backend: the members it gives, with those that this package has no argument for merged in.

export interface BackendWish extends BackendMembers {
  /** Merged into the backend's properties: members that are newer than this package. None that has an argument of its own. */
  extraProperties?: Record<string, unknown>;
}

export const MEMBERS = [
  ...["title", "description", "url", "protocol", "resourceId", "type", "credentials", "proxy", "tls"],
  ...["properties", "circuitBreaker", "pool"],
] as readonly (keyof BackendMembers)[];

/** The members to own, with `extraProperties` merged in. */
export function wantedOf(given: BackendWish): JsonObject {
  const members = MEMBERS.flatMap((member) => (given[member] === undefined ? [] : [[member, given[member] as Json] as const]));
  return extraLeaves(given).reduce<JsonObject>((whole, leaf) => withLeaf(whole, leaf.path, leaf.value), Object.fromEntries(members));
}

/** None while they are not known. */
function extraLeaves({ extraProperties }: BackendWish): Leaf[] {
  return isObject(extraProperties) ? leavesOf(extraProperties as JsonObject, backendOwnership) : [];
}

/** What is known of the extra properties and has an argument of its own, or lies in one that says the opposite. */
export function collisions({ extraProperties, ...members }: Loose<BackendWish>): Problem[] {
  const given = isObject(extraProperties) ? extraLeaves({ extraProperties }) : [];
  return given.flatMap(({ path, value }) => {
    if (value === UNKNOWN) return [];
    const spelled = path.join(".");
    const typed = TYPED_LEAVES.find((leaf) => leaf === spelled || leaf.startsWith(`${spelled}.`) || spelled.startsWith(`${leaf}.`));
    const problem = (reason: string) => [{ path: ["extraProperties", ...path], reason }];
    if (typed !== undefined) return problem(`has an argument of its own: give ${typed} instead`);
    const isRemoved = path.some((_, depth) => depth > 0 && valueAt(members, path.slice(0, depth)) === null);
    return isRemoved ? problem("lies in a member that is given as null; give one of the two") : [];
  });
}

/** The given members and extra properties as the backend has them now. */
export function observedMembers(given: BackendWish, properties: JsonObject): BackendWish {
  const members = Object.fromEntries(
    MEMBERS.filter((member) => given[member] !== undefined).map((member) => [member, given[member] as Json]),
  );
  const extra = given.extraProperties as JsonObject | undefined;
  const seen = observed(members, properties, backendOwnership) as BackendWish;
  return extra === undefined ? seen : { ...seen, extraProperties: observed(extra, properties, backendOwnership) };
}

/** A member of `extraProperties` is secret by the path under which the program gave it. */
export function shownLeaf(show: Show, { path, value }: Leaf): string {
  const given = show(path, value);
  return show(["extraProperties", ...path], value) === given ? given : SECRET;
}

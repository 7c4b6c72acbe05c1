import fc from "fast-check";
import { isObject } from "../../provider/engine/state";
import { clusterParts, credentialParts, managementEndpoints, memberValues, rules, services } from "./generatedBackends";
import { freeText } from "./generatedTexts";

// Wishes with `null` in them, which become a PUT of the whole. Each leaf of a backend has a fate of its own, so that
// what has to be sent is known without the code under test.

type Members = Record<string, unknown>;

/**
 * kept: there, and not asked for. set: not there, and wanted. changed: there with another value. removed: there, and
 * null is wanted. nulled: null is wanted where there is nothing.
 */
type Fate = "absent" | "kept" | "set" | "changed" | "removed" | "nulled";

interface Leaf {
  readonly path: readonly string[];
  readonly fate: Fate;
  readonly value: unknown;
  readonly old: unknown;
}

export interface Removal {
  /** What the program gives. */
  readonly given: Members;
  /** The backend as it is read. */
  readonly current: Members;
  /** The backend as it has to be written: what an official client is given. */
  readonly whole: Members;
}

const ANY: readonly Fate[] = ["absent", "absent", "kept", "set", "changed", "removed", "nulled"];
const STAYING: readonly Fate[] = ["absent", "absent", "kept", "set", "changed"];

function leaf(path: string, value: fc.Arbitrary<unknown>, fates: readonly Fate[] = ANY): fc.Arbitrary<Leaf> {
  return fc.record({ path: fc.constant(path.split(".")), fate: fc.constantFrom(...fates), value, old: value });
}

const { title, description, url, protocol, resourceId, type } = memberValues;
const scalars = Object.entries({ title, description, url, protocol, resourceId, type }).map(([name, value]) => leaf(name, value));
const credentials = Object.entries(credentialParts).map(([name, value]) => leaf(`credentials.${name}`, value));
const tls = ["validateCertificateChain", "validateCertificateName"].map((flag) => leaf(`tls.${flag}`, fc.boolean(), STAYING));
const circuitBreaker = [leaf("circuitBreaker.rules", rules)];
const pool = [leaf("pool.services", services, STAYING)];

// Refused without the required one of them, so it is given with every other.
const proxyLeaves = [leaf("proxy.url", url, ["changed", "set"]), leaf("proxy.username", freeText), leaf("proxy.password", freeText)];
const clusterLeaves = [
  leaf("properties.serviceFabricCluster.managementEndpoints", managementEndpoints, ["changed", "set"]),
  ...Object.entries(clusterParts).map(([name, value]) => leaf(`properties.serviceFabricCluster.${name}`, value as fc.Arbitrary<unknown>)),
];

/** Nobody gives the member and there is none; it is there and nobody gives it; or its leaves have their fates. */
function together(leaves: readonly fc.Arbitrary<Leaf>[]): fc.Arbitrary<readonly Leaf[]> {
  const whole = fc.tuple(...leaves);
  const kept = whole.map((all) => all.map((each): Leaf => ({ ...each, fate: "kept" })));
  return fc.oneof(fc.constant([]), kept, whole);
}

const leaves = fc
  .tuple(fc.tuple(...scalars, ...credentials, ...tls, ...circuitBreaker, ...pool), together(proxyLeaves), together(clusterLeaves))
  .map((all): Leaf[] => all.flat());

const isWanted = ({ fate }: Leaf) => fate === "set" || fate === "changed";
const isThere = ({ fate }: Leaf) => fate === "kept" || fate === "changed" || fate === "removed";

/** Keeps the rules between members of what is given: what would break one is left as it is. */
function withRulesKept(all: readonly Leaf[]): Leaf[] {
  const named = (name: string) => all.find(({ path }) => path.join(".") === name);
  const wants = (name: string) => all.some((each) => each.path.join(".") === name && isWanted(each));
  const asItIs = (each: Leaf): Leaf => ({ ...each, fate: each.fate === "changed" ? "kept" : "absent", value: each.old });
  const isPool = wants("pool.services") || (wants("type") && named("type")?.value === "Pool");
  return all.map((each) => {
    const name = each.path.join(".");
    const refused =
      (isPool && (name === "url" || name === "protocol")) ||
      (wants("pool.services") && name === "type" && each.value !== "Pool") ||
      (wants("credentials.certificateIds") && name === "credentials.certificate");
    return refused && isWanted(each) ? asItIs(each) : each;
  });
}

/** An object with these values at these paths. */
function nested(values: readonly (readonly [path: readonly string[], value: unknown])[]): Members {
  const root: Members = {};
  for (const [path, value] of values) {
    let at = root;
    for (const member of path.slice(0, -1)) {
      if (!isObject(at[member])) at[member] = {};
      at = at[member] as Members;
    }
    at[path.at(-1) as string] = value;
  }
  return root;
}

const MEMBERS = ["credentials", "proxy", "tls", "properties", "circuitBreaker", "pool"];

function removalOf(all: readonly Leaf[], nulled: readonly string[], withNulls: boolean): Removal {
  const isWhole = ({ path }: Leaf) => nulled.includes(path[0] as string);
  const single = all.filter((each) => !isWhole(each));
  const there = all.filter(isThere).map(({ path, fate, value, old }) => [path, fate === "changed" ? old : value] as const);
  const given = single.flatMap(({ path, fate, value }) => {
    if (fate === "set" || fate === "changed") return [[path, value] as const];
    return fate === "removed" || fate === "nulled" ? [[path, null] as const] : [];
  });
  const staying = single.filter((each) => isWanted(each) || each.fate === "kept").map(({ path, value }) => [path, value] as const);
  const current = nested(there);
  // The service reports scalars that are not there as null.
  const nulls = withNulls ? ["title", "url", "protocol"].filter((name) => !(name in current)).map((name) => [name, null]) : [];
  return {
    given: { ...nested(given), ...Object.fromEntries(nulled.map((member) => [member, null])) },
    current: { ...current, ...Object.fromEntries(nulls) },
    whole: nested(staying),
  };
}

/** Whether a null is wanted where there is something; an empty text is as good as nothing. */
function removesSomething({ given, current }: Removal): boolean {
  const removes = (wanted: unknown, now: unknown): boolean =>
    now != null &&
    now !== "" &&
    (wanted === null || (isObject(wanted) && isObject(now) && Object.entries(wanted).some(([name, part]) => removes(part, now[name]))));
  return removes(given, current);
}

export const removals: fc.Arbitrary<Removal> = fc
  .tuple(leaves.map(withRulesKept), fc.subarray(MEMBERS, { maxLength: 3 }), fc.boolean())
  .map(([all, nulled, withNulls]) => removalOf(all, nulled, withNulls))
  .filter(removesSomething);

import { isObject } from "../../provider/engine/state";
import { authorizationOf, isSignatureRight } from "../cloud/acs3";
import { callOf } from "../cloud/exchange";
import type { Meaning } from "./comparison";

// How a difference looks into a request and rewrites one thing of it.

export type Members = Readonly<Record<string, unknown>>;

/** Whether a header was sent once, as expected; or not at all, where nothing is expected. */
export function sent({ headers }: Meaning, header: string, expected: string | RegExp | undefined): boolean {
  const values = headers[header];
  if (expected === undefined || values === undefined) return values === undefined && expected === undefined;
  const [value = "", ...more] = values;
  return more.length === 0 && (typeof expected === "string" ? value === expected : expected.test(value));
}

/** A request with one header as another one has it. */
export function withHeaderOf(other: Meaning, header: string, ours: Meaning): Meaning {
  const { [header]: _left, ...others } = other.headers;
  const value = ours.headers[header];
  return { ...other, headers: value === undefined ? others : { ...others, [header]: value } };
}

export function propertiesOf({ body }: Meaning): Members | undefined {
  const properties = isObject(body) ? body["properties"] : undefined;
  return isObject(properties) ? properties : undefined;
}

export function withProperties(meaning: Meaning, properties: Members): Meaning {
  return { ...meaning, body: { ...(meaning.body as Members), properties } };
}

/** Members of `credentials` whose own members are data: nothing in them is known by its name. */
const MAPS = ["header", "query"];

/** Without objects that hold nothing; lists and maps of data keep what is empty in them. */
export function withoutEmpty(members: Members): Members {
  const kept = Object.entries(members).flatMap(([name, value]) => {
    if (!isObject(value) || MAPS.includes(name)) return [[name, value] as const];
    const inner = withoutEmpty(value);
    return Object.keys(inner).length === 0 ? [] : [[name, inner] as const];
  });
  return Object.fromEntries(kept);
}

/** With more members, at every depth. */
export function merged(members: Members, more: Members): Members {
  const joined = Object.entries(more).map(([name, value]) => {
    const there = members[name];
    return [name, isObject(there) && isObject(value) ? merged(there, value) : value] as const;
  });
  return { ...members, ...Object.fromEntries(joined) };
}

/** Rewrites those maps of data that were given. */
export function withMaps(
  other: Meaning,
  given: Members | undefined,
  rewrite: (map: Members, given: Members) => Members,
): Meaning | undefined {
  const properties = propertiesOf(other);
  const credentials = properties?.["credentials"];
  if (properties === undefined || !isObject(credentials)) return undefined;
  const rewritten = MAPS.flatMap((name) => {
    const [map, own] = [credentials[name], given?.[name]];
    return isObject(map) && isObject(own) ? [[name, rewrite(map, own)] as const] : [];
  });
  return withProperties(other, { ...properties, credentials: { ...credentials, ...Object.fromEntries(rewritten) } });
}

/** Key and covered headers of an Alibaba signature; undefined where it is not right. */
export function signedBy(
  { method, target, headers, body }: Meaning,
  accessKeySecret: string,
): { key: string; headers: readonly string[] } | undefined {
  // A body would have to be covered to the byte; these calls have none.
  if (body !== undefined) return undefined;
  const joined = Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(", ")]));
  const call = callOf(method, target, joined, "");
  const authorization = authorizationOf(call);
  if (authorization === undefined || !isSignatureRight(call, authorization, accessKeySecret)) return undefined;
  return { key: authorization.accessKeyId, headers: authorization.signedHeaders };
}

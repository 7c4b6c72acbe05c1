import type { JsonObject } from "../engine/operation";
import { holds, type Leaf, leafAt } from "../engine/ownership";
import { isObject } from "../engine/state";

// The two flags of tls belong together: the service has both or none, and one that is not there means true.

const TLS_FLAGS = ["validateCertificateChain", "validateCertificateName"];

/** The service refuses one flag without the other ("Default backend property required"): the other goes along as it is, true by default. */
export function withBothTlsFlags(wanted: JsonObject, current: JsonObject): JsonObject {
  if (!isObject(wanted.tls) || Object.values(wanted.tls).every((value) => value === null)) return wanted;
  const now = isObject(current.tls) ? (current.tls as JsonObject) : {};
  const flags = Object.fromEntries(TLS_FLAGS.map((flag) => [flag, now[flag] ?? true]));
  return { ...wanted, tls: { ...flags, ...(wanted.tls as JsonObject) } as JsonObject };
}

/** After one flag was removed: the other is the default that went along with it, or it is given or somebody's, and then needs a partner. */
export function withoutLoneTlsFlag({ tls, ...others }: JsonObject, wish: JsonObject): JsonObject {
  if (!isObject(tls)) return tls === undefined ? others : { ...others, tls };
  const flags = tls as JsonObject;
  const [lone, other] = TLS_FLAGS.filter((flag) => flag in flags);
  if (lone === undefined || other !== undefined) return { ...others, tls: flags };
  const isDefault = flags[lone] === true && Object.keys(flags).length === 1 && !holds(wish, ["tls", lone]);
  return isDefault ? others : { ...others, tls: { validateCertificateChain: true, validateCertificateName: true, ...flags } };
}

/** A flag of tls that is not there means `true`, so one that had to come or go for the other's sake is as it was wanted. */
export function isMetByDefault({ path: [member, flag], value }: Leaf, now: JsonObject): boolean {
  if (member !== "tls" || flag === undefined || !TLS_FLAGS.includes(flag)) return false;
  return (value ?? true) === (leafAt(now, ["tls", flag]) ?? true);
}

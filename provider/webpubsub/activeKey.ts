import { isoDurationEnd } from "../engine/durations";
import type { Run } from "../engine/operation";
import { isUnknown } from "../engine/state";
import { hasChanged, type KeyFingerprints, type KeyType, type WebPubSubKeys } from "./keys";

// Of two keys one is active, that is handed out, and the other idle. Nothing in the cloud tells which: the state does.

/** A key that clients sign in with. */
export type AccessKeyType = Exclude<KeyType, "Salt">;

export function otherThan(keyType: AccessKeyType): AccessKeyType {
  return keyType === "Primary" ? "Secondary" : "Primary";
}

/** What is handed out of the keys. */
export function handOut(keyType: AccessKeyType, keys: WebPubSubKeys): { activeKey: string; activeConnectionString: string } {
  return keyType === "Primary"
    ? { activeKey: keys.primaryKey, activeConnectionString: keys.primaryConnectionString }
    : { activeKey: keys.secondaryKey, activeConnectionString: keys.secondaryConnectionString };
}

/** Two looks at the keys of a service, between which this resource regenerated none of those that are asked about. */
export interface Looks {
  readonly serviceName: string;
  readonly activeKeyType: AccessKeyType;
  readonly before: KeyFingerprints | undefined;
  readonly after: KeyFingerprints;
}

/** Says, where it is so, that what was handed out is refused now. */
export function tellOfActive({ serviceName, activeKeyType, before, after }: Looks, run: Run): void {
  if (!hasChanged(activeKeyType, before ?? after, after)) return;
  run.say(
    "warning",
    `the active ${activeKeyType} key of ${serviceName} was changed by somebody else; whoever still uses the one handed out before is refused.`,
  );
}

/** Says, where it is so, that somebody may use the key that is regenerated next. */
export function tellOfIdle({ serviceName, activeKeyType, before, after }: Looks, run: Run): void {
  const idleKeyType = otherThan(activeKeyType);
  if (!hasChanged(idleKeyType, before ?? after, after)) return;
  run.say(
    "warning",
    `the idle ${idleKeyType} key of ${serviceName} was changed by somebody else; whoever uses it is refused once it is regenerated here.`,
  );
}

/** What a preview warns of: an active key that is older than it may be, or whose age is not known. */
export function ageWarnings(key: string, rotatedAt: string | undefined, maximumAge: string | undefined): string[] {
  if (maximumAge === undefined || isUnknown(maximumAge)) return [];
  const remedy = "A change of triggers regenerates the idle one and hands it out.";
  const endMs = rotatedAt === undefined ? undefined : isoDurationEnd(maximumAge, Date.parse(rotatedAt));
  if (endMs === undefined) return [`how old ${key} is cannot be told (maximumAge is ${JSON.stringify(maximumAge)}). ${remedy}`];
  if (Date.now() <= endMs) return [];
  return [`${key} was regenerated at ${rotatedAt} and is older than maximumAge ${JSON.stringify(maximumAge)}. ${remedy}`];
}

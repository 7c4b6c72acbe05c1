import { isDeepStrictEqual } from "node:util";
import type { JsonValue } from "../cloud";
import { isJsonObject } from "../cloud/exchange";
import { leavesAt } from "./leaves";

// When two values of a leaf are the same: null, absent and an empty text, ids in any case, durations by their length, the
// slash that the service adds to a bare host. Everything else counts as it stands, and so does a member that no contract
// describes. A member that is owned whole is the same when its leaves are.

const ids = new Set(["resourceId", "credentials.certificateIds", "properties.serviceFabricCluster.clientCertificateId"]);
const texts = new Set(["title", "description", "url", "protocol", "resourceId", "type", "proxy.username", "proxy.password"]);
const lists = new Set(["pool.services", "circuitBreaker.rules", "properties.serviceFabricCluster.serverX509Names"]);

export function sameMeaning(path: string, one: JsonValue, other: JsonValue): boolean {
  // An object that is there is not as good as none, whatever is in it.
  if (isJsonObject(one) !== isJsonObject(other)) return false;
  const [ours, theirs] = [one, other].map((value) => leavesAt(path, value));
  const leaves = [...(ours?.keys() ?? []), ...(theirs?.keys() ?? [])];
  return leaves.every((leaf) => isDeepStrictEqual(plainest(leaf, ours?.get(leaf) ?? null), plainest(leaf, theirs?.get(leaf) ?? null)));
}

function plainest(path: string, value: JsonValue): JsonValue {
  if (value === "" && texts.has(path)) return null;
  if (path === "url" && typeof value === "string") return value.replace(/^(https?:\/\/[^/]+)\/$/, "$1");
  if (ids.has(path)) return JSON.parse(JSON.stringify(value).toLowerCase()) as JsonValue;
  return lists.has(path) && Array.isArray(value) ? value.map(plainestItem) : value;
}

function plainestItem(item: JsonValue): JsonValue {
  if (!isJsonObject(item)) return item;
  const given = Object.entries(item).filter(([, value]) => value !== null && value !== "");
  return Object.fromEntries(given.map(([member, value]) => [member, plainestMember(member, value)]));
}

function plainestMember(member: string, value: JsonValue): JsonValue {
  if (isJsonObject(value)) return plainestItem(value);
  if (typeof value !== "string") return value;
  if (member === "id") return value.toLowerCase();
  return member === "tripDuration" || member === "interval" ? (secondsIn(value) ?? value) : value;
}

function secondsIn(duration: string): number | undefined {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration);
  if (parts === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** As the service stores it: nulls inside a list are left out. */
export function withoutNullsInside(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutNullsInside);
  if (!isJsonObject(value)) return value;
  const present = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(present.map(([member, part]) => [member, withoutNullsInside(part)]));
}

import { createHmac } from "node:crypto";
import { type Answer, type Call, emptyAnswer, headerOf, isJsonObject, jsonAnswer } from "./exchange";

/** What a hub has to know of the services. */
export interface Hubs {
  nowMs(): number;
  /** The keys of the service at a host; undefined where there is none. */
  keysAt(host: string): readonly string[] | undefined;
}

const SEND = /^\/api\/hubs\/[A-Za-z][\w]*\/:send$/;

/**
 * A message to all connections of a hub, the one request of the data plane that there is here: it is taken with a token
 * signed with either key of the service that the Host header names, and refused with any other.
 */
export function hubAnswer(hubs: Hubs, call: Call): Answer | undefined {
  if (call.method !== "POST" || !SEND.test(call.path)) return undefined;
  const host = headerOf(call, "host") ?? "";
  const keys = hubs.keysAt(host);
  if (keys === undefined) return jsonAnswer(404, { error: { code: "NotFound", message: `There is no service at ${host}.` } });
  const token = /^Bearer (\S+)$/.exec(headerOf(call, "authorization") ?? "")?.[1] ?? "";
  const audience = `https://${host}${call.path}`;
  if (keys.some((key) => isSignedWith(key, token, audience, hubs.nowMs()))) return emptyAnswer(202);
  return emptyAnswer(401, { "WWW-Authenticate": 'Bearer error="invalid_token"' });
}

function isSignedWith(key: string, token: string, audience: string, nowMs: number): boolean {
  const [header = "", payload = "", signature = ""] = token.split(".");
  if (signature !== createHmac("sha256", key).update(`${header}.${payload}`).digest("base64url")) return false;
  const claims = decoded(payload);
  return decoded(header)["alg"] === "HS256" && claims["aud"] === audience && Number(claims["exp"]) * 1000 > nowMs;
}

function decoded(part: string): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
  return isJsonObject(value) ? value : {};
}

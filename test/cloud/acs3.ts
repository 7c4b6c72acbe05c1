import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type Call, headerOf } from "./exchange";

/** What Alibaba's version 3 signature covers. Written from the documentation, not from the client that it checks. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Authorization {
  readonly accessKeyId: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const scheme = "ACS3-HMAC-SHA256";

export function authorizationOf(call: { readonly headers: IncomingHttpHeaders }): Authorization | undefined {
  const parts = /^ACS3-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/.exec(
    headerOf(call, "authorization") ?? "",
  );
  if (parts === null) return undefined;
  const [, accessKeyId = "", signedHeaders = "", signature = ""] = parts;
  return { accessKeyId, signedHeaders: signedHeaders.split(";"), signature };
}

export function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const lines = signedHeaders.map((name) => `${name}:${(headerOf(request, name) ?? "").trim()}\n`);
  return [
    request.method,
    request.path,
    canonicalQuery(request.rawQuery),
    lines.join(""),
    signedHeaders.join(";"),
    sha256(request.body),
  ].join("\n");
}

export function stringToSign(request: SignedRequest, signedHeaders: readonly string[]): string {
  return `${scheme}\n${sha256(canonicalRequest(request, signedHeaders))}`;
}

export function signature(request: SignedRequest, signedHeaders: readonly string[], accessKeySecret: string): string {
  return createHmac("sha256", accessKeySecret).update(stringToSign(request, signedHeaders)).digest("hex");
}

/** host, content-type where there is one, and every x-acs- header; a request that leaves one out could be changed on its way. */
export function headersThatMustBeSigned(headers: IncomingHttpHeaders): string[] {
  return Object.keys(headers)
    .filter((name) => name === "host" || name === "content-type" || name.startsWith("x-acs-"))
    .sort();
}

export function isSignatureRight(call: Call, authorization: Authorization, accessKeySecret: string): boolean {
  const sorted = [...authorization.signedHeaders].sort();
  if (sorted.join() !== authorization.signedHeaders.join()) return false;
  if (!headersThatMustBeSigned(call.headers).every((name) => authorization.signedHeaders.includes(name))) return false;
  if (headerOf(call, "x-acs-content-sha256") !== sha256(call.body)) return false;
  const expected = Buffer.from(signature(call, authorization.signedHeaders, accessKeySecret), "hex");
  return timingSafeEqual(expected, Buffer.from(authorization.signature, "hex"));
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function canonicalQuery(rawQuery: string): string {
  const pairs = rawQuery.split("&").filter((pair) => pair !== "");
  const encoded = pairs.map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value.join("=")))] as const;
  });
  encoded.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return encoded.map(([name, value]) => `${name}=${value}`).join("&");
}

/** RFC 3986: encodeURIComponent leaves five more characters alone. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

import { createHash } from "node:crypto";

/** Twelve hex characters that change with the secret and say nothing of it; salted, so that equal secrets of two resources look different. */
export function fingerprint(resourceId: string, secret: string): string {
  return createHash("sha256").update(`${resourceId.toLowerCase()}\n${secret}`).digest("hex").slice(0, 12);
}

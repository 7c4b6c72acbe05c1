import { createHash } from "node:crypto";
import { canonical } from "./state";

/** Twelve hex characters that change with the secret and say nothing of it; salted, so that equal secrets of two resources look different. */
export function fingerprint(resourceId: string, secret: string): string {
  return createHash("sha256").update(`${resourceId.toLowerCase()}\n${secret}`).digest("hex").slice(0, 12);
}

/** A fingerprint of what a run was asked for: tells whether another run is asked for the same, and holds nothing of it. */
export function wishFingerprint(resourceId: string, wish: unknown): string {
  return fingerprint(resourceId, canonical(wish ?? null));
}

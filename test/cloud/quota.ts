import { armError } from "./armErrors";
import type { Refusal } from "./exchange";

export type QuotaKind = "reads" | "writes" | "deletes";

/** The documented buckets of one subscription, principal and region: what they hold, and what runs into them in a second. */
export const armQuota: Readonly<Record<QuotaKind, { readonly size: number; readonly perSecond: number }>> = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
  deletes: { size: 200, perSecond: 10 },
};

interface Bucket {
  tokens: number;
  sinceMs: number;
}

/** What a request counts as: listing keys is a POST and so a write. */
export function quotaKind(method: string): QuotaKind {
  if (method === "GET" || method === "HEAD") return "reads";
  return method === "DELETE" ? "deletes" : "writes";
}

/** Counts requests, and refuses those that find their bucket empty. */
export class Quota {
  readonly #buckets = new Map<QuotaKind, Bucket>();

  /** What is left after this request. */
  take(method: string, path: string, nowMs: number): number {
    const kind = quotaKind(method);
    const { size, perSecond } = armQuota[kind];
    const bucket = this.#buckets.get(kind) ?? { tokens: size, sinceMs: nowMs };
    const tokens = Math.min(size, bucket.tokens + ((nowMs - bucket.sinceMs) / 1000) * perSecond);
    const isThere = tokens >= 1;
    this.#buckets.set(kind, { tokens: isThere ? tokens - 1 : tokens, sinceMs: nowMs });
    if (!isThere) throw throttled(method, path, Math.ceil((1 - tokens) / perSecond));
    return Math.floor(tokens - 1);
  }
}

function throttled(method: string, path: string, seconds: number): Refusal {
  const segments = path.slice(1).split("/");
  const subscriptionId = segments[1] ?? "";
  // The types without their names; the one after `providers` is a namespace.
  const operation = [method, ...segments.filter((_, index) => index % 2 === 0 || index === 5)].join("/").toUpperCase();
  const message = `Number of requests for subscription '${subscriptionId}' and operation '${operation}' exceeded the backend storage limit. Please try again after '${seconds}' seconds.`;
  return armError(429, "SubscriptionRequestsThrottled", message, { "Retry-After": String(seconds) });
}

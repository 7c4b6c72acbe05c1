import type { Clock } from "./clock";
import { LONGEST_ASKED_DELAY_MS } from "./retry";
import type { CallOptions } from "./send";

/** What counts against a bucket: the method alone, so that a POST that lists keys is a write. */
type Kind = "reads" | "writes" | "deletes";

// ARM counts for each subscription, principal and region (learn.microsoft.com, request limits and throttling, 2025-05).
const SIZE: Readonly<Record<Kind, number>> = { reads: 250, writes: 200, deletes: 200 };
const PER_SECOND: Readonly<Record<Kind, number>> = { reads: 25, writes: 10, deletes: 10 };

/** A request as far as its quota is concerned. */
export interface Counted {
  readonly method: string;
  readonly url: string;
}

/** An empty bucket, from the refusal that said so until it is full again. */
interface Account {
  /** When the next request may leave; in the past, it stands for what has run into the bucket since. */
  nextMs: number;
  pausedUntilMs: number;
  /** By how much later refusals have put off the requests that wait already. */
  putOffMs: number;
}

/**
 * What this process knows of its quotas at Azure Resource Manager. Until a first 429 that is nothing, and nothing waits.
 * From then on all requests of that subscription and kind wait for the Retry-After together, and leave one after the
 * other at the pace at which ARM fills the bucket: sixty of them that each tried again by itself would be refused fifty
 * times a second.
 */
export class Quota {
  private readonly accounts = new Map<string, Account>();

  constructor(private readonly clock: Clock) {}

  /** Waits until the request may leave. */
  async turn(request: Counted, options: CallOptions): Promise<void> {
    if (this.accounts.size === 0) return;
    const { name, kind } = bucketOf(request);
    const account = this.accounts.get(name);
    if (account === undefined) return;
    const spacingMs = 1_000 / PER_SECOND[kind];
    if (this.clock.now() - account.nextMs >= SIZE[kind] * spacingMs) {
      this.accounts.delete(name);
      return;
    }
    // Who cannot wait so long asks at once: what the service says to that is the better end.
    if (account.nextMs >= options.deadlineMs) return;
    const leavesMs = account.nextMs - account.putOffMs;
    account.nextMs += spacingMs;
    for (;;) {
      const delayMs = leavesMs + account.putOffMs - this.clock.now();
      if (delayMs <= 0 || options.signal.aborted || this.clock.now() + delayMs >= options.deadlineMs) return;
      options.onWait(delayMs, `the subscription's quota of ${kind} is used up`);
      await this.clock.sleep(delayMs, options.signal);
    }
  }

  /** Takes note of a 429. */
  refused(request: Counted, headers: Readonly<Record<string, string>>, askedMs = 0): void {
    const { name, kind } = bucketOf(request);
    // Then it is the resource provider that is busy, with this request and not with others.
    if (Number(headers[`x-ms-ratelimit-remaining-subscription-${kind}`]) > 0) return;
    if (askedMs > LONGEST_ASKED_DELAY_MS) return;
    const nowMs = this.clock.now();
    const account = this.accounts.get(name) ?? { nextMs: nowMs, pausedUntilMs: nowMs, putOffMs: 0 };
    this.accounts.set(name, account);
    // The requests that were out together are refused together, and ask for the same pause.
    const moreMs = Math.max(0, nowMs + askedMs - Math.max(nowMs, account.pausedUntilMs));
    account.nextMs = Math.max(account.nextMs, nowMs) + moreMs;
    account.putOffMs += moreMs;
    account.pausedUntilMs = Math.max(account.pausedUntilMs, nowMs + askedMs);
  }
}

function bucketOf({ method, url }: Counted): { name: string; kind: Kind } {
  const kind = method === "GET" || method === "HEAD" ? "reads" : method === "DELETE" ? "deletes" : "writes";
  const { origin, pathname } = new URL(url);
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(pathname)?.[1] ?? "";
  return { name: `${kind} ${origin} ${subscription.toLowerCase()}`, kind };
}

import { type CloudContext, randomText } from "./context";

/** The tokens that are out, and until when. */
export class TokenBook {
  readonly #expiries = new Map<string, number>();

  constructor(private readonly context: CloudContext) {}

  issue(lifetimeSeconds = this.context.settings.tokenLifetimeSeconds): string {
    const token = randomText(120);
    this.#expiries.set(token, this.context.nowMs() + lifetimeSeconds * 1000);
    this.context.secrets.add(token);
    return token;
  }

  expiryOf(token: string): number | undefined {
    return this.#expiries.get(token);
  }

  /** Every token that is out ends now, as if the cloud's clock had passed them all. */
  expireAll(): void {
    for (const token of this.#expiries.keys()) this.#expiries.set(token, this.context.nowMs() - 1000);
  }
}

import { createHash } from "node:crypto";
import type { Configuration } from "../configuration";
import { CanceledError, DeadlineError } from "../errors";
import type { Clock } from "./clock";
import type { Cloud } from "./clouds";
import { type Credential, chooseCredential, looked } from "./credentialChoice";
import type { Http } from "./http";
import { type IssuedToken, identityIssuer, type TokenIssuer } from "./identity";
import { remember } from "./redact";

/** How long a caller waits for a token. */
export interface TokenWait {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** One identity's token, shared by everything in the process. */
export interface TokenSource {
  token(wait: TokenWait): Promise<string>;
  /** Forgets a token that the service did not accept; false when no newer one can be had. */
  invalidate(token: string): boolean;
}

const RENEWAL_MARGIN_MS = 5 * 60_000;
const STILL_USABLE_MS = 30_000;

/** Asks once for many callers, and again when less than five minutes are left. */
export class SharedToken implements TokenSource {
  private current: IssuedToken | undefined;
  private asking: { readonly answer: Promise<IssuedToken>; readonly stop: AbortController; waiting: number } | undefined;
  private issuer: TokenIssuer | undefined;

  constructor(
    private readonly createIssuer: () => TokenIssuer,
    private readonly clock: Clock,
  ) {}

  async token(wait: TokenWait): Promise<string> {
    const leftMs = this.leftMs();
    if (this.current !== undefined && leftMs > RENEWAL_MARGIN_MS) return this.current.token;
    try {
      return (await this.ask(wait)).token;
    } catch (error) {
      // The authority may be down for the moments in which the old token still works.
      if (this.current !== undefined && this.leftMs() > STILL_USABLE_MS && !wait.signal.aborted) return this.current.token;
      throw error;
    }
  }

  invalidate(token: string): boolean {
    if (this.current?.token === token) {
      this.current = undefined;
      // The credential keeps the same token in a cache of its own; only a new one asks again.
      this.issuer = undefined;
    }
    return true;
  }

  private leftMs(): number {
    return (this.current?.expiresAtMs ?? 0) - this.clock.now();
  }

  private async ask(wait: TokenWait): Promise<IssuedToken> {
    this.asking ??= this.begin();
    const asking = this.asking;
    asking.waiting++;
    try {
      return await orGiveUp(asking.answer, wait, this.clock);
    } finally {
      asking.waiting--;
      // Nobody waits any more: nothing may keep the process alive for it.
      if (asking.waiting === 0) asking.stop.abort();
    }
  }

  private begin() {
    const stop = new AbortController();
    this.issuer ??= this.createIssuer();
    const asked = this.issuer(stop.signal);
    const answer = asked.then((issued) => {
      remember(issued.token);
      this.current = issued;
      return issued;
    });
    const asking = { answer, stop, waiting: 0 };
    const forget = () => {
      if (this.asking === asking) this.asking = undefined;
    };
    answer.then(forget, forget);
    stop.signal.addEventListener("abort", forget);
    return asking;
  }
}

/** A promise that a caller waits for no longer than its own deadline and the engine's cancel. */
async function orGiveUp<T>(answer: Promise<T>, wait: TokenWait, clock: Clock): Promise<T> {
  let giveUp = (): void => {};
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    const late = () =>
      reject(
        new DeadlineError("The time was up before the sign-in to Azure answered. Check the network, or give it longer with `timeouts`."),
      );
    giveUp = () => reject(new CanceledError("The run was interrupted while it signed in to Azure."));
    timer = setTimeout(late, Math.min(Math.max(0, wait.deadlineMs - clock.now()), 2_147_483_647));
    wait.signal.addEventListener("abort", giveUp);
    if (wait.signal.aborted) giveUp();
  });
  try {
    return await Promise.race([answer, over]);
  } finally {
    clearTimeout(timer);
    wait.signal.removeEventListener("abort", giveUp);
  }
}

/** The token sources of this process, one for each identity that its configuration names. */
export class Credentials {
  private readonly sources = new Map<string, TokenSource>();

  constructor(
    private readonly configuration: Configuration,
    private readonly http: Http,
    private readonly clock: Clock,
  ) {}

  /** The source for the credential that is configured now. */
  source(cloud: Cloud): TokenSource {
    const credential = chooseCredential(this.configuration);
    rememberAll(credential);
    if (credential.kind === "token") return { token: async () => credential.token, invalidate: () => false };
    const identity = createHash("sha256")
      .update(JSON.stringify([credential, cloud.authorityHost, cloud.scope]))
      .digest("hex");
    let source = this.sources.get(identity);
    if (source === undefined) {
      const lookedFor = looked(this.configuration);
      source = new SharedToken(() => identityIssuer(credential, { cloud, http: this.http, clock: this.clock, lookedFor }), this.clock);
      this.sources.set(identity, source);
    }
    return source;
  }
}

function rememberAll(credential: Credential): void {
  if (credential.kind === "token") remember(credential.token);
  if (credential.kind === "clientSecret") remember(credential.clientSecret);
  if (credential.kind === "clientCertificate" && credential.password !== undefined) remember(credential.password);
  if (credential.kind !== "oidc") return;
  if (credential.assertion.from === "text") remember(credential.assertion.token);
  if (credential.assertion.from === "request") remember(credential.assertion.bearer);
}

import { createHash } from "node:crypto";
import type { Configuration } from "../configuration";
import { CanceledError, DeadlineError } from "../errors";
import type { Clock } from "./clock";
import type { Cloud } from "./clouds";
import { type Credential, chooseCredential } from "./credentialChoice";
import { begunWay, looked } from "./credentialWords";
import type { Http } from "./http";
import { identityIssuer, type TokenIssuer } from "./identity";
import { remember, rememberConfigured } from "./redact";
import type { Patience } from "./send";
import type { IssuedToken } from "./signInPolicy";

/** How long a caller waits for a token, and where it says that it waits. */
export interface TokenWait {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  onWait?(delayMs: number, reason: string): void;
}

/** One identity's token, shared by everything in the process. */
export interface TokenSource {
  token(wait: TokenWait): Promise<string>;
  /** Forgets a token that the service did not accept; false when no newer one can be had. */
  invalidate(token: string): boolean;
}

const RENEWAL_MARGIN_MS = 5 * 60_000;
const STILL_USABLE_MS = 30_000;
// While the old token works, nobody waits longer than this for a new one, and after a failure not so soon again.
const RENEWAL_PATIENCE_MS = 10_000;
const NEXT_RENEWAL_MS = 30_000;

interface CurrentToken extends IssuedToken {
  /** From when on a newer one is asked for. */
  renewAtMs: number;
}

interface Asking {
  readonly answer: Promise<IssuedToken>;
  readonly stop: AbortController;
  readonly waits: Set<TokenWait>;
  /** What the last try met. */
  met?: string;
}

/** Asks once for many callers, and again when less than five minutes are left, or half of a shorter life. */
export class SharedToken implements TokenSource {
  private current: CurrentToken | undefined;
  private asking: Asking | undefined;
  private issuer: TokenIssuer | undefined;

  constructor(
    private readonly createIssuer: () => TokenIssuer,
    private readonly clock: Clock,
  ) {}

  async token(wait: TokenWait): Promise<string> {
    const { current } = this;
    if (current === undefined || !this.isUsable(current)) return (await this.ask(wait)).token;
    if (this.clock.now() < current.renewAtMs) return current.token;
    try {
      const patience = { deadlineMs: Math.min(wait.deadlineMs, this.clock.now() + RENEWAL_PATIENCE_MS), signal: wait.signal };
      return (await this.ask(patience)).token;
    } catch (error) {
      // The authority may be down for the moments in which the old token still works.
      if (wait.signal.aborted) throw error;
      current.renewAtMs = this.clock.now() + NEXT_RENEWAL_MS;
      return current.token;
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

  private isUsable({ expiresAtMs, renewAtMs }: CurrentToken): boolean {
    const nowMs = this.clock.now();
    return nowMs < renewAtMs || expiresAtMs - nowMs > STILL_USABLE_MS;
  }

  private async ask(wait: TokenWait): Promise<IssuedToken> {
    this.asking ??= this.begin();
    const asking = this.asking;
    // A caller's object may serve several of its calls at once.
    const mine: TokenWait = { ...wait };
    asking.waits.add(mine);
    try {
      return await orGiveUp(asking, wait, this.clock);
    } finally {
      asking.waits.delete(mine);
      // Nobody waits any more: nothing may keep the process alive for it.
      if (asking.waits.size === 0) asking.stop.abort();
    }
  }

  private begin(): Asking {
    const stop = new AbortController();
    const waits = new Set<TokenWait>();
    const told = (delayMs: number, reason: string) => {
      asking.met = reason;
      for (const wait of waits) wait.onWait?.(delayMs, `signing in to Azure: ${reason}`);
    };
    this.issuer ??= this.createIssuer();
    const asked = this.issuer(stop.signal, told);
    const answer = asked.then((issued) => {
      remember(issued.token);
      const nowMs = this.clock.now();
      const marginMs = Math.min(RENEWAL_MARGIN_MS, (issued.expiresAtMs - nowMs) / 2);
      this.current = { ...issued, renewAtMs: issued.expiresAtMs - marginMs };
      return issued;
    });
    const asking: Asking = { answer, stop, waits };
    const forget = () => {
      if (this.asking === asking) this.asking = undefined;
    };
    answer.then(forget, forget);
    stop.signal.addEventListener("abort", forget);
    return asking;
  }
}

/** The answer, waited for no longer than the caller's own deadline and the engine's cancel. */
async function orGiveUp(asking: Asking, wait: TokenWait, clock: Clock): Promise<IssuedToken> {
  let giveUp = (): void => {};
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_resolve, reject) => {
    const late = () => reject(tooLate(asking.met));
    giveUp = () => reject(new CanceledError("The run was interrupted while it signed in to Azure."));
    timer = setTimeout(late, Math.min(Math.max(0, wait.deadlineMs - clock.now()), 2_147_483_647));
    wait.signal.addEventListener("abort", giveUp);
    if (wait.signal.aborted) giveUp();
  });
  try {
    return await Promise.race([asking.answer, over]);
  } finally {
    clearTimeout(timer);
    wait.signal.removeEventListener("abort", giveUp);
  }
}

function tooLate(met: string | undefined): DeadlineError {
  const last = met === undefined ? "" : `; at the last try ${met}`;
  return new DeadlineError(
    `The time was up before the sign-in to Azure answered${last}. Check the network, or give it longer with \`timeouts\`.`,
  );
}

/** The token sources of this process, one for each identity that its configuration names. */
export class Credentials {
  private readonly sources = new Map<string, TokenSource>();

  constructor(
    private readonly configuration: Configuration,
    private readonly http: Http,
    private readonly patience: Patience,
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
      const needs = { cloud, http: this.http, patience: this.patience, lookedFor, begunWay: begunWay(this.configuration) };
      source = new SharedToken(() => identityIssuer(credential, needs), this.patience.clock);
      this.sources.set(identity, source);
    }
    return source;
  }
}

function rememberAll(credential: Credential): void {
  if (credential.kind === "token") rememberConfigured(credential.token);
  if (credential.kind === "clientSecret") rememberConfigured(credential.clientSecret);
  if (credential.kind === "clientCertificate" && credential.password !== undefined) rememberConfigured(credential.password);
  if (credential.kind !== "oidc") return;
  if (credential.assertion.from === "text") rememberConfigured(credential.assertion.token);
  if (credential.assertion.from === "request") rememberConfigured(credential.assertion.bearer);
}

import type { Answer, AzureRequest, JsonObject, RunningOperation } from "../engine/operation";
import { NotSentError, OperationFailedError, PatchbayError, requestIdOf, ServiceError, UnexpectedAnswerError } from "../errors";
import { isObject } from "./answers";
import { type AddressedRequest, type AzureSession, azureCall, callName, resourceUrl } from "./azure";
import { failureIn } from "./azureErrors";
import { pollDelayMs, pollingSource, progressOf, provisioningState, statusUrl } from "./operationStatus";
import { retryAfterMs } from "./retryAfter";
import { sameOrigin } from "./sameOrigin";
import { type CallOptions, isRefusal, type Patience, type Refusal, sendPatiently, throwIfOver } from "./send";

/** What following an operation needs. */
export interface Following {
  readonly session: AzureSession;
  readonly patience: Patience;
  readonly options: CallOptions;
  onRunning(running: RunningOperation): void;
}

const UNREADABLE_POLLS = 3;

/** Follows a 2xx to the end of the operation it started; an answer that started none is the end itself. */
export async function follow(request: AzureRequest, first: Answer, following: Following): Promise<Answer> {
  const { endpoint, clock } = following.session;
  const name = callName(request);
  const source = pollingSource(request.method, first);
  if (source === undefined) {
    const state = request.method === "POST" ? undefined : provisioningState(first.body);
    if (state !== undefined && /^(failed|cancell?ed)$/i.test(state)) throw failed(name, state, first);
    return first;
  }
  const resource = resourceUrl(request, endpoint);
  const location = first.headers["location"];
  // Nobody looks at the result of such a request: its end is enough, and the last GET is saved.
  const isResultWanted = request.answer !== "ignored";
  const finalUrl = isResultWanted ? (request.method === "POST" ? location : resource) : undefined;
  const running: RunningOperation = {
    mode: source.mode,
    url: source.mode === "resource" ? resource : sameOrigin(name, source.url, endpoint),
    method: request.method,
    ...(finalUrl === undefined ? {} : { finalUrl: sameOrigin(name, finalUrl, endpoint) }),
  };
  following.onRunning({ ...running });
  return new Follower(name, running, first, following).toTheEnd(retryAfterMs(first.headers, clock.now()));
}

/** Goes on with an operation of an earlier run, without a second write. */
export async function resume(running: RunningOperation, following: Following): Promise<Answer> {
  const { endpoint } = following.session;
  const name = `The operation that an interrupted ${running.method} started`;
  const finalUrl = running["finalUrl"];
  const own: RunningOperation = {
    mode: running.mode,
    url: sameOrigin(name, running.url, endpoint),
    method: running.method,
    ...(typeof finalUrl === "string" ? { finalUrl: sameOrigin(name, finalUrl, endpoint) } : {}),
  };
  // It may have ended long ago: look at once.
  return new Follower(name, own, undefined, following).toTheEnd(0);
}

class Follower {
  private polls = 0;
  private unreadable = 0;
  private renewed = false;
  private status = "accepted";
  private last: Refusal | undefined;

  constructor(
    private readonly name: string,
    private readonly running: RunningOperation,
    private readonly first: Answer | undefined,
    private readonly following: Following,
  ) {}

  async toTheEnd(firstDelayMs: number | undefined): Promise<Answer> {
    let askedMs = firstDelayMs;
    for (;;) {
      await this.wait(askedMs);
      const result = await this.look();
      this.polls++;
      if (isRefusal(result)) {
        const end = this.afterRefusal(result);
        if (end !== undefined) return end;
        askedMs = result.event === "unauthorized" ? 0 : result.retryAfterMs;
        continue;
      }
      if (this.hasEnded(result)) return this.finalAnswer(result);
      askedMs = retryAfterMs(result.headers, this.following.session.clock.now());
    }
  }

  private look(): Promise<Answer | Refusal> {
    const { session, options } = this.following;
    const looked = azureCall(this.poll(this.running.url), session).attempt(options);
    return looked.catch((error: unknown) => {
      // A sign-in that fails at this moment says as little about the operation as a poll that does.
      if (!(error instanceof NotSentError)) throw error;
      return { event: "notSent", reason: "the sign-in failed", said: error.message, sent: false, error: () => error };
    });
  }

  private async wait(askedMs: number | undefined): Promise<void> {
    const { session, options } = this.following;
    throwIfOver(this.name, options, session.clock, this.last);
    const delayMs = pollDelayMs(this.polls, askedMs, options.deadlineMs - session.clock.now());
    options.onWait(delayMs, `${this.name} is ${this.status} at the service`);
    await session.clock.sleep(delayMs, options.signal);
    throwIfOver(this.name, options, session.clock, this.last);
  }

  /** A poll that cannot be read says nothing about the operation; only a deleted resource's 404 does. */
  private afterRefusal(refusal: Refusal): Answer | undefined {
    this.last = refusal;
    const error = refusal.error();
    if (this.running.method === "DELETE" && error instanceof ServiceError && error.saysGone)
      return { status: 204, headers: {}, body: undefined, requestId: "", correlationId: "" };
    // A signed address runs out: the one of an earlier run may be refused for ever.
    const isOfEarlierRun = this.first === undefined && refusal.event === "refused";
    if ((isOfEarlierRun || refusal.status === 404 || refusal.status === 410) && ++this.unreadable >= UNREADABLE_POLLS)
      throw refusal.error("The service does not know the operation any more; run `pulumi refresh`.");
    if (refusal.event === "untrusted") throw refusal.error();
    if (refusal.event === "unauthorized") {
      if (this.renewed || refusal.renew?.() !== true) throw refusal.error();
      this.renewed = true;
    }
    return undefined;
  }

  private hasEnded(answer: Answer): boolean {
    this.last = undefined;
    this.renewed = false;
    this.unreadable = 0;
    const progress = progressOf(this.running.mode, answer);
    if (progress.kind === "failed") throw failed(this.name, progress.status, answer);
    if (progress.kind === "noStatus") {
      throw new UnexpectedAnswerError(
        `${this.name}: the service's answer about the operation holds no status, so it is not known whether it ended. Run \`pulumi refresh\`.`,
      );
    }
    if (progress.kind === "succeeded") return true;
    this.status = /^[\w ]{1,40}$/.test(progress.status) ? progress.status : "running";
    this.moveTo(answer);
    return false;
  }

  /** The URL may change with each answer. */
  private moveTo(answer: Answer): void {
    const { endpoint } = this.following.session;
    const before = JSON.stringify(this.running);
    const moved = this.running.mode === "status" ? statusUrl(answer) : answer.headers["location"];
    if (moved && this.running.mode !== "resource") this.running.url = sameOrigin(this.name, moved, endpoint);
    if (JSON.stringify(this.running) !== before) this.following.onRunning({ ...this.running });
  }

  private async finalAnswer(last: Answer): Promise<Answer> {
    const { method, mode, url } = this.running;
    const finalUrl = this.running["finalUrl"];
    if (method === "DELETE") return { ...last, body: undefined };
    if (method === "POST") return this.actionResult(last, typeof finalUrl === "string" && mode === "status" ? finalUrl : undefined);
    const isResource = mode === "resource" || (mode === "location" && url === finalUrl);
    if (isResource || typeof finalUrl !== "string") return last;
    return sendPatiently(
      azureCall({ ...this.poll(finalUrl), answer: "object" }, this.following.session),
      this.following.options,
      this.following.patience,
    );
  }

  /**
   * What an action gave: the body of its Location over the body of its first answer. The official poller takes the
   * Location's empty body for the result and loses the keys that the 202 carried.
   */
  private async actionResult(last: Answer, location: string | undefined): Promise<Answer> {
    const result = location === undefined ? last : await this.lookOnce(location);
    const isStatus = this.running.mode === "status" && location === undefined;
    const output = isStatus ? result?.body?.["properties"] : result?.body;
    const body: JsonObject = { ...this.first?.body, ...(isObject(output) ? output : {}) };
    return { ...(result ?? this.first ?? last), body: Object.keys(body).length === 0 ? undefined : body };
  }

  /** The operation has succeeded: a result that cannot be read must not turn that into a failure. */
  private async lookOnce(url: string): Promise<Answer | undefined> {
    try {
      const result = await azureCall(this.poll(url), this.following.session).attempt(this.following.options);
      return isRefusal(result) ? undefined : result;
    } catch (error) {
      if (error instanceof PatchbayError) return undefined;
      throw error;
    }
  }

  private poll(url: string): AddressedRequest {
    return { name: this.name, method: "GET", url, repeat: "read", answer: "optional" };
  }
}

function failed(name: string, status: string, answer: Answer): OperationFailedError {
  const failure = failureIn(answer.body);
  const inProperties = failureIn(isObject(answer.body?.["properties"]) ? answer.body["properties"] : undefined);
  const said = failure.sentence === "" ? inProperties : failure;
  const code = said.code === "" ? "" : ` (${said.code})`;
  return new OperationFailedError(
    `${name} was accepted and then ended as ${status}${code}. ${said.sentence}${requestIdOf(answer.requestId)} Correct the cause and run again.`.replace(
      / {2,}/g,
      " ",
    ),
  );
}

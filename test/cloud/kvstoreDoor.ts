import { randomUUID } from "node:crypto";
import { authorizationOf, isSignatureRight } from "./acs3";
import type { CloudContext } from "./context";
import { type Answer, type Call, headerOf, type JsonObject, jsonAnswer, Refusal } from "./exchange";
import { kvstoreError } from "./kvstoreErrors";

const version = "2015-01-01";
const allowedSkewMs = 15 * 60_000;

/** What the gateway in front of every Alibaba service checks: who asks, when, once, and whether it is unchanged. */
export class KvstoreDoor {
  readonly #nonces = new Set<string>();

  constructor(
    private readonly context: CloudContext,
    private readonly perform: (action: string, parameters: URLSearchParams) => JsonObject,
  ) {}

  answer(call: Call): Answer {
    try {
      const action = this.#authenticated(call);
      const requestId = randomUUID().toUpperCase();
      return jsonAnswer(200, { RequestId: requestId, ...this.perform(action, call.query) }, { "x-acs-request-id": requestId });
    } catch (failure) {
      if (failure instanceof Refusal) return failure.answer;
      throw failure;
    }
  }

  #authenticated(call: Call): string {
    if (call.method !== "POST" && call.method !== "GET") throw kvstoreError("UnsupportedHTTPMethod");
    const authorization = authorizationOf(call);
    if (authorization === undefined) throw kvstoreError("IncompleteSignature");
    const secret = this.#secretOf(authorization.accessKeyId);
    if (secret === undefined) throw kvstoreError("InvalidAccessKeyId.NotFound");
    this.#checkTime(call);
    if (!isSignatureRight(call, authorization, secret)) throw kvstoreError("SignatureDoesNotMatch");
    this.#checkTemporaryKey(call, authorization.accessKeyId);
    this.#checkNonce(call);
    if (headerOf(call, "x-acs-version") !== version) throw kvstoreError("InvalidVersion");
    return headerOf(call, "x-acs-action") ?? "";
  }

  #secretOf(accessKeyId: string): string | undefined {
    const { identity } = this.context;
    return [identity, identity.temporary].find((key) => key.accessKeyId === accessKeyId)?.accessKeySecret;
  }

  #checkTime(call: Call): void {
    const date = headerOf(call, "x-acs-date") ?? "";
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date)) {
      throw kvstoreError("InvalidTimeStamp.Format");
    }
    if (Math.abs(Date.parse(date) - this.context.nowMs()) > allowedSkewMs) {
      throw kvstoreError("InvalidTimeStamp.Expired");
    }
  }

  #checkTemporaryKey(call: Call, accessKeyId: string): void {
    const { temporary } = this.context.identity;
    const token = headerOf(call, "x-acs-security-token");
    if (accessKeyId !== temporary.accessKeyId && token === undefined) return;
    if (token === undefined) throw kvstoreError("InvalidAccessKeyId.NotFound");
    if (token !== temporary.securityToken || accessKeyId !== temporary.accessKeyId) {
      throw kvstoreError("InvalidSecurityToken.MismatchWithAccessKey");
    }
  }

  #checkNonce(call: Call): void {
    const nonce = headerOf(call, "x-acs-signature-nonce") ?? "";
    if (nonce === "") throw kvstoreError("MissingSignatureNonce");
    if (this.#nonces.has(nonce)) throw kvstoreError("SignatureNonceUsed");
    this.#nonces.add(nonce);
  }
}

import { randomUUID } from "node:crypto";
import { authorizationOf, isSignatureRight } from "./acs3";
import type { CloudContext } from "./context";
import { type Answer, type Call, headerOf, type JsonObject, jsonAnswer, Refusal } from "./exchange";

const version = "2015-01-01";
const allowedSkewMs = 15 * 60_000;

export function kvstoreError(status: number, code: string, message: string): Refusal {
  const requestId = randomUUID().toUpperCase();
  const recommend = `https://api.aliyun.com/troubleshoot?q=${code}&product=R-kvstore&requestId=${requestId}`;
  const body = { RequestId: requestId, HostId: "r-kvstore.aliyuncs.com", Code: code, Message: message, Recommend: recommend };
  return new Refusal(jsonAnswer(status, body, { "x-acs-request-id": requestId }));
}

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
    if (call.method !== "POST" && call.method !== "GET")
      throw kvstoreError(405, "UnsupportedHTTPMethod", "This http method is not supported.");
    const authorization = authorizationOf(call);
    if (authorization === undefined)
      throw kvstoreError(400, "IncompleteSignature", "The request signature does not conform to Aliyun standards.");
    const secret = this.#secretOf(authorization.accessKeyId);
    if (secret === undefined) throw kvstoreError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
    this.#checkTime(call);
    if (!isSignatureRight(call, authorization, secret)) {
      // The real service adds its string to sign here; nothing that tests need to see.
      throw kvstoreError(400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation.");
    }
    this.#checkTemporaryKey(call, authorization.accessKeyId);
    this.#checkNonce(call);
    if (headerOf(call, "x-acs-version") !== version) throw kvstoreError(404, "InvalidVersion", "Specified parameter Version is not valid.");
    return headerOf(call, "x-acs-action") ?? "";
  }

  #secretOf(accessKeyId: string): string | undefined {
    const { identity } = this.context;
    return [identity, identity.temporary].find((key) => key.accessKeyId === accessKeyId)?.accessKeySecret;
  }

  #checkTime(call: Call): void {
    const date = headerOf(call, "x-acs-date") ?? "";
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date)) {
      throw kvstoreError(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.");
    }
    if (Math.abs(Date.parse(date) - this.context.nowMs()) > allowedSkewMs) {
      throw kvstoreError(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
    }
  }

  #checkTemporaryKey(call: Call, accessKeyId: string): void {
    const { temporary } = this.context.identity;
    const token = headerOf(call, "x-acs-security-token");
    if (accessKeyId !== temporary.accessKeyId && token === undefined) return;
    if (token === undefined) throw kvstoreError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
    if (token !== temporary.securityToken || accessKeyId !== temporary.accessKeyId) {
      throw kvstoreError(400, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken mismatch with the AccessKey.");
    }
  }

  #checkNonce(call: Call): void {
    const nonce = headerOf(call, "x-acs-signature-nonce") ?? "";
    if (nonce === "") throw kvstoreError(400, "MissingSignatureNonce", "SignatureNonce is mandatory for this action.");
    if (this.#nonces.has(nonce)) throw kvstoreError(400, "SignatureNonceUsed", "Specified signature nonce was used already.");
    this.#nonces.add(nonce);
  }
}

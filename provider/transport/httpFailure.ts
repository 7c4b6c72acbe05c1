/** Why no answer came, without anything of the request in it. */
export interface HttpFailure {
  readonly kind: "notSent" | "untrusted" | "lost" | "tooLarge" | "deadline" | "canceled";
  /** Whether the request may have reached the service. */
  readonly sent: boolean;
  /** Half a sentence, fit to be shown. */
  readonly sentence: string;
  readonly timedOut?: boolean;
  /** What the user can do about it. */
  readonly remedy?: string;
}

interface SystemError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly name?: unknown;
  readonly request?: { readonly socket?: { readonly secureConnecting?: unknown } | null };
}

const UNRESOLVED = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME"]);
const UNREACHABLE = new Set(["EHOSTUNREACH", "ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL"]);
const UNTRUSTED =
  /^(ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|ERROR_IN_CERT|ERROR_IN_CRL|CRL_)/;

const LARGE: readonly (readonly [RegExp, HttpFailure])[] = [
  [/maxContentLength/, { kind: "tooLarge", sent: true, sentence: "the answer was larger than 4 MiB" }],
  [/maxBodyLength/, { kind: "tooLarge", sent: false, sentence: "the request was larger than 4 MiB" }],
];

/** Sorts what axios or node threw. Only error codes are read from it. */
export function describeFailure(error: unknown, host: string): HttpFailure {
  const { code, connecting, handshaking, message } = facts(error);
  const large = LARGE.find(([pattern]) => pattern.test(message));
  if (large !== undefined) return large[1];
  if (UNRESOLVED.has(code)) return notSent(`the name ${host} could not be resolved (${code})`, NETWORK_REMEDY);
  if (code === "ECONNREFUSED") return notSent(`${host} refused the connection (${code})`, NETWORK_REMEDY);
  if (connecting || UNREACHABLE.has(code)) return notSent(`${host} could not be reached (${code})`, NETWORK_REMEDY);
  if (UNTRUSTED.test(code) || (handshaking && /^(ERR_SSL_|EPROTO)/.test(code))) {
    const remedy =
      "Check the clock of this machine and the proxy settings; a company proxy's certificate is trusted by setting NODE_EXTRA_CA_CERTS to its file before Pulumi starts.";
    return { kind: "untrusted", sent: false, sentence: `no trusted connection to ${host} could be made (${code})`, remedy };
  }
  if (code === "ERR_INVALID_CHAR" || code === "ERR_UNESCAPED_CHARACTERS" || code === "ERR_INVALID_URL") {
    return { kind: "untrusted", sent: false, sentence: `a header or the address holds characters that HTTP cannot carry (${code})` };
  }
  const timedOut = code === "ETIMEDOUT" || code === "ECONNABORTED";
  return { kind: "lost", sent: true, timedOut, sentence: `the connection to ${host} broke (${code === "" ? "unknown cause" : code})` };
}

const NETWORK_REMEDY = "Check the network, HTTPS_PROXY and NO_PROXY, and the endpoint's spelling.";

function notSent(sentence: string, remedy: string): HttpFailure {
  return { kind: "notSent", sent: false, sentence, remedy };
}

function facts(error: unknown): { code: string; connecting: boolean; handshaking: boolean; message: string } {
  const outer = (typeof error === "object" && error !== null ? error : {}) as SystemError;
  const inner = (typeof outer.cause === "object" && outer.cause !== null ? outer.cause : outer) as SystemError;
  const code = [inner.code, outer.code].find((text): text is string => typeof text === "string" && /^[A-Z_0-9]{2,60}$/.test(text));
  const message = typeof outer.message === "string" ? outer.message : "";
  // A reset during the TLS handshake has node's own sentence and no other mark; nothing was sent by then.
  const handshake = /before secure TLS connection was established/.test(message);
  const { secureConnecting } = outer.request?.socket ?? {};
  // A reset, not a plain end, has the code of any reset: that the handshake was not over tells it apart.
  const resetInHandshake = code === "ECONNRESET" && secureConnecting === true;
  // Several addresses were tried and none could be connected to.
  const connecting = inner.syscall === "connect" || inner.name === "AggregateError" || handshake || resetInHandshake;
  // After the handshake the same codes mean a connection that broke with the request on its way.
  const handshaking = secureConnecting !== false;
  return { code: code ?? "", connecting, handshaking, message };
}

import type { Json } from "../engine/operation";
import { shortened } from "../errors";
import { Remembered } from "./remembered";

const REDACTED = "[redacted]";
/** Of a sentence that a service means for people: ARM names resource, group and a page in one. */
const LONGEST_SENTENCE = 500;
/** Of a page that nobody meant for this. */
const LONGEST_PAGE = 200;
const LONGEST_INPUT = 4_000;
/** So much of a text is searched for what must not be shown; far more than is shown, so that no half of a secret is left. */
const LONGEST_SEARCHED = 65_536;

const remembered = new Remembered();

/** Registers a value that must never be shown: it is replaced wherever it occurs from now on. */
export function remember(secret: string): void {
  remembered.add(secret);
  // Through a buffer, because a lone surrogate makes encodeURIComponent throw.
  for (const spelling of [encodeURIComponent(Buffer.from(secret).toString()), JSON.stringify(secret).slice(1, -1)])
    if (spelling !== secret) remembered.add(spelling);
}

// The configuration holds these for as long as the process lives; a digest for each call would be a tenth of its cost.
const configured = new Set<string>();

/** Registers a secret of the run's own configuration, which is met with each call. */
export function rememberConfigured(secret: string): void {
  if (configured.has(secret)) return;
  configured.add(secret);
  remember(secret);
}

// Members of requests and answers whose texts are secret, wherever they stand. `parameter` is that of an authorization.
const SECRET_MEMBER = /^(.*(password|secret|accesskey|sharedkey)|(primary|secondary)(key|connectionstring)|parameter)$/i;
const SECRET_MAP = /^(header|query)$/i;

/** Registers every secret inside a request's or an answer's body, found by the names of its members. */
export function rememberSecretsIn(value: Json | undefined, inSecret = false): void {
  if (typeof value === "string") {
    if (inSecret) remember(value);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      const isSecret = inSecret || SECRET_MEMBER.test(name) || (SECRET_MAP.test(name) && typeof member === "object");
      rememberSecretsIn(member, isSecret);
    }
  }
}

type Rule = readonly [pattern: RegExp, replacement: string | ((match: string) => string)];

const RULES: readonly Rule[] = [
  [/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g, REDACTED],
  [/\b(Bearer|Basic|SharedAccessSignature|Credential)([\s=]+)[^\s,;"'<>]+/gi, `$1$2${REDACTED}`],
  [/(https?:\/\/)[^\s/@"'<>]+@/gi, `$1${REDACTED}@`],
  [/(https?:\/\/[^\s?"'<>]+)\?[^\s"'<>]*/gi, `$1?${REDACTED}`],
  [
    /\b((?:[\w-]*(?:key|secret|token|password|passwd|pwd|signature|assertion)|sig|code)["']?\s*[=:]\s*)("[^"]*"?|'[^']*'?|[^\s;,&"'<>]+)/gi,
    `$1${REDACTED}`,
  ],
  [/\b(?:LTAI|STS\.)[\w.-]{10,}/g, REDACTED],
  [/[\w+/=-]{24,}/g, (run) => (looksRandom(run) ? REDACTED : run)],
];

/** A long run of base64 or hexadecimal characters that is no id, path or name. */
function looksRandom(run: string): boolean {
  return run.split("/").some((part, index, parts) => {
    if (/^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i.test(part)) return false;
    if (index === parts.length - 1 && /=$/.test(part)) return true;
    if (/\+/.test(part) && part.length >= 12) return true;
    if (/^[0-9a-f]{32,}$/i.test(part)) return true;
    return part.length >= 24 && /[0-9]/.test(part) && /[a-z]/.test(part) && /[A-Z]/.test(part);
  });
}

/** A text of somebody else, fit to be shown: without what is, or looks like, a secret, on one line. */
export function redactText(text: string, longest = LONGEST_SENTENCE): string {
  // The rules look ahead and back: only a bounded part of a hostile text may reach them.
  let shown = boundedPart(text);
  for (const [pattern, replacement] of RULES) {
    shown = typeof replacement === "string" ? shown.replace(pattern, replacement) : shown.replace(pattern, replacement);
  }
  // Control characters would let a service draw over the user's terminal; half a surrogate pair is no text.
  shown = shown.replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, " ").trim();
  return shortened(shown, longest);
}

/** Members of JSON that are meant for people. */
const SAID = /^"(error|message|error_?description|status)"\s*:$/i;

/**
 * What came in the place of an answer. Where that begins as JSON it may be the answer itself, cut off or of another
 * type: then nothing is shown but its names and what is meant for people, since any other text in it may be a secret.
 */
export function redactBody(text: string): string {
  const body = boundedPart(text);
  return redactText(/^[\s\uFEFF]*["[{]/.test(body) ? withoutValues(body) : body, LONGEST_PAGE);
}

function withoutValues(json: string): string {
  let name = "";
  return json.replace(/"(?:[^"\\]|\\[\s\S])*(?:"\s*:|"|$)/g, (text) => {
    if (!text.endsWith(":")) return SAID.test(name) ? text : `"${REDACTED}"`;
    name = text;
    return text;
  });
}

/** The words of a page that a gateway put in the place of an answer. */
export function redactPage(html: string): string {
  const words = redactBody(boundedPart(html).replace(/<[^>]*>/g, " "));
  return words === "" || /[.!?…]$/.test(words) ? words : `${words}.`;
}

/** So much of a text as is looked at. Hidden before it is cut: the first half of a secret would not be found any more. */
function boundedPart(text: string): string {
  return hideRemembered(text.slice(0, LONGEST_SEARCHED)).slice(0, LONGEST_INPUT);
}

/** A text of our own or a name: without the remembered secrets, and otherwise as it is. */
export function hideRemembered(text: string): string {
  return remembered.replacedIn(text, REDACTED);
}

/** A short name a service gave to something (an error code, a request id), or nothing when it is not one. */
export function plainName(value: unknown): string {
  const name = typeof value === "string" ? value.trim() : "";
  return /^\w[\w.:-]{0,127}$/.test(name) && hideRemembered(name) === name ? name : "";
}

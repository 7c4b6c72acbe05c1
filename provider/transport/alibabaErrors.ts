import type { Json, JsonObject } from "../engine/operation";
import { jsonObject } from "./answers";
import type { Clock } from "./clock";
import type { HttpAnswer } from "./http";
import { httpDateMs } from "./httpDate";
import { plainName, redactPage, redactText } from "./redact";
import { refusedBy } from "./refusal";
import { alibabaEvent } from "./retry";
import { retryAfterMs } from "./retryAfter";
import type { CallOptions, Refusal } from "./send";

/** This machine's clock, and how far it is behind the service's. */
interface Clocks {
  readonly clock: Clock;
  readonly skew: { behindMs: number };
}

interface AlibabaFailure {
  readonly code: string;
  readonly sentence: string;
  readonly requestId: string;
}

const KEY_REMEDY = "Check patchbay:accessKeyId and patchbay:accessKeySecret (or the keys of alicloud or the environment).";
const INSTANCE_REMEDY = "Check instanceId, and that regionId is the region of the instance.";

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /^(Forbidden\.RAM|NoPermission|Forbidden\.SubUser|User\.NotAuthorized)/i,
    "Grant the RAM user or role the kvstore action it lacks on this instance.",
  ],
  [/^InvalidAccessKeyId/i, KEY_REMEDY],
  [/^(SignatureDoesNotMatch|IncompleteSignature|InvalidSignature)/i, `The access key's secret does not belong to its id. ${KEY_REMEDY}`],
  [/^(InvalidSecurityToken|SecurityToken)/i, "The session token has run out or belongs to other keys: get a new set of all three."],
  [/TimeStamp/i, "The clock of this machine differs from the service's: set it right."],
  [/^Invalid(Db)?Instance(Id)?\.NotFound/i, INSTANCE_REMEDY],
  [/^IncorrectMinorVersion$/i, "Update the instance to its newest minor version (ModifyInstanceMinorVersion), then run again."],
  [/^UnsupportedEngineVersion$/i, "The service offers this for other engine versions; see the requirements on the operation's page."],
  [/^ConnectionStringAlreadyExists$/i, "Somebody has this prefix: choose another connectionString, or leave it out."],
  [
    /^InvalidConnectionString/i,
    "Give a connectionString of 8 to 40 lower-case letters and digits that starts with a letter, or leave it out.",
  ],
  [/^InvalidConnType$/i, "Only a cluster instance without TLS can have a direct connection."],
  [/^InvalidVPCParamGroup$/i, "Check that the instance is in a VPC and that its vSwitch has free addresses."],
  [/^(InvalidRegionId|InvalidRegion|Endpoint)/i, "Check regionId, or set patchbay:kvstoreEndpoint."],
  [/Throttling|ServiceUnavailable/i, "The service limits the rate of calls: run again later, or with a lower --parallel."],
  [/InstanceStatus|TaskHasExist|LockTimeout|Conflict/i, "The instance is being changed: run again when its status is Normal."],
];

/** A refused call, out of JSON, XML or a gateway's page. */
export function alibabaRefusal(name: string, answer: HttpAnswer, clocks: Clocks, signedBehindMs: number, options: CallOptions): Refusal {
  const { code, sentence, requestId } = failureIn(answer);
  const corrected = isClockSkew(code, sentence) && correctClock(answer, clocks, signedBehindMs, options);
  const remedy = REMEDIES.find(([pattern]) => pattern.test(code))?.[1] ?? fallback(answer.status);
  const event = corrected ? "unauthorized" : alibabaEvent(answer.status, code);
  const next = { event, retryAfterMs: retryAfterMs(answer.headers, clocks.clock.now()), renew: () => corrected } as const;
  return refusedBy(name, { status: answer.status, code, sentence, requestId, remedy }, next);
}

function fallback(status: number): string {
  return status >= 500 ? "The service has a fault: run again later; if it stays, open a ticket." : "Correct the named arguments.";
}

function isClockSkew(code: string, sentence: string): boolean {
  return /^InvalidTimeStamp/i.test(code) || /time ?stamp or date value.*expired|specified time ?stamp.*expired/i.test(sentence);
}

/** Takes over the service's clock, once per process; says so, because the machine's clock breaks other things too. */
function correctClock(answer: HttpAnswer, clocks: Clocks, signedBehindMs: number, options: CallOptions): boolean {
  // A call that ran at the same time has found it out already.
  if (clocks.skew.behindMs !== signedBehindMs) return true;
  const serviceMs = httpDateMs(answer.headers["date"]);
  if (serviceMs === undefined || clocks.skew.behindMs !== 0) return false;
  const behindMs = serviceMs - clocks.clock.now();
  // The header holds whole seconds: a clock that is right is less than one off.
  if (Math.abs(behindMs) < 1_000) return false;
  clocks.skew.behindMs = behindMs;
  const seconds = Math.round(Math.abs(behindMs) / 1000);
  const side = behindMs > 0 ? "behind" : "ahead of";
  options.onWait(0, `the clock of this machine is ${seconds} s ${side} the service's; going on with the service's`);
  return true;
}

function failureIn(answer: HttpAnswer): AlibabaFailure {
  const body = jsonObject(answer.text);
  if (body !== undefined) return fromMembers((name) => member(body, name));
  if (/<Code>/i.test(answer.text)) {
    return fromMembers((name) => new RegExp(`<${name}>([^<]{0,1000})</${name}>`, "i").exec(answer.text)?.[1]);
  }
  return { code: "", sentence: redactPage(answer.text), requestId: plainName(answer.headers["x-acs-request-id"]) };
}

function fromMembers(read: (name: string) => Json | undefined): AlibabaFailure {
  const message = read("Message");
  const code = plainName(read("Code"));
  return { code, sentence: typeof message === "string" ? ended(redactText(message)) : "", requestId: plainName(read("RequestId")) };
}

function member(body: JsonObject, name: string): Json | undefined {
  return body[name] ?? body[name.charAt(0).toLowerCase() + name.slice(1)];
}

function ended(sentence: string): string {
  return sentence === "" || /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

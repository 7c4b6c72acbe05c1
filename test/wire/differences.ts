import { version } from "../../package.json";
import { isObject } from "../../provider/engine/state";
import type { Difference } from "./comparison";
import { merged, propertiesOf, sent, signedBy, withHeaderOf, withMaps, withoutEmpty, withProperties } from "./rewriting";

// Every way in which this package means to send something else than the official clients do. A difference excuses one
// thing in one spelling of each side, and nothing else; each suite proves that all of those it names are still needed.

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
type Spelling = string | RegExp | undefined;

/** A header that each side sends in a spelling of its own; undefined is not at all. */
function spelled(name: string, reason: string, { ours, theirs }: { ours: Spelling; theirs: Spelling }): Difference {
  const bridge: Difference["bridge"] = (own, other) =>
    sent(own, name, ours) && sent(other, name, theirs) ? withHeaderOf(other, name, own) : undefined;
  return { name, reason, bridge };
}

/** What differs in every request to Azure. */
export const azureHeaders: readonly Difference[] = [
  spelled("user-agent", "each says its own name", { ours: `pulumi-patchbay/${version}`, theirs: /^azsdk-js-arm-[a-z]+\/\d/ }),
  spelled("x-ms-client-request-id", "each makes its own: ours one for an operation, theirs one for a request", {
    ours: GUID,
    theirs: GUID,
  }),
  spelled("x-ms-return-client-request-id", "ours asks for the echo, by which support finds a request", { ours: "true", theirs: undefined }),
  spelled("accept-encoding", "each names what its HTTP library can decode", {
    ours: "gzip, compress, deflate, br",
    theirs: "gzip,deflate",
  }),
];

export const charset = spelled("content-type", "ours names the charset, as ARM's rules and recorded conversations do", {
  ours: "application/json; charset=utf-8",
  theirs: "application/json",
});

export const typeOfNothing: Difference = {
  name: "content-type without a body",
  reason: "the client names a type for a body that it does not send; ours names none",
  bridge: (own, other) => {
    const isEmpty = own.bodyBytes + other.bodyBytes === 0;
    const differs = sent(own, "content-type", undefined) && sent(other, "content-type", "application/json");
    return isEmpty && differs ? withHeaderOf(other, "content-type", own) : undefined;
  },
};

export const contentLength: Difference = {
  name: "content-length",
  reason: "a body that differs by a named difference has another length; each side counts its own right",
  bridge: (own, other) => {
    const isRight = [own, other].every((side) => sent(side, "content-length", String(side.bodyBytes)));
    return isRight && own.bodyBytes !== other.bodyBytes ? withHeaderOf(other, "content-length", own) : undefined;
  },
};

const FLAGS = ["validateCertificateChain", "validateCertificateName"] as const;

export const bothTlsFlags: Difference = {
  name: "both tls flags",
  reason: 'the service refuses one flag without the other ("Default backend property required"): the other goes along as it is',
  bridge: (_own, other, { currentTls, givesTls }) => {
    const properties = propertiesOf(other);
    const tls = properties?.["tls"];
    if (!givesTls || properties === undefined || !isObject(tls)) return undefined;
    const flags = Object.fromEntries(FLAGS.map((flag) => [flag, tls[flag] ?? currentTls?.[flag] ?? true]));
    return withProperties(other, { ...properties, tls: { ...tls, ...flags } });
  },
};

export const loneTlsFlag: Difference = {
  name: "a lone tls flag that is read and put back",
  reason: "the service refuses it: it is completed, or left out where it is true, which is assumed without it",
  bridge: (_own, other, { givesTls }) => {
    const { tls, ...others } = propertiesOf(other) ?? {};
    if (other.method !== "PUT" || givesTls || !isObject(tls)) return undefined;
    const given = FLAGS.filter((flag) => flag in tls);
    if (given.length !== 1) return undefined;
    const isAssumed = tls[given[0] as string] === true && Object.keys(tls).length === 1;
    return withProperties(other, isAssumed ? others : { ...others, tls: { [FLAGS[0]]: true, [FLAGS[1]]: true, ...tls } });
  },
};

export const emptyObjects: Difference = {
  name: "empty objects",
  reason: "an object without members owns nothing, so nothing of it is sent",
  bridge: (_own, other) => {
    const properties = propertiesOf(other);
    return other.method === "PATCH" && properties !== undefined ? withProperties(other, withoutEmpty(properties)) : undefined;
  },
};

export const newerMembers: Difference = {
  name: "members newer than the client's model",
  reason: "the client drops what its model does not have; ours sends it (extraProperties), and a PUT of the whole keeps it",
  bridge: (_own, other, { newer }) => {
    const properties = propertiesOf(other);
    return newer === undefined || properties === undefined ? undefined : withProperties(other, merged(properties, newer));
  },
};

export const protoInMaps: Difference = {
  name: "a header or query parameter called __proto__",
  reason: "the client loses it, because it assigns it to an ordinary object; ours sends what the program gives like every other name",
  bridge: (_own, other, { maps }) =>
    withMaps(other, maps, (map, given) => {
      const lost = Object.entries(given).filter(([name]) => name === "__proto__");
      return Object.fromEntries([...Object.entries(map), ...lost]);
    }),
};

export const nothingLeft: Difference = {
  name: "a backend of which nothing is left",
  reason: "the client leaves `properties` out where none is given; ours sends it, empty, as every answer has it",
  bridge: (_own, other) => {
    const isBare = other.method === "PUT" && isObject(other.body) && Object.keys(other.body).length === 0;
    return isBare ? withProperties(other, {}) : undefined;
  },
};

export const readOnlyEndpoint: Difference = {
  name: "privateEndpoint of a connection that is read and put back",
  reason: "its id is read-only, and services refuse read-only members; the client sends the empty object that is left of it",
  bridge: (_own, other) => {
    const { privateEndpoint, ...others } = propertiesOf(other) ?? {};
    return isObject(privateEndpoint) && Object.keys(privateEndpoint).length === 0 ? withProperties(other, others) : undefined;
  },
};

const STATISTICS = "x-acs-credentials-provider";
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** What differs in every request to Alibaba Cloud. */
export const alibabaHeaders: readonly Difference[] = [
  {
    // First, while the request still is as it was signed.
    name: "authorization",
    reason: "a signature over nonce and date: both are right, of one key, and cover the same headers but for the client's statistics",
    bridge: (own, other, { accessKeySecret = "" }) => {
      const [ours, theirs] = [own, other].map((side) => signedBy(side, accessKeySecret));
      if (ours === undefined || theirs === undefined || ours.key !== theirs.key) return undefined;
      const isSameCover = ours.headers.join() === theirs.headers.filter((header) => header !== STATISTICS).join();
      return isSameCover ? withHeaderOf(other, "authorization", own) : undefined;
    },
  },
  {
    name: "x-acs-date",
    reason: "the moment of the request, within the ten minutes that the service grants",
    bridge: (own, other) => {
      const [ours, theirs] = [own, other].map(({ headers }) => Date.parse(headers["x-acs-date"]?.[0] ?? ""));
      const isNear = Math.abs(Number(ours) - Number(theirs)) <= 600_000;
      const areInstants = sent(own, "x-acs-date", INSTANT) && sent(other, "x-acs-date", INSTANT);
      return isNear && areInstants ? withHeaderOf(other, "x-acs-date", own) : undefined;
    },
  },
  spelled("x-acs-signature-nonce", "a new one for each request", { ours: GUID, theirs: /^[0-9a-f]{64}$/ }),
  spelled(STATISTICS, "what the client's credential library tells of itself", { ours: undefined, theirs: /^static_(?:ak|sts)$/ }),
  spelled("user-agent", "each says its own name", { ours: `pulumi-patchbay/${version}`, theirs: /^AlibabaCloud \(/ }),
  spelled("accept-encoding", "ours takes compressed answers", { ours: "gzip, compress, deflate, br", theirs: undefined }),
];

/** Arguments with which the client sends what this package refuses, before a byte of it is sent, or sends in another way. */
export const refusals = {
  leavesItsPlace: "a name `.` or `..`: the client sends the request to another resource",
  controlCharacter: "a control character in a name: the client sends it escaped; no service has such names, and terminals obey them",
  listedName: "a name with a slash, white space or an invisible character that only a list tells: no resource of ARM has such a name",
  noETag: "an If-Match that is neither * nor a quoted ETag: it could never match, or would be emptied on its way and guard nothing",
  removal:
    "null, which the client drops or sends by its place in the model: what a PATCH with null does is not documented, so ours is a PUT",
} as const;

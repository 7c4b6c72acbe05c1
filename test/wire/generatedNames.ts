import fc from "fast-check";

/** Text of at most so many UTF-16 units, with no character cut in two. */
export function cut(text: string, longest: number): string {
  let kept = "";
  for (const character of text) {
    if (kept.length + character.length > longest) break;
    kept += character;
  }
  return kept;
}

/** Pieces that change the address, the query, the line or the direction of writing where they are not encoded. */
const HOSTILE = [
  ...["/", "\\", "%", "%2e%2e", "%2F", "%252f", "%25", "..", ".", "./", "/../", "?", "#", "&", "=", ";", ":", "://", "@", "+", ","],
  ...[" ", "  ", '"', "'", "`", "<", ">", "{", "}", "|", "^", "[", "]", "(", ")", "*", "!", "~", "$&", "$1", "{backendId}"],
  ...["?api-version=1", "&api-version=1", "providers", "reconnect", "__proto__", "orders", "-", "_", "0"],
  ...[
    "\u200f",
    "\u202e",
    "\u200d",
    "\ufeff",
    "\u00a0",
    "\u2028",
    "e\u0301",
    "é",
    "ß",
    "İ",
    "ﬀ",
    "日本",
    "مرحبا",
    "😀",
    "👩‍🚀",
    "🇩🇪",
    "\u{10ffff}",
  ],
] as const;

const CONTROL = /\p{Cc}/u;
const anyCharacter = fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((text) => !CONTROL.test(text));

/** A name for which the contract has no pattern. */
export function freeName(longest: number): fc.Arbitrary<string> {
  const piece = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...HOSTILE) }, { weight: 1, arbitrary: anyCharacter });
  const mixed = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => cut(pieces.join(""), longest));
  const longText = piece.map((text) => cut(text.repeat(longest), longest));
  return fc
    .oneof(
      { weight: 8, arbitrary: mixed },
      { weight: 1, arbitrary: longText },
      { weight: 1, arbitrary: fc.constantFrom("...", " .", "%2e") },
    )
    .filter((name) => name !== "" && name !== "." && name !== "..");
}

const control = fc.oneof(fc.integer({ min: 0, max: 31 }), fc.integer({ min: 127, max: 159 })).map((code) => String.fromCharCode(code));

/** A name with a control character in it. */
export const controlledName = fc.oneof(
  fc.tuple(freeName(30), control, freeName(30)).map((parts) => parts.join("")),
  fc.constantFrom("a\r\nX-Evil: 1", "\0", "\u0085"),
);

const SCRIPTS = [..."aZ0éßдعאגकカ漢한๓٣Ωğŵ", "𝒜", "𠮷", "𑄶"];
const letter = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...SCRIPTS, "_", "-", ".", "(", ")") },
  {
    weight: 1,
    arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).map((text) => (/[\p{L}\p{Nd}]/u.test(text) ? text : "x")),
  },
);

/** Letters and digits of any script, and a few signs; 1 to 90 characters. */
export const resourceGroupName = fc
  .oneof(
    { weight: 9, arbitrary: fc.array(letter, { minLength: 1, maxLength: 20 }) },
    { weight: 1, arbitrary: fc.array(letter, { minLength: 45, maxLength: 90 }) },
  )
  .map((letters) => cut(letters.join(""), 90))
  .filter((name) => name !== "." && name !== "..");

/** A text of the characters, whose first and last are of their own kind. */
function patterned(first: string, middle: string, last: string, shortest: number, longest: number): fc.Arbitrary<string> {
  const inner = (maxLength: number) => fc.string({ unit: fc.constantFrom(...middle), minLength: Math.max(0, shortest - 2), maxLength });
  const body = fc.oneof({ weight: 9, arbitrary: inner(Math.min(12, longest - 2)) }, { weight: 1, arbitrary: inner(longest - 2) });
  const whole = fc.tuple(fc.constantFrom(...first), body, fc.constantFrom(...last)).map((parts) => parts.join(""));
  const longText = fc.tuple(fc.constantFrom(...first), fc.constantFrom(...last)).map(([a, z]) => `${a}${"-".repeat(longest - 2)}${z}`);
  const all = [whole, longText, ...(shortest === 1 ? [fc.constantFrom(...first)] : [])];
  return fc.oneof(...all.map((arbitrary, index) => ({ arbitrary, weight: index === 0 ? 20 : 1 })));
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const LETTERS = `${LOWER}${LOWER.toUpperCase()}`;
const ALPHANUMERIC = `${LETTERS}0123456789`;

const serviceName = patterned(LETTERS, `${ALPHANUMERIC}-`, ALPHANUMERIC, 1, 50);
export const webPubSubName = patterned(LETTERS, `${ALPHANUMERIC}-`, ALPHANUMERIC, 3, 63);

/** Letters and digits with single hyphens between them; 1 to 60 characters. */
export const clusterName = fc.oneof(
  { weight: 20, arbitrary: patterned(ALPHANUMERIC, `${ALPHANUMERIC}-`, ALPHANUMERIC, 1, 60).map((text) => text.replace(/-+/g, "-")) },
  { weight: 1, arbitrary: fc.constantFrom(...LETTERS).map((character) => character.repeat(60)) },
);

export const instanceId = fc.oneof(
  patterned(ALPHANUMERIC, `${ALPHANUMERIC}-`, `${ALPHANUMERIC}-`, 1, 40),
  patterned(LOWER, ALPHANUMERIC, ALPHANUMERIC, 3, 20).map((text) => `r-${text}`),
);

/** A lower-case letter, then 7 to 39 lower-case letters and digits. */
export const prefix = patterned(LOWER, `${LOWER}0123456789`, `${LOWER}0123456789`, 8, 40).map((text) => text.replaceAll("-", "0"));

/** Given in any case, or left to the configuration. */
export const subscriptionId = fc.option(
  fc.tuple(fc.uuid(), fc.boolean()).map(([id, isUpper]) => (isUpper ? id.toUpperCase() : id)),
  { nil: undefined, freq: 4 },
);

/** Where a backend is. */
export const backendPlace = fc.record(
  { subscriptionId, resourceGroupName, serviceName, backendId: freeName(80) },
  { requiredKeys: ["resourceGroupName", "serviceName", "backendId"], noNullPrototype: true },
);

/** As a header carries it. */
export const etag = fc.oneof(
  fc.constantFrom('""', '"AAAAAAAACWs="', 'W/"1"', `"${"!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}"`),
  fc.tuple(fc.constantFrom("", "W/"), fc.stringMatching(/^[\x21\x23-\x7e]{0,40}$/)).map(([weak, tag]) => `${weak}"${tag}"`),
);

export const regionId = fc.constantFrom("cn-hangzhou", "cn-hongkong", "ap-southeast-1", "me-central-1", "cn-beijing-finance-1");

/** Visible characters of a header, with spaces inside. */
export const securityToken = fc
  .tuple(fc.stringMatching(/^[!-~]$/), fc.stringMatching(/^[ -~]{0,60}$/), fc.stringMatching(/^[!-~]$/))
  .map((parts) => parts.join(""));

import fc from "fast-check";

// What a service may put in the place of anything: JSON texts, names, header values.

/** Texts that break what splits, cuts, prints, compares or looks up; none of them is a word that an own mistake would print. */
const TEXTS: readonly string[] = [
  ...["", " ", "\u0000", "\n\n", "\u001b[31mred", "\u202e\u200b", "\u0085\u009b2J", "\ud800", "a\udc00b", "\ufeff", "😀"],
  ...["__proto__", "constructor", "toString", "true", "1", "0", "-1", "6379", "65536", "1e3", "0x10", "[]", "{}", '"', "\\"],
  ...["..", ".", "a/b", "%2F", "?x=1", "#", "<b>", "$1$&", "{{named}}", "https://elsewhere.example.test/?sig=x", "é", "İ"],
  ...["Approved", "approved", "Rejected", "Disconnected", "Pending", "Creating", "Deleting", "Succeeded", "FAILED", "Canceled", "Running"],
  ...["Normal", "normal", "Changing", "Released", "cluster", "standard", "Enable", "VPC", "4.0"],
];

export const NAMES: readonly string[] = [
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "", "a.b", "0", "length", "then", "größe", "\ud800"],
  ...[
    "properties",
    "error",
    "code",
    "message",
    "status",
    "name",
    "id",
    "value",
    "details",
    "innererror",
    "provisioningState",
    "__provider",
  ],
];

const NUMBERS: readonly string[] = [
  "0",
  "-0",
  "1",
  "-1",
  "5",
  "1e308",
  "-1e308",
  "1e400",
  "-1e400",
  "0.1",
  "9007199254740993",
  "6379",
  "1E+2",
];

export const hostileString: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom("x".repeat(100_000), "😀".repeat(20_000), "\u0007".repeat(3_000), "a ".repeat(2_000)) },
);

const scalar: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: hostileString.map((text) => JSON.stringify(text)) },
  { weight: 2, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 2, arbitrary: fc.constantFrom("null", "true", "false", "[]", "{}") },
);

const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 8 }));

/** Levels on levels of one member or item. */
const deep: fc.Arbitrary<string> = fc
  .record({ levels: fc.constantFrom(50, 300, 900, 1_500, 30_000), isList: fc.boolean() })
  .map(({ levels, isList }) => `${(isList ? "[" : '{"a":').repeat(levels)}1${(isList ? "]" : "}").repeat(levels)}`);

const long: fc.Arbitrary<string> = fc.constantFrom(
  `[${Array(20_000).fill("0").join(",")}]`,
  `{${Array.from({ length: 5_000 }, (_, index) => `"m${index}":{}`).join(",")}}`,
);

const { json: shallow } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    scalar,
    fc.array(tie("json"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
    fc.array(fc.tuple(name, tie("json")), { maxLength: 4 }).map(objectText),
  ),
}));

/** Any JSON value, as text. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 24, arbitrary: shallow },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: long },
);

/** Any JSON value, as a client sees it. */
export const hostileValue: fc.Arbitrary<unknown> = hostileJson
  .filter((text) => text.length < 6_000)
  .map((text) => JSON.parse(text) as unknown);

function objectText(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([member, value]) => `${JSON.stringify(member)}:${value}`).join(",")}}`;
}

const CODES: readonly string[] = [
  ...["ResourceNotFound", "ParentResourceNotFound", "NotFound", "notfound", "SubscriptionNotFound", "AnotherOperationInProgress"],
  ...["PreconditionFailed", "ValidationError", "ManagementApiRequestFailed", "ExpiredAuthenticationToken", "a code of words", ""],
  ...["InvalidDbInstanceId.NotFound", "InvalidInstanceId.NotFound", "NetTypeNotExists", "DirectConnectionAlreadyExists"],
  ...["TaskHasExist", "Throttling.User", "InvalidTimeStamp.Expired", "__proto__"],
];

/** Stands for a secret that the client has sent: put in when the answer is served. */
export const ECHO = "{a secret of the client}";

const sentence: fc.Arbitrary<string> = fc.oneof(
  hostileString,
  fc.constantFrom(`The token ${ECHO} is not good.`, `https://x.example.test/?token=${ECHO}`, "Resource was modified since last retrieval."),
  fc.constantFrom("word ".repeat(400), `{"error":{"code":"Inner","message":"${"inner ".repeat(300)}"}}`, '{"error":{}}'),
);

const part = fc.record({ code: fc.constantFrom(...CODES), message: sentence, target: hostileString });

/** An error body in one of the shapes in use, with hostile contents. */
export const errorBody: fc.Arbitrary<string> = fc
  .record({
    shape: fc.constantFrom("arm", "twice", "bare", "alibaba", "xml", "page"),
    error: part,
    details: fc.oneof(fc.array(part, { maxLength: 8 }), fc.constant(null), hostileValue),
    inner: fc.option(part, { nil: undefined }),
  })
  .map(({ shape, error, details, inner }) => {
    const whole = { ...error, details, innererror: inner };
    switch (shape) {
      case "arm":
        return JSON.stringify({ error: whole });
      case "twice":
        return JSON.stringify({ error: { error: whole }, status: "Failed" });
      case "bare":
        return JSON.stringify(whole);
      case "alibaba":
        return JSON.stringify({ RequestId: error.target, HostId: error.target, Code: error.code, Message: error.message });
      case "xml":
        return `<?xml version="1.0"?><Error><Code>${error.code}</Code><Message>${error.message}</Message></Error>`;
      default:
        return `<html><head><style>${"p{}".repeat(1_300)}</style></head><body>${error.message} ${ECHO}</body></html>`;
    }
  });

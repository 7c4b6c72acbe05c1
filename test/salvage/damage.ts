import fc from "fast-check";
import type { Answer, Cloud, FaultRule } from "../cloud";
import { ECHO, errorBody, hostileJson } from "./hostile";
import { type Mutation, mutated, mutation } from "./mutations";

/** What is done to an answer on its way. */
export interface Damage {
  readonly body:
    | { readonly kind: "kept" }
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "mutated"; readonly mutations: Mutation[] };
  readonly headers: readonly HeaderDamage[];
  readonly status: StatusDamage | undefined;
  /** One answer, or each from there on. */
  readonly isForGood: boolean;
}

/** To name one damage alone: `{ ...UNHARMED, status: … }`. */
export const UNHARMED: Damage = { body: { kind: "kept" }, headers: [], status: undefined, isForGood: false };

/** An answer with this body. */
export function answered(text: string): Damage {
  return { ...UNHARMED, body: { kind: "text", text } };
}

/** An answer in which members are other JSON texts, wherever they stand; one without a text is left out. */
export function withMembers(members: Readonly<Record<string, string | undefined>>): Damage {
  const mutations = Object.entries(members).map(([name, value]): Mutation => {
    const change = value === undefined ? { kind: "dropNamed" as const } : { kind: "replaceNamed" as const, hostile: value };
    return { at: 0, other: 0, name, hostile: "null", ...change };
  });
  return { ...UNHARMED, body: { kind: "mutated", mutations } };
}

interface HeaderDamage {
  readonly name: string;
  /** Undefined takes the header away. */
  readonly value: string | undefined;
}

interface StatusDamage {
  readonly code: number;
  /** Whether the service did what it was asked to, where the status leaves that open. */
  readonly hasActed: boolean;
}

/** Stands for the cloud's own address in a header. */
const ORIGIN = "{origin}";
const ORIGIN_PATHS = ["", "/", "/nowhere", "/subscriptions/x?sig=y", "//elsewhere.example.test/", "/a b", "/%zz"];

const ADDRESSES: readonly (string | undefined)[] = [
  ...ORIGIN_PATHS.map((path) => `${ORIGIN}${path}`),
  ...[
    undefined,
    "",
    " ",
    "/relative",
    "relative",
    "?x=1",
    "#",
    "..",
    "https://elsewhere.example.test/status?sig=secret",
    "//elsewhere.example.test/",
  ],
  ...[
    "http://user:word@127.0.0.1/",
    "http://127.0.0.1:1/",
    "http://[::1]:1/",
    "javascript:alert(1)",
    "http://",
    "http:///x",
    "h\u00e9",
    "ftp://127.0.0.1/",
  ],
  ...[`https://${"x".repeat(3_000)}.test/`, `/${"y".repeat(6_000)}`, "http://127.0.0.1:99999/", "data:application/json,{}"],
];
const WAITS: readonly (string | undefined)[] = [
  ...[undefined, "", "0", "-5", "5", "1.5", "1e3", "soon", "999999999999999", "99999999999999999999", "NaN", "Infinity", "0x10", " 3 "],
  ...["Sun, 22 Nov 2026 06:00:05 GMT", "Sat, 13 Sep 275760 00:00:00 GMT", "Mon, 99 Foo 2026", "Thu, 01 Jan 1970 00:00:00 GMT", "\u00e9"],
];
const TAGS: readonly (string | undefined)[] = [
  ...[
    undefined,
    "",
    '""',
    '"AAAA"',
    'W/"AAAA"',
    "w/AAAA",
    "AAAA",
    '"a"b"',
    '"\u00e9"',
    '"a b"',
    "*",
    '"',
    '"a", "b"',
    `"${"x".repeat(8_000)}"`,
  ],
];
const TYPES: readonly (string | undefined)[] = [
  ...[
    undefined,
    "",
    "text/html",
    "application/json",
    "APPLICATION/JSON;charset=x",
    "application/problem+json",
    "text/plain; x=json",
    "json",
    "\u00e9/\u00e9",
  ],
];
const IDS: readonly (string | undefined)[] = [undefined, "", "an id of words", "x".repeat(2_000), ECHO, "\u00e9\u00e9", "plain-id"];
const DATES: readonly (string | undefined)[] = [
  undefined,
  "",
  "now",
  "Sat, 13 Sep 275760 00:00:00 GMT",
  "Thu, 01 Jan 1970 00:00:00 GMT",
  "-1",
];

const HEADERS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  ETag: TAGS,
  Location: ADDRESSES,
  "Azure-AsyncOperation": ADDRESSES,
  "Operation-Location": ADDRESSES,
  "Retry-After": WAITS,
  "retry-after-ms": WAITS,
  "x-acs-retry-after": WAITS,
  "Content-Type": TYPES,
  "x-ms-request-id": IDS,
  "x-ms-correlation-request-id": IDS,
  Date: DATES,
  "X-Padding": [`${"p".repeat(20_000)}`],
};

const header: fc.Arbitrary<HeaderDamage> = fc
  .constantFrom(...Object.keys(HEADERS))
  .chain((name) => fc.record({ name: fc.constant(name), value: fc.constantFrom(...(HEADERS[name] ?? [])) }));

const SUCCESSES = [200, 201, 202, 204, 206, 299];
const REDIRECTS = [300, 301, 302, 303, 304, 307, 308, 399];
const REFUSALS = [400, 401, 403, 404, 405, 409, 410, 412, 413, 418, 422, 429, 451, 499, 501, 503, 505];
const FAULTS = [408, 500, 502, 504, 507, 599];

const status: fc.Arbitrary<StatusDamage> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ code: fc.constantFrom(...SUCCESSES), hasActed: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ code: fc.constantFrom(...REDIRECTS), hasActed: fc.boolean() }) },
  // A service that refuses and acts all the same cannot be found out.
  { weight: 2, arbitrary: fc.record({ code: fc.constantFrom(...REFUSALS), hasActed: fc.constant(false) }) },
  { weight: 2, arbitrary: fc.record({ code: fc.constantFrom(...FAULTS), hasActed: fc.boolean() }) },
);

const PAGES = [
  "",
  " ",
  "null",
  "[]",
  "{}",
  '"text"',
  "5",
  "{",
  "\ufeff{}",
  "<html></html>",
  "\u0000",
  "{}{}",
  "{'a':1}",
  '{"properties":{}}',
];

const body: fc.Arbitrary<Damage["body"]> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(mutation, { minLength: 1, maxLength: 3 }).map((mutations) => ({ kind: "mutated", mutations }) as const),
  },
  { weight: 2, arbitrary: hostileJson.map((text) => ({ kind: "text", text }) as const) },
  { weight: 1, arbitrary: fc.constantFrom(...PAGES).map((text) => ({ kind: "text", text }) as const) },
  { weight: 1, arbitrary: errorBody.map((text) => ({ kind: "text", text }) as const) },
);
const kept = fc.constant({ kind: "kept" } as const);
const headers = fc.array(header, { minLength: 1, maxLength: 3 });
const isForGood = fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });

export const damage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ body, headers: fc.constant([]), status: fc.constant(undefined), isForGood }) },
  { weight: 2, arbitrary: fc.record({ body: kept, headers, status: fc.constant(undefined), isForGood }) },
  { weight: 1, arbitrary: fc.record({ body: fc.oneof(kept, body), headers: fc.constant([]), status, isForGood }) },
  {
    weight: 1,
    arbitrary: fc.record({ body: errorBody.map((text) => ({ kind: "text", text }) as const), headers: fc.constant([]), status, isForGood }),
  },
  { weight: 1, arbitrary: fc.record({ body: fc.oneof(kept, body), headers, status, isForGood }) },
);

/** An answer as the client got it. */
export interface Served {
  readonly status: number;
  readonly body: string;
}

/** Strikes the n-th request from now on, and keeps what was served in its place. */
export function strike(
  cloud: Cloud,
  nth: number,
  { body: bodyDamage, headers: changes, status: wish, isForGood: always }: Damage,
  echo: string,
): Served[] {
  const served: Served[] = [];
  const filledIn = (text: string) => text.replaceAll(ECHO, echo).replaceAll(ORIGIN, cloud.url);
  const change = (answer: Answer): Answer => {
    const damaged = {
      status: wish?.code ?? answer.status,
      headers: changes.reduce((all, each) => withHeader(all, each.name, each.value && filledIn(each.value)), answer.headers),
      body: filledIn(
        bodyDamage.kind === "text"
          ? bodyDamage.text
          : bodyDamage.kind === "mutated"
            ? mutated(answer.body, bodyDamage.mutations)
            : answer.body,
      ),
    };
    served.push({ status: damaged.status, body: damaged.body });
    return damaged;
  };
  const rule: FaultRule = { mode: "amend", nth, times: always ? Number.POSITIVE_INFINITY : 1, apply: wish?.hasActed ?? true, change };
  cloud.faults.add(rule);
  return served;
}

function withHeader(headersBefore: Answer["headers"], name: string, value: string | undefined): Answer["headers"] {
  const others = Object.fromEntries(Object.entries(headersBefore).filter(([each]) => each.toLowerCase() !== name.toLowerCase()));
  return value === undefined ? others : { ...others, [name]: value };
}

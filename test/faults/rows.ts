import type { Answer, CloudSettings, Fault, FaultRule } from "../cloud";
import type { GateState } from "./gate";

// The faults: every mode of Azure's http-fault-injector (its letters in brackets) and every class that clients of the field
// were measured with.

export type Service = "azure" | "alibaba" | "authority";

/** What a fault means for repeating a request, by the rules that this package promises to keep. */
export type Meaning =
  /** An answer all the same. */
  | "sound"
  | "notSent"
  | "untrusted"
  | "lost"
  /** 408, 500, 502, 504: may have acted. */
  | "faulted"
  | "throttled"
  | "busy"
  | "askedTooLong"
  | "unauthorized"
  | "refused"
  /** 404 with a code that says so. */
  | "gone"
  /** 412: not the one any more that was read. */
  | "outdated"
  /** A 2xx or 3xx that the contract does not allow. */
  | "unexpected"
  /** An answer that is not read to its end. */
  | "tooLarge"
  /** A polling address to which no token may be sent. */
  | "elsewhere"
  /** What the operation itself came to. */
  | "operation";

export interface Row {
  readonly name: string;
  readonly means: Meaning;
  /** How many requests it strikes, from the first of its kind on. */
  readonly times: number;
  /** Whether the service carries out the request that it strikes; undefined where that makes no difference. */
  readonly acts?: boolean;
  /** What the cloud does; undefined where the service does not know the fault. */
  fault?(service: Service, place: Place): Fault | undefined;
  /** What the way to the cloud does, before the request is sent. */
  readonly gate?: GateState;
  /** What the cloud is like. */
  readonly settings?: Partial<CloudSettings>;
  readonly hooks?: (place: Place) => Pick<FaultRule, "before">;
  /** Whether an answer does not come by itself. */
  readonly isStalling?: boolean;
  /** A ready token cannot be renewed. */
  readonly needsLogin?: boolean;
}

/** Where a fault can send somebody. */
export interface Place {
  readonly cloudUrl: string;
  readonly elsewhereUrl: string;
  /** Sets the cloud's clock ahead. */
  skew(offsetMs: number): void;
}

const EVER = Number.POSITIVE_INFINITY;
const HOUR_MS = 3_600_000;

type Spec = Omit<Row, "name" | "times" | "means">;
const once = (name: string, means: Meaning, spec: Spec): Row[] => [{ name, means, times: 1, ...spec }];
const forEver = (name: string, means: Meaning, spec: Spec): Row[] => [{ name: `${name}, for ever`, means, times: EVER, ...spec }];
/** Once with a request that the service did not carry out, once with one that it did. */
const eitherWay = (rows: Row[]): Row[] =>
  rows.flatMap((row) => [
    { ...row, acts: false },
    { ...row, acts: true, name: `${row.name}, carried out` },
  ]);
const always = (fault: Fault) => () => fault;

const gate = (name: string, state: GateState): Row[] => [
  ...once(name, "notSent", { gate: state }),
  ...forEver(name, "notSent", { gate: state }),
];
const mistrusted = (name: string, state: GateState): Row[] => once(name, "untrusted", { gate: state });

const beforeSending: Row[] = [
  ...gate("connection refused", "refused"),
  ...gate("name not found", "unresolved"),
  ...gate("reset in the TLS handshake", "resetInHandshake"),
  ...mistrusted("certificate signed by itself", "selfSigned"),
  ...mistrusted("certificate of another host", "otherHost"),
  ...mistrusted("certificate run out", "expired"),
  ...mistrusted("no TLS at all", "notTls"),
];

const ENDINGS = [
  ["then silence", "hang"],
  ["then FIN", "close"],
  ["then RST", "reset"],
] as const;
const LETTER = { hang: "", close: "c", reset: "a" } as const;
const stalls = (ending: string) => ({ isStalling: ending === "hang" });

const whileSending = ENDINGS.flatMap(([words, mode]) => [
  ...once(`request not read, ${words} (nq${LETTER[mode]})`, "lost", { fault: always({ mode, readBody: false }), ...stalls(mode) }),
  ...once(`half the request read, ${words} (pq${LETTER[mode]})`, "lost", { fault: always({ mode, readBody: "half" }), ...stalls(mode) }),
]);

const instead = ENDINGS.flatMap(([words, mode]) => {
  const name = `no answer, ${words} (n${LETTER[mode]})`;
  return [
    ...eitherWay(once(name, "lost", { fault: always({ mode }), ...stalls(mode) })),
    ...forEver(name, "lost", { fault: always({ mode }), acts: false, ...stalls(mode) }),
  ];
});

const inTheMiddle = ENDINGS.flatMap(([words, ending]) => [
  ...eitherWay(once(`half a head, ${words}`, "lost", { fault: always({ mode: "halfHeaders", ending }), ...stalls(ending) })),
  ...eitherWay(
    once(`half a body, ${words} (p${LETTER[ending]})`, "lost", { fault: always({ mode: "halfBody", ending }), ...stalls(ending) }),
  ),
]);

const MIB = 1024 * 1024;

const damaged: Row[] = [
  ...once("half a body, then the rest (pn)", "sound", { acts: true, fault: always({ mode: "halfBody", ending: "finish" }) }),
  ...once("slow drip", "sound", { acts: true, isStalling: true, fault: always({ mode: "drip", bytesPerChunk: 256, intervalMs: 2_000 }) }),
  ...eitherWay(
    once("body that never ends, slow", "lost", {
      isStalling: true,
      fault: always({ mode: "endless", bytesPerChunk: 1, intervalMs: 20_000 }),
    }),
  ),
  ...eitherWay(once("body that never ends, fast", "tooLarge", { fault: always({ mode: "endless", bytesPerChunk: MIB, intervalMs: 1 }) })),
  ...eitherWay(once("gzip bomb", "tooLarge", { fault: always({ mode: "gzipBomb", decodedBytes: 6 * MIB }) })),
  ...eitherWay(once("head of 5 MB", "lost", { fault: always({ mode: "hugeHeader", bytes: 5 * MIB }) })),
  ...eitherWay(once("body shorter than said", "lost", { fault: always({ mode: "contentLength", differenceBytes: 10 }) })),
  ...eitherWay(once("body longer than said", "lost", { fault: always({ mode: "contentLength", differenceBytes: -10 }) })),
  ...eitherWay(once("not HTTP", "lost", { fault: always({ mode: "notHttp" }) })),
  ...once("headers twice", "sound", {
    acts: true,
    fault: always({
      mode: "duplicateHeaders",
      headers: [
        ["ETag", '"another"'],
        ["x-ms-request-id", "another"],
        ["x-acs-request-id", "another"],
      ],
    }),
  }),
];

const notOfTheService: Row[] = [
  ...eitherWay(once("200 with HTML", "unexpected", { fault: always({ mode: "html" }) })),
  ...eitherWay(once("200 without a body", "unexpected", { fault: always({ mode: "empty" }) })),
  ...eitherWay(once("wrong content type", "unexpected", { fault: always({ mode: "contentType", value: "text/html" }) })),
  ...eitherWay(once("JSON cut short", "unexpected", { fault: always({ mode: "truncatedJson" }) })),
  ...forEver("200 with HTML", "unexpected", { acts: false, fault: always({ mode: "html" }) }),
  ...once("307 to the same host", "unexpected", {
    acts: false,
    fault: (_service, { cloudUrl }) => ({ mode: "redirect", location: `${cloudUrl}/elsewhere` }),
  }),
  ...once("307 to another host", "unexpected", {
    acts: false,
    fault: (_service, { elsewhereUrl }) => ({ mode: "redirect", location: `${elsewhereUrl}/elsewhere` }),
  }),
  ...once("404 with HTML", "refused", { acts: false, fault: always({ mode: "html", status: 404 }) }),
  ...eitherWay(once("502 with HTML", "faulted", { fault: always({ mode: "html", status: 502 }) })),
  ...once("polling address at another host", "elsewhere", {
    acts: true,
    fault: (service, { elsewhereUrl }) =>
      service === "azure" ? { mode: "amend", change: (answer) => polledAt(`${elsewhereUrl}/status`, answer) } : undefined,
  }),
];

function polledAt(url: string, answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, "Azure-AsyncOperation": url, Location: url } };
}

/** An answer in the service's own words; by number alone, in those that fit it. */
const says =
  (status: number, codes: Partial<Record<Service, string>> = {}, headers: Answer["headers"] = {}) =>
  (service: Service): Fault => ({ mode: "answer", status, headers, ...(codes[service] === undefined ? {} : { code: codes[service] }) });
const onlyOf =
  (service: Service, status: number, code: string) =>
  (asked: Service): Fault | undefined =>
    asked === service ? { mode: "answer", status, code } : undefined;
const refusal = (name: string, means: Meaning, fault: Row["fault"]): Row[] => once(name, means, { acts: false, fault });

const azure401: Row["fault"] = (service) => (service === "alibaba" ? undefined : says(401)(service));

const refusals: Row[] = [
  ...refusal("400", "refused", says(400, { azure: "ValidationError", alibaba: "InvalidParameter" })),
  ...once("401", "unauthorized", { acts: false, needsLogin: true, fault: azure401 }),
  ...forEver("401", "unauthorized", { acts: false, needsLogin: true, fault: azure401 }),
  // Keys, unlike tokens, cannot be renewed.
  ...refusal("401 of Alibaba Cloud", "refused", onlyOf("alibaba", 401, "Unauthorized")),
  ...refusal("403", "refused", says(403, { alibaba: "Forbidden.RAM" })),
  ...refusal("404 in the service's words", "gone", says(404)),
  ...refusal("409 AnotherOperationInProgress", "busy", onlyOf("azure", 409, "AnotherOperationInProgress")),
  ...forEver("409 AnotherOperationInProgress", "busy", { acts: false, fault: onlyOf("azure", 409, "AnotherOperationInProgress") }),
  ...refusal("409 PessimisticConcurrencyConflict", "busy", onlyOf("azure", 409, "PessimisticConcurrencyConflict")),
  ...refusal("409 of another kind", "refused", says(409, { azure: "Conflict", alibaba: "Conflict" })),
  ...refusal("412", "outdated", onlyOf("azure", 412, "PreconditionFailed")),
  ...refusal("422 ManagementApiRequestFailed", "busy", onlyOf("azure", 422, "ManagementApiRequestFailed")),
  ...refusal("422 of another kind", "refused", says(422, { azure: "Unprocessable", alibaba: "Unprocessable" })),
  ...refusal("400 TaskHasExist", "busy", onlyOf("alibaba", 400, "TaskHasExist")),
  ...refusal("403 InstanceStatus.NotSupport", "busy", onlyOf("alibaba", 403, "InstanceStatus.NotSupport")),
  ...forEver("403 InstanceStatus.NotSupport", "busy", { acts: false, fault: onlyOf("alibaba", 403, "InstanceStatus.NotSupport") }),
  ...refusal("400 Throttling.User", "throttled", onlyOf("alibaba", 400, "Throttling.User")),
  ...refusal("501", "refused", says(501)),
];

const WAITS: readonly (readonly [name: string, headers: Answer["headers"] | "date" | "past date"])[] = [
  ["429 without Retry-After", {}],
  ["429, Retry-After 0", { "Retry-After": "0" }],
  ["429, Retry-After in seconds", { "Retry-After": "20" }],
  ["429, Retry-After as a date", "date"],
  ["429, Retry-After as a date of the past", "past date"],
  ["429, retry-after-ms", { "retry-after-ms": "20000", "x-acs-retry-after": "20000" }],
  ["429, x-ms-retry-after-ms", { "x-ms-retry-after-ms": "20000" }],
  ["429, Retry-After negative", { "Retry-After": "-20" }],
  ["429, Retry-After of garbage", { "Retry-After": "soon" }],
];

function dated(headers: Answer["headers"] | "date" | "past date"): Answer["headers"] {
  if (headers !== "date" && headers !== "past date") return headers;
  return { "Retry-After": new Date(Date.now() + (headers === "date" ? 20_000 : -HOUR_MS)).toUTCString() };
}

const throttles: Row[] = [
  ...WAITS.flatMap(([name, headers]) =>
    once(name, "throttled", { acts: false, fault: (service) => says(429, {}, dated(headers))(service) }),
  ),
  ...once("429, Retry-After of days", "askedTooLong", { acts: false, fault: says(429, {}, { "Retry-After": "999999" }) }),
  ...once("429, Retry-After beyond any number", "askedTooLong", {
    acts: false,
    fault: says(429, {}, { "Retry-After": "999999999999999" }),
  }),
  ...forEver("429 without Retry-After", "throttled", { acts: false, fault: says(429) }),
  ...once("503 without Retry-After", "throttled", { acts: false, fault: says(503) }),
  ...once("503, Retry-After in seconds", "throttled", { acts: false, fault: says(503, {}, { "Retry-After": "45" }) }),
  ...forEver("503, Retry-After in seconds", "throttled", { acts: false, fault: says(503, {}, { "Retry-After": "45" }) }),
];

const faults: Row[] = [
  ...[408, 500, 502, 504].flatMap((status) => eitherWay(once(String(status), "faulted", { fault: says(status) }))),
  ...eitherWay([{ name: "500 three times", means: "faulted", times: 3, fault: says(500) }]),
  ...eitherWay(forEver("500", "faulted", { fault: says(500) })),
];

const clocks: Row[] = [
  ...once("clock of this machine an hour behind", "unauthorized", {
    fault: (service) => (service === "alibaba" ? { mode: "pass" } : undefined),
    hooks: ({ skew }) => ({ before: () => skew(HOUR_MS) }),
  }),
  ...forEver("400 InvalidTimeStamp.Expired", "refused", { acts: false, fault: onlyOf("alibaba", 400, "InvalidTimeStamp.Expired") }),
];

function stillRunning(answer: Answer): Answer {
  const body = JSON.parse(answer.body) as object;
  return { ...answer, body: JSON.stringify({ ...body, status: "InProgress" }) };
}

const ends = (operationOutcome: CloudSettings["operationOutcome"]): Row[] =>
  once(`operation that ends as ${operationOutcome}`, "operation", {
    fault: always({ mode: "pass" }),
    settings: { operationOutcome, keysChangeAt: "completion" },
  });

const operations: Row[] = [
  ...ends("Failed"),
  ...ends("Canceled"),
  ...forEver("operation that says InProgress", "operation", { fault: always({ mode: "amend", change: stillRunning }) }),
];

export const rows: readonly Row[] = [
  ...once("none (f)", "sound", { acts: true, fault: always({ mode: "pass" }) }),
  ...beforeSending,
  ...whileSending,
  ...instead,
  ...inTheMiddle,
  ...damaged,
  ...notOfTheService,
  ...refusals,
  ...throttles,
  ...faults,
  ...clocks,
  ...operations,
];
